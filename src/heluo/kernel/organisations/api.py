"""Organisations for programs, narrowed like the pages."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import Level, OrganisationKind
from heluo.kernel.organisations.models import (
    Organisation,
    OrganisationQuerySet,
    OrganisationState,
    OrganisationStateQuerySet,
)
from heluo.kernel.organisations.queries import (
    organisation_as_of,
    organisation_for,
    search_as_of,
    search_organisations,
    visible_organisations,
    visible_states,
)
from heluo.kernel.pages.keyset import KeysetPage, keyset_page
from heluo.kernel.pages.rules import operation

router = Router()
LARGEST_PAGE = 100
BY_NAME = ("name_sort", "id")


class OrganisationOut(Schema):
    id: UUID
    name: str
    kind: OrganisationKind
    level: Level
    code: str | None = Field(description="学校（机构）标识码; null for bureaus and teaching points.")
    school_type: str | None = Field(description="办学类型, JY/T 1001.")
    credit_code: str | None = Field(description="统一社会信用代码, GB 32100.")
    english_name: str | None
    address: str | None
    postcode: str | None
    phone: str | None = Field(description="Of the office.")
    founded_on: date | None
    founder: str | None = Field(description="举办者; codes not verified.")
    run_by: str | None = Field(description="学校办别; vocational schools have a table of their own.")
    settlement: str | None = Field(description="城乡类型, JY/T 1001.")
    region_code: str = Field(description="GB/T 2260.")
    region_name: str
    parent_id: UUID | None = Field(description="Whom it answers to.")
    opened_on: date | None
    closed_on: date | None

    valid_from: date | None = Field(description="With `on`: first day of the state shown; null if nobody knows it.")
    valid_to: date | None = Field(description="With `on`: first day on which that state held no more.")

    @classmethod
    def of(cls, shown: Organisation | OrganisationState) -> "OrganisationOut":
        """An organisation as it is, or as it was in a state."""
        organisation = shown.organisation if isinstance(shown, OrganisationState) else shown
        return cls(
            id=organisation.uuid,
            name=shown.name,
            kind=OrganisationKind(organisation.kind),
            level=Level(organisation.level),
            code=shown.code,
            school_type=shown.school_type or None,
            credit_code=shown.credit_code or None,
            english_name=shown.english_name or None,
            address=shown.address or None,
            postcode=shown.postcode or None,
            phone=shown.phone or None,
            founded_on=shown.founded_on,
            founder=shown.founder or None,
            run_by=shown.run_by or None,
            settlement=shown.settlement or None,
            region_code=shown.region.code,
            region_name=shown.region.full_name,
            parent_id=shown.parent.uuid if shown.parent else None,
            opened_on=organisation.opened_on,
            closed_on=organisation.closed_on,
            valid_from=shown.valid_from if isinstance(shown, OrganisationState) else None,
            valid_to=shown.valid_to if isinstance(shown, OrganisationState) else None,
        )


class OrganisationPage(Schema):
    items: list[OrganisationOut]
    next_cursor: str | None
    previous_cursor: str | None


class OrganisationFilter(Schema):
    q: str = Field("", max_length=80, description="Part of the name, pinyin, initials or code.")
    on: date | None = Field(None, description="As of a day in the past: names and superiors of then, rights of today.")
    cursor: str | None = Field(None, max_length=2000)
    size: int = Field(20, ge=1, le=LARGEST_PAGE)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined,no-any-return]  # put there by the middleware


@router.get("/organisations", response=OrganisationPage, summary="Organisations you may see")
@operation(may=Permission.VIEW)
def list_organisations(request: HttpRequest, wanted: Query[OrganisationFilter]) -> OrganisationPage:
    """In the order of their names, page by page."""
    actor = _actor(request)
    found: OrganisationQuerySet | OrganisationStateQuerySet
    if wanted.on is not None:
        found = search_as_of(actor, wanted.q, on=wanted.on) if wanted.q.strip() else visible_states(actor, on=wanted.on)
    else:
        found = search_organisations(actor, wanted.q) if wanted.q.strip() else visible_organisations(actor)
    page: KeysetPage[Organisation] | KeysetPage[OrganisationState]
    if isinstance(found, OrganisationQuerySet):
        whole = found.select_related("region__parent", "parent")
        page = keyset_page(whole, order=BY_NAME, cursor=wanted.cursor, size=wanted.size)
    else:
        states = found.select_related("region__parent", "parent", "organisation")
        page = keyset_page(states, order=BY_NAME, cursor=wanted.cursor, size=wanted.size)
    return OrganisationPage(
        items=[OrganisationOut.of(row) for row in page.items],
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


@router.get("/organisations/{uuid:organisation_id}", response=OrganisationOut, summary="One organisation")
@operation(may=Permission.VIEW)
def get_organisation(request: HttpRequest, organisation_id: UUID, on: date | None = None) -> OrganisationOut:
    """As far as you may see it. With `on`, as it was on that day; 404 if it was not there."""
    if on is None:
        return OrganisationOut.of(organisation_for(_actor(request), organisation_id))
    state = organisation_as_of(_actor(request), organisation_id, on=on)
    if state is None:
        raise NotFound
    return OrganisationOut.of(state)
