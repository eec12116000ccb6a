"""A file of the tree as values: every wrong cell in one pass, or the whole tree it tells. Writes nothing."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from heluo.domains.textbooks.enums import Fault, NodeKind
from heluo.domains.textbooks.errors import FileEmpty, FileTooLarge, Finding, TextUnreadable
from heluo.domains.textbooks.models import MOST_DEPTH, MOST_POINTS, number_above
from heluo.domains.textbooks.queries.layout import COLUMNS, NEEDED_COLUMNS, NO, YES, Column, Words, column_named, folded
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
from heluo.kernel.pages.sheets import encoding_of, from_csv_cell, text_of

MOST_BYTES, MEGABYTE = 5 * 1024 * 1024, 1024 * 1024
MOST_ROWS = 20_000
LONGEST_SHOWN = 60
LAST_POSITION = 9999
_SPACES = re.compile(r"[^\S \u3000]+")
_NUMBER = re.compile(rf"[1-9]\d{{0,2}}(\.[1-9]\d{{0,2}}){{0,{MOST_DEPTH - 1}}}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,39}")
_BETWEEN_CODES = re.compile(r"[\s、，,；;]+")
_TRUE, _FALSE = frozenset({YES, "yes", "true", "1"}), frozenset({"", NO, "no", "false", "0"})

KnownPoints = Mapping[PointKey, str]
"""Knowledge points that the register has and the file need not tell → the code above each, empty at the top."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: its tree, worth something only without findings."""

    tree: Tree
    findings: Sequence[Finding]


