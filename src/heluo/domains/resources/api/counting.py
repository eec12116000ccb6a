"""How often resources are used."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema

from heluo.domains.resources.access import Permission
from heluo.domains.resources.queries import (
    Uses,
    overseen_organisations,
    own_works,
    uses_below,
    uses_of_place,
    uses_of_works,
)
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()
Days = Annotated[int, Query(ge=1, le=366, description="So many days up to today.")]


class DayOut(Schema):
    """`rating` is the mean of a day's ratings; null where too few people rated on it."""

    day: date
    views: int
    downloads: int
    finishes: int
    collects: int
    ratings: int
    rating: float | None


class UsesOut(Schema):
    """Sums of a period, and its days with any use; one visitor counts once a day. `rating` is the mean over those days
    whose mean is told.
    """

    views: int
    downloads: int
    finishes: int
    collects: int
    ratings: int
    rating: float | None
    days: list[DayOut]

    @staticmethod
    def of(uses: Uses) -> "UsesOut":
        used = [day for day in uses.days if day.views or day.downloads or day.finishes or day.collects or day.ratings]
        return UsesOut(
            views=uses.views,
            downloads=uses.downloads,
            finishes=uses.finishes,
            collects=uses.collects,
            ratings=uses.ratings,
            rating=uses.mean,
            days=[
                DayOut(
                    day=one.day,
                    views=one.views,
                    downloads=one.downloads,
                    finishes=one.finishes,
                    collects=one.collects,
                    ratings=one.ratings,
                    rating=one.mean,
                )
                for one in used
            ],
        )


class BranchOut(Schema):
    organisation: UUID
    name: str
    views: int
    downloads: int
    finishes: int
    collects: int
    ratings: int
    rating: float | None


class PlaceOut(UsesOut):
    """Uses of what an organisation and all below it have published, and of each direct child that has any."""

    below: list[BranchOut]


@router.get("/resources/mine/uses", response=UsesOut, summary="Uses of own resources, or of one")
@operation(may=Permission.AUTHOR)
def own_uses(request: PageRequest, resource: UUID | None = None, days: Days = 30) -> UsesOut:
    works = own_works(request.actor)
    if resource is not None and resource not in works:
        raise NotFound
    since, until = _period(days)
    return UsesOut.of(uses_of_works([resource] if resource else works, since=since, until=until))


@router.get("/resources/uses", response=PlaceOut, summary="Uses of what an organisation and all below it publish")
@operation(may=Permission.OVERSEE)
def place_uses(request: PageRequest, organisation: UUID | None = None, days: Days = 30) -> PlaceOut:
    overseen = overseen_organisations(request.actor)
    place = (overseen.filter(uuid=organisation) if organisation else overseen.order_by("path")).first()
    if place is None:
        raise NotFound
    since, until = _period(days)
    uses = UsesOut.of(uses_of_place(request.actor, place, since=since, until=until))
    below = [
        BranchOut(
            organisation=row.organisation.uuid,
            name=row.organisation.name,
            views=row.views,
            downloads=row.downloads,
            finishes=row.finishes,
            collects=row.collects,
            ratings=row.ratings,
            rating=row.mean,
        )
        for row in uses_below(request.actor, place, since=since)
    ]
    return PlaceOut(**uses.dict(), below=below)


def _period(days: int) -> tuple[date, date]:
    until = local_day(now())
    return until - timedelta(days=days - 1), until
