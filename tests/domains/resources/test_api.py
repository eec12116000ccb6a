"""The resource centre for programs: the same rules as on the pages, answered as problem documents."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.domains.resources.actions import submit_resource, withdraw_resource
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.kernel.audit.models import AuditRow
from tests.domains.resources.conftest import House, browser_of
from tests.factories import (
    CHECKS,
    NOON,
    OTHER_COUNTY,
    a_draft,
    a_file,
    a_published_resource,
    a_reviewer,
    a_school,
    a_submission,
    a_teacher,
    review_of,
)

pytestmark = pytest.mark.django_db
RESOURCES = "/api/v1/resources"
WORK = "/api/v1/work-items"
NOWHERE = UUID(int=1)
DESCRIPTION = {
    "title": "分数的初步认识",
    "description": "用一个圆的平均分认识几分之一。",
    "stage": "primary",
    "grade": "primary-3",
    "subject": "14",
    "resource_type": "media",
    "language": "zh-CN",
    "licence": "CC-BY-4.0",
    "has_third_party": False,
    "keywords": ["分数"],
}
PUBLISH = {"outcome": "publish", "checks": CHECKS}
RETURN = {"outcome": "return", "reasons": ["science"], "comment": "第二页分母写错"}


def send(browser: Client, method: str, address: str, body: object = None) -> Any:
    content = "" if body is None else json.dumps(body)
    return browser.generic(method, address, content, content_type="application/json")


def test_a_resource_goes_from_draft_to_the_public(client: Client, house: House) -> None:
    teacher, reviewer = browser_of(house.teacher), browser_of(house.reviewer)
    made = send(teacher, "POST", RESOURCES, DESCRIPTION | {"organisation": str(house.school.uuid)})
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    address = f"{RESOURCES}/{made.json()['resource']}"
    assert client.get(address).status_code == 404, "a draft is nobody else's"

    file = a_file(house.teacher)
    attached = send(teacher, "PUT", f"{address}/draft/files/{file.uuid}")
    assert attached.json()["files"] == [str(file.uuid)]
    changed = send(teacher, "PUT", f"{address}/draft", DESCRIPTION | {"title": "几分之一"})
    assert changed.json()["title"] == "几分之一"
    assert teacher.get(f"{address}/draft").json()["title"] == "几分之一"
    submitted = send(teacher, "POST", f"{address}/draft/submission")
    assert (submitted.status_code, submitted.json()["state"]) == (201, "submitted")

    [waiting] = reviewer.get(WORK).json()["items"]
    judged = reviewer.get(f"{address}/submission").json()
    assert (judged["content"]["title"], judged["shown_files"][0]["id"], judged["twins"]) == (
        "几分之一",
        str(file.uuid),
        [],
    )
    done = send(reviewer, "POST", f"{WORK}/{waiting['id']}/completion", {"answers": PUBLISH})
    assert done.json()["state"] == "done"
    assert client.get(address).json()["title"] == "几分之一"

    shown = client.get(address).json()
    assert (shown["title"], shown["author_name"], shown["views"]) == ("几分之一", house.teacher.name, 0)
    assert shown["files"][0]["link"].startswith("http")
    author = client.get(f"{RESOURCES}/authors/{shown['author']}").json()
    assert (author["published"], author["organisations"], author["rating"]) == (1, [house.school.name], None)


def test_a_new_version_and_a_withdrawal(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    teacher, address = browser_of(house.teacher), f"{RESOURCES}/{resource.uuid}"
    assert send(teacher, "POST", f"{address}/versions").json()["version"] == 2
    assert send(teacher, "POST", f"{address}/versions").json()["code"] == "draft_already_open"
    assert client.get(address).json()["version"] == 1
    assert send(teacher, "POST", f"{address}/withdrawal", {"reason": " "}).json()["field"] == "reason"
    assert send(teacher, "POST", f"{address}/withdrawal", {"reason": "内容过时"}).status_code == 204
    gone = client.get(address)
    assert (gone.status_code, gone.json()["code"]) == (410, "withdrawn")
    assert "内容过时" in gone.json()["detail"]
    again = send(teacher, "POST", f"{address}/withdrawal", {"reason": "内容过时"})
    assert (again.status_code, again.json()["code"]) == (409, "not_published")


def test_own_resources_are_listed_last_changed_first(house: House) -> None:
    a_draft(house.teacher, house.school, title="一")
    a_draft(house.teacher, house.school, title="二")
    items = browser_of(house.teacher).get(f"{RESOURCES}/mine").json()["items"]
    assert [item["title"] for item in items] == ["二", "一"]


def test_somebody_elses_draft_is_not_there(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    file = draft.files.get()
    colleague = browser_of(a_teacher(house.school).actor)
    for method, rest, body in (
        ("GET", "/draft", None),
        ("PUT", "/draft", DESCRIPTION),
        ("PUT", f"/draft/files/{file.uuid}", None),
        ("DELETE", f"/draft/files/{file.uuid}", None),
        ("POST", "/draft/submission", None),
        ("POST", "/versions", None),
    ):
        there = send(colleague, method, f"{RESOURCES}/{draft.resource.uuid}{rest}", body)
        nowhere = send(colleague, method, f"{RESOURCES}/{NOWHERE}{rest}", body)
        assert there.status_code == nowhere.status_code == 404
        assert there.json() == nowhere.json()
    draft.refresh_from_db()
    assert draft.state == VersionState.DRAFT


def test_a_draft_is_not_made_for_a_school_one_does_not_work_at(house: House) -> None:
    elsewhere = a_school(region=OTHER_COUNTY)
    made = send(browser_of(house.teacher), "POST", RESOURCES, {"organisation": str(elsewhere.uuid)})
    assert made.status_code == 404
    assert not Resource.objects.exists()


def test_a_foreign_file_and_one_that_is_not_attached_are_not_there(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    teacher, address = browser_of(house.teacher), f"{RESOURCES}/{draft.resource.uuid}/draft/files"
    assert send(teacher, "PUT", f"{address}/{a_file(house.stranger).uuid}").status_code == 404
    assert send(teacher, "DELETE", f"{address}/{NOWHERE}").status_code == 404
    file = draft.files.get()
    assert send(teacher, "PUT", f"{address}/{file.uuid}").json()["code"] == "already_attached"
    assert send(teacher, "DELETE", f"{address}/{file.uuid}").json()["files"] == []


def test_the_files_of_a_draft_are_put_in_order(house: House) -> None:
    first, second, third = (a_file(house.teacher, name=f"{number}.png") for number in "123")
    draft = a_draft(house.teacher, house.school, files=(first, second, third))
    teacher, address = browser_of(house.teacher), f"{RESOURCES}/{draft.resource.uuid}/draft/files"
    answer = send(teacher, "PUT", address, {"files": [str(third.uuid), str(first.uuid)]})
    assert answer.json()["files"] == [str(file.uuid) for file in (third, first, second)]

    assert send(teacher, "PUT", address, {"files": [str(a_file(house.teacher).uuid)]}).status_code == 404
    assert send(browser_of(house.stranger), "PUT", address, {"files": []}).status_code == 404
    submit_resource(by=house.teacher, version=draft, now=NOON)
    assert send(teacher, "PUT", address, {"files": []}).json()["code"] == "not_editable"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "长" * 101},
        {"stage": "nursery"},
        {"grade": "three"},
        {"licence": "free"},
        {"keywords": [f"词{number}" for number in range(11)]},
        {"keywords": ["长" * 21]},
    ],
)
def test_an_invalid_body_names_the_property(house: House, wrong: dict[str, object]) -> None:
    answer = send(browser_of(house.teacher), "POST", RESOURCES, DESCRIPTION | wrong)
    assert answer.status_code == 422
    [name] = wrong
    assert name in answer.json()["errors"][0]["field"]
    assert not ResourceVersion.objects.exists()


def test_an_incomplete_draft_is_not_submitted(house: House) -> None:
    teacher = browser_of(house.teacher)
    made = send(teacher, "POST", RESOURCES, {"title": "只有标题"}).json()
    answer = send(teacher, "POST", f"{RESOURCES}/{made['resource']}/draft/submission")
    assert (answer.status_code, answer.json()["code"]) == (422, "metadata_incomplete")
    assert "至少一个文件" in answer.json()["detail"]


def test_a_submitted_version_is_neither_changed_nor_submitted_again(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    submit_resource(by=house.teacher, version=draft, now=NOON)
    teacher, address = browser_of(house.teacher), f"{RESOURCES}/{draft.resource.uuid}/draft"
    assert send(teacher, "PUT", address, DESCRIPTION).json()["code"] == "not_editable"
    assert send(teacher, "POST", f"{address}/submission").json()["code"] == "already_under_review"


def test_what_was_submitted_is_for_its_author_and_the_reviewers_above(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    address, nowhere = (f"{RESOURCES}/{uuid}/submission" for uuid in (version.resource.uuid, NOWHERE))
    elsewhere = browser_of(a_reviewer(a_school(region=OTHER_COUNTY)).actor)
    for browser in (elsewhere, browser_of(a_teacher(house.school).actor)):
        assert browser.get(address).status_code == 404
        assert browser.get(address).json() == browser.get(nowhere).json()
    for browser in (browser_of(house.teacher), browser_of(house.reviewer)):
        assert browser.get(address).json()["content"]["state"] == "submitted"


def test_a_submission_is_returned_once_with_reasons(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    reviewer, address = browser_of(house.reviewer), f"{WORK}/{review_of(version).uuid}/completion"
    without = send(reviewer, "POST", address, {"answers": {"outcome": "return", "comment": "改"}})
    assert (without.status_code, without.json()["code"]) == (422, "answers_invalid")
    assert send(reviewer, "POST", address, {"answers": RETURN | {"reasons": ["dislike"]}}).status_code == 422
    assert send(reviewer, "POST", address, {"answers": RETURN}).json()["state"] == "done"
    assert send(reviewer, "POST", address, {"answers": PUBLISH}).json()["code"] == "work_item_done"


def test_others_do_not_withdraw(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    address = f"{RESOURCES}/{resource.uuid}/withdrawal"
    assert send(browser_of(house.stranger), "POST", address, {"reason": "不喜欢"}).status_code == 403
    assert send(client, "POST", address, {"reason": "不喜欢"}).status_code in {401, 403}
    resource.refresh_from_db()
    assert resource.published is not None


def test_three_cost_as_many_queries_as_one(house: House) -> None:
    teacher, reviewer = browser_of(house.teacher), browser_of(house.reviewer)

    def costs() -> list[int]:
        found = []
        for browser, address in ((teacher, f"{RESOURCES}/mine"), (reviewer, WORK)):
            browser.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address).status_code == 200
            found.append(len(seen))
        return found

    a_submission(house.teacher, house.school)
    with_one = costs()
    a_submission(house.teacher, house.school)
    a_submission(house.teacher, house.school)
    assert costs() == with_one


def test_a_withdrawn_resource_stays_in_nobodys_way(client: Client, house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    withdraw_resource(by=house.teacher, resource=resource, reason="来源不清", now=NOON)
    assert client.get(f"{RESOURCES}/authors/{house.teacher.person_id}").status_code == 404
    again = send(browser_of(house.teacher), "POST", f"{RESOURCES}/{resource.uuid}/versions")
    assert again.json()["version"] == 2


@pytest.mark.parametrize(("came_from", "kept"), [("127.0.0.7", "127.0.0.7"), ("", None), ("no address", None)])
def test_the_audit_log_keeps_where_a_deed_came_from(house: House, came_from: str, kept: str | None) -> None:
    version = a_submission(house.teacher, house.school)
    browser = browser_of(house.reviewer)
    browser.defaults["REMOTE_ADDR"] = came_from
    address = f"{WORK}/{review_of(version).uuid}/completion"
    assert send(browser, "POST", address, {"answers": PUBLISH}).status_code == 200
    assert AuditRow.objects.get(deed="resources.approved").ip == kept
