"""The textbook tree for programs: the same narrowed reads as the pages, and a file in and out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db.models import QuerySet
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.actions import import_tree_file, open_tree_file, restore_textbook, withdraw_textbook
from heluo.domains.textbooks.models import IN_USE, Chapter, KnowledgePoint, Textbook, TreeFile
from heluo.domains.textbooks.queries.browsing import (
    around,
    chapter_with,
    chapters_teaching,
    point_with,
    points_below,
    points_of,
    textbook_with,
    textbooks_on,
)
from heluo.domains.textbooks.queries.files import file_of
from heluo.domains.textbooks.queries.layout import LAYOUT, words_on
from heluo.domains.textbooks.queries.writing import tree_in_use, written
from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()

IN_ORDER = ("stage", "subject", "edition", "position", "grade", "volume", "id")
Subject = Annotated[str, Query(max_length=2, pattern=r"^(\d\d)?$", description="Code of JY/T 1001.", examples=["14"])]
Edition = Annotated[str, Query(max_length=40)]
Cursor = Annotated[str, Query(max_length=2000, description="From `next`.")]


class TextbookOut(Schema):
    """A volume of an edition. `grade` is the stage and the year in it; empty where it belongs to no one year.

    `withdrawn` ones are in no list any more, but keep their identifier for what points at them.
    """

    id: UUID
    stage: Stage
    subject: str
    edition: str
    grade: str
    volume: str
    title: str
    example: bool
    withdrawn: bool

    @staticmethod
    def of(book: Textbook) -> "TextbookOut":
        return TextbookOut(
            id=book.uuid,
            stage=Stage(book.stage),
            subject=book.subject,
            edition=book.edition,
            grade=book.grade,
            volume=book.volume,
            title=book.title,
            example=book.is_example,
            withdrawn=book.is_withdrawn,
        )


class TextbookPage(Schema):
    """One page of textbooks; read on with `cursor` = `next`."""

    items: list[TextbookOut]
    next: str | None


class ChapterRef(Schema):
    """A chapter by its identifier, its number in the textbook and its title."""

    id: UUID
    number: str
    title: str

    @staticmethod
    def of(chapter: Chapter) -> "ChapterRef":
        return ChapterRef(id=chapter.uuid, number=chapter.number, title=chapter.title)


class TreeOut(TextbookOut):
    """A textbook with all chapters in the order one reads; `number` says where each stands: 1.2 is below 1."""

    chapters: list[ChapterRef]


class PointRef(Schema):
    """A knowledge point by its identifier, its code in the subject and its name."""

    id: UUID
    code: str
    title: str

    @staticmethod
    def of(point: KnowledgePoint) -> "PointRef":
        return PointRef(id=point.uuid, code=point.code, title=point.title)


class ChapterOut(ChapterRef):
    """A chapter where it stands. What hangs on it: `/catalogue/entries?facet=chapter:<id>`."""

    withdrawn: bool
    textbook: TextbookOut
    above: list[ChapterRef]
    below: list[ChapterRef]
    previous: ChapterRef | None
    next: ChapterRef | None
    points: list[PointRef]


class TaughtIn(ChapterRef):
    """A chapter that teaches a point, with its textbook."""

    textbook: TextbookOut


class PointOut(PointRef):
    """A knowledge point. What hangs on it: `/catalogue/entries?facet=knowledge_point:<id>`."""

    stage: Stage
    subject: str
    withdrawn: bool
    parent: PointRef | None
    below: list[PointRef]
    chapters: list[TaughtIn]


class TreeTextOut(Schema):
    """The tree as CSV text, as an import reads it."""

    text: str


class TreeTextIn(Schema):
    """A file of the tree. `complete`: it tells all textbooks and points of the subjects it names."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    text: Annotated[str, Field(max_length=LAYOUT.most_bytes)]
    complete: bool = False


class TreeFileOut(Schema):
    """A file that was checked; `counts` says by kind of node how many are new, changed, withdrawn, unchanged."""

    id: UUID
    name: str
    complete: bool
    imported_at: datetime | None
    counts: dict[str, dict[str, int]]

    @staticmethod
    def of(file: TreeFile) -> "TreeFileOut":
        return TreeFileOut(
            id=file.uuid,
            name=file.name,
            complete=file.is_complete,
            imported_at=file.imported_at,
            counts=file.counts,
        )


@router.get("/textbooks", response=TextbookPage, summary="Textbooks in use")
@operation(may=Audience.PUBLIC)
def list_textbooks(
    request: PageRequest,
    *,
    stage: Stage | None = None,
    subject: Subject = "",
    edition: Edition = "",
    cursor: Cursor = "",
) -> TextbookPage:
    """By stage, subject and edition; left out, all."""
    books = textbooks_on(stage=stage or "", subject=subject, edition=edition)
    page = keyset_page(books, order=IN_ORDER, cursor=cursor or None)
    return TextbookPage(items=[TextbookOut.of(book) for book in page.items], next=page.next_cursor)


