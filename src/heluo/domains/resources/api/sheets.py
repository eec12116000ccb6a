"""Many drafts from one table."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from heluo.domains.resources.access import Permission
from heluo.domains.resources.actions.sheets import attach_by_name, open_sheet, order_submission
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.models import DraftSheet
from heluo.domains.resources.queries import author_places
from heluo.domains.resources.queries.sheets import LAYOUT, RowShown, own_sheet, own_sheets, rows_shown
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.files.public import content_as_file, own_file
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation
from heluo.kernel.tables.public import MEGABYTE

router = Router()


class SheetIn(Schema):
    """A table with the columns of the template: an uploaded workbook or CSV as `file`, else CSV as `text`.

    `organisation` is one that the author works at; left out, the first.
    """

    organisation: UUID | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] = "table.csv"
    text: Annotated[str, Field(max_length=MEGABYTE)] = ""
    file: UUID | None = None


class SheetRef(Schema):
    """A table that was taken."""

    id: UUID
    name: str
    at: datetime

    @staticmethod
    def of(sheet: DraftSheet) -> "SheetRef":
        return SheetRef(id=sheet.uuid, name=sheet.name, at=sheet.at)


class SheetPage(Schema):
    """One page of own tables; read on with `cursor` = `next`."""

    items: list[SheetRef]
    next: str | None


class SheetRowOut(Schema):
    """A row and the draft it became.

    `awaited` are names of files that are still to come, `lacking` what the description still needs, `problem` what
    the last attempt to submit it met with. A row is `ready` when nothing is awaited or lacking and it may be submitted.
    """

    row: int
    resource: UUID
    title: str
    state: VersionState
    files: list[str]
    awaited: list[str]
    lacking: list[str]
    problem: str
    ready: bool

    @staticmethod
    def of(shown: RowShown) -> "SheetRowOut":
        return SheetRowOut(
            row=shown.row.number,
            resource=shown.version.resource.uuid,
            title=shown.version.title,
            state=VersionState(shown.version.state),
            files=[file.name for file in shown.files],
            awaited=list(shown.awaited),
            lacking=list(shown.lacking) if shown.version.is_editable else [],
            problem=shown.row.problem if shown.version.is_editable else "",
            ready=shown.is_ready,
        )


class SheetOut(SheetRef):
    """A table with its rows."""

    rows: list[SheetRowOut]

    @staticmethod
    def of(sheet: DraftSheet) -> "SheetOut":
        return SheetOut(**SheetRef.of(sheet).dict(), rows=[SheetRowOut.of(shown) for shown in rows_shown(sheet)])


class OrderedOut(Schema):
    """How many drafts are being submitted, one after the other; the rows say what became of them."""

    ordered: int


@router.get("/resources/sheets", response=SheetPage, summary="Own tables of drafts, the last first")
@operation(may=Permission.AUTHOR)
def list_sheets(request: PageRequest, cursor: Annotated[str, Query(max_length=2000)] = "") -> SheetPage:
    page = keyset_page(own_sheets(request.actor), order=("-id",), cursor=cursor or None)
    return SheetPage(items=[SheetRef.of(sheet) for sheet in page.items], next=page.next_cursor)


@router.post("/resources/sheets", response={201: SheetOut}, summary="Make a draft of each row of a table")
@operation(may=Permission.AUTHOR)
def create_sheet(request: PageRequest, sheet: SheetIn) -> Status[SheetOut]:
    """All rows or none: 422 names every wrong cell in `errors`."""
    places = author_places(request.actor)
    place = (places.filter(uuid=sheet.organisation) if sheet.organisation else places).first()
    if place is None:
        raise NotFound
    name, content = _content(request, sheet)
    made = open_sheet(by=request.actor, organisation=place, name=name, content=content, now=now())
    return Status(201, SheetOut.of(made))


def _content(request: PageRequest, sheet: SheetIn) -> tuple[str, bytes]:
    if sheet.file is None:
        return sheet.name, sheet.text.encode()
    file = own_file(request.actor, sheet.file)
    if file.size > LAYOUT.most_bytes:
        raise LAYOUT.too_large()
    with content_as_file(file) as path:
        return file.name, path.read_bytes()


@router.get("/resources/sheets/{uuid:sheet}", response=SheetOut, summary="A table and what became of its rows")
@operation(may=Permission.AUTHOR)
def read_sheet(request: PageRequest, sheet: UUID) -> SheetOut:
    return SheetOut.of(own_sheet(request.actor, sheet))


@router.put(
    "/resources/sheets/{uuid:sheet}/files/{uuid:file}",
    response=SheetOut,
    summary="Give an uploaded file to every draft whose row names it",
)
@operation(may=Permission.AUTHOR)
def attach_file_by_name(request: PageRequest, sheet: UUID, file: UUID) -> SheetOut:
    found = own_sheet(request.actor, sheet)
    attach_by_name(by=request.actor, sheet=found, file=own_file(request.actor, file), now=now())
    return SheetOut.of(found)


@router.post(
    "/resources/sheets/{uuid:sheet}/submission", response={202: OrderedOut}, summary="Submit all drafts that are ready"
)
@operation(may=Permission.AUTHOR)
def submit_sheet(request: PageRequest, sheet: UUID) -> Status[OrderedOut]:
    """409 where none is ready. What a draft is refused for stands in its row afterwards."""
    return Status(202, OrderedOut(ordered=order_submission(by=request.actor, sheet=own_sheet(request.actor, sheet))))
