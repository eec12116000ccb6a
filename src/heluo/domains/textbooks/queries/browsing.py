"""What everybody sees of the tree: textbooks to choose from, a textbook with its chapters, a chapter, a point."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from heluo.domains.textbooks.enums import SUBJECTS
from heluo.domains.textbooks.models import IN_USE, Chapter, KnowledgePoint, Node, Textbook
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.codes.public import names_of
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import GRADES

N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A stage, a subject and an edition that has textbooks in use."""

    stage: str
    subject: str
    edition: str


def shelves() -> list[Shelf]:
    """Everything there is to choose from, stages as people grow up, subjects as the code table has them. One query."""
    stages = list(Stage.values)
    found = Textbook.objects.filter(IN_USE).order_by().values_list("stage", "subject", "edition").distinct()
    return [Shelf(*one) for one in sorted(found, key=lambda one: (stages.index(one[0]), one[1], one[2]))]


def textbooks_on(*, stage: str = "", subject: str = "", edition: str = "", grade: str = "") -> QuerySet[Textbook]:
    """Textbooks in use, narrowed by what was chosen."""
    chosen = {"stage": stage, "subject": subject, "edition": edition, "grade": grade}
    return Textbook.objects.filter(IN_USE, **{name: value for name, value in chosen.items() if value})


def textbooks_withdrawn() -> QuerySet[Textbook]:
    """Textbooks out of use, the last first."""
    return Textbook.objects.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-id")


def one_of(rows: QuerySet[N], uuid: UUID) -> N:
    """A node by its uuid, withdrawn or not: what points at it must still be able to say what it was."""
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def textbook_with(uuid: UUID) -> Textbook:
    return one_of(Textbook.objects.all(), uuid)


def chapter_with(uuid: UUID) -> Chapter:
    return one_of(Chapter.objects.select_related("textbook"), uuid)


def point_with(uuid: UUID) -> KnowledgePoint:
    return one_of(KnowledgePoint.objects.select_related("parent"), uuid)


@dataclass(slots=True)
class Branch:
    """A chapter with the chapters below it, and how much hangs on all of them."""

    chapter: Chapter
    count: int = 0
    branches: list["Branch"] = field(default_factory=list)


def chapters_of(textbook: Textbook) -> QuerySet[Chapter]:
    """The chapters of a textbook as one reads: of one out of use, those that went with it."""
    return textbook.chapters.filter(withdrawn_at=textbook.withdrawn_at).order_by("path")


def chapters_on(branches: Sequence[Branch]) -> int:
    """How many chapters some branches have in all."""
    return sum(1 + chapters_on(branch.branches) for branch in branches)


def branches_of(textbook: Textbook, counts: Mapping[str, int]) -> list[Branch]:
    """The chapters of a textbook as a tree: of one out of use, those that went with it. One query."""
    top: list[Branch] = []
    by_key: dict[int, Branch] = {}
    for chapter in chapters_of(textbook):
        branch = Branch(chapter, counts.get(str(chapter.uuid), 0))
        above = by_key.get(chapter.parent_id) if chapter.parent_id else None
        (above.branches if above else top).append(branch)
        by_key[chapter.pk] = branch
    return top


@dataclass(frozen=True, slots=True)
class Around:
    """Where a chapter stands: the chapters above and below it, the one before and the one after as one reads."""

    above: Sequence[Chapter]
    below: Sequence[Chapter]
    before: Chapter | None
    after: Chapter | None


def around(chapter: Chapter) -> Around:
    """The neighbours of a chapter: four queries wherever it stands."""
    others = Chapter.objects.filter(IN_USE, textbook=chapter.textbook_id)
    return Around(
        above=list(others.filter(path__in=chapter.paths_above()).order_by("path")),
        below=list(others.filter(parent=chapter).order_by("path")),
        before=others.filter(path__lt=chapter.path).order_by("-path").first(),
        after=others.filter(path__gt=chapter.path).order_by("path").first(),
    )


def points_of(chapter: Chapter) -> QuerySet[KnowledgePoint]:
    """What a chapter and the chapters below it teach."""
    return KnowledgePoint.objects.filter(
        IN_USE, pk__in=chapter.textbook.chapters.filter(IN_USE, path__startswith=chapter.path).values("points")
    ).order_by("code")


def points_taught_in(textbook: UUID) -> QuerySet[KnowledgePoint]:
    """What the chapters of a textbook teach."""
    chapters = Chapter.objects.filter(IN_USE, textbook__uuid=textbook, textbook__withdrawn_at=None)
    return KnowledgePoint.objects.filter(IN_USE, pk__in=chapters.values("points")).order_by("code")


def chapters_teaching(point: KnowledgePoint) -> QuerySet[Chapter]:
    """The chapters of all editions that teach a point."""
    return (
        Chapter.objects.filter(IN_USE, points=point, textbook__withdrawn_at=None)
        .select_related("textbook")
        .order_by("textbook__edition", "textbook__position", "textbook_id", "path")
    )


def points_below(point: KnowledgePoint) -> QuerySet[KnowledgePoint]:
    return point.children.filter(IN_USE).order_by("code")


def chapters_named(text: str, *, stage: str = "", subject: str = "") -> QuerySet[Chapter]:
    """Chapters in use whose title, or whose textbook's title, holds a text."""
    narrowed = textbooks_on(stage=stage, subject=subject)
    return (
        Chapter.objects.filter(
            IN_USE, Q(title__icontains=text) | Q(textbook__title__icontains=text), textbook__in=narrowed
        )
        .select_related("textbook")
        .order_by("textbook__edition", "textbook__position", "textbook_id", "path")
    )


def points_named(text: str, *, stage: str = "", subject: str = "") -> QuerySet[KnowledgePoint]:
    """Points in use whose name or code holds a text."""
    narrowed = {name: value for name, value in (("stage", stage), ("subject", subject)) if value}
    return KnowledgePoint.objects.filter(
        IN_USE, Q(title__icontains=text) | Q(code__icontains=text), **narrowed
    ).order_by("stage", "subject", "code")


def titles_of_chapters(uuids: Collection[str]) -> dict[str, str]:
    """Titles of chapters and textbooks by uuid, also of withdrawn ones: what was published on them still says so."""
    known = [uuid for one in uuids if (uuid := _uuid(one)) is not None]
    books = Textbook.objects.filter(uuid__in=known).values_list("uuid", "title")
    chapters = Chapter.objects.filter(uuid__in=known).values_list("uuid", "title", "textbook__title")
    return {str(uuid): title for uuid, title in books} | {
        str(uuid): f"{title}（{book}）" for uuid, title, book in chapters
    }


def titles_of_points(uuids: Collection[str]) -> dict[str, str]:
    known = [uuid for one in uuids if (uuid := _uuid(one)) is not None]
    return {
        str(uuid): title for uuid, title in KnowledgePoint.objects.filter(uuid__in=known).values_list("uuid", "title")
    }


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def subject_names(on: date) -> Mapping[str, str]:
    """Code → name of the subject in the reader's language."""
    return names_of(SUBJECTS, on=on)


def grade_name(grade: str) -> str:
    """A grade in words; empty where a textbook has none."""
    if not grade:
        return ""
    stage, _dash, year = grade.partition("-")
    return str(GRADES[Stage(stage)][int(year) - 1])
