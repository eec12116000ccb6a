"""Work and processes as programs see them."""

from typing import Any

import pytest
from django.test import Client

from heluo.engines.process.errors import AnswersInvalid
from heluo.engines.process.loading import publish_definition
from heluo.engines.process.models import WorkItem
from heluo.engines.process.public import claim_item, complete_item
from tests.engines.process.conftest import SETTINGS, Story, package
from tests.factories import NOON, Somebody
from tests.register import browser

ROOT = "/api/v1"


def asked(client: Client, where: str) -> Any:
    answer = client.get(f"{ROOT}{where}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def sent(client: Client, where: str, **body: Any) -> Any:
    answer = client.post(f"{ROOT}{where}", body, content_type="application/json")
    return answer.status_code, answer.json()


def of(somebody: Somebody) -> Client:
    return browser(somebody.person)


def test_a_step_is_read_claimed_and_done(story: Story) -> None:
    instance = story.start()
    complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=NOON)
    reviewer = of(story.reviewer)
    [item] = asked(reviewer, "/work-items")["items"]
    assert (item["element"], item["title"], item["is_claimed"]) == ("check", "分数的初步认识", False)
    where = f"/work-items/{item['id']}"
    form = asked(reviewer, where)["form"]
    assert form["required"] == ["outcome"]
    assert form["properties"]["outcome"]["enum"] == ["approve", "return"]
    assert sent(reviewer, f"{where}/claim")[1]["is_claimed"]
    status, problem = sent(of(story.colleague), f"{where}/completion", answers={"outcome": "approve"})
    assert (status, problem["code"]) == (409, "work_item_taken")
    assert not sent(reviewer, f"{where}/release")[1]["is_claimed"]
    status, problem = sent(reviewer, f"{where}/completion", answers={"outcome": "maybe"})
    assert (status, problem["code"]) == (422, "answers_invalid")
    assert sent(reviewer, f"{where}/completion", answers={"outcome": "approve"})[1]["state"] == "done"
    assert sent(reviewer, f"{where}/completion", answers={"outcome": "approve"})[0] == 409
    seen = asked(of(story.author), f"/processes/{instance.uuid}")
    assert (seen["state"], seen["ended_with"], seen["waiting"]) == ("finished", "done", [])
    assert [step["kind"] for step in seen["trail"]] == ["started", "done", "claimed", "released", "done", "finished"]


REASON = SETTINGS["forms"]["check"] | {
    "properties": {
        **SETTINGS["forms"]["check"]["properties"],
        "reason": {"type": "string", "title": "理由"},
    },
    "conditions": [{"answers": {"outcome": "return"}, "required": ["reason"]}],
}


def test_an_empty_reason_is_refused_on_every_way(story: Story) -> None:
    publish_definition(package(settings=SETTINGS | {"forms": {"check": REASON}}), now=NOON)
    instance = story.start()
    complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=NOON)
    item, reviewer = story.item(instance, "check"), of(story.reviewer)
    schema = asked(reviewer, f"/work-items/{item.uuid}")["form"]
    assert schema["properties"]["pages"]["minimum"] == 1
    assert schema["allOf"][0]["then"]["properties"] == {"reason": {"pattern": "\\S"}}
    for empty in ("", "  "):
        answers = {"outcome": "return", "reason": empty}
        status, problem = sent(reviewer, f"/work-items/{item.uuid}/completion", answers=answers)
        assert (status, problem["code"], problem["field"]) == (422, "answers_invalid", "reason")
        shown = reviewer.post(f"/workbench/items/{item.uuid}/", {"done": "1", **answers})
        assert shown.status_code == 422
        assert "“理由”填写有误：必须填写" in shown.content.decode()
        with pytest.raises(AnswersInvalid) as refused:
            complete_item(by=story.reviewer.actor, item=item, answers=answers, now=NOON)
        assert refused.value.field == "reason"


def test_a_process_is_commented_on_and_withdrawn(story: Story) -> None:
    where, author = f"/processes/{story.start().uuid}", of(story.author)
    assert sent(author, f"{where}/comments", text="请稍等")[1]["text"] == "请稍等"
    assert sent(author, f"{where}/comments", text=" ")[0] == 422
    assert author.get(f"{ROOT}{where}/diagram").content.startswith(b"<?xml")
    assert sent(author, f"{where}/withdrawal", text="另行提交")[1]["state"] == "withdrawn"
    assert sent(author, f"{where}/withdrawal", text="另行提交")[0] == 409


def test_a_stranger_finds_nothing(story: Story) -> None:
    instance = story.start()
    item = story.item(instance, "write")
    stranger = of(story.stranger)
    assert asked(stranger, "/work-items") == {"items": [], "next": None}
    for where in (f"/work-items/{item.uuid}", f"/processes/{instance.uuid}", f"/processes/{instance.uuid}/diagram"):
        assert stranger.get(f"{ROOT}{where}").status_code == 404
        assert Client().get(f"{ROOT}{where}").status_code == 401
    for where in (
        f"/work-items/{item.uuid}/claim",
        f"/work-items/{item.uuid}/completion",
        f"/processes/{instance.uuid}/comments",
    ):
        assert sent(stranger, where, text="看看")[0] == 404


def test_several_steps_are_done_together(story: Story) -> None:
    items = []
    for _number in range(2):
        instance = story.start()
        complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=NOON)
        items.append(str(story.item(instance, "check").uuid))
    claim_item(by=story.colleague.actor, item=WorkItem.objects.get(uuid=items[1]), now=NOON)
    answers = {"outcome": "approve"}
    _status, done = sent(of(story.reviewer), "/work-items/completion", items=items, answers=answers)
    assert {one["id"]: one["is_done"] for one in done} == {items[0]: True, items[1]: False}
    status, refused = sent(of(story.stranger), "/work-items/completion", items=items, answers=answers)
    assert (status, refused["code"]) == (422, "not_together")
