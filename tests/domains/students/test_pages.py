"""The pages of student records in a browser: what each role sees, what is refused and where that is said."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.students.actions import open_records, register_change
from heluo.domains.students.enums import ChangeKind, State
from heluo.domains.students.models import StudentRecord
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import resident_check
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Account, Person
from heluo.kernel.people.public import (
    NewGuardianship,
    NewIdentifier,
    NewTeaching,
    assign_teachings,
    record_guardianships,
    record_identifiers,
)
from tests.domains.students.conftest import House, new_record, pupils, records
from tests.kernel.pages.fragments import assert_fragment_equals_part
from tests.register import CLERK, NOON, TERM_START, TODAY, browser, klass, person, school

pytestmark = pytest.mark.django_db
LIST = "/students/"


@dataclass(frozen=True)
class Seen:
    """A house, its record, and browsers of everybody who may come."""

    house: House
    record: StudentRecord
    clerk: Client
    officer: Client
    stranger: Client
    teacher: Client
    pupil: Client
    guardian: Client


def _somebody(role: Role, at: Organisation, username: str) -> Person:
    return person(role, at, username=username)


@pytest.fixture
def seen(house: House) -> Seen:
    [record] = records(house.clerk, house.third)
    teacher = _somebody(Role.TEACHER, house.school, "t.one")
    assign_teachings(
        by=CLERK, teachings=[NewTeaching(person=teacher, klass=house.third)], starts_on=TERM_START, now=NOON
    )
    guardian = _somebody(Role.GUARDIAN, house.school, "g.one")
    record_guardianships(by=CLERK, guardianships=[NewGuardianship(guardian, record.person, "", TERM_START)], now=NOON)
    Account.objects.create(person=record.person, username="p.one", is_demo=True)
    Person.objects.filter(pk=record.person_id).update(born_on="2008-01-01")  # old enough to need no consent
    return Seen(
        house=house,
        record=record,
        clerk=browser(_somebody(Role.SCHOOL_ADMIN, house.school, "a.one")),
        officer=browser(_somebody(Role.COUNTY_OFFICER, house.county, "c.one")),
        stranger=browser(_somebody(Role.SCHOOL_ADMIN, house.other_school, "a.two")),
        teacher=browser(teacher),
        pupil=browser(record.person),
        guardian=browser(guardian),
    )


def address(name: str, *args: object) -> str:
    return reverse(f"students:{name}", args=args)


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def test_the_clerk_lists_the_school_and_the_county_everything_below(seen: Seen) -> None:
    for client in (seen.clerk, seen.officer):
        page = text(client, LIST)
        assert seen.record.person.name in page
        assert str(State.ENROLLED.label) in page
    assert seen.record.person.name not in text(seen.stranger, LIST)


def test_teachers_pupils_and_guardians_have_no_list(seen: Seen) -> None:
    for client in (seen.teacher, seen.pupil, seen.guardian):
        assert client.get(LIST).status_code in {403, 404}


def test_a_record_is_shown_by_how_the_viewer_stands_to_it(seen: Seen) -> None:
    url = address("record", seen.record.uuid)
    number = "L41"
    for client, sees_number, may_change in (
        (seen.clerk, True, True),
        (seen.officer, True, True),
        (seen.pupil, True, False),
        (seen.guardian, True, False),
        (seen.teacher, False, False),
    ):
        page = text(client, url)
        assert (number in page) is sees_number
        assert (address("change", seen.record.uuid, ChangeKind.SUSPENDED) in page) is may_change
    text(seen.stranger, url, 404)


def test_own_records_are_read_only(seen: Seen) -> None:
    for client in (seen.pupil, seen.guardian):
        page = text(client, address("mine"))
        assert seen.record.person.name in page
    assert seen.clerk.get(address("mine")).status_code in {403, 404}


def test_a_teacher_sees_the_class_without_numbers(seen: Seen) -> None:
    page = text(seen.teacher, address("of_class", seen.house.third.uuid))
    assert seen.record.person.name in page
    assert "L41" not in page
    text(seen.teacher, address("of_class", seen.house.fourth.uuid), 404)


def test_the_list_narrows_by_grade_class_state_number_and_words(seen: Seen) -> None:
    [other] = records(seen.house.clerk, seen.house.fourth)
    here, there = seen.record.person.name, other.person.name
    for query, found in (
        ({"grade": "primary-2024"}, True),
        ({"grade": "primary-2023"}, False),
        ({"grade": "nonsense"}, False),
        ({"class": str(seen.house.third.uuid)}, True),
        ({"class": "nonsense", "grade": "primary-2024"}, True),
        ({"state": State.SUSPENDED}, False),
        ({"number": "L", "grade": "primary-2024"}, True),
        ({"number": "G"}, False),
        ({"q": here}, True),
        ({"q": seen.record.person.number}, True),
        ({"q": "nobody"}, False),
    ):
        page = text(seen.clerk, f"{LIST}?{urlencode(query)}")
        listing = page.partition('id="listing"')[2]
        assert (here in listing) is found, query
        if found:
            assert there not in listing, query


def test_the_number_finds_its_bearer(seen: Seen) -> None:
    first = "99999920080101001"
    number = f"G{first}{resident_check(first)}"
    who = Person.objects.get(pk=seen.record.person_id)
    record_identifiers(by=CLERK, identifiers=[NewIdentifier(who, IdentifierKind.STUDENT_NUMBER, number)], now=NOON)
    assert who.name in text(seen.clerk, f"{LIST}?q={number}")
    assert who.name not in text(seen.stranger, f"{LIST}?q={number}")


def test_a_pupil_is_found_as_everybody_is(seen: Seen) -> None:
    """By any two characters, pinyin, initials, the surname and the platform number; the same rights as for the list."""
    house = seen.house
    wanted, lone = (
        person(Role.PUPIL, house.school, name, born_on=date(2018, 1, 1), sits_in=house.third)
        for name in ("砚田听松", "听砚小筑")
    )
    open_records(
        by=house.clerk, records=[new_record(who, house.third) for who in (wanted, lone)], on=TERM_START, now=NOON
    )
    for words in ("砚田", "听松", "yantian", "Yan Tian", "ytts", "砚", wanted.number, wanted.number.lower()):
        url = f"{LIST}?{urlencode({'q': words})}"
        listing = text(seen.clerk, url).partition('id="listing"')[2]
        assert wanted.name in listing, words
        assert lone.name not in listing, words
        assert seen.record.person.name not in listing, words
        assert wanted.name not in text(seen.stranger, url).partition('id="listing"')[2], words
    for nothing in ("松听", "%", "_"):
        listing = text(seen.clerk, f"{LIST}?{urlencode({'q': nothing})}").partition('id="listing"')[2]
        assert wanted.name not in listing


def test_what_pupils_elsewhere_are_called_does_not_decide_how_a_question_is_read(seen: Seen) -> None:
    house = seen.house
    here = person(Role.PUPIL, house.school, "柯安", born_on=date(2018, 1, 1), sits_in=house.third)
    room = klass(house.other_school)
    there = person(Role.PUPIL, house.other_school, "康听雨", born_on=date(2018, 1, 1), sits_in=room)
    open_records(by=house.clerk, records=[new_record(here, house.third)], on=TERM_START, now=NOON)
    open_records(by=house.stranger, records=[new_record(there, room)], on=TERM_START, now=NOON)
    assert here.name in text(seen.clerk, f"{LIST}?q=ka").partition('id="listing"')[2]


def test_lists_cost_the_same_for_one_and_for_three(seen: Seen) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(seen.clerk, LIST)
        return len(captured)

    one = queries()
    records(seen.house.clerk, seen.house.third, 2)
    assert queries() == one


def test_the_listing_is_a_fragment_of_the_page(seen: Seen) -> None:
    assert_fragment_equals_part(seen.clerk, LIST, "listing")


def test_a_change_is_registered_in_the_browser_and_refusals_stand_beside_the_field(seen: Seen) -> None:
    today = local_day(now())
    url = address("change", seen.record.uuid, ChangeKind.SUSPENDED)
    assert "审批文号" in text(seen.clerk, url)
    wrong = seen.clerk.post(url, {"on": today.isoformat(), "document": "1"})
    assert wrong.status_code == 422
    done = seen.clerk.post(url, {"on": today.isoformat(), "document": "休1号", "reason": "10"}, follow=True)
    page = done.content.decode()
    assert done.redirect_chain[0][0] == address("record", seen.record.uuid)
    assert "休1号" in page
    assert "在读 → 休学" in page
    text(seen.clerk, url, 404)


def test_a_class_is_offered_by_name(seen: Seen) -> None:
    url = address("change", seen.record.uuid, ChangeKind.CLASS_CHANGED)
    assert str(seen.house.third_2.uuid) in text(seen.clerk, url)
    today = local_day(now()).isoformat()
    same = seen.clerk.post(url, {"on": today, "klass": str(seen.house.third.uuid)})
    assert same.status_code == 422
    seen.clerk.post(url, {"on": today, "klass": str(seen.house.third_2.uuid)})
    assert seen.record.changes.filter(kind=ChangeKind.CLASS_CHANGED).exists()


def test_a_change_that_the_stage_forbids_has_no_page(seen: Seen) -> None:
    for kind in (ChangeKind.EXPELLED, ChangeKind.OPENED, "nonsense"):
        text(seen.clerk, address("change", seen.record.uuid, kind), 404)


def test_nobody_else_opens_the_forms(seen: Seen) -> None:
    for url in (
        address("change", seen.record.uuid, ChangeKind.SUSPENDED),
        address("missing", seen.house.school.uuid),
    ):
        for client in (seen.stranger, seen.teacher, seen.pupil, seen.guardian):
            assert client.get(url).status_code in {403, 404}


def test_a_correction_needs_a_reason_and_keeps_what_was_wrong(seen: Seen) -> None:
    change = register_change(
        by=seen.house.clerk, record=seen.record, kind=ChangeKind.CANCELLED, on=TODAY, document="1", now=NOON
    )
    url = address("correct", seen.record.uuid, change.pk)
    assert url in text(seen.clerk, address("record", seen.record.uuid))
    assert seen.clerk.post(url, {"reason": " "}).status_code == 422
    page = seen.clerk.post(url, {"reason": "登记错人"}, follow=True).content.decode()
    assert "已更正" in page
    assert "登记错人" in page


def test_pupils_without_a_record_are_opened_one_by_one_or_all_at_once(seen: Seen) -> None:
    house = seen.house
    people = pupils(house.third, 3)
    url = address("missing", house.school.uuid)
    page = text(seen.clerk, url)
    assert all(who.name in page for who in people)
    one = address("open", house.school.uuid, people[0].uuid)
    today = local_day(now()).isoformat()
    given = {
        "stage": "primary",
        "entry_year": "2024",
        "category": "21100",
        "length": "6",
        "on": today,
        "attendance": "day",
    }
    assert "人员登记" in text(seen.clerk, one)
    wrong = seen.clerk.post(one, given | {"number": "G123"})
    assert wrong.status_code == 422
    assert "19" in wrong.content.decode()
    assert seen.clerk.post(one, given).status_code == 302
    assert StudentRecord.objects.filter(person=people[0]).exists()
    text(seen.clerk, one, 404)
    assert seen.clerk.post(url).status_code == 302
    assert StudentRecord.objects.count() == 4
    assert "都已建籍" in text(seen.clerk, url)


def test_a_clerk_of_one_school_goes_straight_to_its_pupils(seen: Seen) -> None:
    assert seen.clerk.get(address("choose_school")).status_code == 302
    school("2141970003", "第三小学")
    page = text(seen.officer, address("choose_school"))
    assert seen.house.school.name in page
    assert "第三小学" in page
    assert seen.house.other_school.name not in page
