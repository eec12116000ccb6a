"""A file of the tree as values: every wrong cell in one pass, or the whole tree it tells. Writes nothing."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from heluo.domains.textbooks.enums import Fault, NodeKind
from heluo.domains.textbooks.models import MOST_DEPTH, MOST_POINTS, number_above
from heluo.domains.textbooks.queries.layout import COLUMNS, TreeWords
from heluo.domains.textbooks.queries.tree import (
    BookKey,
    PointKey,
    ToldBook,
    ToldChapter,
    ToldPoint,
    Tree,
    in_order,
    ordered,
)
from heluo.kernel.tables.public import Fault as AnyFault
from heluo.kernel.tables.public import Row, Table, Words

LAST_POSITION = 9999
_SPACES = re.compile(r"[^\S \u3000]+")
_NUMBER = re.compile(rf"[1-9]\d{{0,2}}(\.[1-9]\d{{0,2}}){{0,{MOST_DEPTH - 1}}}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")
_BETWEEN_CODES = re.compile(r"[\s、，,；;]+")

KnownPoints = Mapping[PointKey, str]
"""Knowledge points that the register has and the file need not tell → the code above each, empty at the top."""


def read_tree(table: Table, *, words: TreeWords, known: KnownPoints) -> Tree:
    """The tree that a table tells, worth something only where the table has no findings afterwards."""
    reader = _Reader(table, words, known)
    for row in table.rows:
        reader.read_row(row)
    reader.look_at_links()
    return reader.tree()


@dataclass(slots=True)
class _Node:
    """A row whose kind is known: its cells by column, cleaned."""

    row: Row
    kind: NodeKind

    def __getitem__(self, column: str) -> str:
        return self.row[column]

    def named(self, kind: NodeKind, number: str) -> tuple[str, ...]:
        """What another row would name that belongs to the same textbook, or to the same subject, as it is written."""
        columns = ("stage", "subject") if kind == NodeKind.POINT else ("stage", "subject", "edition", "grade", "volume")
        return kind, *(self[column] for column in columns), unicodedata.normalize("NFKC", number)


@dataclass(slots=True)
class _Reader:
    table: Table
    words: TreeWords
    known: KnownPoints
    told: set[tuple[str, ...]] = field(default_factory=set)
    """What rows name, as they were written, right or wrong: a row with a wrong cell must not be called missing too."""
    books: dict[BookKey, tuple[_Node, ToldBook]] = field(default_factory=dict)
    chapters: dict[tuple[BookKey, str], tuple[_Node, ToldChapter]] = field(default_factory=dict)
    points: dict[PointKey, tuple[_Node, ToldPoint]] = field(default_factory=dict)

    def read_row(self, found: Row) -> None:
        row = Row(found.number, {key: _SPACES.sub(" ", cell).strip() for key, cell in found.cells.items()})
        kind = self._needed(row, "node", self.words.kinds)
        if not kind:
            return
        node = _Node(row, NodeKind(kind))
        self.told.add(node.named(node.kind, row["number"]))
        self._look_at_cells(node)
        stage = self._needed(row, "stage", self.words.stages)
        subject = self._needed(row, "subject", self.words.subjects)
        if node.kind == NodeKind.POINT:
            self._read_point(node, stage, subject)
        else:
            grade = self.table.word(row, "grade", self.words.grades, below=stage)
            take = self._read_book if node.kind == NodeKind.TEXTBOOK else self._read_chapter
            take(node, BookKey(stage, subject, row["edition"], grade, row["volume"]))

    def _look_at_cells(self, node: _Node) -> None:
        """What can be said of any cell: there where it must be, not where it may not, no longer than it may be."""
        for key, column in COLUMNS.items():
            value = node[key]
            if value and node.kind not in column.of:
                self.table.find(node.row, key, value, Fault.NOT_HERE, kind=self.words.kinds.of[node.kind])
            elif not value and node.kind in column.needed and key not in {"node", "stage", "subject"}:
                self.table.find(node.row, key, "", AnyFault.REQUIRED)
            elif len(value) > column.most:
                self.table.find(node.row, key, value, AnyFault.TOO_LONG, most=column.most)

    def _read_book(self, node: _Node, key: BookKey) -> None:
        position = self._position(node)
        is_example = self.table.yes(node.row, "example") or False
        if self.table.is_wrong(node.row):
            return
        if key in self.books:
            self._twice(node, "volume", self.books[key][0])
            return
        self.books[key] = node, ToldBook(key=key, title=node["title"], position=position, is_example=is_example)

    def _read_chapter(self, node: _Node, book: BookKey) -> None:
        number = unicodedata.normalize("NFKC", node["number"])
        if number and not _NUMBER.fullmatch(number):
            self.table.find(node.row, "number", node["number"], Fault.NUMBER)
        points = self._codes(node, "points")
        if len(points) > MOST_POINTS:
            self.table.find(node.row, "points", node["points"], Fault.TOO_MANY_POINTS, most=MOST_POINTS)
        if self.table.is_wrong(node.row):
            return
        if (book, number) in self.chapters:
            self._twice(node, "number", self.chapters[book, number][0])
            return
        self.chapters[book, number] = node, ToldChapter(number=number, title=node["title"], points=points)

    def _read_point(self, node: _Node, stage: str, subject: str) -> None:
        codes = self._codes(node, "number")
        parents = self._codes(node, "parent")
        for key, found in (("number", codes), ("parent", parents)):
            if len(found) > 1:
                self.table.find(node.row, key, node[key], Fault.CODE)
        is_example = self.table.yes(node.row, "example") or False
        if self.table.is_wrong(node.row) or not codes:
            return
        point = PointKey(stage, subject, codes[0])
        if point in self.points:
            self._twice(node, "number", self.points[point][0])
            return
        parent = parents[0] if parents else ""
        self.points[point] = node, ToldPoint(key=point, title=node["title"], parent=parent, is_example=is_example)

    def look_at_links(self) -> None:
        """What only shows once everything was read: books without a row, gaps above, codes that nothing has."""
        for (book, number), (node, chapter) in self.chapters.items():
            above = number_above(number)
            if book not in self.books:
                if node.named(NodeKind.TEXTBOOK, "") not in self.told:
                    self.table.find(node.row, "volume", node["volume"], Fault.NO_TEXTBOOK)
            elif above and (book, above) not in self.chapters and node.named(NodeKind.CHAPTER, above) not in self.told:
                self.table.find(node.row, "number", number, Fault.NO_CHAPTER_ABOVE, number=above)
            for code in chapter.points:
                self._look_for_point(node, "points", PointKey(*book.scope, code))
        above_of = {**self.known, **{key: told.parent for key, (_node, told) in self.points.items()}}
        for key, (node, told) in self.points.items():
            if not told.parent:
                continue
            if self._look_for_point(node, "parent", PointKey(*key.scope, told.parent)) and _goes_round(key, above_of):
                self.table.find(node.row, "parent", told.parent, Fault.POINT_ABOVE_ITSELF)

    def _look_for_point(self, node: _Node, column: str, key: PointKey) -> bool:
        if key in self.points or key in self.known:
            return True
        if node.named(NodeKind.POINT, key.code) in self.told:
            return False
        self.table.find(node.row, column, key.code, Fault.NO_POINT, code=key.code)
        return False

    def tree(self) -> Tree:
        below: dict[BookKey, list[ToldChapter]] = {key: [] for key in self.books}
        for (book, _number), (_node, chapter) in self.chapters.items():
            below.get(book, []).append(chapter)
        return ordered(
            [
                ToldBook(
                    key=key,
                    title=told.title,
                    position=told.position,
                    is_example=told.is_example,
                    chapters=in_order(below[key]),
                )
                for key, (_node, told) in self.books.items()
            ],
            [told for _node, told in self.points.values()],
        )

    def _needed(self, row: Row, column: str, words: Words) -> str:
        """The code of a cell that must hold one; empty, and a finding, where it does not."""
        if not row[column]:
            self.table.find(row, column, "", AnyFault.REQUIRED)
        return self.table.word(row, column, words)

    def _codes(self, node: _Node, column: str) -> tuple[str, ...]:
        codes = [code for code in _BETWEEN_CODES.split(unicodedata.normalize("NFKC", node[column])) if code]
        for code in codes:
            if not _CODE.fullmatch(code):
                self.table.find(node.row, column, code, Fault.CODE)
        return tuple(sorted(set(codes)))

    def _position(self, node: _Node) -> int:
        value = unicodedata.normalize("NFKC", node["position"])
        if value and not (value.isascii() and value.isdecimal() and int(value[:6]) <= LAST_POSITION):
            self.table.find(node.row, "position", node["position"], Fault.POSITION)
            return 0
        return int(value or 0)

    def _twice(self, node: _Node, column: str, first: _Node) -> None:
        self.table.find(node.row, column, node[column], Fault.TWICE, row=first.row.number)


def _goes_round(key: PointKey, above_of: Mapping[PointKey, str]) -> bool:
    """Whether the way up from a point comes back to it."""
    seen: set[PointKey] = set()
    at = key
    while above := above_of.get(at, ""):
        at = PointKey(*key.scope, above)
        if at == key:
            return True
        if at in seen:
            return False
        seen.add(at)
    return False
