"""Processes that stand still: who sees them, what is done about them, and that repairing shows nothing of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.engines.process.actions import fire_or_put_off
from heluo.engines.process.enums import InstanceState, ItemState, TroubleKind
from heluo.engines.process.errors import AlreadyDone, NobodyThere, NoLongerRunning, NothingFails, ReasonNeeded
from heluo.engines.process.loading import publish_definition
from heluo.engines.process.models import Instance, Timer
from heluo.engines.process.public import (
    claim_item,
    comment_on_process,
    complete_item,
    end_process,
    process_for,
    reassign_item,
    register_service,
    retry_timers,
    troubled,
)
from heluo.engines.process.queries import NEWEST, other_places, troubles_of
from heluo.engines.process.vocabulary import Values
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import end_of_day, local_day
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.people.models import Post
from tests.engines.process.conftest import SETTINGS, Story, package, waiting_for
from tests.engines.process.diagrams import TWO_STEP
from tests.factories import NOON, OTHER_COUNTY, Somebody, a_bureau, a_person, a_reviewer, a_school
from tests.register import browser

LATER = NOON + timedelta(days=1)
LONG_AFTER = NOON + timedelta(days=60)
LIST = "/workbench/processes/trouble/"


@pytest.fixture(autouse=True)
def _at_that_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and operations happen a day after the story began, and nothing is kept from another test."""
    cache.clear()
    for place in ("pages.repairing", "pages.delegating", "api"):
        monkeypatch.setattr(f"heluo.engines.process.{place}.now", lambda: LATER)


@pytest.fixture
def operator(story: Story) -> Somebody:
    return a_person(Role.OPERATOR, a_bureau("410000"))


def at_check(story: Story) -> Instance:
    instance = story.start()
    item = story.item(instance, "write")
    return complete_item(by=story.author.actor, item=item, answers={}, text="我的说明", now=NOON)


def breaking(instance: Instance, *, at: datetime = NOON) -> str:
    """Its timer fails; gives the state of the engine that would let it fire."""
    sound = instance.tokens
    Instance.objects.filter(pk=instance.pk).update(tokens={"format": 0})
    [timer] = instance.timers.all()
    Timer.objects.filter(pk=timer.pk).update(due_at=at)
    assert not fire_or_put_off(timer=timer.pk, now=at)
    instance.refresh_from_db()
    return sound  # type: ignore[return-value]  # it ran


def leave(*people: Somebody, on: datetime = NOON) -> None:
    """Yesterday was the last day of their posts."""
    Post.objects.filter(person__in=[one.person for one in people]).update(ends_on=local_day(on) - timedelta(days=1))


def kinds(actor: Actor, at: datetime = LATER) -> dict[int, list[TroubleKind]]:
    """What stands still as somebody sees it, and why."""
    found = keyset_page(*troubled(actor, at), order=NEWEST, size=100).items
    return {key: [one.kind for one in several] for key, several in troubles_of(found, at).items()}


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def sent(client: Client, where: str, **body: Any) -> Any:
    answer = client.post(f"/api/v1{where}", body, content_type="application/json")
    return answer.status_code, answer.json()


# -- what stands still ------------------------------------------------------------------------------------------------


def test_what_moves_is_no_trouble(story: Story, operator: Somebody) -> None:
    at_check(story)
    assert kinds(operator.actor) == {}


def test_a_timer_that_keeps_failing_is_told_with_the_time_of_its_first_failure(
    story: Story, operator: Somebody
) -> None:
    instance = at_check(story)
    breaking(instance)
    Timer.objects.update(due_at=NOON)
    fire_or_put_off(timer=instance.timers.get().pk, now=LATER)
    assert kinds(operator.actor) == {instance.pk: [TroubleKind.FAILING]}
    [found] = troubles_of([instance], LATER)[instance.pk]
    assert found.since == NOON


