"""Reads of the two trees, of classes and terms."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import WHOLE_TREE, Actor, paths_for, within
from heluo.kernel.clock.public import SchoolYear, Term
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import Level, OrganisationKind, Stage
from heluo.kernel.organisations.errors import OrganisationNotClear, OrganisationUnknown
from heluo.kernel.organisations.grades import entry_years
from heluo.kernel.organisations.models import (
    Klass,
    Organisation,
    OrganisationChange,
    OrganisationQuerySet,
    Region,
    RegionQuerySet,
    TermPlan,
)

CHOICES = 5
"""How many organisations a refusal names."""

# -- regions: public knowledge ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DivisionCounts:
    """How many divisions there are. 济源 stands in both columns and once in `units`."""

    cities: int
    counties: int
    in_both: int

    @property
    def units(self) -> int:
        return self.cities + self.counties - self.in_both


def count_divisions(*, on: date) -> DivisionCounts:
    """The one place that counts cities and counties. Statistical areas (41xx7y) are not in the table at all."""
    counted = Region.objects.in_force(on).aggregate(
        cities=Count("pk", filter=Q(level=Level.CITY) | Q(ranks_as_city=True)),
        counties=Count("pk", filter=Q(level=Level.COUNTY)),
        in_both=Count("pk", filter=Q(level=Level.COUNTY, ranks_as_city=True)),
    )
    return DivisionCounts(**counted)


def region_with_code(code: str, *, on: date) -> Region:
    """The region that bears a code on a day."""
    found = Region.objects.in_force(on).select_related("parent").filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def regions_below(region: Region | None, *, on: date) -> RegionQuerySet:
    """The divisions directly inside a region, or the province itself, in the order of their codes."""
    return Region.objects.in_force(on).filter(parent=region).order_by("code")


def regions_within(region: Region, *, on: date) -> RegionQuerySet:
    """A region and every division in it."""
    return (
        Region.objects.in_force(on)
        .filter(Q(pk=region.pk) | Q(parent=region) | Q(parent__parent=region))
        .select_related("parent")
        .order_by("code")
    )


# -- organisations, narrowed to what the actor may see ----------------------------------------------------------------


def visible_organisations(actor: Actor) -> OrganisationQuerySet:
    """What lies where the actor may look."""
    return Organisation.objects.filter(within(actor, Permission.VIEW, field="path"))


def organisation_for(actor: Actor, uuid: UUID) -> Organisation:
    """One organisation as this actor may see it."""
    found = visible_organisations(actor).select_related("region__parent", "parent").filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def with_child_flag(organisations: OrganisationQuerySet) -> OrganisationQuerySet:
    """Adds `has_children`, so that a tree knows which nodes open."""
    return organisations.annotate(has_children=Exists(Organisation.objects.filter(parent=OuterRef("pk"))))


def tops_for(actor: Actor) -> OrganisationQuerySet:
    """Where an actor's view of the management tree begins: the outermost nodes they may see."""
    paths = paths_for(actor, Permission.VIEW)
    here = Q(parent__isnull=True) if WHOLE_TREE in paths else Q(path__in=paths)
    return Organisation.objects.filter(here).order_by("path")


def children_of(actor: Actor, organisation: Organisation) -> OrganisationQuerySet:
    """The organisations directly under one: bureaus by region code, then schools by name."""
    return visible_organisations(actor).filter(parent=organisation).order_by("kind", "region__code", "name_sort", "id")


def organisations_in(actor: Actor, region: Region) -> OrganisationQuerySet:
    """The organisations that lie in a region or its parts on the map, whoever manages them."""
    return (
        visible_organisations(actor)
        .filter(Q(region=region) | Q(region__parent=region) | Q(region__parent__parent=region))
        .order_by("name_sort", "id")
    )


def search_organisations(actor: Actor, text: str) -> OrganisationQuerySet:
    """By part of the name, beginning of the pinyin or its initials, or beginning of the code."""
    words = text.strip()
    typed = words.lower().replace(" ", "")
    found = Q(name__contains=words) | Q(name_sort__contains=typed) | Q(initials__startswith=typed)
    if typed.isdigit():
        found |= Q(code__startswith=typed) | Q(region__code__startswith=typed, kind=OrganisationKind.BUREAU)
    return visible_organisations(actor).filter(found).order_by("name_sort", "id")


