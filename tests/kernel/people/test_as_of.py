"""People as of a day: what they were is of that day, who may look is of today."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.holdings.public import Asked
from heluo.kernel.organisations.public import Outcome, merge_schools, rename_organisation
from heluo.kernel.people.holdings import classes
from heluo.kernel.people.models import ClassMembership, Guardianship, Person, Post, Teaching
from heluo.kernel.people.public import NewGuardianship, NewTeaching, assign_teachings, record_guardianships
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, TERM_START, browser, klass, person, school

pytestmark = pytest.mark.django_db
BEFORE = TERM_START - timedelta(days=30)
THEN = TERM_START + timedelta(days=5)


@pytest.fixture
def gone(small: School) -> Person:
    """A pupil who was in the class, with a guardian, and left both; a teacher who led it and leads it no more."""
    child = person(Role.PUPIL, small.school, "涧水流萤", sits_in=small.klass)
    guardian = person(Role.GUARDIAN, small.school, "涧水临风")
    record_guardianships(by=CLERK, guardianships=[NewGuardianship(guardian, child, "母亲", TERM_START)], now=NOON)
    former = person(Role.TEACHER, small.school, "桐花望舒")
    tasks = [NewTeaching(person=former, klass=small.klass, subject="13", is_homeroom=True)]
    assign_teachings(by=CLERK, teachings=tasks, starts_on=TERM_START, now=NOON)
    last = TERM_START + timedelta(days=9)
    ClassMembership.objects.filter(person=child).update(ends_on=last)
    Guardianship.objects.filter(child=child).update(ends_on=last)
    Teaching.objects.filter(person=former).update(ends_on=last)
    Post.objects.filter(person=former).update(ends_on=last)
    assert last < local_day(now())
    return child


def text_of(page: Client, address: str) -> str:
    answer = page.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_person_is_shown_as_they_were(small: School, gone: Person) -> None:
    admin, address = browser(small.admin), f"/people/{gone.uuid}/"
    today = text_of(admin, address)
    assert "三年级（1）班" not in today
    assert "涧水临风" not in today
    then = text_of(admin, f"{address}?on={THEN}")
    assert "三年级（1）班" in then
    assert "涧水临风" in then
    assert f"这里显示的是 {THEN} 的情况" in then
    before = text_of(admin, f"{address}?on={BEFORE}")
    assert "当日没有任职" in before
    assert "三年级（1）班" not in before


def test_a_class_has_the_pupils_and_teachers_of_the_day(small: School, gone: Person) -> None:
    admin, address = browser(small.admin), f"/classes/{small.klass.uuid}/"
    today = text_of(admin, address)
    assert gone.name not in today
    assert "桐花望舒" not in today
    then = text_of(admin, f"{address}?on={THEN}")
    assert gone.name in then
    assert "桐花望舒" in then
    listed = b"".join(admin.post(f"{address}?on={THEN}", {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert gone.name in listed
    assert "当日这个班级没有学生" in text_of(admin, f"{address}?on={BEFORE}")


def test_the_staff_and_the_people_of_a_day(small: School, gone: Person) -> None:
    admin = browser(small.admin)
    staff = f"/organisations/{small.school.uuid}/people/"
    assert "桐花望舒" not in text_of(admin, staff)
    assert "桐花望舒" in text_of(admin, f"{staff}?on={THEN}")
    assert "桐花望舒" in text_of(admin, f"/people/?role=teacher&on={THEN}")
    assert "桐花望舒" not in text_of(admin, "/people/?role=teacher")


def test_who_may_look_is_of_today(small: School, gone: Person) -> None:
    """Whoever led the class then and does not now sees nothing of it, whatever day is asked."""
    once = person(Role.TEACHER, small.school, "邙岭归雁", username="t.once")
    tasks = [NewTeaching(person=once, klass=small.klass, subject="14")]
    assign_teachings(by=CLERK, teachings=tasks, starts_on=TERM_START, now=NOON)
    page = browser(once)
    assert page.get(f"/classes/{small.klass.uuid}/?on={THEN}").status_code == 200
    Teaching.objects.filter(person=once).update(ends_on=TERM_START + timedelta(days=9))
    assert page.get(f"/classes/{small.klass.uuid}/?on={THEN}").status_code == 404
    assert page.get(f"/people/{gone.uuid}/?on={THEN}").status_code == 404


def test_no_link_leads_where_the_viewer_may_not_go(small: School, gone: Person) -> None:
    tasks = [NewTeaching(person=small.teacher, klass=small.klass, subject="14")]
    assign_teachings(by=CLERK, teachings=tasks, starts_on=TERM_START, now=NOON)
    shown = text_of(browser(small.teacher), f"/classes/{small.klass.uuid}/?on={THEN}")
    assert gone.name in shown
    assert f"/people/{gone.uuid}/" not in shown


def test_posts_of_a_day_name_the_organisation_as_it_was_called_on_it(small: School) -> None:
    """On the person's page, in the list and in the file, in one question however many posts there are."""
    renamed_at = datetime.combine(THEN, NOON.timetz())
    officer = browser(person(Role.COUNTY_OFFICER, small.county, "邙岭归雁", username="o.mangling"))
    of_pupil, listed = f"/people/{small.pupil.uuid}/", "/people/?role=pupil"
    past = THEN - timedelta(days=1)
    asked = [count_of(officer, f"{listed}&on={past}")]
    rename_organisation(by=CLERK, organisation=small.school, name="示例改名小学", reason="测试", now=renamed_at)
    for address in (f"{of_pupil}?on={{}}", f"{listed}&on={{}}"):
        then, after = text_of(officer, address.format(past)), text_of(officer, address.format(THEN))
        assert "示例小学" in then
        assert "示例改名小学" not in then
        assert "示例改名小学" in after
    assert "示例改名小学" in text_of(officer, of_pupil)
    file = officer.post(f"{listed}&on={past}", {"export": "csv"})
    assert "学生 示例小学" in b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]
    for number in range(5):
        person(Role.PUPIL, school(f"214197001{number}", f"示例{number}小学"), "瀍波听松")
    asked.append(count_of(officer, f"{listed}&on={past}"))
    assert asked[0] == asked[1]


