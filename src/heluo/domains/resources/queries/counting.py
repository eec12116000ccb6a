"""How often resources are used and rated: by day, of one, of an author's, of an organisation with all below it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from heluo.domains.resources.access import Permission, own
from heluo.domains.resources.models import PlaceUse, ResourceVersion
from heluo.domains.resources.queries.describing import KIND
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.feedback.public import DayOfUse, mean_of, uses_by_day
from heluo.kernel.organisations.models import Organisation

COUNTED = ("views", "downloads", "finishes", "collects", "ratings", "told", "stars")
"""Of a day, what may be added up."""
DAYS_A_POINT = 7
LONG = 120
"""Periods of more days are drawn by weeks."""


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses and ratings in a period: each day of it, also those without any."""

    days: Sequence[DayOfUse]

    @property
    def views(self) -> int:
        return sum(day.views for day in self.days)

    @property
    def downloads(self) -> int:
        return sum(day.downloads for day in self.days)

    @property
    def finishes(self) -> int:
        return sum(day.finishes for day in self.days)

    @property
    def collects(self) -> int:
        return sum(day.collects for day in self.days)

    @property
    def ratings(self) -> int:
        return sum(day.ratings for day in self.days)

    @property
    def mean(self) -> float | None:
        """Of the ratings of those days whose mean is told."""
        return mean_of(sum(day.stars for day in self.days), sum(day.told for day in self.days))

    @property
    def points(self) -> list[DayOfUse]:
        """What a chart draws: days, or weeks named by their first day where there are many."""
        if len(self.days) <= LONG:
            return list(self.days)
        weeks = [self.days[start : start + DAYS_A_POINT] for start in range(0, len(self.days), DAYS_A_POINT)]
        return [_together(week) for week in weeks]

    @property
    def is_by_week(self) -> bool:
        return len(self.days) > LONG


def _together(days: Sequence[DayOfUse]) -> DayOfUse:
    return DayOfUse(days[0].day, **{name: sum(getattr(one, name) for one in days) for name in COUNTED})


def _each_day(used: Iterable[DayOfUse], *, since: date, until: date) -> Uses:
    known = {one.day: one for one in used}
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    return Uses([known.get(day) or DayOfUse(day) for day in days])


def own_works(actor: Actor) -> dict[UUID, str]:
    """What an actor has published: identifier → title of what is public now."""
    works = ResourceVersion.objects.filter(own(actor), pk=F("resource__published"))
    return dict(works.order_by("-published_at").values_list("resource__uuid", "title"))


def uses_of_works(works: Iterable[UUID], *, since: date, until: date) -> Uses:
    """Uses of several resources together."""
    return _each_day(uses_by_day(KIND, list(works), since=since), since=since, until=until)


def place_uses(actor: Actor, organisation: Organisation, *, since: date) -> QuerySet[PlaceUse]:
    """The days of an organisation that the actor oversees, with all below it."""
    return PlaceUse.objects.filter(
        within(actor, Permission.OVERSEE), organisation=organisation, day__gte=since
    ).order_by("day")


def uses_of_place(actor: Actor, organisation: Organisation, *, since: date, until: date) -> Uses:
    rows = place_uses(actor, organisation, since=since).values("day", *COUNTED)
    return _each_day((DayOfUse(**row) for row in rows), since=since, until=until)


@dataclass(frozen=True, slots=True)
class BranchUses:
    """Uses and ratings in a period of one organisation and everything below it."""

    organisation: Organisation
    views: int
    downloads: int
    finishes: int
    collects: int
    ratings: int
    mean: float | None


def uses_below(actor: Actor, organisation: Organisation, *, since: date) -> list[BranchUses]:
    """The direct children of an organisation that the actor oversees, those used most first. Two queries."""
    children = {
        child.pk: child
        for child in Organisation.objects.filter(within(actor, Permission.OVERSEE, "path"), parent=organisation)
    }
    days = PlaceUse.objects.filter(organisation__in=children, day__gte=since).values("organisation")
    sums: Iterable[dict[str, int]] = days.annotate(*(Sum(name) for name in COUNTED))  # type: ignore[assignment]  # rows
    branches = [
        BranchUses(
            organisation=children[row["organisation"]],
            views=row["views__sum"],
            downloads=row["downloads__sum"],
            finishes=row["finishes__sum"],
            collects=row["collects__sum"],
            ratings=row["ratings__sum"],
            mean=mean_of(row["stars__sum"], row["told__sum"]),
        )
        for row in sums
    ]
    return sorted(branches, key=lambda row: (-row.views, -row.downloads, row.organisation.path))