@router.get("/textbooks/export", response=TreeTextOut, summary="The tree in use as a file")
@operation(may=Permission.KEEP)
def export_tree(request: PageRequest, stage: Stage | None = None, subject: Subject = "") -> TreeTextOut:
    """All of it, or one stage or subject; `POST /textbooks/files` takes the text back."""
    tree = tree_in_use(stage=stage or "", subject=subject)
    return TreeTextOut(text=written(tree, words_on(local_day(now()))).decode("utf-8-sig"))


@router.post("/textbooks/files", response={201: TreeFileOut}, summary="Check a file of the tree")
@operation(may=Permission.KEEP)
def open_file(request: PageRequest, file: TreeTextIn) -> Status[TreeFileOut]:
    """Nothing is written: the answer says what an import would change. 422 where a cell is wrong."""
    opened = open_tree_file(
        by=request.actor, name=file.name, content=file.text.encode(), is_complete=file.complete, now=now()
    )
    return Status(201, TreeFileOut.of(opened))


@router.post("/textbooks/files/{uuid:file}/import", response=TreeFileOut, summary="Take over a checked file")
@operation(may=Permission.KEEP)
def import_file(request: PageRequest, file: UUID) -> TreeFileOut:
    """Writes what differs. 409 where the tree has moved since the file was checked."""
    return TreeFileOut.of(import_tree_file(by=request.actor, file=file_of(request.actor, file), now=now()))


@router.get("/textbooks/chapters/{uuid:chapter}", response=ChapterOut, summary="A chapter where it stands")
@operation(may=Audience.PUBLIC)
def read_chapter(request: PageRequest, chapter: UUID) -> ChapterOut:
    """Also one that was withdrawn: what was published on it still points here."""
    found = chapter_with(chapter)
    neighbours = around(found)
    return ChapterOut(
        **ChapterRef.of(found).dict(),
        withdrawn=found.is_withdrawn,
        textbook=TextbookOut.of(found.textbook),
        above=[ChapterRef.of(one) for one in neighbours.above],
        below=[ChapterRef.of(one) for one in neighbours.below],
        previous=ChapterRef.of(neighbours.before) if neighbours.before else None,
        next=ChapterRef.of(neighbours.after) if neighbours.after else None,
        points=_points(points_of(found)),
    )


@router.get("/textbooks/knowledge-points/{uuid:point}", response=PointOut, summary="A knowledge point")
@operation(may=Audience.PUBLIC)
def read_point(request: PageRequest, point: UUID) -> PointOut:
    """With the chapters of all editions that teach it."""
    found = point_with(point)
    return PointOut(
        **PointRef.of(found).dict(),
        stage=Stage(found.stage),
        subject=found.subject,
        withdrawn=found.is_withdrawn,
        parent=PointRef.of(found.parent) if found.parent else None,
        below=_points(points_below(found)),
        chapters=[
            TaughtIn(**ChapterRef.of(one).dict(), textbook=TextbookOut.of(one.textbook))
            for one in chapters_teaching(found)
        ],
    )


@router.put("/textbooks/{uuid:textbook}/withdrawal", response=TextbookOut, summary="Take a textbook out of use")
@operation(may=Permission.KEEP)
def take_out_of_use(request: PageRequest, textbook: UUID) -> TextbookOut:
    """With its chapters; what hangs on them stays. 409 where it is out of use already."""
    return TextbookOut.of(withdraw_textbook(by=request.actor, textbook=textbook_with(textbook), now=now()))


@router.delete("/textbooks/{uuid:textbook}/withdrawal", response=TextbookOut, summary="Bring a textbook back into use")
@operation(may=Permission.KEEP)
def bring_back(request: PageRequest, textbook: UUID) -> TextbookOut:
    """With the chapters that went out of use together with it. 409 where it is in use."""
    return TextbookOut.of(restore_textbook(by=request.actor, textbook=textbook_with(textbook), now=now()))


@router.get("/textbooks/{uuid:textbook}", response=TreeOut, summary="A textbook with its chapters")
@operation(may=Audience.PUBLIC)
def read_textbook(request: PageRequest, textbook: UUID) -> TreeOut:
    """Also one that was withdrawn; its chapters in use."""
    book = textbook_with(textbook)
    return TreeOut(
        **TextbookOut.of(book).dict(),
        chapters=[ChapterRef.of(one) for one in book.chapters.filter(IN_USE).order_by("path")],
    )


def _points(points: QuerySet[KnowledgePoint]) -> list[PointRef]:
    return [PointRef.of(point) for point in points]
