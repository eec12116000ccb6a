"""What taking over a tree would do to the register: each node new, changed, withdrawn or as it is."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from heluo.domains.textbooks.enums import Change, NodeKind
from heluo.domains.textbooks.models import IN_USE, Chapter, ChapterPoint, KnowledgePoint, Node, Textbook
from heluo.domains.textbooks.queries.reading import KnownPoints
from heluo.domains.textbooks.queries.tree import BookKey, ToldBook, ToldChapter, ToldPoint, Tree
from heluo.domains.textbooks.queries.writing import key_of_book, key_of_point, told_point

Values = Mapping[str, object]
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What happens to one node. `before` and `after` hold what differs between them, as the audit keeps it."""

    kind: NodeKind
    uuid: UUID
    title: str
    """As people find it: a chapter with its number."""
    change: Change
    where: str = ""
    """The textbook of a chapter, by its title."""
    before: Values | None = None
    after: Values | None = None
    told: ToldBook | ToldChapter | ToldPoint | None = None
    book: BookKey | None = None
    """The textbook of a told chapter."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every node that a tree touches."""

    nodes: tuple[Planned, ...]

    def differences(self) -> Iterator[Planned]:
        return (node for node in self.nodes if node.change != Change.UNCHANGED)

    def of(self, kind: NodeKind, *changes: Change) -> list[Planned]:
        return [node for node in self.nodes if node.kind == kind and node.change in changes]

    def counts(self) -> dict[str, dict[str, int]]:
        """Kind → change → how many nodes."""
        found = Counter((node.kind, node.change) for node in self.nodes)
        return {kind.value: {change.value: found[kind, change] for change in Change} for kind in NodeKind}

    def total(self, change: Change) -> int:
        return sum(node.change == change for node in self.nodes)

    def digest(self) -> str:
        """The same for the same differences; another one as soon as the register has moved under a preview."""
        said = [
            [str(node.uuid), node.change.value, node.before, node.after]
            for node in sorted(self.differences(), key=lambda node: node.uuid)
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def known_points() -> KnownPoints:
    """The points in use: a file may name them without telling them, unless it tells all of their subject."""
    points = KnowledgePoint.objects.filter(IN_USE).select_related("parent")
    return {key_of_point(point): told_point(point).parent for point in points}


def plan_of(tree: Tree, *, is_complete: bool) -> Plan:
    """Compare a tree with the register, in four queries.

    A textbook is told whole: its chapters that are not in the tree are withdrawn. With `is_complete` so are the
    textbooks and points of the named subjects that are not in it.
    """
    scopes = tree.scopes()
    books = {key_of_book(book): book for book in Textbook.objects.all() if key_of_book(book).scope in scopes}
    points = {
        key_of_point(point): point
        for point in KnowledgePoint.objects.select_related("parent")
        if key_of_point(point).scope in scopes
    }
    told = {book.key for book in tree.books}
    gone = [book for key, book in books.items() if key not in told] if is_complete else []
    touched = [*gone, *(book for key, book in books.items() if key in told)]
    chapters: dict[int, dict[str, Chapter]] = defaultdict(dict)
    for chapter in Chapter.objects.filter(textbook__in=touched):
        chapters[chapter.textbook_id][chapter.number] = chapter
    taught: dict[int, list[str]] = defaultdict(list)
    for pk, code in ChapterPoint.objects.filter(chapter__textbook__in=touched).values_list("chapter", "point__code"):
        taught[pk].append(code)
    nodes = [_planned_point(point, points.get(point.key)) for point in tree.points]
    if is_complete:
        named = {point.key for point in tree.points}
        nodes += _withdrawn(NodeKind.POINT, [point for key, point in points.items() if key not in named])
    for told_book in tree.books:
        row = books.get(told_book.key)
        nodes.append(_planned_book(told_book, row))
        nodes += _planned_chapters(told_book, chapters[row.pk] if row else {}, taught)
    for book in gone:
        nodes += _withdrawn(NodeKind.TEXTBOOK, [book])
        nodes += _withdrawn(NodeKind.CHAPTER, chapters[book.pk].values(), where=book.title)
    return Plan(tuple(nodes))


def _planned_point(told: ToldPoint, row: KnowledgePoint | None) -> Planned:
    before = {"title": row.title, "parent": told_point(row).parent, "is_example": row.is_example} if row else {}
    after = {"title": told.title, "parent": told.parent, "is_example": told.is_example}
    change, before_kept, after_kept = _difference(row, before, after)
    return Planned(
        kind=NodeKind.POINT,
        uuid=told.key.uuid,
        title=f"{told.key.code} {told.title}",
        change=change,
        before=before_kept,
        after=after_kept,
        told=told,
    )


def _planned_book(told: ToldBook, row: Textbook | None) -> Planned:
    before = {"title": row.title, "position": row.position, "is_example": row.is_example} if row else {}
    after = {"title": told.title, "position": told.position, "is_example": told.is_example}
    change, before_kept, after_kept = _difference(row, before, after)
    return Planned(
        kind=NodeKind.TEXTBOOK,
        uuid=told.key.uuid,
        title=told.title,
        change=change,
        before=before_kept,
        after=after_kept,
        told=told,
    )


def _planned_chapters(
    book: ToldBook, rows: Mapping[str, Chapter], taught: Mapping[int, list[str]]
) -> Iterator[Planned]:
    for told in book.chapters:
        row = rows.get(told.number)
        before = {"title": row.title, "points": sorted(taught.get(row.pk, []))} if row else {}
        after = {"title": told.title, "points": list(told.points)}
        change, before_kept, after_kept = _difference(row, before, after)
        yield Planned(
            kind=NodeKind.CHAPTER,
            uuid=told.uuid_in(book.key),
            title=f"{told.number} {told.title}",
            where=book.title,
            change=change,
            before=before_kept,
            after=after_kept,
            told=told,
            book=book.key,
        )
    named = {told.number for told in book.chapters}
    yield from _withdrawn(
        NodeKind.CHAPTER, [row for number, row in rows.items() if number not in named], where=book.title
    )


def _difference(row: Node | None, before: Values, after: Values) -> tuple[Change, Values | None, Values | None]:
    """What happens to a node that the tree tells, with the values that differ. One that was withdrawn comes back."""
    if row is None:
        return Change.NEW, None, after
    if row.is_withdrawn:
        before, after = {**before, WITHDRAWN: True}, {**after, WITHDRAWN: False}
    names = [name for name, value in after.items() if before[name] != value]
    if not names:
        return Change.UNCHANGED, None, None
    return Change.CHANGED, {name: before[name] for name in names}, {name: after[name] for name in names}


def _withdrawn(
    kind: NodeKind, rows: Iterable[Textbook | Chapter | KnowledgePoint], *, where: str = ""
) -> Iterator[Planned]:
    for row in rows:
        if not row.is_withdrawn:
            yield Planned(
                kind=kind,
                uuid=row.uuid,
                title=str(row),
                where=where,
                change=Change.WITHDRAWN,
                before={WITHDRAWN: False},
                after={WITHDRAWN: True},
            )
