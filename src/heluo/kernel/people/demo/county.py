"""The people of the filled schools of one county: staff, pupils in their classes, guardians, teaching, numbers."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.codes.public import Sex, resident_check
from heluo.kernel.organisations.demo.share import FilledCounty, FilledSchool
from heluo.kernel.organisations.enums import OrganisationKind, Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.access import Permission
from heluo.kernel.people.demo.names import drawn_given_name, drawn_surname
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Person, Post
from heluo.kernel.people.public import (
    NewGuardianship,
    NewIdentifier,
    NewPerson,
    NewTeaching,
    assign_teachings,
    record_guardianships,
    record_identifiers,
    register_people,
)

DEMO = platform_actor("demo", Permission)
POINT = "point"
CLASS_SIZES: dict[str, tuple[int, int]] = {
    Stage.PRESCHOOL: (20, 32),
    Stage.PRIMARY: (28, 44),
    Stage.JUNIOR: (40, 54),
    Stage.SENIOR: (44, 57),
    Stage.VOCATIONAL: (34, 50),
    Stage.HIGHER: (32, 46),
    POINT: (14, 30),
}
"""Smallest and largest class: on average 36 pupils in primary and 47 in junior classes, 44 at a teaching point."""
SPECIAL_SCHOOL, SPECIAL_SIZES = "514", (6, 14)
SUBJECTS: dict[str, tuple[str, ...]] = {
    Stage.PRESCHOOL: ("23", "24", "25", "22"),
    Stage.PRIMARY: ("13", "14", "41", "22"),
    Stage.JUNIOR: ("13", "14", "41", "16", "21", "18", "22"),
    Stage.SENIOR: ("13", "14", "41", "16", "17", "18", "21", "20"),
    Stage.VOCATIONAL: ("13", "14", "41", "26", "22"),
    Stage.HIGHER: ("13", "14", "41", "22"),
    POINT: ("13", "14"),
}
"""What the teachers of two classes teach (JY/T 1001), one each in both; the first two lead them."""
CLASSES_OF_A_TEACHER = 2
AGE_AT_ENTRY = {
    Stage.PRESCHOOL: 3,
    Stage.PRIMARY: 6,
    Stage.JUNIOR: 12,
    Stage.SENIOR: 15,
    Stage.VOCATIONAL: 15,
    Stage.HIGHER: 18,
}
GUARDED = frozenset({Stage.PRESCHOOL, Stage.PRIMARY, Stage.JUNIOR})
"""Stages whose pupils have a guardian in the register."""
SIBLINGS = 2
"""Children of one guardian: neighbours in a class."""
RELATIONS = {Sex.FEMALE: "母亲", Sex.MALE: "父亲"}
TEACHER_AGES, GUARDIAN_AGES = (23, 58), (24, 38)
DAYS_OF_A_YEAR = 365
SERIALS = 500
"""Half of the serials of one birthday: the sample of the province uses the lower half, what a city adds the upper."""


@dataclass(frozen=True, slots=True)
class Room:
    """A class to be filled, with what decides how."""

    klass: Klass
    sizes: tuple[int, int]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pupil:
    """A registered pupil in a class."""

    person: Person
    school: FilledSchool
    stage: Stage
    place: Organisation
    klass: Klass | None


def without_people(county: FilledCounty) -> dict[str, Organisation]:
    """The schools of the sample that nobody teaches at yet, by code: what is left to do is told by the data."""
    schools = Organisation.objects.filter(code__in=[school.code for school in county.schools])
    staffed = Post.objects.filter(role=Role.TEACHER, organisation__in=schools).values("organisation")
    found = schools.exclude(pk__in=staffed).select_related("parent", "region")
    return {school.code or "": school for school in found}


class County:
    """Fills the schools of one county, all in the transaction of the caller."""

    def __init__(self, county: FilledCounty, schools: Mapping[str, Organisation], now: datetime) -> None:
        self.county = county
        self.filled = [school for school in county.schools if school.code in schools]
        self.schools = schools
        self.now = now
        self.today = local_day(now)
        self.year = SchoolYear.on(self.today)
        self.serials: Counter[tuple[date | None, bool, bool]] = Counter()
        points = Organisation.objects.filter(kind=OrganisationKind.TEACHING_POINT, parent__in=schools.values())
        self.points: dict[int, list[Organisation]] = {}
        for point in points.select_related("parent", "region").order_by("pk"):
            self.points.setdefault(point.parent_id or 0, []).append(point)
        taught = [*schools.values(), *(point for points in self.points.values() for point in points)]
        classes = Klass.objects.filter(school__in=taught, closed_on=None)
        self.classes = {
            school: list(rows)
            for school, rows in groupby(
                classes.select_related("school").order_by("school_id", "stage", "-entry_year", "number"),
                key=attrgetter("school_id"),
            )
        }

    def fill(self) -> None:
        """Register everybody: a batch each of reviewers, staff, pupils and guardians."""
        self._reviewers()
        dice = {
            school.code: random.Random(f"people/{school.code}")  # noqa: S311  # seeded: the same people everywhere
            for school in self.filled
        }
        self._staff(dice)
        pupils = self._pupils(dice)
        self._guardians(dice, pupils)
        self._numbers(pupils)

    def _places(self, school: FilledSchool) -> tuple[Organisation, ...]:
        """A school and its teaching points."""
        at = self.schools[school.code]
        return (at, *self.points.get(at.pk, ()))

    def _register(self, people: Sequence[NewPerson]) -> list[Person]:
        return register_people(by=DEMO, people=people, now=self.now) if people else []

    def _new(
        self,
        dice: random.Random,
        role: Role,
        at: Organisation,
        born_on: date,
        *,
        surname: str = "",
        sex: Sex | None = None,
        klass: Klass | None = None,
    ) -> NewPerson:
        return NewPerson(
            name=(surname or drawn_surname(dice)) + drawn_given_name(dice),
            posts=((role, at),),
            starts_on=self.year.first_day,
            sex=sex or dice.choice(tuple(Sex)),
            born_on=born_on,
            klass=klass,
        )

    def _reviewers(self) -> None:
        """One reviewer of resources at each bureau above these schools that has none."""
        bureaus = {school.parent_id: school.parent for school in self.schools.values() if school.parent}
        have = set(
            Post.objects.filter(role=Role.RESOURCE_REVIEWER, organisation__in=bureaus, ends_on=None).values_list(
                "organisation_id", flat=True
            )
        )
        dice = random.Random(f"reviewers/{self.county.code}")  # noqa: S311  # as above
        self._register(
            [
                self._new(dice, Role.RESOURCE_REVIEWER, bureau, self._adult(dice))
                for key, bureau in bureaus.items()
                if key not in have
            ]
        )

    def _adult(self, dice: random.Random) -> date:
        return self._born(dice, self.year.starts - dice.randint(*TEACHER_AGES))

    @staticmethod
    def _born(dice: random.Random, year: int) -> date:
        return date(year, 1, 1) + timedelta(days=dice.randrange(DAYS_OF_A_YEAR))

    def _rooms(self, school: FilledSchool, place: Organisation) -> Iterator[Room]:
        for klass in self.classes.get(place.pk, ()):
            key = POINT if place.kind == OrganisationKind.TEACHING_POINT else Stage(klass.stage)
            sizes = SPECIAL_SIZES if school.planned.school_type == SPECIAL_SCHOOL else CLASS_SIZES[key]
            yield Room(klass, sizes, SUBJECTS[key])

    def _staff(self, dice: Mapping[str, random.Random]) -> None:
        """At each school a head who keeps the register, and for every two classes the teachers they share."""
        new: list[NewPerson] = []
        groups: list[tuple[int, Sequence[Room]]] = []
        for school in self.filled:
            drawn = dice[school.code]
            new.append(self._new(drawn, Role.SCHOOL_ADMIN, self.schools[school.code], self._adult(drawn)))
            for place in self._places(school):
                for subjects, alike in groupby(self._rooms(school, place), key=attrgetter("subjects")):
                    rooms = list(alike)
                    for start in range(0, len(rooms), CLASSES_OF_A_TEACHER):
                        groups.append((len(new), rooms[start : start + CLASSES_OF_A_TEACHER]))
                        new += [self._new(drawn, Role.TEACHER, place, self._adult(drawn)) for _subject in subjects]
        staff = self._register(new)
        assign_teachings(
            by=DEMO,
            teachings=[
                NewTeaching(
                    person=staff[first + number], klass=room.klass, subject=subject, is_homeroom=number == leads
                )
                for first, rooms in groups
                for leads, room in enumerate(rooms)
                for number, subject in enumerate(room.subjects)
            ],
            starts_on=self.year.first_day,
            now=self.now,
        )

    def _pupils(self, dice: Mapping[str, random.Random]) -> list[Pupil]:
        """Every class is full. Siblings, who sit side by side, share a surname."""
        new: list[NewPerson] = []
        seats: list[tuple[FilledSchool, Stage]] = []
        for school in self.filled:
            drawn = dice[school.code]
            for place in self._places(school):
                for room in self._rooms(school, place):
                    stage = Stage(room.klass.stage)
                    first_day = date(room.klass.entry_year - AGE_AT_ENTRY[stage] - 1, 9, 1)
                    for seat in range(drawn.randint(*room.sizes)):
                        surname = new[-1].name[:2] if seat % SIBLINGS else ""
                        born_on = first_day + timedelta(days=drawn.randrange(DAYS_OF_A_YEAR))
                        new.append(self._new(drawn, Role.PUPIL, place, born_on, surname=surname, klass=room.klass))
                        seats.append((school, stage))
        return [
            Pupil(person, school, stage, row.posts[0][1], row.klass)
            for person, row, (school, stage) in zip(self._register(new), new, seats, strict=True)
        ]

    def _guardians(self, dice: Mapping[str, random.Random], pupils: Sequence[Pupil]) -> None:
        """One guardian for each two neighbours of a class, at their school."""
        families = [
            siblings
            for _klass, seated in groupby(
                (pupil for pupil in pupils if pupil.stage in GUARDED), key=attrgetter("klass")
            )
            for siblings in _in_pairs(list(seated))
        ]
        new = []
        for siblings in families:
            eldest = min(pupil.person.born_on for pupil in siblings if pupil.person.born_on)
            drawn = dice[siblings[0].school.code]
            new.append(
                self._new(
                    drawn,
                    Role.GUARDIAN,
                    siblings[0].place,
                    self._born(drawn, eldest.year - drawn.randint(*GUARDIAN_AGES)),
                    surname=siblings[0].person.name[:2],
                )
            )
        record_guardianships(
            by=DEMO,
            guardianships=[
                NewGuardianship(guardian, pupil.person, RELATIONS[Sex(guardian.sex)], self.year.first_day)
                for guardian, siblings in zip(self._register(new), families, strict=True)
                for pupil in siblings
            ],
            now=self.now,
        )

    def _numbers(self, pupils: Sequence[Pupil]) -> None:
        identifiers = []
        for pupil in pupils:
            resident = self._resident_number(pupil)
            identifiers.append(NewIdentifier(pupil.person, IdentifierKind.RESIDENT_ID, resident))
            identifiers.append(NewIdentifier(pupil.person, IdentifierKind.STUDENT_NUMBER, f"G{resident}"))
        record_identifiers(by=DEMO, identifiers=identifiers, now=self.now)

    def _resident_number(self, pupil: Pupil) -> str:
        """99 and the last digits of the county: no region has such a number. Odd serials for boys."""
        person = pupil.person
        is_male = person.sex == Sex.MALE
        key = (person.born_on, is_male, pupil.school.in_province)
        serial = 2 * self.serials[key] + is_male + (0 if pupil.school.in_province else SERIALS)
        self.serials[key] += 1
        first_17 = f"99{self.county.code[2:]}{person.born_on:%Y%m%d}{serial:03d}"
        return first_17 + resident_check(first_17)


def _in_pairs(pupils: Sequence[Pupil]) -> Iterator[Sequence[Pupil]]:
    for start in range(0, len(pupils), SIBLINGS):
        yield pupils[start : start + SIBLINGS]