def test_a_step_whose_role_nobody_holds_is_told_since_the_last_one_left(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    leave(story.reviewer)
    assert kinds(operator.actor) == {}, "a colleague still holds it"
    leave(story.colleague, on=NOON + timedelta(days=1))
    assert kinds(operator.actor) == {instance.pk: [TroubleKind.DESERTED]}
    [found] = troubles_of([instance], LATER)[instance.pk]
    assert found.since == end_of_day(local_day(NOON))
    assert found.item == story.item(instance, "check")


def test_a_step_that_only_the_one_it_is_kept_apart_from_could_do_is_told(story: Story, operator: Somebody) -> None:
    holders = {**SETTINGS["holders"], "reviewer": {**SETTINGS["holders"]["reviewer"], "apart": True}}
    publish_definition(package(settings={**SETTINGS, "holders": holders}), now=NOON)
    both = a_person(Role.TEACHER, story.school, also=[Role.RESOURCE_REVIEWER])
    of_both, of_author = story.start(by=both), story.start()
    for instance, somebody in ((of_both, both), (of_author, story.author)):
        complete_item(by=somebody.actor, item=story.item(instance, "write"), answers={}, now=NOON)
    leave(story.reviewer)
    assert kinds(operator.actor) == {}
    leave(story.colleague)
    assert kinds(operator.actor) == {of_both.pk: [TroubleKind.DESERTED]}


def test_a_step_is_late_after_thirty_days(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    due = story.item(instance, "check").due_at
    assert due is not None
    assert kinds(operator.actor, due + timedelta(days=30, seconds=-1)) == {}
    assert kinds(operator.actor, due + timedelta(days=30)) == {instance.pk: [TroubleKind.LATE]}


def test_several_reasons_are_one_row(story: Story, operator: Somebody) -> None:
    instance, other = at_check(story), at_check(story)
    breaking(instance)
    leave(story.reviewer, story.colleague)
    every = [TroubleKind.FAILING, TroubleKind.DESERTED, TroubleKind.LATE]
    assert kinds(operator.actor, LONG_AFTER) == {other.pk: every[1:], instance.pk: every}
    assert [sum(1 for _row in one) for one in troubled(operator.actor, LONG_AFTER)] == [1, 1, 0]


def test_each_sees_the_trouble_of_their_tree(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    breaking(instance)
    elsewhere = a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY))
    for somebody, seen in ((story.officer, [instance.pk]), (operator, [instance.pk]), (elsewhere, [])):
        assert list(kinds(somebody.actor)) == seen
        assert ("分数的初步认识" in text_of(browser(somebody.person), LIST)) == bool(seen)
    for nobody in (story.author, story.reviewer):
        assert kinds(nobody.actor) == {}
        assert browser(nobody.person).get(LIST).status_code == 403
    assert Client(headers={"host": "localhost"}).get(LIST).status_code == 302


def test_what_an_error_quotes_is_read_by_who_oversees_the_process(story: Story, operator: Somebody) -> None:
    breaking(at_check(story))
    trouble = Instance.objects.get().trouble
    Instance.objects.update(trouble=f"{trouble} 张三")
    assert "张三" in text_of(browser(story.officer.person), LIST)
    shown = text_of(browser(operator.person), LIST)
    assert "定时事件一直失败" in shown
    assert "张三" not in shown


def test_the_list_is_paged_by_key_over_all_reasons(story: Story, operator: Somebody) -> None:
    failing, deserted = at_check(story), at_check(story)
    breaking(failing)
    leave(story.reviewer, story.colleague)
    late = [at_check(story) for _ in range(2)]
    seen: list[int] = []
    cursor = None
    while True:
        page = keyset_page(*troubled(operator.actor, LONG_AFTER), order=NEWEST, cursor=cursor, size=3)
        seen += [one.pk for one in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == [late[1].pk, late[0].pk, deserted.pk, failing.pk]


@pytest.mark.parametrize("url", [LIST, "/api/v1/processes/trouble"])
def test_the_list_costs_the_same_however_much_stands_still(story: Story, operator: Somebody, url: str) -> None:
    leave(story.reviewer, story.colleague)
    counts = []
    for more in (1, 3):
        for _ in range(more):
            breaking(at_check(story))
            at_check(story)
        client = browser(operator.person)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# -- reassigning ------------------------------------------------------------------------------------------------------


def test_a_step_goes_to_a_superior_where_somebody_holds_its_role(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")
    claim_item(by=story.reviewer.actor, item=item, now=NOON)
    county = a_bureau()
    there = a_reviewer(county)
    OutboxRow.objects.all().delete()
    reassign_item(by=operator.actor, item=item, place=county.uuid, text="本校已无审核员", now=LATER)
    item.refresh_from_db()
    assert (item.place, item.claimed_by, item.claimed_name) == (county, None, "")
    assert waiting_for(there.actor) == [item]
    assert waiting_for(story.reviewer.actor) == []
    step = instance.trail.last()
    assert step is not None
    assert (step.kind, step.by_name, step.text) == (
        "reassigned",
        operator.person.name,
        f"{story.school.name} → {county.name}；本校已无审核员",
    )
    assert AuditRow.objects.filter(subject_id=str(instance.uuid), deed="process.reassigned").count() == 1
    topics = [topic for row in OutboxRow.objects.all() for topic in row.topics]
    for place in (story.school, county):
        assert f"work:{place.pk}:resource_reviewer" in topics, "both lists are told"
    complete_item(by=there.actor, item=item, answers={"outcome": "approve"}, now=LATER)
    assert process_for(there.actor, instance.uuid).state == InstanceState.FINISHED


def test_a_step_goes_nowhere_else(story: Story, operator: Somebody) -> None:
    """Not where nobody holds the role, not where it is, not beside or elsewhere, not to nothing."""
    instance = at_check(story)
    item = story.item(instance, "check")
    beside = a_school()
    a_reviewer(beside)
    for place in (a_bureau().uuid, story.school.uuid, beside.uuid, story.stranger.actor.person_id, uuid4()):
        assert place is not None
        with pytest.raises(NobodyThere):
            reassign_item(by=operator.actor, item=item, place=place, text="改派", now=LATER)
    there = a_reviewer(a_bureau())
    assert other_places(instance, [item], LATER) == [(item, a_bureau())]
    leave(there)
    assert other_places(instance, [item], LATER) == []
    own = story.item(story.start(), "write")
    with pytest.raises(NobodyThere):
        reassign_item(by=operator.actor, item=own, place=a_bureau().uuid, text="只请本人", now=LATER)


def test_a_step_does_not_go_where_only_the_one_it_is_kept_apart_from_holds_the_role(
    story: Story, operator: Somebody
) -> None:
    holders = {**SETTINGS["holders"], "reviewer": {**SETTINGS["holders"]["reviewer"], "apart": True}}
    publish_definition(package(settings={**SETTINGS, "holders": holders}), now=NOON)
    county = a_bureau()
    author = a_person(Role.RESOURCE_REVIEWER, county)
    instance = story.start(by=author)
    complete_item(by=author.actor, item=story.item(instance, "write"), answers={}, now=NOON)
    item = story.item(instance, "check")
    with pytest.raises(NobodyThere):
        reassign_item(by=operator.actor, item=item, place=county.uuid, text="改派", now=LATER)
    a_reviewer(county)
    assert reassign_item(by=operator.actor, item=item, place=county.uuid, text="改派", now=LATER).place == county


def test_what_is_done_is_not_reassigned(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    item = instance.items.get(element="write")
    with pytest.raises(AlreadyDone):
        reassign_item(by=operator.actor, item=item, place=a_bureau().uuid, text="改派", now=LATER)


# -- trying again -----------------------------------------------------------------------------------------------------


def test_a_timer_that_failed_fires_when_tried_again(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    tokens = breaking(instance)
    Instance.objects.filter(pk=instance.pk).update(tokens=tokens)
    after = retry_timers(by=operator.actor, instance=instance, text="已修复", now=LATER)
    assert (after.state, after.ended_with, after.trouble) == (InstanceState.FINISHED, "late", "")
    assert [(step.kind, step.text) for step in instance.trail.all()][-3:] == [
        ("retried", "已修复"),
        ("fired", ""),
        ("finished", ""),
    ]
    assert instance.trail.get(kind="fired").by_person is None, "the platform itself lets timers fire"
    assert kinds(operator.actor) == {}


def test_what_fails_again_is_put_off_again_and_the_try_stays_in_the_trail(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    breaking(instance)
    after = retry_timers(by=operator.actor, instance=instance, text="再试一次", now=LATER)
    assert (after.is_running, bool(after.trouble)) == (True, True)
    timer = instance.timers.get()
    assert (timer.due_at, timer.failing_since) == (LATER + timedelta(hours=1), NOON)
    assert instance.trail.last().text == "再试一次"  # type: ignore[union-attr]  # it is there


def test_a_timer_that_did_not_fail_waits_for_its_time(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    with pytest.raises(NothingFails):
        retry_timers(by=operator.actor, instance=instance, text="快些", now=LATER)
    assert instance.timers.get().due_at == NOON + timedelta(days=7)


# -- ending -----------------------------------------------------------------------------------------------------------


def test_a_process_is_ended_without_the_action_of_taking_back(story: Story, operator: Somebody) -> None:
    done = []

    def take_back(**given: Any) -> Values | None:
        done.append(given)
        return None

    register_service("test.take_back", take_back)
    publish_definition(package(*TWO_STEP, settings={**SETTINGS, "withdrawn": "test.take_back"}), now=NOON)
    instance = at_check(story)
    OutboxRow.objects.all().delete()
    after = end_process(by=operator.actor, instance=instance, text="作品已下架", now=LATER)
    assert done == []
    assert (after.state, after.tokens, after.ended_at) == (InstanceState.WITHDRAWN, None, LATER)
    assert after.items.get(element="check").state == ItemState.DROPPED
    assert not after.timers.exists()
    assert waiting_for(story.reviewer.actor) == []
    last = after.trail.last()
    assert last is not None
    assert (last.kind, last.text, last.by_name) == ("ended", "作品已下架", operator.person.name)
    assert AuditRow.objects.filter(subject_id=str(instance.uuid), deed="process.ended").count() == 1
    [told] = OutboxRow.objects.filter(name="process.moved")
    assert told.payload["state"] == "withdrawn"
    assert f"work:{story.school.pk}:resource_reviewer" in told.topics
    assert story.start(subject=instance.subject).is_running, "it may begin anew"


# -- who may ----------------------------------------------------------------------------------------------------------

Deed = Callable[[Actor, Instance, str], object]


def _reassign(actor: Actor, instance: Instance, text: str) -> object:
    item = instance.items.filter(element="check").get()
    return reassign_item(by=actor, item=item, place=a_bureau().uuid, text=text, now=LATER)


DEEDS: dict[str, Deed] = {
    "reassign": _reassign,
    "retry": lambda actor, instance, text: retry_timers(by=actor, instance=instance, text=text, now=LATER),
    "end": lambda actor, instance, text: end_process(by=actor, instance=instance, text=text, now=LATER),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_repairs_without_the_right_a_reason_and_a_running_process(
    story: Story, operator: Somebody, deed: str
) -> None:
    instance = at_check(story)
    breaking(instance)
    a_reviewer(a_bureau())
    school_admin = a_person(Role.SCHOOL_ADMIN, story.school)
    steps = instance.steps
    for somebody in (story.author, story.reviewer, story.stranger, story.officer, school_admin):
        with pytest.raises(NotFound):
            DEEDS[deed](somebody.actor, instance, "修一修")
    with pytest.raises(ReasonNeeded):
        DEEDS[deed](operator.actor, instance, "  ")
    instance.refresh_from_db()
    assert (instance.steps, instance.trail.count()) == (steps, steps)
    province = a_person(Role.PROVINCE_ADMIN, a_bureau("410000"))
    DEEDS[deed](province.actor, instance, "修一修")
    assert instance.trail.count() > steps
    Instance.objects.filter(pk=instance.pk).update(state=InstanceState.WITHDRAWN, ended_at=LATER, tokens=None)
    with pytest.raises(NoLongerRunning):
        DEEDS[deed](operator.actor, instance, "修一修")


def said_in(story: Story) -> Instance:
    """A process with an answer, a word and a reason in its trail, sent back and waiting for its author again."""
    instance = at_check(story)
    comment_on_process(by=story.author.actor, instance=instance, text="请看第三页", now=NOON)
    answers = {"outcome": "return", "pages": 73}
    return complete_item(
        by=story.reviewer.actor, item=story.item(instance, "check"), answers=answers, text="写错了", now=NOON
    )


def test_who_only_repairs_reads_names_and_times_but_nothing_that_was_said(story: Story, operator: Somebody) -> None:
    instance = said_in(story)
    url, client = f"/workbench/processes/{instance.uuid}/", browser(operator.person)
    secrets = ("我的说明", "请看第三页", "写错了", "73")
    for _time in range(2):
        shown = text_of(client, url)
        for name in (story.author.person.name, story.reviewer.person.name):
            assert name in shown
        api = client.get(f"/api/v1/processes/{instance.uuid}").json()["trail"]
        assert [step["by"] for step in api[:4]] == [step.by_name for step in instance.trail.all()[:4]]
        for secret in secrets[:3]:
            assert secret not in shown
            assert secret not in str(api)
        assert all(step["answers"] == {} for step in api)
        with pytest.raises(NotFound):
            comment_on_process(by=operator.actor, instance=instance, text="看看", now=LATER)
        end_running(instance, operator)  # whoever repaired has a step in the trail, and still no part in it
    full = text_of(browser(story.officer.person), url)
    assert all(secret in full for secret in secrets)
    assert "修一修" in full
    assert "修一修" in text_of(client, url), "what repairs say is told to those who repair"


def end_running(instance: Instance, by: Somebody) -> None:
    instance.refresh_from_db()
    if instance.is_running:
        end_process(by=by.actor, instance=instance, text="修一修", now=LATER)


def test_who_repairs_and_takes_part_reads_everything(story: Story) -> None:
    both = a_person(Role.OPERATOR, a_bureau("410000"), also=[Role.RESOURCE_REVIEWER])
    instance = said_in(story)
    complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=NOON)
    url = f"/workbench/processes/{instance.uuid}/"
    assert "写错了" not in text_of(browser(both.person), url)
    place = a_bureau("410000").uuid
    reassign_item(by=both.actor, item=story.item(instance, "check"), place=place, text="我来", now=LATER)
    assert "写错了" in text_of(browser(both.person), url)


# -- pages and programs -----------------------------------------------------------------------------------------------


def test_a_process_is_repaired_on_its_page(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    breaking(instance)
    there = a_reviewer(a_bureau())
    client, url = browser(operator.person), f"/workbench/processes/{instance.uuid}/"
    assert f"{url}repairs/" in text_of(client, url)
    shown = text_of(client, f"{url}repairs/")
    for words in ("改派给另一单位", "现在重试失败的定时事件", "终止流程", f"“审核”改由{a_bureau().name}办理"):
        assert words in shown
    for wrong in ({"kind": "end", "text": " "}, {"kind": "reassign", "text": "x"}, {"kind": "other", "text": "x"}):
        assert client.post(f"{url}repairs/", wrong).status_code == 422
    assert client.post(f"{url}repairs/", {"kind": "retry", "text": "再试"}).status_code == 302
    item = story.item(instance, "check")
    target = f"{item.uuid}/{a_bureau().uuid}"
    assert client.post(f"{url}repairs/", {"kind": "reassign", "target": target, "text": "改派"}).status_code == 302
    assert waiting_for(there.actor) == [item]
    assert client.post(f"{url}repairs/", {"kind": "end", "text": "不再需要"}).status_code == 302
    assert [step.kind for step in instance.trail.all()][-3:] == ["retried", "reassigned", "ended"]
    assert client.get(f"{url}repairs/").status_code == 302
    assert "流程已经结束，只能查看" in text_of(client, url)


def test_repairs_that_would_do_nothing_are_not_offered(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    shown = text_of(browser(operator.person), f"/workbench/processes/{instance.uuid}/repairs/")
    assert "终止流程" in shown
    assert "改派给另一单位" not in shown
    assert "现在重试失败的定时事件" not in shown
    assert 'name="target"' not in shown
    wrong = {"kind": "reassign", "text": "x"}
    answer = browser(operator.person).post(f"/workbench/processes/{instance.uuid}/repairs/", wrong)
    assert answer.status_code == 422


def test_a_stranger_finds_no_repairs(story: Story) -> None:
    instance = at_check(story)
    url = f"/workbench/processes/{instance.uuid}/"
    for somebody in (story.stranger, story.author, story.officer):
        client = browser(somebody.person)
        assert client.get(f"{url}repairs/").status_code == 403
        assert client.post(f"{url}repairs/", {"kind": "end", "text": "x"}).status_code == 403
        assert sent(client, f"/processes/{instance.uuid}/repairs", kind="end", text="x")[0] == 403
    assert "repairs/" not in text_of(browser(story.officer.person), url)
    instance.refresh_from_db()
    assert instance.is_running


def test_programs_find_and_repair_what_stands_still(story: Story, operator: Somebody) -> None:
    instance = at_check(story)
    breaking(instance)
    leave(story.reviewer, story.colleague)
    there, client = a_reviewer(a_bureau()), browser(operator.person)
    [row] = client.get("/api/v1/processes/trouble").json()["items"]
    assert (row["id"], row["organisation"]) == (str(instance.uuid), story.school.name)
    failing, deserted = row["troubles"]
    assert (failing["kind"], failing["item"], failing["since"]) == ("failing", None, "2026-09-10T04:00:00Z")
    assert (deserted["kind"], deserted["place"], deserted["role"]) == (
        "deserted",
        story.school.name,
        "resource_reviewer",
    )
    where, item = f"/processes/{instance.uuid}/repairs", deserted["item"]
    place = str(a_bureau().uuid)
    assert sent(client, where, kind="end", text=" ")[1]["code"] == "reason_needed"
    assert sent(client, where, kind="reassign", text="改派", item=item)[0] == 404
    assert sent(client, where, kind="reassign", text="改派", item=str(uuid4()), place=place)[0] == 404
    assert sent(client, where, kind="reassign", text="改派", item=item, place=item)[1]["code"] == "nobody_there"
    assert sent(client, where, kind="reassign", text="改派", item=item, place=place)[0] == 200
    assert [one.uuid for one in waiting_for(there.actor)] == [UUID(item)]
    assert sent(client, where, kind="retry", text="再试")[1]["state"] == "running"
    assert sent(client, where, kind="end", text="不再需要")[1]["state"] == "withdrawn"
    assert sent(client, where, kind="end", text="不再需要")[1]["code"] == "process_not_running"


# -- handing over -----------------------------------------------------------------------------------------------------


def test_a_step_is_handed_over_on_its_page(story: Story) -> None:
    item = story.item(at_check(story), "check")
    url, client = f"/workbench/items/{item.uuid}/", browser(story.reviewer.person)
    assert f"{url}delegation/" in text_of(client, url)
    shown = text_of(client, f"{url}delegation/")
    assert story.colleague.person.name in shown
    colleague = str(story.colleague.person.uuid)
    for wrong in (
        {"to": colleague, "text": ""},
        {"to": str(story.stranger.person.uuid), "text": "请您"},
        {"text": "x"},
    ):
        assert client.post(f"{url}delegation/", wrong).status_code == 422
    assert client.post(f"{url}delegation/", {"to": colleague, "text": "您更熟悉"}).status_code == 302
    assert waiting_for(story.colleague.actor) == [item]
    assert client.get(f"{url}delegation/").status_code == 409
    for outsider in (story.stranger, story.officer, story.author):
        assert browser(outsider.person).get(f"{url}delegation/").status_code == 404


def test_with_no_colleague_the_page_says_so(story: Story) -> None:
    item = story.item(at_check(story), "check")
    leave(story.colleague)
    assert "没有可以转交的同事" in text_of(browser(story.reviewer.person), f"/workbench/items/{item.uuid}/delegation/")


def test_a_step_of_one_person_is_not_handed_over(story: Story) -> None:
    item = story.item(story.start(), "write")
    url, client = f"/workbench/items/{item.uuid}/", browser(story.author.person)
    assert "转交给同事" not in text_of(client, url)
    assert "只请您一个人办理" in text_of(client, f"{url}delegation/")


def test_programs_hand_over_and_learn_nothing_of_others(story: Story) -> None:
    item = story.item(at_check(story), "check")
    where, client = f"/work-items/{item.uuid}/delegation", browser(story.reviewer.person)
    refused = [sent(client, where, to=str(to), text="请您") for to in (story.author.person.uuid, uuid4())]
    assert [status for status, _problem in refused] == [404, 404]
    assert refused[0][1]["code"] == refused[1][1]["code"]
    to = str(story.colleague.person.uuid)
    assert sent(browser(story.stranger.person), where, to=to, text="请您")[0] == 404
    assert sent(client, where, to=to, text=" ")[1]["code"] == "reason_needed"
    assert sent(client, where, to=to, text="请您")[1]["is_claimed"]
    assert sent(client, where, to=to, text="请您")[1]["code"] == "work_item_taken"


def test_the_page_of_handing_over_costs_the_same_for_one_and_for_three(story: Story) -> None:
    item = story.item(at_check(story), "check")
    client, counts = browser(story.reviewer.person), []
    for more in (0, 2):
        for _ in range(more):
            a_reviewer(story.school)
        client.get(f"/workbench/items/{item.uuid}/delegation/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/workbench/items/{item.uuid}/delegation/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
