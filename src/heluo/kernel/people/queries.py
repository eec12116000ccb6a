"""Reads of people. Nobody sees a person who is neither themselves, their ward, their pupil, nor in their care."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import Invalid, NotFound
from heluo.kernel.actors.public import WHOLE_TREE, Actor, allows, paths_for, require_person, within
from heluo.kernel.codes.public import figure, parse_platform_number
from heluo.kernel.organisations.enums import Level
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.access import Permission, Place
from heluo.kernel.people.crypto import load_ring
from heluo.kernel.people.enums import IdentifierKind, Relation
from heluo.kernel.people.identifier_rules import RULES
from heluo.kernel.people.models import (
    Account,
    ClassMembership,
    Consent,
    Guardianship,
    Identifier,
    Person,
    Post,
    Teaching,
    in_period,
)
from heluo.kernel.search.public import fold, name_query_of

CONSENT_AGE = "consent-age"
BY_NAME = ("sort", "pk")
BY_INITIALS = ("initials", *BY_NAME)


# -- who is visible ---------------------------------------------------------------------------------------------------


def _taught_by(person_id: UUID, on: date) -> Q:
    """Pupils who sit in a class that a person teaches."""
    return Q(
        Exists(
            ClassMembership.objects.filter(
                in_period(on),
                Exists(Teaching.objects.filter(in_period(on), klass=OuterRef("klass_id"), person__uuid=person_id)),
                person=OuterRef("pk"),
            )
        )
    )


def _guarded_by(person_id: UUID, on: date) -> Q:
    return Q(Exists(Guardianship.objects.filter(in_period(on), child=OuterRef("pk"), guardian__uuid=person_id)))


def _in_care_of(actor: Actor) -> Q:
    return Q(Exists(Post.objects.filter(within(actor, Permission.VIEW), person=OuterRef("pk"))))


def visible_people(actor: Actor, *, on: date) -> QuerySet[Person]:
    """Oneself, one's wards, the pupils of one's classes, and whoever holds or held a post where one may look."""
    if actor.person_id is None:
        return people_in_care(actor)
    seen = Q(uuid=actor.person_id) | _guarded_by(actor.person_id, on) | _taught_by(actor.person_id, on)
    if allows(actor, Permission.VIEW):
        seen |= _in_care_of(actor)
    return Person.objects.filter(seen)


def people_in_care(actor: Actor, *, role: str = "", on: date | None = None) -> QuerySet[Person]:
    """Whoever holds or held a post where an actor may look, or a post of one role there on a day: what lists show.

    Each once, with the `sort` and `first` character by which they are listed. Where the database has an index of the
    place or of the role in the order of names, they come out of it in that order; a wide place has none, and nearly
    everybody is in it, so that a walk along all names meets them.
    """
    held = Q(posts__role=role) & in_period(on, "posts__") if role and on else Q()
    place = _listed_place(actor)
    if place is None and not held:
        return _by_own_name(Person.objects.filter(_in_care_of(actor)))
    people = Person.objects.filter(held & (place or within(actor, Permission.VIEW, "posts__organisation__path")))
    return people.annotate(sort=F("posts__name_sort"), first=F("posts__name_first")).distinct("posts__name_sort", "pk")


def _listed_place(actor: Actor) -> Q | None:
    """The condition on posts that says "in the one county, or the one school, where the actor may look"; else nothing.

    It is `within` in other words: a post keeps the topmost county bureau and the topmost school of its path.
    """
    paths = paths_for(actor, Permission.VIEW)
    if len(paths) != 1 or WHOLE_TREE in paths:
        return None
    at = Organisation.objects.filter(path=paths[0]).values_list("pk", "level", "parent__level").first()
    match at:
        case (key, Level.COUNTY, above) if above != Level.COUNTY:
            return Q(posts__county=key)
        case (key, Level.SCHOOL, above) if above != Level.SCHOOL:
            return Q(posts__school=key)
    return None


def person_for(actor: Actor, uuid: UUID, *, on: date) -> Person:
    """One person as this actor may see them; "not there" and "not yours" are the same."""
    found = visible_people(actor, on=on).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def relations_to(actor: Actor, person: Person, *, on: date) -> frozenset[Relation]:
    """How an actor stands to a person; decides what a page shows."""
    relations = set()
    if actor.person_id is not None:
        if actor.person_id == person.uuid:
            relations.add(Relation.SELF)
        here = Person.objects.filter(pk=person.pk)
        if here.filter(_guarded_by(actor.person_id, on)).exists():
            relations.add(Relation.GUARDIAN)
        if here.filter(_taught_by(actor.person_id, on)).exists():
            relations.add(Relation.TEACHER)
    if allows(actor, Permission.VIEW) and Person.objects.filter(_in_care_of(actor), pk=person.pk).exists():
        relations.add(Relation.KEEPER)
    return frozenset(relations)


def person_kept_by(actor: Actor, uuid: UUID, *, on: date) -> Person:
    """One person whom the actor keeps the register of: they hold or held a post where the actor manages people."""
    found = person_for(actor, uuid, on=on)
    if not is_kept_by(actor, found):
        raise NotFound
    return found


def is_kept_by(actor: Actor, person: Person) -> bool:
    """Whether a person belongs to a place where the actor manages people."""
    return Permission.MANAGE in rights_over(actor, person, Permission.MANAGE)


def rights_over(actor: Actor, person: Person, *asked: Permission) -> frozenset[Permission]:
    """Which of some permissions an actor holds where a person has or had a post. One query for all of them."""
    places = [Place(path) for path in paths_of(person)]
    return frozenset(right for right in asked if any(allows(actor, right, on=place) for place in places))


def paths_of(person: Person) -> list[str]:
    """Where in the management tree a person holds or held a post."""
    return list(Post.objects.filter(person=person).values_list("organisation__path", flat=True).distinct())


def home_of(person: UUID, *, on: date) -> Organisation | None:
    """The organisation that answers for somebody's entry: where they hold a post, else where they last did."""
    posts = Post.objects.filter(person__uuid=person).select_related("organisation")
    newest_first = sorted(posts, key=lambda post: (post.starts_on, post.pk), reverse=True)
    return next((post.organisation for post in sorted(newest_first, key=lambda post: not post.holds_on(on))), None)


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """People to be shown in an order that an index has."""

    people: QuerySet[Person]
    order: tuple[str, ...] = BY_NAME


