"""Pages of work: my list, a step with its form, the process with its diagram; a stranger finds none of them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from heluo.engines.process.errors import NotTogether
from heluo.engines.process.loading import publish_definition
from heluo.engines.process.models import Instance, WorkItem
from heluo.engines.process.pages.blocks import waiting
from heluo.engines.process.pages.showing import rows_of
from heluo.engines.process.public import claim_item, complete_item, complete_together, my_work
from heluo.engines.process.queries import BY_DUE
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.models import CalendarDay
from heluo.kernel.pages.keyset import keyset_page
from tests.engines.process.conftest import SETTINGS, Story, package, waiting_for
from tests.factories import NOON, Somebody, a_person
from tests.register import browser


@pytest.fixture(autouse=True)
def _forgets(db: None) -> None:
    cache.clear()


def at_check(story: Story) -> Instance:
    instance = story.start()
    complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=NOON)
    return instance


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_my_list_shows_what_waits(story: Story) -> None:
    at_check(story)
    shown = text_of(browser(story.reviewer.person), "/workbench/items/")
    assert "审核：分数的初步认识" in shown
    assert story.school.name in shown
    assert "没有等您办理的事" in text_of(browser(story.stranger.person), "/workbench/items/")


def test_a_step_is_done_on_its_page(story: Story) -> None:
    instance = at_check(story)
    url = f"/workbench/items/{story.item(instance, 'check').uuid}/"
    client = browser(story.reviewer.person)
    shown = text_of(client, url)
    for words in ("结论", "页数", "办理期限", "流程图", "填写"):
        assert words in shown
    refused = client.post(url, {"done": "1", "pages": "0"})
    assert refused.status_code == 422
    assert client.post(url, {"done": "1", "outcome": "return", "pages": "3", "on": "2026-09-11"}).status_code == 302
    instance.refresh_from_db()
    assert instance.values == {"outcome": "return", "pages": 3, "on": "2026-09-11"}
    assert "这一步已经办结或不再需要办理" in text_of(client, url)


def test_a_thing_without_a_page_is_named_without_a_link(story: Story) -> None:
    for kind in ("process_definition", "gone"):
        instance = at_check(story)
        Instance.objects.filter(pk=instance.pk).update(kind=kind)
        url = f"/workbench/items/{story.item(instance, 'check').uuid}/"
        assert "分数的初步认识" in text_of(browser(story.reviewer.person), url)
        assert "分数的初步认识" in text_of(browser(story.author.person), f"/workbench/processes/{instance.uuid}/")


def test_whole_limits_are_whole_on_the_page(story: Story) -> None:
    url = f"/workbench/items/{story.item(at_check(story), 'check').uuid}/"
    client = browser(story.reviewer.person)
    assert 'min="1"' in text_of(client, url)
    refused = client.post(url, {"done": "1", "outcome": "approve", "pages": "0"}).content.decode()
    assert "1.0" not in refused


AGAIN = SETTINGS | {
    "forms": {
        "write": {
            "properties": {
                "wish": {"type": "string", "title": "愿望"},
                "on": {"type": "string", "title": "日期", "format": "date"},
                "parts": {"type": "array", "title": "部分", "items": {"enum": ["text", "sound"]}},
            }
        },
        "check": {
            "properties": {
                "outcome": {"type": "string", "title": "结论", "enum": ["approve", "return"]},
                "seen": {"type": "array", "title": "已核对", "items": {"enum": ["all"]}},
                "note": {"type": "string", "title": "备注"},
            },
            "required": ["outcome"],
            "conditions": [{"answers": {"outcome": "approve"}, "complete": ["seen"]}],
        },
    }
}


def test_a_step_done_again_begins_with_what_was_said_before(story: Story) -> None:
    publish_definition(package(settings=AGAIN), now=NOON)
    instance = story.start()

    def done(element: str, by: Somebody, **answers: object) -> None:
        complete_item(by=by.actor, item=story.item(instance, element), answers=answers, now=NOON)

    def shown(element: str, to: Somebody) -> str:
        return text_of(browser(to.person), f"/workbench/items/{story.item(instance, element).uuid}/")

    assert "checked" not in shown("write", story.author)
    done("write", story.author, wish="一间教室", on="2026-09-20", parts=["sound"])
    done("check", story.reviewer, outcome="return", seen=["all"], note="换一天")
    again = shown("write", story.author)
    assert 'value="一间教室"' in again
    assert 'value="2026-09-20"' in again
    assert again.count("checked") == 1
    done("write", story.author, wish="另一间")
    assert 'value="一间教室"' not in shown("check", story.reviewer)
    for reviewer in (story.reviewer, story.colleague):
        verdict = shown("check", reviewer)
        assert 'value="换一天"' not in verdict, "a verdict is given anew, with a reason of its own"
        assert "checked" not in verdict
    assert 'value="换一天"' not in shown("check", story.officer), "who only looks has no form"
    done("check", story.reviewer, outcome="return")
    assert 'value="另一间"' in shown("write", story.author)


def test_claiming_and_giving_back(story: Story) -> None:
    item = story.item(at_check(story), "check")
    url, client = f"/workbench/items/{item.uuid}/", browser(story.reviewer.person)
    client.post(url, {"claim": "1"})
    assert f"{story.reviewer.person.name} 已领取这一步" in text_of(browser(story.colleague.person), url)
    client.post(url, {"release": "1"})
    assert "我来办，先领取" in text_of(browser(story.colleague.person), url)


def test_an_officer_frees_a_step_saying_why(story: Story) -> None:
    item = story.item(at_check(story), "check")
    url, officer = f"/workbench/items/{item.uuid}/", browser(story.officer.person)
    assert "由办理单位办理" in text_of(officer, url)
    assert officer.post(url, {"done": "1", "outcome": "approve"}).status_code == 404
    claim_item(by=story.reviewer.actor, item=item, now=NOON)
    assert "退回给同岗的人" in text_of(officer, url)
    for text, claimed in (("", story.reviewer.actor.person_id), ("已调离", None)):
        officer.post(url, {"release": "1", "text": text})
        item.refresh_from_db()
        assert item.claimed_by == claimed


def test_the_process_shows_its_trail_and_diagram(story: Story) -> None:
    instance = at_check(story)
    url, client = f"/workbench/processes/{instance.uuid}/", browser(story.author.person)
    shown = text_of(client, url)
    assert "办理：填写" in shown
    assert "流程图，现在到：审核" in shown
    client.post(url, {"say": "1", "text": "请尽快看"})
    assert "请尽快看" in text_of(client, url)
    root = etree.fromstring(client.get(f"{url}diagram/").content)
    assert root.tag.endswith("definitions")
    client.post(url, {"withdraw": "1", "text": "另行提交"})
    assert "流程已经结束，只能查看" in text_of(client, url)


def test_a_stranger_finds_nothing(story: Story) -> None:
    instance = at_check(story)
    client = browser(story.stranger.person)
    for url in (
        f"/workbench/items/{story.item(instance, 'check').uuid}/",
        f"/workbench/processes/{instance.uuid}/",
        f"/workbench/processes/{instance.uuid}/diagram/",
    ):
        assert client.get(url).status_code == 404
        assert Client(headers={"host": "localhost"}).get(url).status_code == 302


def test_the_list_costs_the_same_however_much_waits(story: Story) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            claim_item(by=story.reviewer.actor, item=story.item(at_check(story), "check"), now=NOON)
        client = browser(story.reviewer.person)
        client.get("/workbench/items/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/workbench/items/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_deadlines_say_how_near_and_how_late(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Due at the end of Thursday 17 September, with a warning at the end of the 16th."""
    item = story.item(at_check(story), "check")
    client = browser(story.reviewer.person)
    urls = ("/workbench/items/", f"/workbench/items/{item.uuid}/")
    for at, words in (
        (datetime(2026, 9, 16, 4, tzinfo=UTC), ""),
        (datetime(2026, 9, 17, 4, tzinfo=UTC), "即将到期"),
        (datetime(2026, 9, 17, 16, 1, tzinfo=UTC), "已超期 1 个工作日"),
        (datetime(2026, 9, 21, 4, tzinfo=UTC), "已超期 2 个工作日"),
    ):
        monkeypatch.setattr("heluo.engines.process.pages.working.now", lambda at=at: at)
        for url in urls:
            shown = text_of(client, url)
            assert words in shown
            assert words or not [word for word in ("即将到期", "已超期") if word in shown]
    CalendarDay.objects.create(day=date(2026, 9, 18), is_working=False, name="示例节", source="测试")
    assert "已超期 1 个工作日" in text_of(client, urls[0])
    CalendarDay.objects.create(day=date(2026, 9, 21), is_working=False, name="示例节", source="测试")
    assert "已超期<" in text_of(client, urls[0])


