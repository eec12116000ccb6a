"""What rules look at: a dataset is one query, a field is one expression over its rows.

Every row of a dataset has `owner` (the organisation that answers for it), `subject` (whom it is about) and `title`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import Cast, Coalesce, Concat, ExtractYear, Greatest, LPad, TruncDate

from heluo.domains.quality.enums import Dataset
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import OrganisationKind, Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import entry_years, school_types
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import ClassMembership, Guardianship, Identifier, Post, Teaching, in_period

Rows = QuerySet[Any, Any]
FieldMaker = Callable[[date], Combinable | Q]
USUAL_ENTRY_AGE = {
    Stage.PRESCHOOL: 3,
    Stage.PRIMARY: 6,
    Stage.JUNIOR: 12,
    Stage.SENIOR: 15,
    Stage.VOCATIONAL: 15,
    Stage.HIGHER: 18,
}
"""Years between birth and entry year of the stage, where school starts at six."""
ADULT = 18


# -- the rows ---------------------------------------------------------------------------------------------------------


def dataset_rows(dataset: str, *, below: str, on: date) -> Rows:
    """The rows of a dataset that belong to a path of the management tree on a day."""
    return _ROWS[Dataset(dataset)](below, on)


def _posts(role: Role, below: str, on: date) -> Rows:
    return Post.objects.filter(in_period(on), role=role, organisation__path__startswith=below).annotate(
        owner=F("organisation_id"), subject=F("person__uuid"), title=F("person__name")
    )


def _pupils(below: str, on: date) -> Rows:
    return _posts(Role.PUPIL, below, on)


def _teachers(below: str, on: date) -> Rows:
    return _posts(Role.TEACHER, below, on)


def _classes(below: str, on: date) -> Rows:
    year, at_school = SchoolYear.on(on), Q()
    for stage in Stage:
        years = entry_years(stage, year)
        at_school |= Q(stage=stage, entry_year__gte=years.start, entry_year__lt=years.stop)
    return Klass.objects.filter(
        at_school, Q(closed_on__isnull=True) | Q(closed_on__gt=on), school__path__startswith=below
    ).annotate(
        owner=F("school_id"),
        subject=F("uuid"),
        # Sorts as people count: the label itself depends on the day and the reader's language.
        title=Concat(
            F("stage"),
            Value(" "),
            Cast(F("entry_year"), CharField()),
            Value(" "),
            LPad(Cast(F("number"), CharField()), 3, Value("0")),
            output_field=CharField(),
        ),
    )


def _schools(below: str, on: date) -> Rows:
    return (
        Organisation.objects.open_on(on)
        .filter(kind=OrganisationKind.SCHOOL, path__startswith=below)
        .annotate(owner=F("id"), subject=F("uuid"), title=F("name"))
    )


_ROWS: Mapping[Dataset, Callable[[str, date], Rows]] = {
    Dataset.PUPILS: _pupils,
    Dataset.TEACHERS: _teachers,
    Dataset.CLASSES: _classes,
    Dataset.SCHOOLS: _schools,
}


# -- the fields -------------------------------------------------------------------------------------------------------


def field_of(dataset: str, name: str, *, on: date) -> Combinable | Q:
    """The expression of a field. A rule that names an unknown one is a bug of its data file (a test reads them all)."""
    return _FIELDS[Dataset(dataset)][name](on)


def fields_of(dataset: str) -> frozenset[str]:
    return frozenset(_FIELDS[Dataset(dataset)])


def _identified(kind: IdentifierKind) -> FieldMaker:
    return lambda _on: Exists(Identifier.objects.filter(person=OuterRef("person_id"), kind=kind))


def _seats(on: date) -> QuerySet[ClassMembership]:
    return ClassMembership.objects.filter(in_period(on), person=OuterRef("person_id"))


def _age(on: date) -> Expression:
    return Value(on.year) - ExtractYear("person__born_on")


def _years_from_usual_age(on: date) -> Combinable:
    usual = Case(
        *(When(klass__stage=stage, then=Value(age)) for stage, age in USUAL_ENTRY_AGE.items()),
        output_field=IntegerField(),
    )
    seat = _seats(on).annotate(expected=F("klass__entry_year") - usual).values("expected")[:1]
    return ExtractYear("person__born_on") * Value(-1) + Subquery(seat, output_field=IntegerField())


def _same_person(on: date) -> Exists:
    """Somebody else, anywhere, of the same name, birthday and sex who goes to school too."""
    return Exists(
        Post.objects.filter(
            in_period(on),
            ~Q(person=OuterRef("person_id")),
            role=Role.PUPIL,
            person__name=OuterRef("person__name"),
            person__born_on=OuterRef("person__born_on"),
            person__sex=OuterRef("person__sex"),
        )
    )


def _guardians_are_adult(on: date) -> Q:
    latest = on.replace(year=on.year - ADULT, day=min(on.day, 28))
    return ~Q(
        Exists(
            Guardianship.objects.filter(
                Q(guardian__born_on__gt=latest) | Q(guardian__born_on__gte=F("child__born_on")),
                in_period(on),
                child=OuterRef("person_id"),
            )
        )
    )


def _taught_stages() -> Q:
    taught = Q(school__kind=OrganisationKind.TEACHING_POINT)
    for code, kind in school_types().items():
        taught |= Q(school__school_type=code, stage__in=kind.stages)
    return taught


def _roster_changed_on(_on: date) -> Combinable:
    """The newest change of a pupil's or teacher's place at the school; the day it opened where nobody is there yet."""
    newest = (
        Post.objects.filter(organisation=OuterRef("pk"), role__in=(Role.PUPIL, Role.TEACHER))
        .values("organisation")
        .annotate(newest=Max("changed_at"))
        .values("newest")
    )
    return Coalesce(Greatest(TruncDate(Subquery(newest)), F("opened_on")), F("opened_on"), output_field=DateField())


_PERSON: Mapping[str, FieldMaker] = {
    "sex": lambda _on: F("person__sex"),
    "born_on": lambda _on: F("person__born_on"),
    "age": _age,
}
_FIELDS: Mapping[Dataset, Mapping[str, FieldMaker]] = {
    Dataset.PUPILS: {
        **_PERSON,
        "has_resident_id": _identified(IdentifierKind.RESIDENT_ID),
        "has_student_number": _identified(IdentifierKind.STUDENT_NUMBER),
        "has_class": lambda on: Exists(_seats(on)),
        "has_guardian": lambda on: Exists(Guardianship.objects.filter(in_period(on), child=OuterRef("person_id"))),
        "years_from_usual_age": _years_from_usual_age,
        "same_person": _same_person,
        "is_at_one_school": lambda on: (
            ~Exists(
                Post.objects.filter(in_period(on), role=Role.PUPIL, person=OuterRef("person_id")).exclude(
                    organisation=OuterRef("organisation_id")
                )
            )
        ),
        "class_is_at_school": lambda on: ~Exists(_seats(on).exclude(klass__school=OuterRef("organisation_id"))),
        "class_is_open": lambda on: ~Exists(_seats(on).filter(klass__closed_on__lte=on)),
        "guardians_are_adult": _guardians_are_adult,
    },
    Dataset.TEACHERS: {
        **_PERSON,
        "teaches": lambda on: Exists(
            Teaching.objects.filter(
                in_period(on), person=OuterRef("person_id"), klass__school=OuterRef("organisation_id")
            )
        ),
    },
    Dataset.CLASSES: {
        "has_homeroom": lambda on: Exists(
            Teaching.objects.filter(in_period(on), klass=OuterRef("pk"), is_homeroom=True)
        ),
        "has_pupils": lambda on: Exists(ClassMembership.objects.filter(in_period(on), klass=OuterRef("pk"))),
        "size": lambda on: Coalesce(
            Subquery(
                ClassMembership.objects.filter(in_period(on), klass=OuterRef("pk"))
                .values("klass")
                .annotate(size=Count("pk"))
                .values("size"),
                output_field=IntegerField(),
            ),
            0,
        ),
        "stage_is_taught": lambda _on: _taught_stages(),
    },
    Dataset.SCHOOLS: {
        "school_type": lambda _on: F("school_type"),
        "has_administrator": lambda on: Exists(
            Post.objects.filter(in_period(on), organisation=OuterRef("pk"), role=Role.SCHOOL_ADMIN)
        ),
        "has_classes": lambda on: Exists(
            Klass.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on), school=OuterRef("pk"))
        ),
        "roster_changed_on": _roster_changed_on,
    },
}
