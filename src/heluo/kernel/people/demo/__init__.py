"""This app's share of the demo: invented people, and one account for each role.

Surnames are places made into names (河洛, 嵩云 …) that nobody bears; resident numbers start with 99, which no region
has, and telephone numbers with 100, which no network uses.
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.codes.public import Sex, resident_check
from heluo.kernel.organisations.demo import SCHOOLS, TEACHING_POINT
from heluo.kernel.organisations.demo.share import ONE_OF, Progress, filled_counties
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import bureau_of, school_with_code
from heluo.kernel.people.access import Permission
from heluo.kernel.people.demo.county import AGE_AT_ENTRY, County, without_people
from heluo.kernel.people.demo.names import invented_names
from heluo.kernel.people.enums import NOTICE_VERSION, IdentifierKind
from heluo.kernel.people.models import Account, Person
from heluo.kernel.people.public import (
    NewGuardianship,
    NewIdentifier,
    NewPerson,
    NewTeaching,
    assign_teachings,
    record_guardianships,
    record_identifiers,
    record_paper_consents,
    register_people,
)

DEMO = platform_actor("demo", Permission)
WORDS = (
    "amber", "bamboo", "cloud", "delta", "ember", "field", "grove", "harbor", "island", "jasmine",
    "kettle", "lotus", "maple", "north", "ocean", "pepper", "quartz", "river", "silver", "tulip",
    "umber", "valley", "willow", "yellow",
)  # fmt: skip
ACCOUNTS_FILE = "demo-accounts.json"
PUPILS_PER_CLASS = 5
WITHOUT_CONSENT = "pupil3"
WARDS_OF_PARENT1 = ("pupil1", "pupil3")
HOME_SCHOOL = "2141990001"
COUNTY = "410305"
CITY = "410300"
PROVINCE = "410000"
CHINESE = "13"
MATHEMATICS = "14"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One line of the file of demo accounts."""

    role: str
    username: str
    password: str
    organisation: str


def accounts_file() -> Path:
    return Path(settings.DATA) / "keys" / ACCOUNTS_FILE


