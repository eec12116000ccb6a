"""An outside client (`timeback-oneroster`) reads the register over HTTP, and what it read equals what stands there.

The client has an environment of its own, made by `tools/outside-client`; it talks to 127.0.0.1 and to nobody else.
What it was told is compared with the tables, not with the statements that told it.
"""

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from heluo.gateways.oneroster.actions import NewClient
from heluo.gateways.oneroster.enums import Scope
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.codes.public import names_of
from heluo.kernel.organisations.enums import Level, OrganisationKind, Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import grade_number
from heluo.kernel.people.models import ClassMembership, Person, Post, Teaching
from tests.gateways.oneroster.conftest import Register, a_client, a_register, people

HERE = Path(__file__).parent
PYTHON = HERE.parents[2] / "build" / "outside-client" / "bin" / "python"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not PYTHON.exists(), reason="the outside client is not there: tools/outside-client"),
]
Told = dict[str, Any]
ROLES = {
    Role.PUPIL: "student",
    Role.TEACHER: "teacher",
    Role.GUARDIAN: "guardian",
    Role.SCHOOL_ADMIN: "siteAdministrator",
    Role.COUNTY_OFFICER: "districtAdministrator",
    Role.CITY_OFFICER: "districtAdministrator",
    Role.PROVINCE_ADMIN: "districtAdministrator",
    Role.OPERATOR: "systemAdministrator",
}
KNOWN_TO_THE_CLIENT = {"student", "teacher", "guardian"}
"""Of the standard's roles that we tell, those the client's model of a user has; it lacks the administrators."""
TYPES = {Level.PROVINCE: "state", Level.CITY: "local"}
GRADES_BEFORE = {Stage.PRIMARY: 0, Stage.JUNIOR: 6, Stage.SENIOR: 9, Stage.VOCATIONAL: 9}
"""How many grades come before a stage, in the client's counting."""


