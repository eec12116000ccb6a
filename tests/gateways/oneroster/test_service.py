"""Every endpoint of the Rostering Service, as a program of others asks it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.gateways.oneroster.pages.service import ENDPOINTS, Endpoint
from heluo.gateways.oneroster.selection import LARGEST_LIMIT
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import SchoolYear, Term, local_day, now
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import plan_term
from heluo.kernel.people.models import ClassMembership, Person, Post, Teaching
from tests.gateways.oneroster.conftest import CHINESE, MATHS, Program, Register, a_client, people, program
from tests.gateways.oneroster.standard import check_collection, check_single
from tests.register import CLERK, klass

pytestmark = pytest.mark.django_db

# What the standard's OpenAPI document lists: address → whether the core scope opens it.
ADDRESSES = (
    *("academicSessions", "classes", "courses", "demographics", "enrollments", "gradingPeriods", "orgs", "schools"),
    *("students", "teachers", "terms", "users"),
    *("terms/*/classes", "terms/*/gradingPeriods", "courses/*/classes", "classes/*/students", "classes/*/teachers"),
    *("users/*/classes", "students/*/classes", "teachers/*/classes", "schools/*/classes", "schools/*/courses"),
    *("schools/*/enrollments", "schools/*/students", "schools/*/teachers", "schools/*/terms"),
    *("schools/*/classes/*/enrollments", "schools/*/classes/*/students", "schools/*/classes/*/teachers"),
)


def ids_of(register: Register) -> dict[str, str]:
    """An id for each argument of an address."""
    year = SchoolYear.on(local_day(now()))
    return {
        "schoolSourcedId": str(register.here.uuid),
        "classSourcedId": str(register.room.uuid),
        "courseSourcedId": f"{register.here.uuid}-{CHINESE}",
        "termSourcedId": f"{year}-1",
        "userSourcedId": str(register.leader.uuid),
        "teacherSourcedId": str(register.leader.uuid),
        "studentSourcedId": str(register.pupil.uuid),
    }


def test_the_service_has_the_standard_s_addresses() -> None:
    found = {"/".join("*" if "{" in step else step for step in one.address.split("/")) for one in ENDPOINTS}
    singles = {f"{address}/*" for address in ADDRESSES if "/" not in address}
    assert found == set(ADDRESSES) | singles


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if not one.single], ids=lambda one: one.name)
def test_a_collection_is_the_standard_s(endpoint: Endpoint, register: Register, county: Program) -> None:
    answer = county.get(endpoint.address.format(**ids_of(register)))
    assert answer.status_code == 200
    body = answer.json()
    check_collection(body, endpoint.table.single)
    [shapes] = body.values()
    assert answer.headers["X-Total-Count"] == str(len(shapes))
    assert bool(shapes) != endpoint.address.endswith("gradingPeriods")


@pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if one.single], ids=lambda one: one.name)
def test_each_object_of_a_collection_is_found_by_its_id(
    endpoint: Endpoint, register: Register, county: Program
) -> None:
    plural = endpoint.address.partition("/")[0]
    [shapes] = county.read(plural).values()
    for shape in shapes:
        body = county.read(f"{plural}/{shape['sourcedId']}")
        check_single(body, endpoint.table.single)
        assert body == {endpoint.single: shape}


def test_every_link_leads_somewhere(register: Register, county: Program) -> None:
    def links(part: Any) -> list[str]:
        if isinstance(part, list):
            return [found for one in part for found in links(one)]
        if isinstance(part, dict):
            own = [part["href"]] if "href" in part else []
            return own + [found for one in part.values() for found in links(one)]
        return []

    there = {
        found
        for plural in ("orgs", "academicSessions", "courses", "classes", "enrollments", "users")
        for found in links(county.read(plural))
    }
    assert there
    for address in there:
        assert county.get(address.partition("/v1p2/")[2]).status_code == 200, address


# -- what a register becomes ------------------------------------------------------------------------------------------


def test_a_class_is_a_homeroom_and_one_class_for_each_subject(register: Register, here: Program) -> None:
    classes = {shape["sourcedId"]: shape for shape in here.read("classes")["classes"]}
    room = str(register.room.uuid)
    assert set(classes) == {room, f"{room}-{CHINESE}", f"{room}-{MATHS}"}
    assert classes[room]["classType"] == "homeroom"
    assert classes[room]["title"] == "三年级（1）班"
    assert classes[room]["grades"] == ["03"]
    lesson = classes[f"{room}-{CHINESE}"]
    assert (lesson["classType"], lesson["title"]) == ("scheduled", "三年级（1）班 语文")
    assert (lesson["subjects"], lesson["subjectCodes"]) == (["语文"], [CHINESE])
    assert lesson["course"]["sourcedId"] == f"{register.here.uuid}-{CHINESE}"


def test_pupils_sit_in_all_classes_and_teachers_in_theirs(register: Register, here: Program) -> None:
    room = str(register.room.uuid)
    seats = {
        (shape["user"]["sourcedId"], shape["class"]["sourcedId"], shape["role"], shape.get("primary"))
        for shape in here.read("enrollments")["enrollments"]
    }
    leader, teacher = str(register.leader.uuid), str(register.teacher.uuid)
    assert seats == {
        *(
            (str(pupil.uuid), klass_id, "student", None)
            for pupil in (register.pupil, register.sister)
            for klass_id in (room, f"{room}-{CHINESE}", f"{room}-{MATHS}")
        ),
        (leader, room, "teacher", "true"),
        (leader, f"{room}-{CHINESE}", "teacher", "true"),
        (teacher, f"{room}-{MATHS}", "teacher", "true"),
    }


def test_users_have_platform_numbers_roles_grades_and_family(register: Register, here: Program) -> None:
    users = {shape["sourcedId"]: shape for shape in here.read("users")["users"]}
    pupil = users[str(register.pupil.uuid)]
    assert pupil["username"] == pupil["identifier"] == register.pupil.number
    assert pupil["userIds"] == [{"type": "platformNumber", "identifier": register.pupil.number}]
    assert pupil["grades"] == ["03"]
    assert [role["role"] for role in pupil["roles"]] == ["student"]
    assert [agent["sourcedId"] for agent in pupil["agents"]] == [str(register.guardian.uuid)]
    guardian = users[str(register.guardian.uuid)]
    assert [agent["sourcedId"] for agent in guardian["agents"]] == [str(register.pupil.uuid)]
    assert [role["role"] for role in guardian["roles"]] == ["guardian"]
    assert not set(pupil) & {"email", "phone", "sms", "password", "birthDate"}


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("王芳", "王", "芳"),
        ("欧阳修远", "欧阳", "修远"),
        ("欧阳", "欧", "阳"),
        ("王", "王", "王"),
        ("阿依古丽·买买提", "买买提", "阿依古丽"),
        ("Anna Maria Schmidt", "Schmidt", "Anna Maria"),
        ("Pelé", "P", "elé"),
        ("Madonna", "Madonna", "Madonna"),
    ],
)
def test_a_name_is_taken_apart(name: str, family: str, given: str, register: Register, here: Program) -> None:
    Person.objects.filter(pk=register.pupil.pk).update(name=name)
    user = here.read(f"users/{register.pupil.uuid}")["user"]
    assert (user["familyName"], user["givenName"]) == (family, given)


def test_a_planned_term_stands_instead_of_the_house_s(register: Register, here: Program, county: Program) -> None:
    term = Term(SchoolYear.on(local_day(now())), 1)
    starts, ends = register.began + timedelta(days=2), date(register.began.year + 1, 1, 20)
    plan_term(by=CLERK, organisation=register.here, term=term, starts_on=starts, ends_on=ends, now=now())
    planned = f"{register.here.uuid}-{term}"
    [room] = here.read("classes", filter=f"sourcedId='{register.room.uuid}'")["classes"]
    assert [link["sourcedId"] for link in room["terms"]] == [planned, f"{term.year}-2"]
    shown = here.read(f"terms/{planned}")["academicSession"]
    assert shown["startDate"] == starts.isoformat()
    assert shown["endDate"] == (ends + timedelta(days=1)).isoformat()
    assert shown["parent"]["sourcedId"] == str(term.year)
    assert here.get(f"terms/{term}").status_code == 404
    assert here.ids(f"schools/{register.here.uuid}/terms", filter=f"parent.sourcedId='{term.year}'") == sorted(
        [f"{term.year}-2", planned]
    )
    assert str(register.room.uuid) in here.ids(f"terms/{planned}/classes")
    assert county.ids(f"terms/{term}/classes") == [str(register.other_room.uuid)]
    assert planned not in county.ids(f"schools/{register.there.uuid}/terms")


def test_orgs_are_a_tree_that_begins_where_the_client_stands(register: Register, county: Program) -> None:
    orgs = {shape["sourcedId"]: shape for shape in county.read("orgs")["orgs"]}
    top = orgs[str(register.county.uuid)]
    assert "parent" not in top
    assert top["type"] == "district"
    schools = {str(register.here.uuid), str(register.there.uuid)}
    assert {child["sourcedId"] for child in top["children"]} == schools
    assert all(orgs[one]["parent"]["sourcedId"] == top["sourcedId"] for one in schools)
    assert {orgs[one]["identifier"] for one in schools} == {register.here.code, register.there.code}


# -- nested collections -----------------------------------------------------------------------------------------------


def test_nested_collections_hold_just_what_they_say(register: Register, county: Program) -> None:
    room, school = str(register.room.uuid), str(register.here.uuid)
    pupils = sorted([str(register.pupil.uuid), str(register.sister.uuid)])
    leader, teacher = str(register.leader.uuid), str(register.teacher.uuid)
    assert county.ids(f"classes/{room}/students") == pupils
    assert county.ids(f"classes/{room}-{MATHS}/students") == pupils
    assert county.ids(f"classes/{room}/teachers") == [leader]
    assert county.ids(f"classes/{room}-{MATHS}/teachers") == [teacher]
    assert county.ids(f"schools/{school}/students") == pupils
    assert county.ids(f"schools/{school}/teachers") == sorted([leader, teacher])
    assert county.ids(f"schools/{school}/classes/{room}/students") == pupils
    assert county.ids(f"schools/{school}/classes/{room}-{MATHS}/teachers") == [teacher]
    assert len(county.ids(f"schools/{school}/classes/{room}-{MATHS}/enrollments")) == 3
    assert county.ids(f"schools/{school}/classes") == [room, f"{room}-{CHINESE}", f"{room}-{MATHS}"]
    assert county.ids(f"courses/{school}-{MATHS}/classes") == [f"{room}-{MATHS}"]
    assert county.ids(f"courses/{school}-homeroom/classes") == [room]
    assert county.ids(f"teachers/{leader}/classes") == [room, f"{room}-{CHINESE}"]
    assert county.ids(f"users/{teacher}/classes") == [f"{room}-{MATHS}"]
    assert county.ids(f"students/{pupils[0]}/classes") == [room, f"{room}-{CHINESE}", f"{room}-{MATHS}"]


def test_a_class_of_another_school_is_not_in_this_one(register: Register, county: Program) -> None:
    address = f"schools/{register.there.uuid}/classes/{register.room.uuid}/students"
    assert county.get(address).status_code == 404


# -- what is over -----------------------------------------------------------------------------------------------------


def test_who_left_is_to_be_deleted(register: Register, here: Program) -> None:
    yesterday = local_day(now()) - timedelta(days=1)
    ClassMembership.objects.filter(person=register.pupil).update(ends_on=yesterday)
    Post.objects.filter(person=register.pupil).update(ends_on=yesterday)
    user = here.read(f"users/{register.pupil.uuid}")["user"]
    assert user["status"] == "tobedeleted"
    assert user["roles"][0]["endDate"] == local_day(now()).isoformat()
    mine = [
        shape
        for shape in here.read("enrollments")["enrollments"]
        if shape["user"]["sourcedId"] == str(register.pupil.uuid)
    ]
    assert {shape["status"] for shape in mine} == {"tobedeleted"}
    assert len(mine) == 3
    assert here.ids("students", filter="status='active'") == [str(register.sister.uuid)]
    assert here.ids(f"classes/{register.room.uuid}/students") == [str(register.sister.uuid)]


def test_a_closed_class_takes_its_enrollments_along(register: Register, here: Program) -> None:
    Klass.objects.filter(pk=register.room.pk).update(closed_on=local_day(now()))
    assert {shape["status"] for shape in here.read("classes")["classes"]} == {"tobedeleted"}
    assert {shape["status"] for shape in here.read("enrollments")["enrollments"]} == {"tobedeleted"}
    assert {shape["status"] for shape in here.read("courses")["courses"]} == {"tobedeleted"}


def test_what_ended_long_ago_is_told_no_more(register: Register, here: Program) -> None:
    long_ago = register.began.replace(year=register.began.year - 1) - timedelta(days=1)
    before = {"starts_on": long_ago - timedelta(days=9), "ends_on": long_ago}
    Post.objects.filter(person=register.pupil).update(**before)
    ClassMembership.objects.filter(person=register.pupil).update(**before)
    Teaching.objects.filter(person=register.teacher).update(**before)
    assert here.get(f"users/{register.pupil.uuid}").status_code == 404
    assert f"{register.room.uuid}-{MATHS}" not in here.ids("classes")
    Organisation.objects.filter(pk=register.here.pk).update(closed_on=long_ago)
    assert here.ids("orgs") == []


def test_a_graduated_class_ends_with_its_last_school_year(register: Register, here: Program) -> None:
    old = klass(register.here, entry_year=register.began.year - 5, number=9)
    Klass.objects.filter(pk=old.pk).update(entry_year=register.began.year - 6)
    shape = here.read(f"classes/{old.uuid}")["class"]
    assert (shape["status"], shape["title"], shape["grades"]) == ("tobedeleted", "六年级（9）班", ["06"])


# -- as many queries for three as for one -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plural", ["orgs", "academicSessions", "courses", "classes", "enrollments", "users", "demographics"]
)
def test_more_objects_cost_no_more_queries(plural: str, register: Register) -> None:
    def count(limit: int) -> int:
        asking = program(a_client(register.county))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert len(asking.ids(plural, limit=limit)) == limit
        return len(seen)

    people(
        ("河洛听风", Role.PUPIL, register.here, register.room), ("河洛听竹", Role.PUPIL, register.here, register.room)
    )
    assert count(1) == count(3)


def test_a_page_is_at_most_so_large(register: Register, here: Program) -> None:
    assert here.get("users", limit=LARGEST_LIMIT * 2).status_code == 200
