"""Reads of the two trees, of classes and terms."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import WHOLE_TREE, Actor, paths_for, within
from heluo.kernel.clock.public import SchoolYear, Term
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import Level, OrganisationKind, Stage
from heluo.kernel.organisations.errors import OrganisationNotClear, OrganisationUnknown
from heluo.kernel.organisations.grades import entry_years
from heluo.kernel.organisations.models import (
    ClassMove,
    Klass,
    Organisation,
    OrganisationChange,
    OrganisationQuerySet,
    OrganisationState,
    OrganisationStateQuerySet,
    Region,
    RegionQuerySet,
    TermPlan,
)
from heluo.kernel.organisations.school_types import school_types
from heluo.kernel.search.public import fold, query_of

CHOICES = 5
STAGE_ORDER = Case(
    *(When(stage=stage, then=Value(place)) for place, stage in enumerate(Stage)), output_field=IntegerField()
)
"""Stages as pupils pass them, not by the letters of their codes."""
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


def parents_among(keys: Collection[int], *, on: date | None = None) -> set[int]:
    """Which organisations have others below them, now or on a day: asked for a page's rows, not for all there are."""
    if on is None:
        return set(Organisation.objects.filter(parent__in=keys).values_list("parent_id", flat=True).distinct())
    return set(OrganisationState.objects.on(on).filter(parent__in=keys).values_list("parent_id", flat=True).distinct())


def tops_for(actor: Actor) -> OrganisationQuerySet:
    """Where an actor's view of the management tree begins: the outermost nodes they may see."""
    paths = paths_for(actor, Permission.VIEW)
    here = Q(parent__isnull=True) if WHOLE_TREE in paths else Q(path__in=paths)
    return Organisation.objects.filter(here).order_by("place_sort", "id")


def children_of(actor: Actor, organisation: Organisation) -> OrganisationQuerySet:
    """The organisations directly under one: bureaus by region code, then schools by name."""
    return visible_organisations(actor).filter(parent=organisation).order_by("place_sort", "id")


def organisations_in(actor: Actor, region: Region) -> OrganisationQuerySet:
    """The organisations that lie in a region or its parts on the map, whoever manages them."""
    return visible_organisations(actor).filter(region__in=_parts_of(region)).order_by("name_sort", "id")


def _parts_of(region: Region) -> QuerySet[Region]:
    return Region.objects.filter(Q(pk=region.pk) | Q(parent=region) | Q(parent__parent=region))


def search_organisations(actor: Actor, text: str) -> OrganisationQuerySet:
    """By words of the name, pinyin or initials from any syllable on, the beginning of a code. One index."""
    return visible_organisations(actor).filter(_found_by(text)).order_by("name_sort", "id")


def _found_by(text: str) -> Q:
    """What a typed line finds; pinyin and numbers may be typed with spaces."""
    folded = fold(text)
    question = query_of("".join(folded.split()) if folded.isascii() else text)
    return Q(pk__in=()) if question is None else Q(words=question)


def organisation_called(actor: Actor, text: str, *, on: date, field: str = "organisation") -> Organisation:
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
        raise OrganisationUnknown(field=field, text=words)
    choices = "、".join(f"{one.name}（{one.code or one.region.code}）" for one in close)
    raise OrganisationNotClear(field=field, text=words, choices=choices)


def superiors_of(organisation: Organisation) -> OrganisationQuerySet:
    """Everyone above, outermost first. Names of superiors are no secret."""
    keys = [int(step) for step in organisation.path.split(".") if step][:-1]
    return Organisation.objects.filter(pk__in=keys).order_by("path")


def possible_superiors(actor: Actor, organisation: Organisation) -> OrganisationQuerySet:
    """Who else could manage an organisation, of those the actor manages: bureaus, or for a teaching point the schools
    under the same bureau."""
    others = Organisation.objects.filter(within(actor, Permission.MANAGE, field="path"), closed_on__isnull=True)
    rule = school_types().get(organisation.school_type)
    if rule is not None and rule.answers_to is not None:
        others = others.filter(level=rule.answers_to)
    if organisation.kind == OrganisationKind.TEACHING_POINT and organisation.parent is not None:
        fitting = others.filter(kind=OrganisationKind.SCHOOL, parent=organisation.parent.parent_id)
    else:
        fitting = others.filter(kind=OrganisationKind.BUREAU)
    present = () if organisation.parent_id is None else (organisation.parent_id,)
    return fitting.exclude(path__startswith=organisation.path).exclude(pk__in=present).order_by("path")


def count_below(organisation: Organisation, *, on: date) -> int:
    """How many open organisations lie below one."""
    below = Organisation.objects.open_on(on).filter(path__startswith=organisation.path)
    return below.exclude(pk=organisation.pk).count()


