"""What people are told of processes: work, returns, hand-overs, deadlines, ends; never twice, and never strangers."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.engines.process.actions import remind
from heluo.engines.process.enums import InstanceState
from heluo.engines.process.events import DeadlinesCame
from heluo.engines.process.loading import publish_definition
from heluo.engines.process.models import Instance, WorkItem
from heluo.engines.process.public import (
    claim_item,
    complete_item,
    delegate_item,
    end_process,
    pause_process,
    withdraw_process,
)
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.events.outbox import event_from
from heluo.kernel.events.public import Announcement
from heluo.kernel.events.registry import listeners_of
from heluo.kernel.notices.models import Notice
from heluo.kernel.people.models import Post
from tests.engines.process.conftest import SETTINGS, Story, package
from tests.factories import NOON, Somebody, a_bureau, a_person
from tests.register import browser

LATER = NOON + timedelta(hours=1)
NEAR, OVER = NOON + timedelta(days=6, hours=13), NOON + timedelta(days=7, hours=13)
"""Given on Thursday the 10th at noon: near with the end of Wednesday the 16th, over with that of the 17th."""


def hear() -> None:
    """Everything that was announced is heard, as the dispatcher would hand it on."""
    rows = [row for row in OutboxRow.objects.order_by("id") if listeners_of(row.name)]
    OutboxRow.objects.all().delete()
    for name in dict.fromkeys(row.name for row in rows):
        batch = [Announcement(event_from(name, row.payload), row.by, row.at) for row in rows if row.name == name]
        for listener in listeners_of(name).values():
            listener(batch)


def told(somebody: Somebody, *, unread: bool = True) -> list[str]:
    """The kinds of what somebody was told."""
    found = Notice.objects.filter(person=somebody.person.uuid).order_by("id")
    return list((found.filter(read_at=None) if unread else found).values_list("kind", flat=True))


def do(story: Story, instance: Instance, element: str, by: Somebody, at: datetime = LATER, **answers: object) -> None:
    complete_item(by=by.actor, item=story.item(instance, element), answers=answers, now=at)
    hear()


def at_check(story: Story) -> Instance:
    instance = story.start()
    do(story, instance, "write", story.author, NOON)
    return instance


def test_who_is_asked_is_told_and_nobody_else(story: Story) -> None:
    instance = at_check(story)
    assert (told(story.reviewer), told(story.colleague)) == (["process.asked"], ["process.asked"])
    for nobody in (story.author, story.stranger, story.officer):
        assert told(nobody) == []
    notice = Notice.objects.get(person=story.reviewer.person.uuid)
    item = story.item(instance, "check")
    assert (notice.url, notice.key) == (f"/workbench/items/{item.uuid}/", str(item.uuid))
    assert (
        "“分数的初步认识”等您办理：审核" in browser(story.reviewer.person).get("/workbench/notices/").content.decode()
    )


def test_what_somebody_did_settles_what_the_others_were_told(story: Story) -> None:
    instance = at_check(story)
    do(story, instance, "check", story.reviewer, outcome="approve")
    assert (told(story.reviewer), told(story.colleague)) == ([], [])
    assert told(story.colleague, unread=False) == ["process.asked"]
    assert told(story.author) == ["process.finished"]


def test_a_return_is_told_as_one(story: Story) -> None:
    instance = at_check(story)
    do(story, instance, "check", story.reviewer, outcome="return")
    assert told(story.author) == ["process.returned"]
    do(story, instance, "write", story.author)
    assert (told(story.author), told(story.reviewer)) == ([], ["process.returned"])
    assert told(story.colleague) == ["process.asked"], "the step before was another one"


def test_hearing_it_again_tells_nothing_again(story: Story) -> None:
    instance = at_check(story)
    before = Notice.objects.count()
    claim_item(by=story.reviewer.actor, item=story.item(instance, "check"), now=LATER)
    story.start()
    hear()
    hear()
    assert Notice.objects.count() == before


def test_who_left_or_is_kept_apart_is_not_told(story: Story) -> None:
    holders = {**SETTINGS["holders"], "reviewer": {**SETTINGS["holders"]["reviewer"], "apart": True}}
    publish_definition(package(settings={**SETTINGS, "holders": holders}), now=NOON)
    both = a_person(Role.TEACHER, story.school, also=[Role.RESOURCE_REVIEWER])
    Post.objects.filter(person=story.colleague.person).update(ends_on=local_day(NOON) - timedelta(days=1))
    instance = story.start(by=both)
    do(story, instance, "write", both)
    assert (told(both), told(story.colleague), told(story.reviewer)) == ([], [], ["process.asked"])


def test_a_colleague_is_told_of_a_hand_over_unless_it_is_over(story: Story) -> None:
    instance = at_check(story)

    def hand_over(to: Somebody, by: Somebody) -> None:
        item = story.item(instance, "check")
        delegate_item(by=by.actor, item=item, to=to.person.uuid, text="您来", now=LATER)

    hand_over(story.colleague, story.reviewer)
    hand_over(story.reviewer, story.colleague)
    hear()
    assert told(story.colleague) == ["process.asked"], "it was handed back before it was heard"
    assert told(story.reviewer) == ["process.asked", "process.handed"]


@pytest.mark.parametrize("is_claimed", [False, True])
def test_deadlines_are_told_once_each(story: Story, is_claimed: bool) -> None:
    instance = at_check(story)
    if is_claimed:
        claim_item(by=story.reviewer.actor, item=story.item(instance, "check"), now=LATER)
    assert remind(now=NEAR - timedelta(days=1)) == 0
    for at, count in ((NEAR, 1), (NEAR, 0), (OVER, 1), (OVER, 0)):
        assert remind(now=at) == count
        hear()
    assert told(story.reviewer) == ["process.asked", "process.near", "process.over"]
    assert told(story.colleague) == (["process.asked"] if is_claimed else told(story.reviewer))
    do(story, instance, "check", story.reviewer, OVER, outcome="approve")
    assert told(story.reviewer) == []


def test_one_that_is_over_when_it_is_looked_at_is_not_called_near(story: Story) -> None:
    at_check(story)
    assert remind(now=OVER) == 1
    hear()
    assert told(story.reviewer) == ["process.asked", "process.over"]


def test_a_paused_process_reminds_nobody(story: Story) -> None:
    instance, other = at_check(story), at_check(story)
    pause_process(by=story.officer.actor, instance=instance, text="等一等", now=LATER)
    assert remind(now=OVER) == 1
    pause_process(by=story.officer.actor, instance=other, text="等一等", now=OVER)
    hear()
    assert "process.over" not in told(story.reviewer), "it was paused before it was heard"


def test_many_deadlines_cost_what_one_costs(story: Story) -> None:
    counts = []
    for many in (1, 5):
        for _ in range(many):
            at_check(story)
        with CaptureQueriesContext(connection) as queries:
            assert remind(now=OVER) == many
            hear()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_ends_are_told_to_who_started_it_unless_it_was_they(story: Story) -> None:
    ends: list[Callable[[Instance], object]] = [
        lambda one: withdraw_process(by=story.author.actor, instance=one, text="不办了", now=LATER),
        lambda one: end_process(
            by=a_person(Role.PROVINCE_ADMIN, a_bureau("410000")).actor, instance=one, text="作废", now=LATER
        ),
    ]
    for end, expected in zip(ends, ([], ["process.ended"]), strict=True):
        instance = at_check(story)
        end(instance)
        hear()
        instance.refresh_from_db()
        assert instance.state == InstanceState.WITHDRAWN
        assert told(story.author) == expected
        assert told(story.reviewer) == []


def test_work_that_nobody_holds_tells_nobody(story: Story) -> None:
    Post.objects.filter(role="resource_reviewer").update(ends_on=local_day(NOON) - timedelta(days=1))
    at_check(story)
    assert not Notice.objects.exists()


def test_reminders_are_announced_by_the_clock(story: Story) -> None:
    instance = at_check(story)
    remind(now=OVER)
    row = OutboxRow.objects.get(name=DeadlinesCame.name)
    assert (row.by, row.payload) == (None, {"items": [str(story.item(instance, "check").uuid)], "are_over": True})
    assert WorkItem.objects.get(element="check").reminder == 2
