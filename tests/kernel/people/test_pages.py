"""People in a browser: each viewer sees what their relation allows, and nothing tells a stranger who exists."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.enums import Role
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Person, Reveal
from heluo.kernel.people.public import (
    NewGuardianship,
    NewIdentifier,
    NewTeaching,
    assign_teachings,
    record_guardianships,
    record_identifiers,
)
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, OTHER_COUNTY, TERM_START, browser, bureau, person

PHONE = "10000000007"


@pytest.fixture
def family(small: School) -> tuple[Person, Person]:
    """A child with a guardian, both with accounts, and a number on record."""
    child = person(
        Role.PUPIL, small.school, "涧水流萤", username="t.child", born_on=date(2010, 3, 3), sits_in=small.klass
    )
    guardian = person(Role.GUARDIAN, small.school, "涧水临风", username="t.parent")
    record_guardianships(by=CLERK, guardianships=[NewGuardianship(guardian, child, "母亲", TERM_START)], now=NOON)
    record_identifiers(by=CLERK, identifiers=[NewIdentifier(child, IdentifierKind.PHONE, PHONE)], now=NOON)
    assign_teachings(
        by=CLERK,
        teachings=[NewTeaching(person=small.teacher, klass=small.klass, subject="13", is_homeroom=True)],
        starts_on=TERM_START,
        now=NOON,
    )
    return child, guardian


def page_of(who: Person) -> str:
    return f"/people/{who.uuid}/"


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def queries_of(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        deed()
    return len(caught)


def test_each_relation_sees_its_share(small: School, family: tuple[Person, Person]) -> None:
    child, guardian = family
    shown = {
        "self": text_of(browser(child), page_of(child)),
        "guardian": text_of(browser(guardian), page_of(child)),
        "teacher": text_of(browser(small.teacher), page_of(child)),
        "admin": text_of(browser(small.admin), page_of(child)),
    }
    for words in shown.values():
        assert "三年级（1）班" in words
        assert "涧水临风" in words
        assert PHONE not in words
    for relation in ("self", "guardian", "admin"):
        assert "100****0007" in shown[relation]
        assert "2010-03-03" in shown[relation]
    assert "100****0007" not in shown["teacher"]
    assert "2010-03-03" not in shown["teacher"]
    reveal = f"{page_of(child)}identifiers/phone/"
    assert reveal in shown["admin"]
    assert all(reveal not in shown[relation] for relation in ("self", "guardian", "teacher"))


def test_to_a_stranger_there_is_no_such_person(small: School, family: tuple[Person, Person]) -> None:
    child, _guardian = family
    officer = person(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY), username="t.elsewhere")
    other = person(Role.PUPIL, small.school, username="t.other", born_on=date(2010, 1, 1))
    for stranger in (browser(officer), browser(other)):
        hidden = text_of(stranger, page_of(child), 404)
        assert "涧水流萤" not in hidden
        text_of(stranger, f"/people/{'0' * 8}-0000-5000-8000-{'0' * 12}/", 404)
    assert Client().get(page_of(child)).status_code == 302


def test_a_reveal_asks_why_and_shows_once(small: School, family: tuple[Person, Person]) -> None:
    child, guardian = family
    admin, address = browser(small.admin), f"{page_of(family[0])}identifiers/phone/"
    asked = text_of(admin, address)
    assert PHONE not in asked
    short = admin.post(address, {"reason": "看"})
    assert short.status_code == 422
    assert not Reveal.objects.exists()
    answer = admin.post(address, {"reason": "联系家长"})
    assert PHONE in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert Reveal.objects.get().by == small.admin
    assert AuditRow.objects.filter(deed="people.identifier_revealed", subject_id=str(child.uuid)).exists()
    assert browser(guardian).post(address, {"reason": "联系家长"}).status_code == 403
    text_of(admin, f"{page_of(small.teacher)}identifiers/phone/", 404)
    text_of(admin, f"{page_of(child)}identifiers/shoe-size/", 404)


def test_a_class_shows_its_pupils_to_its_teachers(small: School, family: tuple[Person, Person]) -> None:
    address = f"/classes/{small.klass.uuid}/"
    teacher = browser(small.teacher)
    shown = text_of(teacher, address)
    for words in ("涧水流萤", "河洛听雨", "班主任", "语文", "等待监护人同意"):
        assert words in shown
    assert "三年级（1）班" in text_of(teacher, "/classes/")
    text_of(browser(family[0]), address, 404)
    text_of(browser(family[1]), address, 404)


def test_a_guardian_finds_the_children(small: School, family: tuple[Person, Person]) -> None:
    shown = text_of(browser(family[1]), "/family/")
    assert "涧水流萤" in shown
    assert "示例小学 · 三年级（1）班" in shown
    assert browser(small.teacher).get("/family/").status_code == 403


def test_the_list_of_people_is_for_those_in_charge(small: School, family: tuple[Person, Person]) -> None:
    admin = browser(small.admin)
    everybody = text_of(admin, "/people/")
    for name in ("涧水流萤", "涧水临风", "嵩云知秋"):
        assert name in everybody
    pupils = text_of(admin, "/people/?role=pupil&q=jianshui")
    assert "涧水流萤" in pupils
    assert "涧水临风" not in pupils
    assert browser(small.teacher).get("/people/").status_code == 403


def test_staff_is_named_and_linked_as_far_as_one_may_see(small: School, family: tuple[Person, Person]) -> None:
    address = f"/organisations/{small.school.uuid}/people/"
    for reader in (small.teacher, family[1]):
        shown = text_of(browser(reader), address)
        assert "伊阙望舒" in shown
        assert "涧水流萤" not in shown
        assert f"/people/{small.admin.uuid}/" not in shown
    assert f"/people/{small.teacher.uuid}/" in text_of(browser(small.admin), address)


def test_lists_cost_the_same_with_one_and_with_three(small: School, family: tuple[Person, Person]) -> None:
    readers = {
        f"/classes/{small.klass.uuid}/": browser(small.teacher),
        "/classes/": browser(small.teacher),
        "/people/?q=heluo": browser(small.admin),
        f"/organisations/{small.school.uuid}/people/": browser(small.admin),
        "/family/": browser(family[1]),
    }

    def count() -> dict[str, int]:
        return {
            address: queries_of(lambda client=client, address=address: client.get(address))  # type: ignore[misc]
            for address, client in readers.items()
        }

    count()
    before = count()
    for number in range(2):
        child = person(Role.PUPIL, small.school, f"河洛新竹{number}", born_on=date(2010, 5, 5), sits_in=small.klass)
        person(Role.TEACHER, small.school, f"河洛怀瑾{number}")
        record_guardianships(by=CLERK, guardianships=[NewGuardianship(family[1], child, "母亲", TERM_START)], now=NOON)
    assert count() == before


def test_programs_read_their_own_record(small: School, family: tuple[Person, Person]) -> None:
    child, guardian = family
    own = browser(child).get("/api/v1/people/me").json()
    assert (own["number"], own["class"]["label"]) == (child.number, "三年级（1）班")
    assert own["posts"][0]["role"] == "pupil"
    assert browser(guardian).get("/api/v1/people/me").json()["children"] == [
        {"id": str(child.uuid), "name": "涧水流萤"}
    ]
    assert Client().get("/api/v1/people/me").status_code == 401