def test_the_last_day_in_time_is_shown(story: Story) -> None:
    """Due at the end of 17 September, so that midnight of the 18th is too late; on its day hours count as they are."""
    item = story.item(at_check(story), "check")
    assert item.due_at == datetime(2026, 9, 17, 16, tzinfo=UTC)
    client = browser(story.reviewer.person)
    for url in ("/workbench/items/", f"/workbench/items/{item.uuid}/"):
        shown = text_of(client, url)
        assert "2026-09-17 23:59" in shown
        assert "2026-09-18" not in shown
    WorkItem.objects.filter(pk=item.pk).update(due_at=datetime(2026, 9, 18, 1, 30, tzinfo=UTC))
    assert "2026-09-18 09:30" in text_of(client, "/workbench/items/")


def test_the_workbench_counts_what_is_overdue(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    due_at = story.item(at_check(story), "check").due_at
    assert due_at is not None
    for at, is_late in ((due_at - timedelta(minutes=1), False), (due_at, True)):
        monkeypatch.setattr("heluo.engines.process.pages.blocks.now", lambda at=at: at)
        block = waiting(story.reviewer.actor)
        assert block is not None
        assert [figure.label for figure in block.figures] == ["待办", *(["已超期"] if is_late else []), "今天已办"]
        assert not is_late or str(block.figures[1].value) == "1"


def test_lateness_costs_one_question_however_much_is_late(story: Story) -> None:
    counts = []
    for more in (1, 3):
        for _ in range(more):
            at_check(story)
        late = WorkItem.objects.filter(element="check").select_related("instance", "place")
        with CaptureQueriesContext(connection) as queries:
            rows = rows_of(late, datetime(2026, 9, 21, 4, tzinfo=UTC))
        assert {row.overdue for row in rows} == {2}
        counts.append(len(queries))
    assert counts == [2, 2]


def test_work_of_several_posts_is_one_list_in_order(story: Story) -> None:
    """What is asked of me alone, and what is asked of two posts, page by page and back again."""
    both = a_person(Role.TEACHER, story.school, also=[Role.RESOURCE_REVIEWER])
    started = [story.start(by=both) for _ in range(3)]
    for instance in (*started[:2], at_check(story)):
        item = instance.items.filter(element="write", state="open").first()
        if item is not None:
            complete_item(by=both.actor, item=item, answers={}, now=NOON)
    everything = waiting_for(both.actor)
    assert {item.element for item in everything} == {"write", "check"}
    assert len(everything) == 4
    seen: list[int] = []
    cursor = None
    while True:
        page = keyset_page(*my_work(both.actor), order=BY_DUE, cursor=cursor, size=2)
        seen += [item.pk for item in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == [item.pk for item in everything]
    back = keyset_page(*my_work(both.actor), order=BY_DUE, cursor=page.previous_cursor, size=2)
    assert [item.pk for item in back.items] == seen[:2]


PRAISE = {"outcome": "approve"}


def test_several_steps_are_done_together(story: Story) -> None:
    items = [story.item(at_check(story), "check") for _number in range(3)]
    reviewer = browser(story.reviewer.person)
    choosing = text_of(reviewer, "/workbench/items/?process=two-step&choose=1")
    assert all(str(item.uuid) in choosing for item in items)
    first_two = [item.uuid for item in items[:2]]
    page = reviewer.get("/workbench/items/together/", {"item": first_two})
    assert "办理这 2 项" in page.content.decode()
    answer = reviewer.post("/workbench/items/together/", {"item": first_two} | PRAISE)
    assert answer["Location"] == "/workbench/items/?process=two-step"
    states = WorkItem.objects.filter(element="check").order_by("id").values_list("state", flat=True)
    assert list(states) == ["done", "done", "open"]


def test_what_could_not_be_done_together_says_why(story: Story) -> None:
    mine, taken = (story.item(at_check(story), "check") for _number in range(2))
    claim_item(by=story.colleague.actor, item=taken, now=NOON)
    reviewer = browser(story.reviewer.person)
    answer = reviewer.post("/workbench/items/together/", {"item": [mine.uuid, taken.uuid]} | PRAISE)
    shown = answer.content.decode()
    assert "已办理 1 项" in shown
    assert story.colleague.person.name in shown
    taken.refresh_from_db()
    assert taken.is_open


@pytest.mark.parametrize("chosen", [[], ["nonsense"], [str(UUID(int=1))]])
def test_nothing_chosen_says_what_to_do(story: Story, chosen: list[str]) -> None:
    answer = browser(story.reviewer.person).get("/workbench/items/together/", {"item": chosen})
    assert answer["Location"] == "/workbench/items/"


def test_different_steps_are_not_done_together(story: Story) -> None:
    both = a_person(Role.TEACHER, story.school, also=(Role.RESOURCE_REVIEWER,))
    check, write = story.item(at_check(story), "check"), story.item(story.start(by=both), "write")
    with pytest.raises(NotTogether):
        complete_together(by=both.actor, items=[check, write], answers={}, now=NOON)
    assert WorkItem.objects.filter(state="open").count() == 2


def test_a_stranger_does_nothing_together(story: Story) -> None:
    item = story.item(at_check(story), "check")
    browser(story.stranger.person).post("/workbench/items/together/", {"item": [item.uuid]} | PRAISE)
    item.refresh_from_db()
    assert item.is_open
