"""Organisations for programs, narrowed like the pages."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from heluo.kernel.actors.public import Actor
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import Level, OrganisationKind
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.queries import organisation_for, search_organisations, visible_organisations
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import operation

router = Router()
LARGEST_PAGE = 100


class OrganisationOut(Schema):
    id: UUID
    name: str
    kind: OrganisationKind
    level: Level
    code: str | None = Field(description="学校（机构）标识码; null for bureaus and teaching points.")
    school_type: str | None = Field(description="办学类型, JY/T 1001.")
    region_code: str = Field(description="GB/T 2260.")
    region_name: str
    parent_id: UUID | None = Field(description="Whom it answers to.")
    opened_on: date | None
    closed_on: date | None

    @classmethod
    def of(cls, organisation: Organisation) -> "OrganisationOut":
        return cls(
            id=organisation.uuid,
            name=organisation.name,
            kind=OrganisationKind(organisation.kind),
            level=Level(organisation.level),
            code=organisation.code,
            school_type=organisation.school_type or None,
            region_code=organisation.region.code,
            region_name=organisation.region.full_name,
            parent_id=organisation.parent.uuid if organisation.parent else None,
            opened_on=organisation.opened_on,
            closed_on=organisation.closed_on,
        )


class OrganisationPage(Schema):
    items: list[OrganisationOut]
    next_cursor: str | None
    previous_cursor: str | None


class OrganisationFilter(Schema):
    q: str = Field("", max_length=80, description="Part of the name, pinyin, initials or code.")
    cursor: str | None = Field(None, max_length=2000)
    size: int = Field(20, ge=1, le=LARGEST_PAGE)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]  # put there by the middleware


@router.get("/organisations", response=OrganisationPage, summary="Organisations you may see")
@operation(may=Permission.VIEW)
def list_organisations(request: HttpRequest, wanted: Query[OrganisationFilter]) -> OrganisationPage:
    """In the order of their names, page by page."""
    actor = _actor(request)
    found = search_organisations(actor, wanted.q) if wanted.q.strip() else visible_organisations(actor)
    page = keyset_page(
        found.select_related("region__parent", "parent"),
        order=("name_sort", "id"),
        cursor=wanted.cursor,
        size=wanted.size,
    )
    return OrganisationPage(
        items=[OrganisationOut.of(row) for row in page.items],
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


@router.get("/organisations/{uuid:organisation_id}", response=OrganisationOut, summary="One organisation")
@operation(may=Permission.VIEW)
def get_organisation(request: HttpRequest, organisation_id: UUID) -> OrganisationOut:
    """As far as you may see it."""
    return OrganisationOut.of(organisation_for(_actor(request), organisation_id))
