"""Paging, sorting, filters, fields, and what changed since."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from heluo.gateways.oneroster.pages.service import ENDPOINTS
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.people.models import ClassMembership, Guardianship, Person, Post
from heluo.kernel.people.public import end_guardianship
from tests.gateways.oneroster.conftest import CHINESE, MATHS, Program, Register
from tests.gateways.oneroster.standard import check_refusal
from tests.register import CLERK

pytestmark = pytest.mark.django_db


def links(answer: object) -> dict[str, str]:
    """Relation → query of a Link header."""
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers.get("Link", ""))  # type: ignore[attr-defined]
    return {relation: urlsplit(address).query for address, relation in found}


def minor(answer: object) -> str:
    body = answer.json()  # type: ignore[attr-defined]  # of the test client
    check_refusal(body)
    [field] = body["imsx_CodeMinor"]["imsx_codeMinorField"]
    return str(field["imsx_codeMinorFieldValue"])


# -- paging -----------------------------------------------------------------------------------------------------------


def test_pages_by_offset_are_the_whole(register: Register, here: Program) -> None:
    whole = here.ids("enrollments")
    assert [one for start in range(0, len(whole), 4) for one in here.ids("enrollments", limit=4, offset=start)] == whole
    answer = here.get("enrollments", limit=4, offset=4)
    assert answer.headers["X-Total-Count"] == str(len(whole)) == "9"
    assert {relation: parse_qs(query)["offset"][0] for relation, query in links(answer).items()} == {
        "next": "8",
        "last": "8",
        "first": "0",
        "prev": "0",
    }


def test_whoever_follows_the_links_misses_nothing_that_stays(register: Register, here: Program) -> None:
    whole, seen = here.ids("users"), []
    answer = here.get("users", limit=2)
    seen += [shape["sourcedId"] for shape in answer.json()["users"]]
    Post.objects.filter(person__uuid=seen[0]).delete()  # what was read moves the rest up by one
    while query := links(answer).get("next"):
        answer = here.web.get(
            f"/ims/oneroster/rostering/v1p2/users?{query}", headers={"Authorization": f"Bearer {here.token}"}
        )
        seen += [shape["sourcedId"] for shape in answer.json()["users"]]
    assert seen == whole


def test_links_keep_what_was_asked(register: Register, here: Program) -> None:
    answer = here.get("users", limit=1, filter="status='active'", sort="familyName", fields="sourcedId")
    asked = parse_qs(links(answer)["next"])
    assert asked == {
        "filter": ["status='active'"],
        "sort": ["familyName"],
        "fields": ["sourcedId"],
        "limit": ["1"],
        "offset": ["1"],
    }


def test_behind_the_end_is_nothing(register: Register, here: Program) -> None:
    answer = here.get("users", offset=1000)
    assert (answer.json(), answer.headers["X-Total-Count"]) == ({"users": []}, "5")
    assert set(links(answer)) == {"prev"}


@pytest.mark.parametrize(
    "asked", [{"limit": "0"}, {"limit": "x"}, {"offset": "-1"}, {"offset": "9" * 30}, {"limit": ""}]
)
def test_a_number_that_is_none_is_refused(asked: dict[str, str], here: Program) -> None:
    answer = here.get("users", **asked)
    assert (answer.status_code, minor(answer)) == (422, "invaliddata")


# -- sorting and fields -----------------------------------------------------------------------------------------------


def test_sorting_goes_both_ways(register: Register, here: Program) -> None:
    numbers = [user["username"] for user in here.read("users", sort="username")["users"]]
    assert numbers == sorted(numbers)
    assert [user["username"] for user in here.read("users", sort="username", orderBy="desc")["users"]] == numbers[::-1]


def test_a_sort_that_cannot_be_is_no_sort(register: Register, here: Program) -> None:
    assert here.ids("users", sort="nothing") == here.ids("users", sort="agents") == here.ids("users")


def test_every_field_sorts_and_filters(register: Register, here: Program) -> None:
    for endpoint in ENDPOINTS:
        if endpoint.single or "{" in endpoint.address:
            continue
        for name in endpoint.table.fields:
            assert here.get(endpoint.address, sort=name, orderBy="desc").status_code == 200, name
            value = "2026-09-01" if re.search("(?i)date", name) else "x"
            assert here.get(endpoint.address, filter=f"{name}!='{value}'").status_code == 200, name


def test_only_the_fields_asked_for(register: Register, here: Program) -> None:
    [user, *_more] = here.read("users", fields="sourcedId,familyName")["users"]
    assert list(user) == ["sourcedId", "familyName"]
    assert list(here.read(f"users/{register.pupil.uuid}", fields="roles")["user"]) == ["roles"]


@pytest.mark.parametrize("fields", ["nothing", "sourcedId,", "sourcedId,password"])
def test_a_field_that_is_not_there_is_refused(fields: str, register: Register, here: Program) -> None:
    for address in ("users", f"users/{register.pupil.uuid}"):
        answer = here.get(address, fields=fields)
        assert (answer.status_code, minor(answer)) == (400, "invalid_selection_field")


# -- filters ----------------------------------------------------------------------------------------------------------


def test_filters_by_every_predicate(register: Register, here: Program) -> None:
    pupils = sorted([str(register.pupil.uuid), str(register.sister.uuid)])
    assert here.ids("users", filter="roles.role='student'") == pupils
    assert here.ids("users", filter="roles.role~'student,guardian'") == sorted([*pupils, str(register.guardian.uuid)])
    assert set(here.ids("users", filter="roles.role!='student'")).isdisjoint(pupils)
    assert here.ids("users", filter="familyName='欧阳'") == [str(register.teacher.uuid)]
    assert here.ids("users", filter="givenName ~ '听雨'") == [str(register.pupil.uuid)]
    assert here.ids("users", filter="givenName~'洛听' AND status='active'") == pupils
    number = register.pupil.number
    assert here.ids("users", filter=f"identifier='{number}' OR userIds.identifier='{register.sister.number}'") == pupils
    assert len(here.ids("users", filter=f"username>'{number}'")) + len(
        here.ids("users", filter=f"username<='{number}'")
    ) == len(here.ids("users"))
    room = str(register.room.uuid)
    assert here.ids("classes", filter="classType='homeroom'") == [room]
    assert here.ids("classes", filter=f"subjectCodes='{MATHS}'") == [f"{room}-{MATHS}"]
    assert here.ids("courses", filter="subjects~'语文'") == [f"{register.here.uuid}-{CHINESE}"]
    assert len(here.ids("enrollments", filter=f"class.sourcedId='{room}'")) == 3
    assert here.ids("enrollments", filter="beginDate>='2100-01-01'") == []
    assert len(here.ids("enrollments", filter=f"beginDate='{register.began}'")) == 9


def test_a_quote_in_a_value_is_written_twice(register: Register, here: Program) -> None:
    Person.objects.filter(pk=register.pupil.pk).update(name="Anna O'Neill")
    assert here.ids("users", filter="familyName='O''Neill'") == [str(register.pupil.uuid)]
    assert here.ids("users", filter="familyName='x'' OR ''1''=''1'") == []


@pytest.mark.parametrize(
    "text",
    [
        "nothing='1'",
        "_path='1'",
        "status",
        "status='active",
        "status='active' AND",
        "status='active' XOR status='active'",
        "status='a' AND status='b' AND status='c'",
        "birthDate>'2010-01-01'",
        "dateLastModified>'yesterday'",
        "dateLastModified>'2026-02-30'",
        "dateLastModified>'0001-01-01T00:00:00Z'",
        "roles.role>'a'",
        "status=active",
        "sourcedId='1'; DROP TABLE people_person; --",
        "x" * 3000,
    ],
)
def test_a_filter_that_cannot_be_used_is_refused(text: str, here: Program) -> None:
    answer = here.get("users", filter=text)
    assert (answer.status_code, minor(answer)) == (400, "invalid_filter_field")


# -- what changed since -----------------------------------------------------------------------------------------------


def since(asking: Program, plural: str, moment: str) -> list[str]:
    return asking.ids(plural, filter=f"dateLastModified>'{moment}'")


def newest(asking: Program, plural: str) -> str:
    return max(shape["dateLastModified"] for shape in next(iter(asking.read(plural).values())))


def test_one_changed_person_is_all_that_appears(register: Register, here: Program) -> None:
    before = newest(here, "users")
    assert since(here, "users", before) == []
    Person.objects.filter(pk=register.pupil.pk).update(name="河洛听雷")
    assert since(here, "users", before) == [str(register.pupil.uuid)]
    assert since(here, "demographics", before) == [str(register.pupil.uuid)]
    assert since(here, "enrollments", before) == []


def test_what_hangs_on_a_person_counts_as_theirs(register: Register, here: Program) -> None:
    before = newest(here, "users")
    family = Guardianship.objects.get(child=register.pupil)
    end_guardianship(by=CLERK, guardianship=family, on=local_day(now()), now=now())
    assert since(here, "users", before) == sorted([str(register.pupil.uuid), str(register.guardian.uuid)])


def test_a_pupil_who_leaves_appears_as_over(register: Register, here: Program) -> None:
    before = newest(here, "enrollments")
    ClassMembership.objects.filter(person=register.sister).update(ends_on=local_day(now()) - timedelta(days=1))
    asked = here.read("enrollments", filter=f"dateLastModified>'{before}'")["enrollments"]
    assert {shape["user"]["sourcedId"] for shape in asked} == {str(register.sister.uuid)}
    assert {shape["status"] for shape in asked} == {"tobedeleted"}


def test_what_ends_by_itself_changes_on_the_day_after(register: Register, here: Program) -> None:
    """Nobody writes the row on the day it ends; the midnight after is its change."""
    today = local_day(now())
    Post.objects.filter(person=register.pupil).update(ends_on=today - timedelta(days=1))
    with_stamp = here.read(f"users/{register.pupil.uuid}")["user"]
    assert with_stamp["dateLastModified"] > f"{today - timedelta(days=1)}"