def told(address: str, new: NewClient, *questions: Told, limit: int = 0, secret: str = "") -> Told:
    """What the client prints: everything by pages of so many, if any, and an answer to each question."""
    asked = {
        "base_url": address,
        "client_id": new.client.client_id,
        "client_secret": secret or new.secret,
        "limit": limit,
        "asked": questions,
    }
    done = subprocess.run(
        [PYTHON, HERE / "outside_reader.py"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        env={"NO_PROXY": "*"},
    )
    assert done.returncode == 0, done.stderr
    answer: Told = json.loads(done.stdout)
    return answer


def by_id(objects: list[Told]) -> dict[str, Told]:
    """Each object once; one that came twice would be an error of paging."""
    found = {one["sourcedId"]: one for one in objects}
    assert len(found) == len(objects)
    return found


# -- the same, read from the tables -----------------------------------------------------------------------------------


def expected_orgs(path: str) -> dict[str, tuple[str, str, str | None]]:
    rows = Organisation.objects.filter(path__startswith=path, closed_on=None).select_related("parent")
    return {
        str(one.uuid): (
            one.name,
            TYPES.get(Level(one.level), "district") if one.kind == OrganisationKind.BUREAU else "school",
            str(one.parent.uuid) if one.parent and one.parent.path.startswith(path) else None,
        )
        for one in rows
    }


def expected_users(path: str, on: date) -> dict[str, tuple[str, str, set[tuple[str, str]]]]:
    found: dict[str, tuple[str, str, set[tuple[str, str]]]] = {}
    rows = Post.objects.filter(organisation__path__startswith=path, ends_on=None, starts_on__lte=on)
    for post in rows.select_related("person", "organisation"):
        role = ROLES.get(Role(post.role), f"ext:{post.role}")
        person = post.person
        _name, _number, roles = found.setdefault(str(person.uuid), (person.name, person.number, set()))
        roles.add((role, str(post.organisation.uuid)))
    return found


def expected_classes(path: str, on: date) -> dict[str, tuple[str, str, str, int]]:
    """Title, kind, school, grade."""
    year, subjects = SchoolYear.on(on), names_of("subject", on=on)
    found: dict[str, tuple[str, str, str, int]] = {}
    for klass in Klass.objects.filter(school__path__startswith=path, closed_on=None).select_related("school"):
        number = grade_number(Stage(klass.stage), klass.entry_year, year)
        if number is None:
            continue
        school, grade = str(klass.school.uuid), GRADES_BEFORE[Stage(klass.stage)] + number
        found[str(klass.uuid)] = (klass.label(year), "homeroom", school, grade)
        for subject in Teaching.objects.filter(klass=klass, ends_on=None).exclude(subject="").values_list("subject"):
            [code] = subject
            found[f"{klass.uuid}-{code}"] = (f"{klass.label(year)} {subjects[code]}", "scheduled", school, grade)
    return found


def expected_enrollments(path: str, classes: set[str]) -> set[tuple[str, str, str]]:
    """Person, class, role."""
    found = set()
    for seat in ClassMembership.objects.filter(ends_on=None).select_related("person", "klass"):
        mine = {one for one in classes if one.startswith(str(seat.klass.uuid))}
        found |= {(str(seat.person.uuid), one, "student") for one in mine}
    for row in Teaching.objects.filter(ends_on=None).select_related("person", "klass"):
        if str(row.klass.uuid) in classes:
            if row.is_homeroom:
                found.add((str(row.person.uuid), str(row.klass.uuid), "teacher"))
            if row.subject:
                found.add((str(row.person.uuid), f"{row.klass.uuid}-{row.subject}", "teacher"))
    return found


def check_equal(read: Told, path: str, on: date) -> None:
    """Same ids, names, classes, roles: nothing missing, nothing besides. What ended is told as such and is left out."""
    objects = {
        kind: {key: one for key, one in by_id(rows).items() if one["status"] == "active"}
        for kind, rows in read["objects"].items()
    }
    assert {
        key: (one["name"], one["type"], one["parent"]["sourcedId"] if "parent" in one else None)
        for key, one in objects["orgs"].items()
    } == expected_orgs(path)
    assert objects["schools"].keys() == {key for key, one in objects["orgs"].items() if one["type"] == "school"}

    users = expected_users(path, on)
    assert {
        key: (
            _full_name(one, users),
            one["username"],
            {(held["role"], held["org"]["sourcedId"]) for held in one["roles"]},
        )
        for key, one in objects["users"].items()
    } == users
    for kind, role in (("students", "student"), ("teachers", "teacher")):
        assert objects[kind].keys() == {key for key, (_n, _u, roles) in users.items() if role in {r for r, _o in roles}}

    classes = expected_classes(path, on)
    assert {
        key: (one["title"], one["classType"], one["school"]["sourcedId"], one["grades"][0])
        for key, one in objects["classes"].items()
    } == classes
    assert {one["course"]["sourcedId"] for one in objects["classes"].values()} <= objects["courses"].keys()
    assert {
        (one["user"]["sourcedId"], one["class"]["sourcedId"], one["role"]) for one in objects["enrollments"].values()
    } == expected_enrollments(path, set(classes))

    year = SchoolYear.on(on)
    this_year = objects["academicSessions"][str(year)]
    assert (this_year["type"], this_year["startDate"]) == ("schoolYear", year.first_day.isoformat())
    assert objects["terms"].keys() == {key for key, one in objects["academicSessions"].items() if one["type"] == "term"}
    assert objects["gradingPeriods"] == {}
    for one in objects["classes"].values():
        assert {term["sourcedId"] for term in one["terms"]} <= objects["terms"].keys()

    born = {str(uuid): day for uuid, day in Person.objects.values_list("uuid", "born_on")}
    assert {key: one.get("birthDate") for key, one in objects["demographics"].items()} == {
        key: born[key].isoformat() if born[key] else None for key in users
    }


def _full_name(one: Told, users: dict[str, tuple[str, str, set[tuple[str, str]]]]) -> str:
    """A name put together again, with the dot it had; the standard gives it in two parts."""
    name = users[one["sourcedId"]][0] if one["sourcedId"] in users else ""
    parts = (one["familyName"], one["givenName"])
    whole = ["".join(parts), *(joint.join(reversed(parts)) for joint in "·• ")]
    return name if name in whole else "".join(parts)


def _roles(one: Told) -> set[tuple[str, str]]:
    return {(held["role"], held["org"]["sourcedId"]) for held in one["roles"]}


def check_refusals(read: Told, path: str, on: date) -> None:
    """The client's models refuse what they lack of the standard's words, and nothing else: roles, and one sex."""
    users = expected_users(path, on)
    lacking = {key for key, (_n, _u, roles) in users.items() if {role for role, _org in roles} - KNOWN_TO_THE_CLIENT}
    unsaid = {str(uuid) for uuid in Person.objects.exclude(sex__in=("1", "2")).values_list("uuid", flat=True)}
    refused = {kind: rows for kind, rows in read["refused"].items() if rows}
    assert refused.pop("users", {}).keys() == lacking
    assert refused.pop("teachers", {}).keys() <= lacking
    assert refused.pop("demographics", {}).keys() == unsaid & users.keys()
    assert refused == {}


# -- tests ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def register(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Register:
    settings.DATA = tmp_path
    settings.PUBLIC_URL = live_server.url
    return a_register()


def test_an_outside_client_reads_the_register_back_equal(register: Register, live_server: LiveServer) -> None:
    people(
        ("阿依古丽·买买提", Role.PUPIL, register.there, register.other_room),
        ("某校长", Role.SCHOOL_ADMIN, register.here, None),
    )
    read = told(live_server.url, a_client(register.county), limit=2)
    today = local_day(now())
    check_equal(read, register.county.path, today)
    check_refusals(read, register.county.path, today)


def test_an_outside_client_filters_sorts_and_asks_for_changes(register: Register, live_server: LiveServer) -> None:
    client = a_client(register.county)
    newest = max(one["dateLastModified"] for one in told(live_server.url, client, limit=50)["objects"]["users"])
    [late] = people(("后来之人", Role.PUPIL, register.here, register.room))
    pupils = {str(one.uuid) for one in (register.pupil, register.sister, late)}
    school, room = str(register.here.uuid), str(register.room.uuid)
    changed, found, sorted_ids, of_school, in_class, classes = told(
        live_server.url,
        client,
        {"kind": "users", "how": {"where": {"dateLastModified": {"gt": newest}}}},
        {"kind": "orgs", "how": {"where": {"type": "school", "name": {"contains": "另一"}}}},
        {"kind": "users", "how": {"sort": "username", "order_by": "desc", "limit": 3}},
        {"kind": "schools", "of": school, "part": "students"},
        {"kind": "classes", "of": room, "part": "students"},
        {"kind": "students", "of": str(register.pupil.uuid), "part": "classes"},
    )["answers"]
    assert changed["ids"] == [str(late.uuid)]
    assert found["ids"] == [str(register.there.uuid)]
    everybody = Person.objects.filter(posts__organisation__path__startswith=register.county.path)
    assert sorted_ids["ids"] == [str(one.uuid) for one in everybody.order_by("-number").distinct()]
    assert set(of_school["ids"]) == pupils == set(in_class["ids"])
    assert set(classes["ids"]) == {room, f"{room}-13", f"{room}-14"}


def test_an_outside_client_is_refused_as_the_standard_says(register: Register, live_server: LiveServer) -> None:
    client = a_client(register.here, Scope.ROSTER)
    strange, without_scope, brackets = told(
        live_server.url,
        client,
        {"kind": "classes", "of": str(register.other_room.uuid), "part": "students"},
        {"kind": "demographics"},
        {"kind": "orgs", "how": {"where": {"type": {"in_": ["school", "district"]}}}},  # no brackets in the standard
    )["answers"]
    assert strange == {"status": 404, "said": "There is no such object."}
    assert without_scope["status"] == 403
    assert brackets["status"] == 400


def test_an_outside_client_with_a_wrong_secret_gets_no_token(register: Register, live_server: LiveServer) -> None:
    with pytest.raises(AssertionError, match="invalid_client"):
        told(live_server.url, a_client(register.here), {"kind": "orgs"}, secret="wrong")