@dataclass(frozen=True, slots=True)
class Belongings:
    """What hangs on an organisation and is touched when it ends."""

    classes: int
    teaching_points: int
    subordinates: int


def belongings_of(organisations: Iterable[Organisation], *, on: date) -> Belongings:
    """Open classes, teaching points and other subordinates of organisations, counted."""
    keys = [organisation.pk for organisation in organisations]
    below = (
        Organisation.objects.open_on(on)
        .filter(parent__in=keys)
        .aggregate(points=Count("pk", filter=Q(kind=OrganisationKind.TEACHING_POINT)), all=Count("pk"))
    )
    return Belongings(
        classes=Klass.objects.filter(school__in=keys, closed_on__isnull=True).count(),
        teaching_points=below["points"],
        subordinates=below["all"] - below["points"],
    )


def changes_of(organisation: Organisation) -> QuerySet[OrganisationChange]:
    return organisation.changes.select_related("other")


# -- the trees as they were: history is true, what one may see of it follows from the present tree --------------------


def visible_states(actor: Actor, *, on: date) -> OrganisationStateQuerySet:
    """How the organisations were on a day that one may look at now."""
    return OrganisationState.objects.on(on).filter(within(actor, Permission.VIEW, field="organisation__path"))


def organisation_as_of(actor: Actor, uuid: UUID, *, on: date) -> OrganisationState | None:
    """An organisation as it was on a day; None if it was not there on that day (or nobody knows)."""
    organisation = organisation_for(actor, uuid)
    return organisation.states.on(on).select_related("region__parent", "parent", "organisation").first()


def children_as_of(actor: Actor, organisation: Organisation, *, on: date) -> OrganisationStateQuerySet:
    """Who answered to an organisation on a day, of those one may look at now."""
    return visible_states(actor, on=on).filter(parent=organisation).order_by("place_sort", "id")


def unseen_children_as_of(actor: Actor, organisation: Organisation, *, on: date) -> int:
    """How many answered to an organisation on a day and have since gone where the actor may not look."""
    there = OrganisationState.objects.on(on).filter(parent=organisation)
    return there.exclude(within(actor, Permission.VIEW, field="organisation__path")).count()


def tops_as_of(actor: Actor, *, on: date) -> OrganisationStateQuerySet:
    """Where an actor's view begins, as it was on a day."""
    return OrganisationState.objects.on(on).filter(organisation__in=tops_for(actor)).order_by("place_sort", "id")


def search_as_of(actor: Actor, text: str, *, on: date) -> OrganisationStateQuerySet:
    """By the names, pinyin and numbers that held on a day."""
    return visible_states(actor, on=on).filter(_found_by(text)).order_by("name_sort", "id")


def states_in(actor: Actor, region: Region, *, on: date) -> OrganisationStateQuerySet:
    """The organisations that lay in a region or its parts on a day."""
    return visible_states(actor, on=on).filter(region__in=_parts_of(region)).order_by("name_sort", "id")


SUPERIORS_ON = """
    WITH RECURSIVE way (organisation_id, step) AS (
        SELECT parent_id, 1 FROM organisations_organisationstate
         WHERE organisation_id = %(start)s AND daterange(valid_from, valid_to) @> %(day)s::date
        UNION ALL
        SELECT state.parent_id, way.step + 1 FROM way JOIN organisations_organisationstate AS state
            ON state.organisation_id = way.organisation_id AND daterange(valid_from, valid_to) @> %(day)s::date
         WHERE way.step < %(limit)s
    )
    SELECT organisation_id FROM way WHERE organisation_id IS NOT NULL ORDER BY step DESC
"""
HIGHEST_TREE = 20
"""Steps a way up may have; the tree has five."""


def superiors_as_of(organisation: Organisation, *, on: date) -> list[OrganisationState]:
    """Everyone above on a day, outermost first, as they were. Two queries however high."""
    with connection.cursor() as cursor:
        cursor.execute(SUPERIORS_ON, {"start": organisation.pk, "day": on, "limit": HIGHEST_TREE})
        keys = [key for (key,) in cursor.fetchall()]
    states = {
        state.organisation_id: state
        for state in OrganisationState.objects.on(on).filter(organisation__in=keys).select_related("organisation")
    }
    return [states[key] for key in keys if key in states]


def states_of(organisation: Organisation) -> QuerySet[OrganisationState]:
    """Every state an organisation was in, newest first."""
    return organisation.states.select_related("parent", "region__parent").order_by(
        F("valid_from").desc(nulls_last=True)
    )


def bureau_of(code: str, *, on: date) -> Organisation:
    """The bureau in charge of education in the region with a code."""
    found = Organisation.objects.open_on(on).filter(kind=OrganisationKind.BUREAU, region__code=code).first()
    if found is None:
        raise NotFound
    return found