def count_of(page: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        text_of(page, address)
    return len(caught)


def test_a_class_that_moved_is_shown_at_the_school_of_the_day(small: School) -> None:
    """By the number it had there and the name the school had then; the school that took it has a class 1 already."""
    taker = school("2141970002", "示例西小学")
    klass(taker)
    tasks = [NewTeaching(person=small.teacher, klass=small.klass, subject="14")]
    assign_teachings(by=CLERK, teachings=tasks, starts_on=TERM_START, now=NOON)
    renamed_at = datetime.combine(THEN, NOON.timetz())
    rename_organisation(by=CLERK, organisation=small.school, name="示例老小学", reason="测试", now=renamed_at)
    moved_on = THEN + timedelta(days=3)
    assert moved_on < local_day(now())
    merge_schools(by=CLERK, into=taker, merged=[small.school], outcome=Outcome(), reason="测试", on=moved_on, now=NOON)
    officer = browser(person(Role.COUNTY_OFFICER, small.county, "邙岭归雁", username="o.mangling"))
    at_class, of_pupil = f"/classes/{small.klass.uuid}/", f"/people/{small.pupil.uuid}/"
    of_teacher = f"/people/{small.teacher.uuid}/"
    for address in (at_class, of_pupil, of_teacher):
        assert "（2）班" in text_of(officer, address)
        assert "示例西小学" in text_of(officer, address)
        last_day_there = text_of(officer, f"{address}?on={moved_on - timedelta(days=1)}")
        assert "三年级（1）班" in last_day_there
        assert "示例老小学" in last_day_there
        assert "示例西小学" not in last_day_there
        assert "示例小学" in text_of(officer, f"{address}?on={THEN - timedelta(days=1)}")
        assert "三年级（2）班" in text_of(officer, f"{address}?on={moved_on}")
    listed = officer.post(f"{at_class}?on={THEN}", {"export": "csv"})
    assert "三年级（1）班" in b"".join(listed.streaming_content).decode()  # type: ignore[attr-defined]
    school_then = text_of(officer, f"/organisations/{small.school.uuid}/?on={THEN}")
    assert at_class in school_then


def test_the_way_up_from_a_moved_class_leads_only_where_the_viewer_may_go(small: School) -> None:
    taker = school("2141970002", "示例西小学")
    teacher = person(Role.TEACHER, taker, "桐花望舒", username="t.tonghua")
    merge_schools(by=CLERK, into=taker, merged=[small.school], outcome=Outcome(), reason="测试", on=THEN, now=NOON)
    small.klass.refresh_from_db()
    tasks = [NewTeaching(person=teacher, klass=small.klass, subject="14")]
    assign_teachings(by=CLERK, teachings=tasks, starts_on=TERM_START, now=NOON)
    shown = text_of(browser(teacher), f"/classes/{small.klass.uuid}/?on={THEN - timedelta(days=1)}")
    assert "示例小学" in shown
    assert f"/organisations/{small.school.uuid}/" not in shown


def test_what_is_held_about_a_class_that_moved_is_of_its_last_day(
    small: School, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    taker = school("2141970002", "示例西小学")
    klass(taker)
    merge_schools(by=CLERK, into=taker, merged=[small.school], outcome=Outcome(), reason="测试", on=THEN, now=NOON)
    ClassMembership.objects.filter(person=small.pupil).update(ends_on=THEN - timedelta(days=1))
    with django_assert_num_queries(3):
        (fact,) = classes(small.pupil.uuid, Asked(on=THEN + timedelta(days=60)))
    assert (fact.label, fact.value) == ("三年级（1）班", "示例小学")
    assert fact.source.organisation == taker.uuid