def search_people(actor: Actor, text: str, *, role: str = "", on: date | None = None) -> FoundPeople:
    """Those in an actor's care, of one role if it is given, whom a typed line finds; everybody where it is empty."""
    care = people_in_care(actor, role=role, on=on)
    return _found(care, text) if text else FoundPeople(care)


def found_among(people: QuerySet[Person], text: str) -> FoundPeople:
    """Those of some people whom a typed line finds."""
    return _found(_by_own_name(people), text)


def _by_own_name(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.annotate(sort=F("name_sort"), first=Left("name", 1))


def _found(people: QuerySet[Person], text: str) -> FoundPeople:
    """Those of some people with a platform number, a part of the name, a beginning of its pinyin, or its initials.

    A lone character asks for a surname and letters for the beginning of the pinyin; only where none of them has it so,
    for a character anywhere in the name and for initials. So every question, however many it finds, is answered by a
    walk along an index or by a handful of rows.
    """
    with suppress(Invalid):
        return FoundPeople(people.filter(number=parse_platform_number(text)))
    folded = "".join(fold(text).split())
    if folded.isascii():
        initials = people.filter(initials__startswith=folded)
        if initials.query.distinct_fields:
            initials = initials.distinct("initials", *initials.query.distinct_fields)
        ways = [FoundPeople(people.filter(Q(sort__startswith=folded))), FoundPeople(initials, BY_INITIALS)]
    else:
        ways = [FoundPeople(people.filter(Q(first=folded)))] if len(folded) == 1 else []
    for way in ways:
        if way.people.exists():
            return way
    question = name_query_of(text)
    return FoundPeople(people.none() if question is None else people.filter(words=question))


def person_with_uuid(uuid: UUID) -> Person:
    """For actions and jobs that already know whom they mean."""
    found = Person.objects.filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def me(actor: Actor) -> Person:
    """The person who acts."""
    return person_with_uuid(require_person(actor))


# -- posts, classes, families -----------------------------------------------------------------------------------------


def posts_of(people: Collection[Person], *, on: date) -> QuerySet[Post]:
    """What some people are on a day, in the order in which they became it."""
    return Post.objects.filter(in_period(on), person__in=people).select_related("organisation__parent")


def posts_at(actor: Actor, organisation: Organisation, *, roles: Collection[Role], on: date) -> QuerySet[Post]:
    """Who holds one of some roles at an organisation, as far as the actor may look."""
    return (
        Post.objects.filter(in_period(on), within(actor, Permission.VIEW), organisation=organisation, role__in=roles)
        .select_related("person")
        .order_by("role", "person__name_sort", "id")
    )


def staff_of(organisation: Organisation, *, on: date) -> QuerySet[Post]:
    """Who works at an organisation. Names of staff are open to whoever may see the organisation itself."""
    return (
        Post.objects.filter(in_period(on), organisation=organisation)
        .exclude(role__in=(Role.PUPIL, Role.GUARDIAN))
        .select_related("person")
        .order_by("role", "person__name_sort", "id")
    )


def count_people_at(organisations: Collection[Organisation], *, on: date) -> dict[str, int]:
    """How many people hold a post at organisations on a day: `staff` and `pupils`. Numbers only, no names."""
    there = Post.objects.filter(in_period(on), organisation__in=organisations)
    return there.aggregate(
        staff=Count("person", distinct=True, filter=~Q(role__in=(Role.PUPIL, Role.GUARDIAN))),
        pupils=Count("person", distinct=True, filter=Q(role=Role.PUPIL)),
    )


def membership_of(person: Person, *, on: date) -> ClassMembership | None:
    """The class a pupil sits in."""
    return (
        ClassMembership.objects.filter(in_period(on), person=person)
        .select_related("klass__school")
        .order_by("-starts_on")
        .first()
    )


def memberships_of(people: Collection[Person], *, on: date) -> QuerySet[ClassMembership]:
    """The classes some pupils sit in."""
    return ClassMembership.objects.filter(in_period(on), person__in=people).select_related("klass__school")


def teachings_of(person: Person, *, on: date) -> QuerySet[Teaching]:
    """What a person teaches, and where."""
    return (
        Teaching.objects.filter(in_period(on), person=person)
        .select_related("klass__school")
        .order_by("-is_homeroom", "klass__stage", "-klass__entry_year", "klass__number", "subject")
    )


def classes_taught_by(actor: Actor, *, on: date) -> QuerySet[Teaching]:
    """The classes and subjects a teacher has, own classes first."""
    return teachings_of(me(actor), on=on)


def classes_open_to(actor: Actor, *, on: date) -> QuerySet[Klass]:
    """The classes whose pupils the actor may see: those they teach, and those of schools they look after."""
    teaches = Q()
    if actor.person_id is not None:
        teaches = Q(Exists(Teaching.objects.filter(in_period(on), klass=OuterRef("pk"), person__uuid=actor.person_id)))
    cares = within(actor, Permission.VIEW, field="school__path")
    return Klass.objects.filter(cares | teaches if teaches else cares)


def classes_of(actor: Actor, *, on: date, teaching: bool = False) -> QuerySet[Klass]:
    """The classes somebody teaches; and, unless only those are asked for, sits in or has a child in."""
    if actor.person_id is None:
        return Klass.objects.none()
    teaches = Teaching.objects.filter(in_period(on), person__uuid=actor.person_id).values("klass")
    if teaching:
        return Klass.objects.filter(pk__in=teaches)
    wards = Guardianship.objects.filter(in_period(on), guardian__uuid=actor.person_id).values("child")
    sits = ClassMembership.objects.filter(in_period(on), Q(person__uuid=actor.person_id) | Q(person__in=wards)).values(
        "klass"
    )
    return Klass.objects.filter(Q(pk__in=teaches) | Q(pk__in=sits))


def class_for(actor: Actor, uuid: UUID, *, on: date) -> Klass:
    """A class whose pupils the actor may see. Raises `NotFound` for every other."""
    found = classes_open_to(actor, on=on).filter(uuid=uuid).select_related("school__region").first()
    if found is None:
        raise NotFound
    return found


def pupils_of(klass: Klass, *, on: date) -> QuerySet[ClassMembership]:
    """The pupils of a class in the order of their names. The caller holds the class by `class_for`."""
    return (
        ClassMembership.objects.filter(in_period(on), klass=klass)
        .select_related("person")
        .order_by("person__name_sort", "id")
    )


def teachers_of(klass: Klass, *, on: date) -> QuerySet[Teaching]:
    return (
        Teaching.objects.filter(in_period(on), klass=klass)
        .select_related("person")
        .order_by("-is_homeroom", "subject", "id")
    )


def wards_of(guardian: Person, *, on: date) -> QuerySet[Guardianship]:
    """The children somebody answers for."""
    return (
        Guardianship.objects.filter(in_period(on), guardian=guardian)
        .select_related("child")
        .order_by("child__born_on", "id")
    )


def guardians_of(child: Person, *, on: date) -> QuerySet[Guardianship]:
    return (
        Guardianship.objects.filter(in_period(on), child=child).select_related("guardian").order_by("starts_on", "id")
    )


def is_guardian_of(guardian_id: UUID, child: Person, *, on: date) -> bool:
    return Guardianship.objects.filter(in_period(on), guardian__uuid=guardian_id, child=child).exists()


# -- consent ----------------------------------------------------------------------------------------------------------


def newest_consent(child: Person) -> Consent | None:
    return Consent.objects.filter(child=child).select_related("guardian").order_by("-id").first()


def needs_consent(person: Person, *, on: date) -> bool:
    """Whether a person may not use the platform before a guardian agrees.

    True below the age set by the figure `consent-age` (a pupil of unknown age counts as below) while the newest
    decision is not a consent.
    """
    age = person.age_on(on)
    if age is None:
        if not Post.objects.filter(in_period(on), person=person, role=Role.PUPIL).exists():
            return False
    elif age >= figure(CONSENT_AGE, on=on):
        return False
    newest = newest_consent(person)
    return newest is None or not newest.given


def waiting_for_consent(people: Collection[Person], *, on: date) -> frozenset[int]:
    """The keys of those of some people who need a consent: the rule of `needs_consent` for a whole list at once."""
    age = figure(CONSENT_AGE, on=on)
    unknown = [person.pk for person in people if person.born_on is None]
    pupils = set(
        Post.objects.filter(in_period(on), person__in=unknown, role=Role.PUPIL).values_list("person_id", flat=True)
    )
    young = {
        person.pk
        for person in people
        if ((years := person.age_on(on)) is not None and years < age) or person.pk in pupils
    }
    newest = dict(Consent.objects.filter(child__in=young).order_by("id").values_list("child_id", "given"))
    return frozenset(key for key in young if not newest.get(key, False))


# -- identifiers ------------------------------------------------------------------------------------------------------


def identifiers_of(person: Person) -> QuerySet[Identifier]:
    """All identifiers, to be shown masked. Works without any key."""
    return Identifier.objects.filter(person=person)


def find_by_identifier(actor: Actor, kind: IdentifierKind, text: str, *, on: date) -> Person | None:
    """The visible person who bears an identifier; refuses a malformed one with a sentence."""
    value = RULES[kind].read(text, on).value
    ring = load_ring()
    if ring is None:
        return None
    hashes = ring.lookups(f"{kind}:{value}")
    return visible_people(actor, on=on).filter(identifiers__kind=kind, identifiers__lookup__in=hashes).first()


@dataclass(frozen=True, slots=True)
class KeyState:
    """For the doctor: which keys rows need, which of them are here."""

    rows: int
    needed: frozenset[str]
    held: frozenset[str]
    current: str | None

    @property
    def missing(self) -> frozenset[str]:
        return self.needed - self.held


def key_state() -> KeyState:
    """How many identifiers there are and whether their keys are at hand. Raises the refusals of a broken key file."""
    ring = load_ring()
    rows = Identifier.objects.count()
    needed = frozenset(Identifier.objects.values_list("key_id", flat=True).distinct())
    held = frozenset(ring.keys) if ring else frozenset()
    return KeyState(rows, needed, held, ring.current if ring else None)


def account_of(person: Person) -> Account | None:
    return Account.objects.filter(person=person).first()


def may_reveal(actor: Actor, person: Person) -> bool:
    """Whether an actor may look at a person's identifiers in clear."""
    return Permission.REVEAL in rights_over(actor, person, Permission.REVEAL)