def node_organisation() -> Organisation | None:
    """Who runs this node, as `NODE_ORGANISATION` says: orders to other nodes speak for it, and what they send stands
    under it. The top of the management tree where nothing is said; none where the register has no such code.
    """
    code = settings.NODE_ORGANISATION
    running = Organisation.objects.filter(closed_on=None)
    if not code:
        return running.filter(parent=None).order_by("path").first()
    return running.filter(Q(code=code) | Q(kind=OrganisationKind.BUREAU, region__code=code)).order_by("path").first()


def school_with_code(code: str) -> Organisation:
    """The school that bears a code now."""
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


# -- classes and terms ------------------------------------------------------------------------------------------------


def _at_school(year: SchoolYear) -> Q:
    """Classes whose pupils are in their stage in a school year."""
    at_school = Q()
    for stage in Stage:
        years = entry_years(stage, year)
        at_school |= Q(stage=stage, entry_year__gte=years.start, entry_year__lt=years.stop)
    return at_school


def classes_of(school: Organisation, *, year: SchoolYear) -> QuerySet[Klass]:
    """The classes that are at a school in a school year, lowest grade first."""
    return (
        Klass.objects.filter(
            _at_school(year), Q(closed_on__isnull=True) | Q(closed_on__gt=year.first_day), school=school
        )
        .select_related("school")
        .annotate(stage_order=STAGE_ORDER)
        .order_by("stage_order", "-entry_year", "number")
    )


def classes_as_of(school: Organisation, *, on: date) -> list[Klass]:
    """The classes that were at a school on a day, with the numbers they had there, lowest grade first."""
    later = ClassMove.objects.filter(klass=OuterRef("pk"), moved_on__gt=on).order_by("moved_on", "id")
    found = (
        Klass.objects.filter(
            _at_school(SchoolYear.on(on)),
            Q(closed_on__isnull=True) | Q(closed_on__gt=on),
            Q(school=school) | Q(moves__from_school=school, moves__moved_on__gt=on),
        )
        .annotate(
            school_then=Coalesce(
                Subquery(later.values("from_school")[:1]), F("school"), output_field=BigIntegerField()
            ),
            number_then=Coalesce(Subquery(later.values("from_number")[:1]), F("number")),
            stage_order=STAGE_ORDER,
        )
        .filter(school_then=school.pk)
        .distinct()
        .order_by("stage_order", "-entry_year", "number_then")
    )
    classes: list[Klass] = []
    for klass in found:
        klass.number = klass.number_then
        classes.append(klass)
    return classes


@dataclass(frozen=True, slots=True)
class ClassPlace:
    """Where a class was on a day: its school, by the name of that day, and its number there."""

    klass: Klass
    school: Organisation
    school_name: str
    number: int

    def label(self, year: SchoolYear) -> str:
        return self.klass.label(year, number=self.number)


def places_of(classes: Iterable[tuple[Klass, date | None]]) -> list[ClassPlace]:
    """Where classes were, each on a day of its own; None is now. Two queries however many, none for the present."""
    asked = list(classes)
    moves: dict[int, list[ClassMove]] = defaultdict(list)
    past = {klass.pk for klass, on in asked if on is not None}
    if past:
        for move in ClassMove.objects.filter(klass__in=past).select_related("from_school").order_by("moved_on", "id"):
            moves[move.klass_id].append(move)
    places = []
    for klass, on in asked:
        left = next((move for move in moves[klass.pk] if on is not None and move.moved_on > on), None)
        school, number = (left.from_school, left.from_number) if left else (klass.school, klass.number)
        places.append((klass, on, school, number))
    states: dict[int, list[OrganisationState]] = defaultdict(list)
    schools = {school.pk for _klass, on, school, _number in places if on is not None}
    if schools:
        for state in OrganisationState.objects.filter(organisation__in=schools):
            states[state.organisation_id].append(state)
    return [
        ClassPlace(
            klass,
            school,
            next((state.name for state in states[school.pk] if on is not None and state.holds_on(on)), school.name),
            number,
        )
        for klass, on, school, number in places
    ]


def names_on(organisations: Collection[int], *, on: date | None) -> dict[int, str]:
    """What organisations were called on a day, by their keys. Nothing of one that was not there, nor for None: now."""
    if on is None:
        return {}
    there = OrganisationState.objects.on(on).filter(organisation__in=organisations)
    return dict(there.values_list("organisation_id", "name"))


def open_classes_of(school: Organisation) -> QuerySet[Klass]:
    """Every class of a school that nobody closed, those of graduates included, lowest grade first."""
    return (
        Klass.objects.filter(school=school, closed_on__isnull=True)
        .annotate(stage_order=STAGE_ORDER)
        .order_by("stage_order", "-entry_year", "number")
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