def organisation_called(actor: Actor, text: str, *, on: date) -> Organisation:
    """The one open organisation that somebody means by a full name, a school code or, for a bureau, a region code.

    Refusals: OrganisationUnknown; OrganisationNotClear, which names up to five that come close.
    """
    words = text.strip()
    named = Q(name=words) | Q(code=words) | Q(region__code=words, kind=OrganisationKind.BUREAU)
    there = visible_organisations(actor).open_on(on).select_related("region", "parent")
    meant = list(there.filter(named).order_by("path")[:CHOICES])
    if len(meant) == 1:
        return meant[0]
    close = meant or list(search_organisations(actor, words).open_on(on).select_related("region")[:CHOICES])
    if not words or not close:
        raise OrganisationUnknown(field="organisation", text=words)
    choices = "、".join(f"{one.name}（{one.code or one.region.code}）" for one in close)
    raise OrganisationNotClear(field="organisation", text=words, choices=choices)


def superiors_of(organisation: Organisation) -> OrganisationQuerySet:
    """Everyone above, outermost first. Names of superiors are no secret."""
    keys = [int(step) for step in organisation.path.split(".") if step][:-1]
    return Organisation.objects.filter(pk__in=keys).order_by("path")


def possible_superiors(actor: Actor, organisation: Organisation) -> OrganisationQuerySet:
    """Who else could manage an organisation, of those the actor manages: bureaus, or for a teaching point the schools
    under the same bureau."""
    others = Organisation.objects.filter(within(actor, Permission.MANAGE, field="path"), closed_on__isnull=True)
    if organisation.kind == OrganisationKind.TEACHING_POINT and organisation.parent is not None:
        fitting = others.filter(kind=OrganisationKind.SCHOOL, parent=organisation.parent.parent_id)
    else:
        fitting = others.filter(kind=OrganisationKind.BUREAU)
    present = () if organisation.parent_id is None else (organisation.parent_id,)
    return fitting.exclude(path__startswith=organisation.path).exclude(pk__in=present).order_by("path")


def changes_of(organisation: Organisation) -> QuerySet[OrganisationChange]:
    return organisation.changes.all()


def bureau_of(code: str, *, on: date) -> Organisation:
    """The bureau in charge of education in the region with a code."""
    found = Organisation.objects.open_on(on).filter(kind=OrganisationKind.BUREAU, region__code=code).first()
    if found is None:
        raise NotFound
    return found


def school_with_code(code: str) -> Organisation:
    """The school that bears a code now."""
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


# -- classes and terms ------------------------------------------------------------------------------------------------


def classes_of(school: Organisation, *, year: SchoolYear) -> QuerySet[Klass]:
    """The classes that are at a school in a school year, lowest grade first."""
    at_school = Q()
    for stage in Stage:
        years = entry_years(stage, year)
        at_school |= Q(stage=stage, entry_year__gte=years.start, entry_year__lt=years.stop)
    return (
        Klass.objects.filter(at_school, Q(closed_on__isnull=True) | Q(closed_on__gt=year.first_day), school=school)
        .select_related("school")
        .order_by("stage", "-entry_year", "number")
    )


def klass_for(actor: Actor, uuid: UUID) -> Klass:
    """A class of a school that the actor may see."""
    found = (
        Klass.objects.filter(within(actor, Permission.VIEW, field="school__path"), uuid=uuid)
        .select_related("school__region")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def term_plan(organisation: Organisation, term: Term) -> TermPlan | None:
    """The days of a term as they hold for an organisation: its own plan, or the nearest superior's."""
    keys = [int(step) for step in organisation.path.split(".") if step]
    return (
        TermPlan.objects.filter(organisation__in=keys, school_year=term.year.starts, number=term.number)
        .select_related("organisation")
        .order_by("-organisation__path")
        .first()
    )


def term_on(organisation: Organisation, day: date) -> Term:
    """The term a day belongs to, by the plan that holds for an organisation, else by the calendar of the house."""
    keys = [int(step) for step in organisation.path.split(".") if step]
    plan = (
        TermPlan.objects.filter(organisation__in=keys, starts_on__lte=day, ends_on__gte=day)
        .order_by("-organisation__path")
        .first()
    )
    return plan.term if plan else Term.on(day)