def decoded(content: bytes, *, name: str) -> str:
    """The text of a file in UTF-8, with or without its mark, or in GBK. Raises `TextUnreadable`, `FileTooLarge`."""
    if len(content) > MOST_BYTES:
        raise FileTooLarge(field="file", megabytes=MOST_BYTES // MEGABYTE, rows=f"{MOST_ROWS:,}")
    encoding = encoding_of(lambda: [content])
    if encoding is None:
        raise TextUnreadable(field="file", name=name)
    return content.decode(encoding)


def read_tree(text: str, *, name: str, words: Words, known: KnownPoints) -> Reading:
    """Read a whole file. Raises `TextUnreadable`, `FileTooLarge` and `FileEmpty`; everything else is a finding."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise TextUnreadable(field="file", name=name) from error
    rows = [(number, cells) for number, cells in enumerate(lines[1:], start=2) if any(cell.strip() for cell in cells)]
    if not rows:
        raise FileEmpty(field="file", name=name)
    if len(rows) > MOST_ROWS:
        raise FileTooLarge(field="file", megabytes=MOST_BYTES // MEGABYTE, rows=f"{MOST_ROWS:,}")
    reader = _Reader(words, known)
    columns = reader.read_headings(lines[0])
    if not reader.findings:
        for number, cells in rows:
            reader.read_row(number, columns, cells)
        reader.look_at_links()
    return Reading(reader.tree(), sorted(reader.findings, key=lambda finding: finding.row))


@dataclass(slots=True)
class _Row:
    """A row whose kind is known: its cells by column, cleaned."""

    number: int
    kind: NodeKind
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def named(self, kind: NodeKind, number: str) -> tuple[str, ...]:
        """What another row would name that belongs to the same textbook, or to the same subject, as it is written."""
        columns = ("stage", "subject") if kind == NodeKind.POINT else ("stage", "subject", "edition", "grade", "volume")
        return kind, *(self[column] for column in columns), unicodedata.normalize("NFKC", number)


@dataclass(slots=True)
class _Reader:
    words: Words
    known: KnownPoints
    findings: list[Finding] = field(default_factory=list)
    told: set[tuple[str, ...]] = field(default_factory=set)
    """What rows name, as they were written, right or wrong: a row with a wrong cell must not be called missing too."""
    books: dict[BookKey, tuple[_Row, ToldBook]] = field(default_factory=dict)
    chapters: dict[tuple[BookKey, str], tuple[_Row, ToldChapter]] = field(default_factory=dict)
    points: dict[PointKey, tuple[_Row, ToldPoint]] = field(default_factory=dict)

    def read_headings(self, headings: Sequence[str]) -> list[Column | None]:
        columns = [column_named(from_csv_cell(heading)) for heading in headings]
        for heading, column in zip(headings, columns, strict=True):
            if column is None and heading.strip():
                self._find(1, heading[:LONGEST_SHOWN], "", Fault.HEADER_UNKNOWN)
        seen = Counter(column.key for column in columns if column)
        for key, column in COLUMNS.items():
            if seen[key] > 1:
                self._find(1, column.heading, "", Fault.HEADER_TWICE)
            if key in NEEDED_COLUMNS and not seen[key]:
                self._find(1, column.heading, "", Fault.HEADER_MISSING)
        return columns

    def read_row(self, number: int, columns: Sequence[Column | None], cells: Sequence[str]) -> None:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            self._find(number, "", "", Fault.LINE_LENGTH, found=len(cells), wanted=len(columns))
            return
        values = {
            column.key: _SPACES.sub(" ", text_of(from_csv_cell(cell))).strip()
            for column, cell in zip(columns, cells, strict=False)
            if column is not None
        }
        kind = self._word(number, "node", values.get("node", ""), self.words.kind_of, self.words.of_kind)
        if kind is None:
            return
        row = _Row(number, NodeKind(kind), values)
        self.told.add(row.named(row.kind, row["number"]))
        before = len(self.findings)
        self._look_at_cells(row)
        stage = self._word(number, "stage", row["stage"], self.words.stage_of, self.words.of_stage)
        subject = self._word(number, "subject", row["subject"], self.words.subject_of, self.words.of_subject)
        if row.kind == NodeKind.POINT:
            self._read_point(row, stage, subject, before)
        else:
            grade = self._grade(row, stage)
            take = self._read_book if row.kind == NodeKind.TEXTBOOK else self._read_chapter
            take(row, BookKey(stage or "", subject or "", row["edition"], grade, row["volume"]), before)

    def _look_at_cells(self, row: _Row) -> None:
        """What can be said of any cell: there where it must be, not where it may not, no longer than it may be."""
        for key, column in COLUMNS.items():
            value = row[key]
            if value and row.kind not in column.of:
                self._find(row.number, column.heading, value, Fault.NOT_HERE, kind=self.words.of_kind[row.kind])
            elif not value and row.kind in column.needed and key not in {"node", "stage", "subject"}:
                self._find(row.number, column.heading, "", Fault.REQUIRED)
            elif len(value) > column.most:
                self._find(row.number, column.heading, value, Fault.TOO_LONG, most=column.most)

    def _read_book(self, row: _Row, key: BookKey, before: int) -> None:
        position = self._position(row)
        is_example = self._yes(row)
        if len(self.findings) > before:
            return
        if key in self.books:
            self._twice(row, "volume", self.books[key][0])
            return
        self.books[key] = row, ToldBook(key=key, title=row["title"], position=position, is_example=is_example)

    def _read_chapter(self, row: _Row, book: BookKey, before: int) -> None:
        number = unicodedata.normalize("NFKC", row["number"])
        if number and not _NUMBER.fullmatch(number):
            self._find(row.number, COLUMNS["number"].heading, row["number"], Fault.NUMBER)
        points = self._codes(row, "points")
        if len(points) > MOST_POINTS:
            self._find(row.number, COLUMNS["points"].heading, row["points"], Fault.TOO_MANY_POINTS, most=MOST_POINTS)
        if len(self.findings) > before:
            return
        if (book, number) in self.chapters:
            self._twice(row, "number", self.chapters[book, number][0])
            return
        self.chapters[book, number] = row, ToldChapter(number=number, title=row["title"], points=points)

    def _read_point(self, row: _Row, stage: str | None, subject: str | None, before: int) -> None:
        codes = self._codes(row, "number")
        parents = self._codes(row, "parent")
        for key, found in (("number", codes), ("parent", parents)):
            if len(found) > 1:
                self._find(row.number, COLUMNS[key].heading, row[key], Fault.CODE)
        is_example = self._yes(row)
        if len(self.findings) > before or not codes:
            return
        point = PointKey(stage or "", subject or "", codes[0])
        if point in self.points:
            self._twice(row, "number", self.points[point][0])
            return
        parent = parents[0] if parents else ""
        self.points[point] = row, ToldPoint(key=point, title=row["title"], parent=parent, is_example=is_example)

    def look_at_links(self) -> None:
        """What only shows once everything was read: books without a row, gaps above, codes that nothing has."""
        for (book, number), (row, chapter) in self.chapters.items():
            above = number_above(number)
            if book not in self.books:
                if row.named(NodeKind.TEXTBOOK, "") not in self.told:
                    self._find(row.number, COLUMNS["volume"].heading, row["volume"], Fault.NO_TEXTBOOK)
            elif above and (book, above) not in self.chapters and row.named(NodeKind.CHAPTER, above) not in self.told:
                self._find(row.number, COLUMNS["number"].heading, number, Fault.NO_CHAPTER_ABOVE, number=above)
            for code in chapter.points:
                self._look_for_point(row, "points", PointKey(*book.scope, code))
        above_of = {**self.known, **{key: told.parent for key, (_row, told) in self.points.items()}}
        for key, (row, told) in self.points.items():
            if not told.parent:
                continue
            if self._look_for_point(row, "parent", PointKey(*key.scope, told.parent)) and _goes_round(key, above_of):
                self._find(row.number, COLUMNS["parent"].heading, told.parent, Fault.POINT_ABOVE_ITSELF)

    def _look_for_point(self, row: _Row, column: str, key: PointKey) -> bool:
        if key in self.points or key in self.known:
            return True
        if row.named(NodeKind.POINT, key.code) in self.told:
            return False
        self._find(row.number, COLUMNS[column].heading, key.code, Fault.NO_POINT, code=key.code)
        return False

    def tree(self) -> Tree:
        below: dict[BookKey, list[ToldChapter]] = {key: [] for key in self.books}
        for (book, _number), (_row, chapter) in self.chapters.items():
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
                for key, (_row, told) in self.books.items()
            ],
            [told for _row, told in self.points.values()],
        )

    def _word(
        self, row: int, column: str, value: str, known: Mapping[str, str], offered: Mapping[str, str]
    ) -> str | None:
        """The code of a word; None, and a finding, where it is no word of the table."""
        heading = COLUMNS[column].heading
        if not value:
            self._find(row, heading, "", Fault.REQUIRED)
            return None
        code = known.get(folded(value))
        if code is None:
            self._find(row, heading, value, Fault.NOT_IN_TABLE, known="、".join(offered.values()))
        return code

    def _grade(self, row: _Row, stage: str | None) -> str:
        if not row["grade"]:
            return ""
        of_stage = {code: word for code, word in self.words.of_grade.items() if code.split("-")[0] == stage}
        code = self.words.grade_of.get(folded(row["grade"]))
        if code is None or (stage and code not in of_stage):
            fault = Fault.NOT_IN_TABLE if code is None else Fault.GRADE_OF_ANOTHER_STAGE
            offered = of_stage or self.words.of_grade
            self._find(row.number, COLUMNS["grade"].heading, row["grade"], fault, known="、".join(offered.values()))
            return ""
        return code

    def _codes(self, row: _Row, column: str) -> tuple[str, ...]:
        codes = [code for code in _BETWEEN_CODES.split(unicodedata.normalize("NFKC", row[column])) if code]
        for code in codes:
            if not _CODE.fullmatch(code):
                self._find(row.number, COLUMNS[column].heading, code, Fault.CODE)
        return tuple(sorted(set(codes)))

    def _position(self, row: _Row) -> int:
        value = unicodedata.normalize("NFKC", row["position"])
        if value and not (value.isascii() and value.isdecimal() and int(value[:6]) <= LAST_POSITION):
            self._find(row.number, COLUMNS["position"].heading, row["position"], Fault.POSITION)
            return 0
        return int(value or 0)

    def _yes(self, row: _Row) -> bool:
        value = row["example"].lower()
        if value not in _TRUE | _FALSE:
            self._find(row.number, COLUMNS["example"].heading, row["example"], Fault.YES_OR_NO)
        return value in _TRUE

    def _twice(self, row: _Row, column: str, first: _Row) -> None:
        self._find(row.number, COLUMNS[column].heading, row[column], Fault.TWICE, row=first.number)

    def _find(self, row: int, column: str, value: str, fault: Fault, /, **details: object) -> None:
        self.findings.append(Finding(row, column, value[:LONGEST_SHOWN], fault, details))


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
