"""Scores, where they stand and how they moved."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, FloatField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from heluo.domains.quality.access import Permission
from heluo.domains.quality.enums import ALL
from heluo.domains.quality.models import Run, Score
from heluo.kernel.actors.public import Actor, paths_for, within
from heluo.kernel.organisations.models import Organisation, OrganisationQuerySet


@dataclass(frozen=True, slots=True)
class Points:
    """A score as it is shown."""

    dimension: str
    points: float
    checked: int
    broken: int


def seen_organisations(actor: Actor) -> OrganisationQuerySet:
    """Where the actor may look at quality."""
    return Organisation.objects.filter(within(actor, Permission.VIEW, field="path"))


def starting_place(actor: Actor) -> Organisation | None:
    """The outermost organisation whose quality the actor looks after."""
    return Organisation.objects.filter(path__in=paths_for(actor, Permission.VIEW)).order_by("path").first()


def day_of_scores(organisation: Organisation) -> date | None:
    """The day of the newest score of an organisation."""
    return Score.objects.filter(organisation=organisation).order_by("-day").values_list("day", flat=True).first()


def points_of(organisation: Organisation, *, on: date) -> dict[str, Points]:
    """The scores of one day by dimension, `all` among them."""
    return {
        score.dimension: Points(score.dimension, score.points, score.checked, score.broken)
        for score in Score.objects.filter(organisation=organisation, day=on)
    }


def history_of(organisation: Organisation, *, days: int) -> list[tuple[date, float]]:
    """The whole score on each day it was made, oldest first."""
    newest = Score.objects.filter(organisation=organisation, dimension=ALL).order_by("-day")[:days]
    return [(score.day, score.points) for score in reversed(newest)]


def branches_below(actor: Actor, organisation: Organisation) -> QuerySet[Organisation]:
    """The organisations directly under one with `points` (newest whole score), `broken` and `scored_on`.

    One that was never checked stands at the end with 101 points, for a keyset needs a value.
    """
    newest = Score.objects.filter(organisation=OuterRef("pk"), dimension=ALL).order_by("-day")
    points = Case(
        When(weighed__gt=0, then=Value(100.0) * (F("weighed") - F("broken")) / F("weighed")),
        default=Value(101.0),
        output_field=FloatField(),
    )
    return (
        seen_organisations(actor)
        .filter(parent=organisation, closed_on=None)
        .annotate(
            weighed=Coalesce(Subquery(newest.values("checked")[:1]), 0),
            broken=Coalesce(Subquery(newest.values("broken")[:1]), 0),
        )
        .annotate(points=points)
    )


def newest_run(organisation: Organisation) -> Run | None:
    """The newest run that covered an organisation: its own, or one of a superior."""
    keys = [int(step) for step in organisation.path.split(".") if step]
    return Run.objects.filter(organisation__in=keys).select_related("organisation").order_by("-id").first()
