"""Deadlines and holders of a process: proposed by one person, approved by another, laid over what is shipped."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.engines.process.actions import approve_change, propose_change, refuse_change, withdraw_change
from heluo.engines.process.enums import ChangeState, Reach
from heluo.engines.process.errors import (
    ChangeDecided,
    ChangeOutdated,
    ChangeUnderWay,
    NothingChanges,
    NotPublishable,
    OwnChange,
    ReasonNeeded,
)
from heluo.engines.process.loading import loaded, overlaid, publish_definition
from heluo.engines.process.models import Definition, SettingsChange
from heluo.engines.process.public import complete_item
from heluo.engines.process.queries import current_definition
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal
from heluo.kernel.audit.models import AuditRow
from tests.engines.process.conftest import SETTINGS, Story, package
from tests.engines.process.diagrams import END, START, TWO_STEP, flow, user_task
from tests.factories import NOON, Somebody, a_bureau, a_person
from tests.register import browser

LATER = NOON + timedelta(hours=1)
SHORTER = {"check": {"within": "P3D", "working": True, "warn": "P1D"}}
ABOVE = {"reviewer": {"at": "county", "role": "county_officer"}}


@pytest.fixture
def admin(story: Story) -> Somebody:
    del story  # the bureaus are there
    return a_person(Role.PROVINCE_ADMIN, a_bureau("410000"))


@pytest.fixture
def operator(story: Story) -> Somebody:
    del story
    return a_person(Role.OPERATOR, a_bureau("410000"))


def propose(by: Somebody, **given: Any) -> SettingsChange:
    asked = {"deadlines": SHORTER, "holders": {}, "reason": "五天太长", "now": LATER, **given}
    return propose_change(by=by.actor, definition=current_definition("two-step"), **asked)


def check_of(story: Story) -> tuple[datetime | None, str, str]:
    """When the second step of a new process is due, and whom it is asked of."""
    instance = story.start()
    complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=NOON)
    item = story.item(instance, "check")
    assert item.place is not None
    return item.due_at, item.role, item.place.name


def test_what_another_approves_holds_for_new_processes(story: Story, admin: Somebody, operator: Somebody) -> None:
    old = story.start()
    change = propose(operator, holders=ABOVE)
    assert check_of(story)[0] == datetime(2026, 9, 17, 16, tzinfo=UTC), "nothing changes before the approval"
    made = approve_change(by=admin.actor, change=change, text="同意", now=LATER)
    assert (made.version, made.is_current, current_definition("two-step")) == (2, True, made)
    assert check_of(story) == (datetime(2026, 9, 15, 16, tzinfo=UTC), Role.COUNTY_OFFICER, a_bureau().name)
    complete_item(by=story.author.actor, item=story.item(old, "write"), answers={}, now=NOON)
    assert story.item(old, "check").role == Role.RESOURCE_REVIEWER, "what runs ends on its version"
    change.refresh_from_db()
    assert (change.state, change.decided_by, change.result) == (ChangeState.APPROVED, admin.person.uuid, made)
    rows = AuditRow.objects.filter(subject_kind="process_definition").order_by("seq")
    assert [(row.deed, row.by, row.details["version"]) for row in rows] == [
        ("process.change_proposed", operator.person.uuid, 1),
        ("process.change_approved", admin.person.uuid, 2),
    ]


def test_only_what_differs_is_kept(operator: Somebody) -> None:
    same = {"reviewer": {"at": "own", "role": "resource_reviewer"}}
    change = propose(operator, deadlines={**SHORTER, "write": None}, holders={**same, "author": ABOVE["reviewer"]})
    assert (change.deadlines, change.holders) == (SHORTER, {})
    withdraw_change(by=operator.actor, change=change, now=LATER)
    assert propose(operator, deadlines={"check": None}).deadlines == {"check": None}


def test_a_process_without_a_deadline_has_none(story: Story, admin: Somebody, operator: Somebody) -> None:
    approve_change(by=admin.actor, change=propose(operator, deadlines={"check": None}), now=LATER)
    assert check_of(story)[0] is None


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"reason": " "}, ReasonNeeded),
        ({"deadlines": {}}, NothingChanges),
        ({"deadlines": {"check": {**SETTINGS["deadlines"]["check"]}}}, NothingChanges),
        ({"deadlines": {"gone": {"within": "P3D"}}}, NotPublishable),
        ({"deadlines": {"check": {"within": "三天"}}}, NotPublishable),
        ({"deadlines": {"check": {"within": "PT5H", "working": True}}}, NotPublishable),
    ],
)
def test_a_proposal_that_could_not_run_is_refused(operator: Somebody, given: Any, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        propose(operator, **given)
    assert not SettingsChange.objects.exists()


def test_nobody_approves_what_they_proposed(admin: Somebody, operator: Somebody) -> None:
    change = propose(operator)
    with pytest.raises(OwnChange):
        approve_change(by=operator.actor, change=change, now=LATER)
    with pytest.raises(OwnChange):
        refuse_change(by=operator.actor, change=change, text="算了", now=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        SettingsChange.objects.update(state=ChangeState.APPROVED, decided_by=operator.person.uuid, result=change.base)
    with pytest.raises(NotFound):
        withdraw_change(by=admin.actor, change=change, now=LATER)


def test_a_refusal_says_why_and_a_decision_is_made_once(admin: Somebody, operator: Somebody) -> None:
    change = propose(operator)
    with pytest.raises(ReasonNeeded):
        refuse_change(by=admin.actor, change=change, text=" ", now=LATER)
    refuse_change(by=admin.actor, change=change, text="三天不够", now=LATER)
    for again in (
        lambda: approve_change(by=admin.actor, change=change, now=LATER),
        lambda: withdraw_change(by=operator.actor, change=change, now=LATER),
    ):
        with pytest.raises(ChangeDecided):
            again()
    assert current_definition("two-step").version == 1


def test_one_proposal_waits_at_a_time(admin: Somebody, operator: Somebody) -> None:
    change = propose(operator)
    with pytest.raises(ChangeUnderWay):
        propose(admin)
    withdraw_change(by=operator.actor, change=change, now=LATER)
    assert propose(admin).state == ChangeState.OPEN


def test_a_proposal_for_a_version_that_is_past_is_not_approved(admin: Somebody, operator: Somebody) -> None:
    change = propose(operator)
    publish_definition(package(*TWO_STEP, name="改名"), now=LATER)
    with pytest.raises(ChangeOutdated):
        approve_change(by=admin.actor, change=change, now=LATER)
    with pytest.raises(ChangeOutdated):
        propose_change(by=operator.actor, definition=change.base, deadlines=SHORTER, holders={}, reason="改", now=LATER)


def test_what_was_approved_outlives_a_new_version_of_the_app(admin: Somebody, operator: Somebody) -> None:
    made = approve_change(by=admin.actor, change=propose(operator, holders=ABOVE), now=LATER)
    assert publish_definition(overlaid(package()), now=LATER) == made, "the same is loaded after every migration"
    newer = publish_definition(overlaid(package(*TWO_STEP, name="改名")), now=LATER)
    settings = loaded(newer.pk).settings
    assert (newer.version, settings.deadlines["check"].within) == (3, "P3D")
    assert settings.holders["reviewer"].at == Reach.COUNTY
    shorter = (START, user_task("write", "填写", "author"), END, flow("start", "write"), flow("write", "done"))
    plain = package(*shorter, settings={**SETTINGS, "deadlines": {}, "forms": {}})
    assert "check" not in overlaid(plain).settings.deadlines, "what is no longer there is left out"


def test_others_change_nothing(story: Story, operator: Somebody) -> None:
    change = propose(operator)
    for somebody in (story.officer, story.reviewer, story.stranger):
        for deed in (
            propose,
            lambda who: approve_change(by=who.actor, change=change, now=LATER),
            lambda who: refuse_change(by=who.actor, change=change, text="不", now=LATER),
            lambda who: withdraw_change(by=who.actor, change=change, now=LATER),
        ):
            with pytest.raises(NotAllowed):
                deed(somebody)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_holds(admin: Somebody, operator: Somebody) -> None:
    change = propose(operator)
    other = a_person(Role.PROVINCE_ADMIN, a_bureau("410000"))

    def run(deed: Callable[[], object]) -> str:
        try:
            deed()
        except ChangeDecided:
            return "refused"
        finally:
            connection.close()
        return "done"

    deeds = (
        lambda: approve_change(by=admin.actor, change=change, now=LATER),
        lambda: refuse_change(by=other.actor, change=change, text="不", now=LATER),
    )
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, deeds)) == ["done", "refused"]


# -- pages and programs -----------------------------------------------------------------------------------------------

BASE = "/operations/definitions/two-step/"
FORM = {
    "within_1": "3",
    "working_1": "on",
    "warn_1": "1",
    "at_reviewer": "county",
    "role_reviewer": "county_officer",
    "reason": "五天太长",
}


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_change_is_proposed_checked_and_approved_on_its_pages(admin: Somebody, operator: Somebody) -> None:
    proposer, approver = browser(operator.person), browser(admin.person)
    assert "两步流程" in page(proposer, "/operations/definitions/")
    shown = page(proposer, BASE)
    for words in ("5 个工作日，提前 1 个工作日提醒", "发起单位 · 资源审核员", "没有期限", "流程图"):
        assert words in shown
    assert page(proposer, f"{BASE}diagram/").startswith("<?xml") or "definitions" in page(proposer, f"{BASE}diagram/")
    assert proposer.post(f"{BASE}change/", {**FORM, "warn_1": "3"}).status_code == 422
    asked = proposer.post(f"{BASE}change/", FORM).content.decode()
    assert "审核：5 个工作日，提前 1 个工作日提醒 → 3 个工作日，提前 1 个工作日提醒" in asked
    assert "审核员：发起单位 · 资源审核员 → 所属县级主管部门 · 县级管理员" in asked
    assert not SettingsChange.objects.exists(), "a preview changes nothing"
    assert proposer.post(f"{BASE}change/", {**FORM, "confirmed": "1"}).status_code == 302
    assert "自己提出的修改要由另一个有权限的人批准" in page(proposer, BASE)
    proposer.post(BASE, {"approve": "1"})
    assert current_definition("two-step").version == 1
    assert operator.person.name in page(approver, BASE)
    approver.post(BASE, {"refuse": "1", "text": ""})
    assert SettingsChange.objects.get().state == ChangeState.OPEN
    approver.post(BASE, {"approve": "1", "text": "同意"})
    shown = page(approver, BASE)
    for words in (
        "第 2 版",
        "3 个工作日，提前 1 个工作日提醒",
        "五天太长",
        "同意",
        "已批准",
        "由批准的修改产生",
        "随平台提供",
    ):
        assert words in shown


def test_pages_are_closed_to_others(story: Story) -> None:
    client = browser(story.officer.person)
    for url in ("/operations/definitions/", BASE, f"{BASE}change/", f"{BASE}diagram/", "/api/v1/process-definitions"):
        assert client.get(url).status_code == 403
    assert Client(headers={"host": "localhost"}).get(BASE).status_code == 302


def test_what_is_not_there(operator: Somebody) -> None:
    client = browser(operator.person)
    for url in ("/operations/definitions/nothing/", "/api/v1/process-definitions/nothing"):
        assert client.get(url).status_code == 404


def test_the_page_costs_the_same_however_often_a_process_was_changed(admin: Somebody, operator: Somebody) -> None:
    counts = []
    client = browser(admin.person)
    for days in (3, 4, 6):
        deadlines = {"check": {"within": f"P{days}D", "working": True, "warn": "P1D"}}
        approve_change(by=admin.actor, change=propose(operator, deadlines=deadlines), now=LATER)
        client.get(BASE)
        with CaptureQueriesContext(connection) as queries:
            client.get(BASE)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def test_programs_do_the_same(admin: Somebody, operator: Somebody) -> None:
    proposer, approver = browser(operator.person), browser(admin.person)

    def sent(client: Client, where: str, **body: Any) -> Any:
        answer = client.post(f"/api/v1{where}", body, content_type="application/json")
        return answer.status_code, answer.json()

    seen = proposer.get("/api/v1/process-definitions/two-step").json()
    assert seen["holders"]["author"] == {"at": "starter", "role": None}
    where = "/process-definitions/two-step/changes"
    assert sent(proposer, where, reason="x", deadlines={"check": {"within": "三天"}})[0] == 422
    status, change = sent(proposer, where, reason="五天太长", deadlines=SHORTER, holders=ABOVE)
    assert (status, change["state"], change["version"]) == (200, "open", 1)
    assert sent(proposer, f"/process-changes/{change['id']}/approval")[0] in {403, 422}
    assert sent(proposer, f"/process-changes/{change['id']}/approval", text="")[0] == 403
    assert sent(approver, f"/process-changes/{change['id']}/refusal", text="")[0] == 422
    assert sent(approver, f"/process-changes/{change['id']}/approval", text="同意")[1]["result"] == 2
    assert sent(proposer, f"/process-changes/{change['id']}/withdrawal")[0] == 409
    [listed] = proposer.get(f"/api/v1{where}").json()["items"]
    assert (listed["answer"], listed["state"]) == ("同意", "approved")
    assert Definition.objects.get(key="two-step", is_current=True).version == 2
    assert {one["key"] for one in approver.get("/api/v1/process-definitions").json()} >= {"two-step"}
