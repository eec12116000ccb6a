"""A process that is paused: by whom, that nothing moves or becomes late meanwhile, and what is left afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heluo.engines.process.actions import end_pause, recount_deadlines
from heluo.engines.process.enums import InstanceState, StepKind
from heluo.engines.process.errors import (
    NoLongerRunning,
    NotPaused,
    Paused,
    PauseEndsTooSoon,
    PauseTooLong,
    ReasonNeeded,
)
from heluo.engines.process.jobs import fire_due
from heluo.engines.process.loading import publish_definition
from heluo.engines.process.models import Instance, Pause, Timer, WorkItem
from heluo.engines.process.pages.showing import rows_of
from heluo.engines.process.public import (
    claim_item,
    comment_on_process,
    complete_item,
    complete_together,
    delegate_item,
    end_process,
    fire_timer,
    pause_process,
    resume_process,
    retry_timers,
    withdraw_process,
)
from heluo.engines.process.queries import due_timers, ending_pauses
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.models import CalendarDay
from heluo.kernel.events.models import OutboxRow
from tests.engines.process.conftest import SETTINGS, Story, package, waiting_for
from tests.factories import NOON, OTHER_COUNTY, Somebody, a_bureau, a_person
from tests.register import browser

LATER = NOON + timedelta(hours=1)
"""Thursday 10 September 2026: five working days end with Thursday the 17th."""
DUE = datetime(2026, 9, 17, 16, tzinfo=UTC)


def september(day: int, hour: int = 4) -> datetime:
    """Noon of a day in China, or another hour in UTC."""
    return datetime(2026, 9, day, hour, tzinfo=UTC)


def at_check(story: Story) -> Instance:
    instance = story.start()
    return complete_item(by=story.author.actor, item=story.item(instance, "write"), answers={}, now=LATER)


def stop(
    story: Story, instance: Instance, at: datetime = LATER, *, by: Somebody | None = None, **more: Any
) -> Instance:
    return pause_process(by=(by or story.officer).actor, instance=instance, text="等上级通知", now=at, **more)


def go_on(story: Story, instance: Instance, at: datetime) -> WorkItem:
    resume_process(by=story.officer.actor, instance=instance, text="通知已到", now=at)
    return story.item(instance, "check")


# -- who --------------------------------------------------------------------------------------------------------------


def test_only_officers_above_and_operators_pause(story: Story) -> None:
    instance = at_check(story)
    elsewhere = a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY))
    head = a_person(Role.SCHOOL_ADMIN, story.school)
    for actor in (
        PUBLIC_ACTOR,
        *(one.actor for one in (story.author, story.reviewer, story.stranger, elsewhere, head)),
    ):
        with pytest.raises(NotFound):
            pause_process(by=actor, instance=instance, text="看看", now=LATER)
    operator = a_person(Role.OPERATOR, a_bureau("410000"))
    stop(story, instance, by=operator)
    for actor in (PUBLIC_ACTOR, *(one.actor for one in (story.author, story.reviewer, elsewhere, head))):
        with pytest.raises(NotFound):
            resume_process(by=actor, instance=instance, text="看看", now=LATER)
    resume_process(by=operator.actor, instance=instance, text="好了", now=LATER)


def test_each_refusal(story: Story) -> None:
    instance = at_check(story)
    officer = story.officer.actor
    with pytest.raises(ReasonNeeded):
        pause_process(by=officer, instance=instance, text=" ", now=LATER)
    with pytest.raises(NotPaused):
        resume_process(by=officer, instance=instance, text="好了", now=LATER)
    with pytest.raises(PauseEndsTooSoon):
        stop(story, instance, until=LATER)
    with pytest.raises(PauseTooLong):
        stop(story, instance, until=LATER + timedelta(days=367))
    assert not Pause.objects.exists()
    stop(story, instance)
    with pytest.raises(Paused):
        stop(story, instance)
    with pytest.raises(ReasonNeeded):
        resume_process(by=officer, instance=instance, text="", now=LATER)
    withdraw_process(by=story.author.actor, instance=instance, text="不办了", now=LATER)
    for deed in (pause_process, resume_process):
        with pytest.raises(NoLongerRunning):
            deed(by=officer, instance=instance, text="再来", now=LATER)


def test_both_stand_in_the_trail_the_audit_log_and_the_lists(story: Story) -> None:
    instance = at_check(story)
    stop(story, instance, until=september(20, 16))
    go_on(story, instance, september(14))
    said = [(step.kind, step.text, step.by_name) for step in instance.trail.all()][2:]
    name = story.officer.actor.name
    assert said == [(StepKind.PAUSED, "→ 2026-09-21；等上级通知", name), (StepKind.RESUMED, "通知已到", name)]
    deeds = AuditRow.objects.filter(subject_id=str(instance.uuid)).order_by("seq").values_list("deed", flat=True)
    assert list(deeds)[2:] == ["process.paused", "process.resumed"]
    told = OutboxRow.objects.filter(name="process.moved").order_by("-id")[:2]
    assert all(f"work:{story.school.pk}:resource_reviewer" in one.topics for one in told)


# -- while it is paused -----------------------------------------------------------------------------------------------


def test_nothing_is_done_meanwhile_but_it_may_be_arranged(story: Story) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")
    stop(story, instance)
    answers = {"outcome": "approve"}
    with pytest.raises(Paused):
        complete_item(by=story.reviewer.actor, item=item, answers=answers, now=LATER)
    [(_item, why)] = complete_together(by=story.reviewer.actor, items=[item], answers=answers, now=LATER)
    assert isinstance(why, Paused)
    with pytest.raises(NotFound):
        complete_item(by=story.stranger.actor, item=item, answers=answers, now=LATER)
    with pytest.raises(Paused):
        retry_timers(by=a_person(Role.OPERATOR, a_bureau("410000")).actor, instance=instance, text="再试", now=LATER)
    claim_item(by=story.reviewer.actor, item=item, now=LATER)
    delegate_item(by=story.reviewer.actor, item=item, to=story.colleague.person.uuid, text="您来", now=LATER)
    comment_on_process(by=story.author.actor, instance=instance, text="等着", now=LATER)
    go_on(story, instance, LATER)
    complete_item(by=story.colleague.actor, item=item, answers=answers, now=LATER)


def test_no_timer_fires_and_nothing_becomes_late(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    paused, other = at_check(story), at_check(story)
    stop(story, paused)
    timer, long_after = paused.timers.get(), LATER + timedelta(days=60)
    assert due_timers(long_after, 10) == [other.timers.get().pk]
    assert not fire_timer(timer=timer.pk, now=long_after)
    monkeypatch.setattr("heluo.engines.process.jobs.now", lambda: long_after)
    fire_due()
    for instance in (paused, other):
        instance.refresh_from_db()
    assert (paused.state, other.state) == (InstanceState.RUNNING, InstanceState.FINISHED)
    [row] = rows_of(waiting_for(story.reviewer.actor), long_after)
    assert (row.is_late, row.is_near, row.is_paused, row.notice) == (False, False, True, "已暂停办理")


def test_an_end_ends_the_pause_too(story: Story) -> None:
    withdrawn, ended = at_check(story), at_check(story)
    for instance in (withdrawn, ended):
        stop(story, instance, until=september(20))
    withdraw_process(by=story.author.actor, instance=withdrawn, text="不办了", now=LATER)
    end_process(by=a_person(Role.PROVINCE_ADMIN, a_bureau("410000")).actor, instance=ended, text="作废", now=LATER)
    assert not Pause.objects.filter(resumed_at=None).exists()
    assert not Instance.objects.filter(is_paused=True).exists()
    assert ending_pauses(september(28), 10) == []


# -- what is left -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paused", "resumed", "due"),
    [
        (september(10, 6), september(10, 7), DUE),
        (september(14), september(16), september(21, 16)),  # Monday: 3 days are left after it; Wednesday and 3
        (september(12), september(13), DUE),  # a weekend costs nothing
        (september(17), september(19), september(21, 16)),  # on its last day; resumed on Saturday: Monday
        (september(17), september(17, 5), DUE),
        (september(18), september(25), DUE),  # it was overdue when it was paused
    ],
)
def test_working_days_that_were_left_are_left(story: Story, paused: datetime, resumed: datetime, due: datetime) -> None:
    instance = at_check(story)
    stop(story, instance, paused)
    assert story.item(instance, "check").due_at is None
    item = go_on(story, instance, resumed)
    assert (item.due_at, item.sort_at) == (due, due)
    assert item.warn_at is not None
    assert item.warn_at < due


def test_pauses_add_up(story: Story) -> None:
    instance = at_check(story)
    for paused, resumed in ((14, 15), (16, 18)):
        stop(story, instance, september(paused))
        item = go_on(story, instance, september(resumed))
    assert item.due_at == september(22, 16)


def test_calendar_time_and_timers_go_on_with_what_was_left(story: Story) -> None:
    publish_definition(
        package(settings={**SETTINGS, "deadlines": {"check": {"within": "P5D", "warn": "P1D"}}}), now=NOON
    )
    instance = at_check(story)
    timer = instance.timers.get().due_at
    stop(story, instance, LATER + timedelta(days=2))
    item = go_on(story, instance, LATER + timedelta(days=12))
    assert (item.due_at, item.warn_at) == (LATER + timedelta(days=15), LATER + timedelta(days=14))
    moved = instance.timers.get()
    assert (moved.due_at, moved.is_held) == (timer + timedelta(days=10), False)
    assert not fire_timer(timer=moved.pk, now=timer)
    assert fire_timer(timer=moved.pk, now=moved.due_at)


def test_the_calendar_may_change_before_and_after(story: Story) -> None:
    instance = at_check(story)
    stop(story, instance, september(14))
    CalendarDay.objects.create(day=date(2026, 9, 17), is_working=False, name="示例节", source="测试")
    assert recount_deadlines(since=date(2026, 9, 17), now=september(15)) == 0, "a paused step has no deadline"
    item = go_on(story, instance, september(16))
    assert item.due_at == september(22, 16)  # the 18th, the 21st, the 22nd: the 17th was a holiday in what was left too
    CalendarDay.objects.create(day=date(2026, 9, 21), is_working=False, name="示例节", source="测试")
    assert recount_deadlines(since=date(2026, 9, 21), now=september(16)) == 1
    item.refresh_from_db()
    assert item.due_at == september(23, 16)


def test_recounting_costs_the_same_however_many_were_paused(story: Story) -> None:
    counts = []
    for day, more in ((24, 1), (25, 4)):
        for _ in range(more):
            instance = at_check(story)
            stop(story, instance, september(11))
            go_on(story, instance, september(21))
        CalendarDay.objects.create(day=date(2026, 9, day), is_working=False, name="示例节", source="测试")
        with CaptureQueriesContext(connection) as queries:
            assert recount_deadlines(since=date(2026, 9, day), now=september(21))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# -- by itself --------------------------------------------------------------------------------------------------------


def test_a_pause_with_an_end_ends_by_itself_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    instance, without_end = at_check(story), at_check(story)
    stop(story, instance, september(14), until=september(15, 16))
    stop(story, without_end, september(14))
    assert ending_pauses(september(15), 10) == []
    monkeypatch.setattr("heluo.engines.process.jobs.now", lambda: september(15, 17))
    fire_due()
    fire_due()
    assert not end_pause(instance=instance.pk, now=september(16))
    for one in (instance, without_end):
        one.refresh_from_db()
    assert (instance.is_paused, without_end.is_paused) == (False, True)
    last = instance.trail.last()
    assert last is not None
    assert (last.kind, last.by_person, instance.trail.count()) == (StepKind.RESUMED, None, 4)
    assert story.item(instance, "check").due_at == september(21, 16)


# -- constraints and races --------------------------------------------------------------------------------------------


def test_the_database_keeps_one_open_pause_of_a_running_process(story: Story) -> None:
    instance = at_check(story)
    stop(story, instance)
    with pytest.raises(IntegrityError, match="one_open_pause_of_a_process"), transaction.atomic():
        Pause.objects.create(instance=instance, paused_at=LATER)
    with pytest.raises(IntegrityError, match="pauses_end_after_they_began"), transaction.atomic():
        Pause.objects.update(resumed_at=NOON)
    with pytest.raises(IntegrityError, match="only_running_processes_are_paused"), transaction.atomic():
        Instance.objects.filter(pk=instance.pk).update(state=InstanceState.WITHDRAWN, ended_at=LATER, tokens=None)


@pytest.mark.django_db(transaction=True)
def test_of_a_pause_and_a_step_at_once_the_later_finds_the_other(story: Story) -> None:
    instance = at_check(story)
    item, officer = story.item(instance, "check"), story.officer.actor

    def pause() -> str:
        try:
            pause_process(by=officer, instance=instance, text="等一等", now=LATER)
        except (Paused, NoLongerRunning) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    def complete() -> str:
        try:
            complete_item(by=story.reviewer.actor, item=item, answers={"outcome": "approve"}, now=LATER)
        except Paused as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(3) as pool:
        first, second, step = (pool.submit(deed) for deed in (pause, pause, complete))
        results = [one.result() for one in (first, second, step)]
    assert results.count("done") == 1, results
    instance.refresh_from_db()
    assert Pause.objects.count() == int(instance.is_paused)
    assert instance.is_running == instance.is_paused
    assert Timer.objects.filter(is_held=False).count() == 0


# -- pages and API ----------------------------------------------------------------------------------------------------


@pytest.fixture
def _at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("pages.pausing", "api"):
        monkeypatch.setattr(f"heluo.engines.process.{place}.now", lambda: LATER)


@pytest.mark.usefixtures("_at_that_time")
def test_an_officer_pauses_and_resumes_on_the_page(story: Story) -> None:
    instance = at_check(story)
    where = f"/workbench/processes/{instance.uuid}/"
    officer = browser(story.officer.person)
    assert "暂停办理" in officer.get(where).content.decode()
    assert officer.get(f"{where}pause/").status_code == 200
    refused = officer.post(f"{where}pause/", {"text": "等通知", "until": "2026-09-10"})
    assert refused.status_code == 422
    assert "恢复的日期要在今天之后" in refused.content.decode()
    assert officer.post(f"{where}pause/", {"text": "等通知", "until": "0001-01-01"}).status_code == 422
    assert officer.post(f"{where}pause/", {"text": "等通知", "until": "2026-09-21"}).status_code == 302
    assert Pause.objects.get().until == september(20, 16)
    shown = officer.get(where).content.decode()
    assert "2026-09-21 自动恢复" in shown
    item = story.item(instance, "check")
    page = browser(story.reviewer.person).get(f"/workbench/items/{item.uuid}/").content.decode()
    assert "恢复之后才能办理这一步" in page
    assert 'name="done"' not in page
    assert "已暂停办理" in browser(story.reviewer.person).get("/workbench/items/").content.decode()
    assert officer.post(f"{where}pause/", {"text": "通知已到"}).status_code == 302
    assert not Pause.objects.filter(resumed_at=None).exists()


@pytest.mark.usefixtures("_at_that_time")
def test_who_may_not_pause_is_not_led_there(story: Story) -> None:
    instance = at_check(story)
    where = f"/workbench/processes/{instance.uuid}/"
    assert "暂停办理" not in browser(story.author.person).get(where).content.decode()
    for somebody in (story.author, story.reviewer, story.stranger):
        assert browser(somebody.person).get(f"{where}pause/").status_code == 403
        answer = browser(somebody.person).post(
            f"/api/v1/processes/{instance.uuid}/pause", {"text": "看看"}, "application/json"
        )
        assert answer.status_code == 403
    elsewhere = a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY))
    assert browser(elsewhere.person).get(f"{where}pause/").status_code == 404


@pytest.mark.usefixtures("_at_that_time")
def test_a_program_pauses_and_resumes(story: Story) -> None:
    where = f"/api/v1/processes/{at_check(story).uuid}"
    officer, reviewer = browser(story.officer.person), browser(story.reviewer.person)

    def send(path: str, **body: Any) -> Any:
        return officer.post(f"{where}/{path}", body, content_type="application/json")

    told = send("pause", text="等通知", until="2026-09-20T16:00:00Z").json()
    assert (told["is_paused"], told["resumes_at"]) == (True, "2026-09-20T16:00:00Z")
    [item] = reviewer.get("/api/v1/work-items").json()["items"]
    assert (item["is_paused"], item["due_at"]) == (True, None)
    answer = reviewer.post(
        f"/api/v1/work-items/{item['id']}/completion", {"answers": {"outcome": "approve"}}, "application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "process_paused")
    assert send("pause", text="再停").status_code == 409
    told = send("resumption", text="通知已到").json()
    assert (told["is_paused"], told["resumes_at"]) == (False, None)
    assert send("resumption", text="再来").status_code == 409
    assert send("pause", text="等", until="2026-09-20T16:00:00").status_code == 422
