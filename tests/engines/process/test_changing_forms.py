"""The forms of a process changed without code: proposed, checked, approved by another; what decides stays."""

from datetime import timedelta
from typing import Any

import pytest

from heluo.engines.process.actions import approve_change, propose_change
from heluo.engines.process.actions.defining import require_usable
from heluo.engines.process.errors import AnswersInvalid, FormChangeInvalid, NothingChanges
from heluo.engines.process.loading import loaded, needed_by_app, overlaid, publish_definition
from heluo.engines.process.models import SettingsChange
from heluo.engines.process.public import complete_item
from heluo.engines.process.queries import current_definition
from heluo.engines.process.vocabulary import Form, FormChange
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from tests.engines.process.conftest import SETTINGS, Story, package
from tests.factories import NOON, Somebody, a_bureau, a_person
from tests.register import browser

LATER = NOON + timedelta(hours=1)
RETITLED = {
    "order": ["pages", "outcome"],
    "fields": {
        "outcome": {"title": "审核结论", "options": {"approve": "通过", "return": "退回", "doubt": "存疑"}},
        "pages": {"description": "从封面数起", "required": True},
    },
}
BASE = "/operations/definitions/two-step/"


@pytest.fixture
def admin(story: Story) -> Somebody:
    del story  # the bureaus are there
    return a_person(Role.PROVINCE_ADMIN, a_bureau("410000"))


@pytest.fixture
def operator(story: Story) -> Somebody:
    del story
    return a_person(Role.OPERATOR, a_bureau("410000"))


def propose(by: Somebody, change: dict[str, Any]) -> SettingsChange:
    return propose_change(
        by=by.actor,
        definition=current_definition("two-step"),
        deadlines={},
        holders={},
        forms={"check": FormChange.model_validate(change)},
        reason="问得更清楚",
        now=LATER,
    )


def form_now() -> Form:
    return loaded(current_definition("two-step").pk).settings.forms["check"]


def test_new_processes_ask_by_the_changed_form(story: Story, admin: Somebody, operator: Somebody) -> None:
    old = story.start()
    change = propose(operator, RETITLED)
    assert form_now().properties["outcome"].title == "结论", "nothing changes before the approval"
    approve_change(by=admin.actor, change=change, now=LATER)
    form = form_now()
    assert list(form.properties) == ["pages", "outcome", "on"]
    assert form.titles_of("outcome") == {"approve": "通过", "return": "退回", "doubt": "存疑"}
    assert set(form.required) == {"pages", "outcome"}
    new = story.start()
    for instance in (old, new):
        complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=LATER)
    item = story.item(new, "check")
    with pytest.raises(AnswersInvalid):
        complete_item(by=story.reviewer.actor, item=item, answers={"outcome": "approve"}, now=LATER)
    complete_item(by=story.reviewer.actor, item=item, answers={"outcome": "doubt", "pages": 3}, now=LATER)
    old_item = story.item(old, "check")
    complete_item(by=story.reviewer.actor, item=old_item, answers={"outcome": "approve"}, now=LATER)