def demo_accounts() -> list[DemoAccount]:
    """The demo accounts of this data folder; empty where there is no demo."""
    try:
        return [DemoAccount(**row) for row in json.loads(accounts_file().read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def readable_password() -> str:
    """Three words and four digits: easy to type, not to be guessed over the network."""
    words = "-".join(secrets.choice(WORDS) for _place in range(3))
    return f"{words}-{secrets.randbelow(9000) + 1000}"


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Register the demo's people with accounts, posts, classes, guardians and consents; does nothing twice.

    In a large demo the schools of a sample get everybody, without accounts, county by county.
    """
    if not Account.objects.filter(is_demo=True).exists():
        password = next((account.password for account in demo_accounts()), None) or readable_password()
        builder = Builder(now=now, password_hash=make_password(password))
        holders = builder.people()
        builder.families(holders)
        builder.numbers(holders)
        _keep_accounts(holders, password)
        say(f"人员 {Person.objects.count()}，演示账号 {len(holders)}")
    if size in ONE_OF:
        _fill_counties(size, say, now)


def _fill_counties(size: str, say: Callable[[str], None], now: datetime) -> None:
    """One county after the other, each all or nothing."""
    counties = list(filled_counties(size, on=local_day(now)))
    progress = Progress(say, "学校的人员", sum(len(county.schools) for county in counties))
    for county in counties:
        schools = without_people(county)
        progress.skip(len(county.schools) - len(schools))
        if schools:
            with transaction.atomic():
                County(county, schools, now).fill()
            progress.advance(len(schools))


class Builder:
    """The demo's people, one group after the other."""

    def __init__(self, *, now: datetime, password_hash: str) -> None:
        self.now = now
        self.today = local_day(now)
        self.year = SchoolYear.on(self.today)
        self.since = SchoolYear(self.year.starts - 1).first_day  # officers and staff are no newcomers
        self.password_hash = password_hash
        self.names = invented_names()
        self.home = school_with_code(HOME_SCHOOL)
        codes = [plan.code for plan in SCHOOLS]  # the thousands of a large demo have no people yet
        with_people = Organisation.objects.filter(Q(code__in=codes) | Q(name=TEACHING_POINT))
        self.schools = list(with_people.order_by("code", "id"))
        rooms = Klass.objects.filter(school__in=self.schools).select_related("school")
        self.classes = list(rooms.order_by("school__code", "-entry_year", "id"))
        self.pupils: list[tuple[Person, Klass]] = []

    def _new(
        self,
        role: Role,
        organisation: Organisation,
        username: str | None = None,
        born_on: date | None = None,
        klass: Klass | None = None,
        *,
        sex: str = "",
    ) -> NewPerson:
        return NewPerson(
            name=next(self.names),
            posts=((role, organisation),),
            starts_on=self.year.first_day if role == Role.PUPIL else self.since,
            sex=sex,
            born_on=born_on,
            username=username,
            klass=klass,
        )

    def _register(self, people: list[NewPerson]) -> list[Person]:
        return register_people(by=DEMO, people=people, password_hash=self.password_hash, demo=True, now=self.now)

    def people(self) -> dict[str, tuple[Person, Role, Organisation]]:
        """Officers, staff and pupils; the named accounts by username."""
        county = bureau_of(COUNTY, on=self.today)
        named = [
            (Role.PROVINCE_ADMIN, bureau_of(PROVINCE, on=self.today), "province1"),
            (Role.CITY_OFFICER, bureau_of(CITY, on=self.today), "city1"),
            (Role.COUNTY_OFFICER, county, "county1"),
            (Role.SCHOOL_ADMIN, self.home, "school1"),
            (Role.RESOURCE_REVIEWER, county, "reviewer1"),
            (Role.TEACHER, self.home, "teacher1"),
            (Role.TEACHER, self.home, "teacher2"),
            (Role.OPERATOR, bureau_of(PROVINCE, on=self.today), "operator1"),
        ]
        staff = [self._new(role, at, username) for role, at, username in named]
        others = [self._new(Role.TEACHER, school) for school in self.schools for _post in range(2)]
        registered = self._register([*staff, *others])
        holders = {
            username: (person, role, at)
            for (role, at, username), person in zip(named, registered[: len(named)], strict=True)
        }
        self._teachings(holders, registered[len(named) :])
        holders |= self._pupils()
        return holders

    def _pupils(self) -> dict[str, tuple[Person, Role, Organisation]]:
        """Every class gets its pupils; the first three of the first class have the named accounts.

        The sex goes with the serial that `numbers` puts into the resident number: odd for boys.
        """
        usernames = iter(("pupil1", "pupil2", "pupil3"))
        seats = [(klass, place) for klass in self.classes for place in range(PUPILS_PER_CLASS)]
        new = [
            self._new(
                Role.PUPIL,
                klass.school,
                next(usernames, None),
                self._birthday(klass, place),
                klass,
                sex=Sex.MALE if serial % 2 else Sex.FEMALE,
            )
            for serial, (klass, place) in enumerate(seats)
        ]
        registered = self._register(new)
        self.pupils = [(person, row.klass) for person, row in zip(registered, new, strict=True) if row.klass]
        return {
            row.username: (person, Role.PUPIL, self.home)
            for person, row in zip(registered, new, strict=True)
            if row.username
        }

    def _birthday(self, klass: Klass, place: int) -> date:
        return date(klass.entry_year - AGE_AT_ENTRY[Stage(klass.stage)], place % 8 + 1, place % 27 + 1)

    def _teachings(self, holders: dict[str, tuple[Person, Role, Organisation]], others: list[Person]) -> None:
        """Two teachers of each school share its classes; teacher1 and teacher2 have those of the home school."""
        pairs = {school.pk: others[place * 2 : place * 2 + 2] for place, school in enumerate(self.schools)}
        pairs[self.home.pk] = [holders["teacher1"][0], holders["teacher2"][0]]
        assign_teachings(
            by=DEMO,
            teachings=[
                NewTeaching(person=pairs[klass.school_id][place], klass=klass, subject=subject, is_homeroom=place == 0)
                for klass in self.classes
                for place, subject in enumerate((CHINESE, MATHEMATICS))
            ],
            starts_on=self.year.first_day,
            now=self.now,
        )

    def families(self, holders: dict[str, tuple[Person, Role, Organisation]]) -> None:
        """One guardian for every two pupils of a school; parent1 for pupil1 and pupil3; consents but for pupil3."""
        own = [(person, klass) for person, klass in self.pupils if person.pk in self._wards_of_parent1(holders)]
        rest = [pair for pair in self.pupils if pair not in own]
        families = [own, *(rest[start : start + 2] for start in range(0, len(rest), 2))]
        usernames = iter(("parent1",))
        guardians = self._register(
            [self._new(Role.GUARDIAN, family[0][1].school, next(usernames, None)) for family in families]
        )
        holders["parent1"] = (guardians[0], Role.GUARDIAN, own[0][1].school)
        pairs = [
            (child, guardian) for family, guardian in zip(families, guardians, strict=True) for child, _klass in family
        ]
        record_guardianships(
            by=DEMO,
            guardianships=[NewGuardianship(guardian, child, "", self.year.first_day) for child, guardian in pairs],
            now=self.now,
        )
        without = holders[WITHOUT_CONSENT][0].pk
        record_paper_consents(
            by=DEMO,
            consents=[pair for pair in pairs if pair[0].pk != without],
            notice_version=NOTICE_VERSION,
            now=self.now,
        )

    def _wards_of_parent1(self, holders: dict[str, tuple[Person, Role, Organisation]]) -> set[int]:
        return {holders[username][0].pk for username in WARDS_OF_PARENT1}

    def numbers(self, holders: dict[str, tuple[Person, Role, Organisation]]) -> None:
        """Identifiers that cannot belong to anybody."""
        new = []
        for place, (child, _klass) in enumerate(self.pupils):
            if child.born_on is None:
                continue
            first_17 = f"999999{child.born_on:%Y%m%d}{place % 1000:03d}"
            resident = first_17 + resident_check(first_17)
            new.append(NewIdentifier(child, IdentifierKind.RESIDENT_ID, resident))
            new.append(NewIdentifier(child, IdentifierKind.STUDENT_NUMBER, f"G{resident}"))
        new.append(NewIdentifier(holders["parent1"][0], IdentifierKind.PHONE, "10000000001"))
        record_identifiers(by=DEMO, identifiers=new, now=self.now)


def _keep_accounts(holders: dict[str, tuple[Person, Role, Organisation]], password: str) -> None:
    """Write the list of demo accounts where only the owner of the data folder reads it."""
    path = accounts_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = [
        {"role": str(role.label), "username": username, "password": password, "organisation": organisation.name}
        for username, (_person, role, organisation) in holders.items()
    ]
    draft = path.with_name(f".{path.name}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(rows, file, ensure_ascii=False, indent=2)
    draft.replace(path)
