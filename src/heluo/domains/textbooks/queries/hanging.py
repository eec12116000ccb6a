"""The tree as things hang on it: which nodes one may hang on, what they are called, what a hung thing is found by."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from heluo.domains.textbooks.enums import NodeKind
from heluo.domains.textbooks.errors import UnknownNode
from heluo.domains.textbooks.models import IN_USE, Chapter, KnowledgePoint


@dataclass(frozen=True, slots=True)
class Place:
    """A node as somebody who hung something on it shows it: in words, with its page."""

    uuid: UUID
    title: str
    where: str
    url: str
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class NodesInUse:
    """Which of the nodes that a batch names may be hung on, so that each of its rows can be judged for itself."""

    chapters: frozenset[UUID]
    points: frozenset[UUID]

    def require(self, *, chapters: Collection[UUID], points: Collection[UUID]) -> None:
        """Refuse chapters and points that do not exist or were withdrawn."""
        if not self.chapters.issuperset(chapters):
            raise UnknownNode(field="chapters", kind=NodeKind.CHAPTER.label)
        if not self.points.issuperset(points):
            raise UnknownNode(field="knowledge_points", kind=NodeKind.POINT.label)


def nodes_in_use(*, chapters: Collection[UUID], points: Collection[UUID]) -> NodesInUse:
    """Those of some nodes that are in use. A query for each kind that is named."""
    known = Chapter.objects.filter(IN_USE, uuid__in=chapters).values_list("uuid", flat=True) if chapters else ()
    taught = KnowledgePoint.objects.filter(IN_USE, uuid__in=points).values_list("uuid", flat=True) if points else ()
    return NodesInUse(frozenset(known), frozenset(taught))


def require_in_use(*, chapters: Collection[UUID] = (), points: Collection[UUID] = ()) -> None:
    """Refuse chapters and points that do not exist or were withdrawn. A query for each kind that is named."""
    nodes_in_use(chapters=chapters, points=points).require(chapters=chapters, points=points)


def facet_values(chapters: Collection[UUID]) -> dict[UUID, list[str]]:
    """Chapter → the values of the facet for what hangs on it: its textbook, the chapters above it, itself.

    Two queries, none for no chapters. Also of withdrawn ones; of those that never were, nothing.
    """
    if not chapters:
        return {}
    rows = list(Chapter.objects.filter(uuid__in=chapters).select_related("textbook"))
    paths: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        paths[row.textbook_id].update(row.paths_above())
    wanted = {path for one in paths.values() for path in one}
    above = {
        (book, path): uuid
        for book, path, uuid in Chapter.objects.filter(textbook__in=paths, path__in=wanted).values_list(
            "textbook", "path", "uuid"
        )
    }
    return {
        row.uuid: [
            str(row.textbook.uuid),
            *(str(above[row.textbook_id, path]) for path in row.paths_above()),
            str(row.uuid),
        ]
        for row in rows
    }


def chosen_chapters(values: Sequence[str]) -> list[UUID]:
    """The way back from `facet_values`: of the values a thing carries, the chapters lowest down, on which it hangs."""
    uuids = [UUID(value) for value in values]
    told = facet_values(uuids)
    above = {value for uuid, path in told.items() for value in path if value != str(uuid)}
    return [uuid for uuid in uuids if uuid in told and str(uuid) not in above]


def places_of_chapters(uuids: Sequence[UUID]) -> list[Place]:
    """Chapters in the order given, with their textbooks. A query, none for no chapters."""
    rows = Chapter.objects.filter(uuid__in=uuids).select_related("textbook") if uuids else ()
    return _in_order(uuids, {row.uuid: place_of_chapter(row) for row in rows})


def places_of_points(uuids: Sequence[UUID]) -> list[Place]:
    rows = KnowledgePoint.objects.filter(uuid__in=uuids) if uuids else ()
    return _in_order(uuids, {row.uuid: place_of_point(row) for row in rows})


def _in_order(uuids: Sequence[UUID], found: Mapping[UUID, Place]) -> list[Place]:
    return [found[uuid] for uuid in uuids if uuid in found]


def place_of_chapter(row: Chapter) -> Place:
    return Place(
        row.uuid, str(row), row.textbook.title, reverse("textbooks:chapter", args=[row.uuid]), row.is_withdrawn
    )


def place_of_point(row: KnowledgePoint) -> Place:
    return Place(row.uuid, row.title, row.code, reverse("textbooks:point", args=[row.uuid]), row.is_withdrawn)


def next_chapter(uuid: UUID) -> Place | None:
    """The chapter behind one and all that is below it, as one reads. Two queries."""
    row = Chapter.objects.select_related("textbook").filter(uuid=uuid).first()
    if row is None:
        return None
    behind = Chapter.objects.filter(IN_USE, textbook=row.textbook_id, path__gt=row.path).exclude(
        path__startswith=row.path
    )
    after = behind.select_related("textbook").order_by("path").first()
    return place_of_chapter(after) if after else None


def chapter_at(
    *, stage: str, subject: str, grade: str, number: str, edition: str, volume: str
) -> tuple[UUID, list[UUID]] | None:
    """A chapter in use by its place, with the points it teaches."""
    row = (
        Chapter.objects.filter(
            IN_USE,
            textbook__stage=stage,
            textbook__subject=subject,
            textbook__grade=grade,
            textbook__edition=edition,
            textbook__volume=volume,
            number=number,
        )
        .prefetch_related("points")
        .first()
    )
    return None if row is None else (row.uuid, [point.uuid for point in row.points.all() if not point.is_withdrawn])


def chapters_in(textbook: UUID) -> Iterator[Place]:
    """The chapters of a textbook as one reads. One query."""
    rows = Chapter.objects.filter(IN_USE, textbook__uuid=textbook, textbook__withdrawn_at=None)
    return (place_of_chapter(row) for row in rows.select_related("textbook").order_by("path"))