def test_only_what_differs_is_kept_and_laid_over_later_versions(admin: Somebody, operator: Somebody) -> None:
    same = {"fields": {"outcome": {"title": "审核结论"}, "pages": {"title": "页数", "required": False}}}
    change = propose(operator, same)
    assert change.forms == {"check": {"fields": {"outcome": {"title": "审核结论"}}}}
    approve_change(by=admin.actor, change=change, now=LATER)
    check = SETTINGS["forms"]["check"]
    newer = {**check, "properties": {**check["properties"], "pages": {"type": "integer", "title": "总页数"}}}
    publish_definition(overlaid(package(settings={**SETTINGS, "forms": {"check": newer}})), now=LATER)
    assert [form_now().properties[name].title for name in ("outcome", "pages")] == ["审核结论", "总页数"]
    gone = {"properties": {"pages": {"type": "integer", "title": "页数"}}}
    assert list(
        overlaid(package(settings={**SETTINGS, "forms": {"check": gone}})).settings.forms["check"].properties
    ) == ["pages"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"outcome": {"options": {"approve": "通过"}}}, "这个选项不能去掉"),
        ({"outcome": {"options": {}}}, "至少要留一个选项"),
        ({"outcome": {"options": {"approve": "通过", "return": " "}}}, "每个选项都要有名称"),
        ({"outcome": {"options": {"approve": "通过", "return": "通过"}}}, "名称相同"),
    ],
)
def test_what_decides_stays(operator: Somebody, fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(FormChangeInvalid, match=problem):
        propose(operator, {"fields": fields})
    assert not SettingsChange.objects.exists()


def test_what_changes_nothing_is_no_proposal(operator: Somebody) -> None:
    for change in (
        {},
        {"order": ["outcome"]},
        {"fields": {"gone": {"title": "x"}}},
        {"fields": {"on": {"title": "日期"}}},
    ):
        with pytest.raises(NothingChanges):
            propose(operator, change)


def test_what_actions_of_the_app_rely_on_stays_required(operator: Somebody) -> None:
    del operator
    key, element = "resource-recommendation", "school_review"
    assert needed_by_app("two-step", "check") == set()
    needed = needed_by_app(key, element)
    form = loaded(current_definition(key).pk).settings.forms[element]
    assert {"outcome"} <= needed == set(form.required)
    for name in form.required:
        loose = FormChange.model_validate({"fields": {name: {"required": False}}}).of(form)
        with pytest.raises(FormChangeInvalid, match="不能改成选填"):
            require_usable(current_definition(key), element, form, loose)


def test_others_change_no_form(story: Story) -> None:
    for somebody in (story.officer, story.reviewer, story.stranger):
        with pytest.raises(NotAllowed):
            propose(somebody, RETITLED)
        assert browser(somebody.person).get(f"{BASE}forms/check/").status_code == 403


def sent(**more: str) -> dict[str, str]:
    """The page as it stands, with something else filled in."""
    fields = {
        **{f"title_{name}": title for name, title in (("outcome", "结论"), ("pages", "页数"), ("on", "日期"))},
        **{f"order_{name}": str(number) for number, name in enumerate(("outcome", "pages", "on"), 1)},
        "required_outcome": "on",
        "option_outcome_0": "approve",
        "option_outcome_1": "return",
        "reason": "问得更清楚",
    }
    return {**fields, **more}


def test_a_form_is_changed_on_its_page(admin: Somebody, operator: Somebody) -> None:
    proposer, where = browser(operator.person), f"{BASE}forms/check/"
    assert where in proposer.get(BASE).content.decode()
    shown = proposer.get(where).content.decode()
    for words in ("现在的表单", "问什么", "新选项", "第几项"):
        assert words in shown
    same = proposer.post(where, sent(check="1")).content.decode()
    assert "没有任何改动" in same
    given = sent(
        title_outcome="审核结论", option_outcome_2="存疑", required_pages="on", order_pages="1", order_outcome="2"
    )
    checked = proposer.post(where, {**given, "check": "1"}).content.decode()
    for words in (
        "审核 · 结论：问什么：结论 → 审核结论",
        "审核 · 结论：选项：approve、return → approve、return、存疑",
        "审核 · 页数：必填：选填 → 必填",
        "审核：顺序：结论、页数、日期 → 页数、审核结论、日期",
        "改后的表单",
    ):
        assert words in checked
    assert not SettingsChange.objects.exists(), "a preview changes nothing"
    refused = proposer.post(where, {**given, "option_outcome_1": "", "check": "1"})
    assert refused.status_code == 422
    assert "这个选项不能去掉" in refused.content.decode()
    assert proposer.post(where, {**given, "title_pages": "", "propose": "1"}).status_code == 422
    assert proposer.post(where, {**given, "propose": "1"})["Location"] == BASE
    approver = browser(admin.person)
    assert "结论 → 审核结论" in approver.get(BASE).content.decode()
    approver.post(BASE, {"approve": "1", "text": "同意"})
    assert form_now().titles_of("outcome") == {"approve": "approve", "return": "return", "option_1": "存疑"}
    for nothing in ("forms/write/", "forms/gone/"):
        assert proposer.get(f"{BASE}{nothing}").status_code == 404


def test_a_program_proposes_a_form(operator: Somebody) -> None:
    client, where = browser(operator.person), "/api/v1/process-definitions/two-step"
    assert list(client.get(where).json()["forms"]["check"]["properties"]) == ["outcome", "pages", "on"]
    body = {"reason": "问得更清楚", "forms": {"check": RETITLED}}
    told = client.post(f"{where}/changes", body, "application/json").json()
    assert told["forms"]["check"]["fields"]["outcome"]["title"] == "审核结论"
    wrong = {"reason": "x", "forms": {"check": {"fields": {"outcome": {"type": "integer"}}}}}
    assert client.post(f"{where}/changes", wrong, "application/json").status_code == 422
