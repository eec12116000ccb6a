"""The life of a process instance: each use case, each refusal, a stranger, and two at once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from heluo.engines.process.actions import put_off_timer, recount_deadlines
from heluo.engines.process.enums import InstanceState, ItemState, StepKind
from heluo.engines.process.errors import (
    AlreadyDone,
    AlreadyRunning,
    AnswersInvalid,
    ExpressionFailed,
    NobodyToAsk,
    NoLongerRunning,
    NoSuchProcess,
    NotClaimed,
    NotPublishable,
    ReasonNeeded,
    TakenBySomebodyElse,
)
from heluo.engines.process.jobs import fire_due
from heluo.engines.process.listeners import recount_after_the_calendar
from heluo.engines.process.loading import publish_definition
from heluo.engines.process.models import Definition, Instance, Step, Timer, WorkItem
from heluo.engines.process.public import (
    Subject,
    claim_item,
    comment_on_process,
    complete_item,
    delegate_item,
    fire_timer,
    process_for,
    register_service,
    release_item,
    start_process,
    withdraw_process,
    work_item_for,
)
from heluo.engines.process.queries import colleagues, due_timers
from heluo.engines.process.vocabulary import Values
from heluo.kernel.access.public import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.calendar.enums import DayKind
from heluo.kernel.calendar.events import CalendarChanged
from heluo.kernel.calendar.public import change_day
from heluo.kernel.clock.models import CalendarDay
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.events.public import Announcement
from heluo.kernel.events.tickets import may_follow
from heluo.kernel.people.models import Post
from tests.engines.process.conftest import SETTINGS, Story, package, waiting_for
from tests.engines.process.diagrams import END, START, TWO_STEP, flow, user_task
from tests.factories import NOON, OTHER_COUNTY, Somebody, a_bureau, a_person, a_reviewer, a_school, a_teacher

LATER = NOON + timedelta(hours=1)


def do(story: Story, instance: Instance, element: str, by: Somebody, **answers: Any) -> Instance:
    return complete_item(by=by.actor, item=story.item(instance, element), answers=answers, now=LATER)


def at_check(story: Story) -> Instance:
    return do(story, story.start(), "write", story.author)


def trail(instance: Instance) -> list[tuple[str, str, str]]:
    return [(step.kind, step.element, step.by_name) for step in instance.trail.all()]


# -- versions ---------------------------------------------------------------------------------------------------------


def test_a_version_is_stored_once_by_its_content(story: Story) -> None:
    again = publish_definition(package(), now=LATER)
    assert (again.pk, again.version) == (story.definition.pk, 1)
    other = publish_definition(package(*TWO_STEP, name="改名"), now=LATER)
    assert (other.version, Definition.objects.get(key="two-step", is_current=True)) == (2, other)
    assert publish_definition(package(), now=LATER) == story.definition
    assert Definition.objects.get(key="two-step", is_current=True) == story.definition


def test_a_running_instance_ends_on_its_version(story: Story) -> None:
    old = story.start()
    shorter = (START, user_task("write", "填写", "author"), END, flow("start", "write"), flow("write", "done"))
    publish_definition(package(*shorter, settings={**SETTINGS, "deadlines": {}, "forms": {}}), now=LATER)
    assert do(story, story.start(), "write", story.author).state == InstanceState.FINISHED
    assert do(story, old, "write", story.author).state == InstanceState.RUNNING


def check_asks(*, conditions: Sequence[Mapping[str, Any]] = (), **fields: Any) -> dict[str, Any]:
    """The second step with other fields."""
    form = SETTINGS["forms"]["check"]
    return {"forms": {"check": {**form, "properties": form["properties"] | fields, "conditions": conditions}}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"holders": {"author": {"title": "作者", "at": "starter"}}}, "reviewer"),
        ({"deadlines": {"gone": {"within": "P1D"}}}, "没有这个人工任务"),
        ({"deadlines": {"check": {"within": "PT5H", "working": True}}}, "整天"),
        ({"deadlines": {"check": {"within": "五天"}}}, "ISO 8601"),
        ({"forms": {"check": {"properties": {"typename": {"type": "string", "title": "x"}}}}}, "typename"),
        ({"forms": {"check": {"properties": {}, "required": ["outcome"]}}}, "outcome"),
        ({"forms": {"check": {"properties": {"all": {"type": "array", "title": "x"}}}}}, "items"),
        ({"forms": {"check": {"properties": {}, "conditions": [{"answers": {"outcome": "x"}}]}}}, "outcome"),
        ({"withdrawn": "test.nothing"}, "test.nothing"),
        ({"deadlines": {"check": {"within": "P1D", "warn": "P2D"}}}, "更长"),
        ({"deadlines": {"check": {"within": "P1D", "working": True, "warn": "P1W"}}}, "更长"),
        (check_asks(titled={"type": "string", "title": "x", "enum": ["a", "b"], "enumTitles": ["甲"]}), "titled"),
        (check_asks(of={"type": "array", "title": "x", "items": {"enum": ["a"], "enumTitles": []}}), "of"),
        (check_asks(number={"type": "integer", "title": "x", "minimum": 3, "maximum": 2}), "maximum"),
        (check_asks(conditions=[{"answers": {"outcome": "refuse"}}]), "refuse"),
        (check_asks(conditions=[{"answers": {"pages": "3"}}]), "永远"),
        (check_asks(outcome={"type": "string", "title": "x", "enum": ["approve", "send_back"]}), "approve、send_back"),
        ({"holders": SETTINGS["holders"] | {"author": {"title": "作者", "at": "starter", "apart": True}}}, "回避"),
    ],
)
def test_settings_that_do_not_fit_the_diagram_are_refused(change: Mapping[str, Any], words: str) -> None:
    with pytest.raises(NotPublishable, match=words):
        publish_definition(package(settings={**SETTINGS, **change}), now=NOON)
    assert not Definition.objects.filter(key="two-step").exists()


def test_the_database_keeps_versions_and_trail_as_they_were(story: Story) -> None:
    instance = story.start()
    for change in (
        lambda: Definition.objects.filter(pk=story.definition.pk).update(title="x"),
        lambda: Step.objects.filter(instance=instance).update(text="x"),
        lambda: Step.objects.filter(instance=instance).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# -- from hand to hand ------------------------------------------------------------------------------------------------


def test_a_process_goes_forth_and_back_and_ends(story: Story) -> None:
    instance = at_check(story)
    assert waiting_for(story.author.actor) == []
    assert [item.element for item in waiting_for(story.reviewer.actor)] == ["check"]
    instance = do(story, instance, "check", story.reviewer, outcome="return")
    assert [item.element for item in waiting_for(story.author.actor)] == ["write"]
    instance = do(story, instance, "write", story.author)
    instance = do(story, instance, "check", story.colleague, outcome="approve", pages=3)
    assert (instance.state, instance.ended_with, instance.tokens) == (InstanceState.FINISHED, "done", None)
    assert instance.values == {"outcome": "approve", "pages": 3}
    assert not instance.items.filter(state=ItemState.OPEN).exists()
    assert not instance.timers.exists()
    author, reviewer, colleague = (one.actor.name for one in (story.author, story.reviewer, story.colleague))
    assert trail(instance) == [
        ("started", "", author),
        ("done", "write", author),
        ("done", "check", reviewer),
        ("done", "write", author),
        ("done", "check", colleague),
        ("finished", "done", colleague),
    ]
    assert [step.passed for step in instance.trail.all()][2] == ["check", "verdict"]
    deeds = AuditRow.objects.filter(subject_id=str(instance.uuid)).order_by("seq").values_list("deed", flat=True)
    assert [deed.removeprefix("process.") for deed in deeds] == [kind for kind, _element, _name in trail(instance)]


def test_a_process_nobody_knows_cannot_start(story: Story) -> None:
    with pytest.raises(NoSuchProcess):
        start_process(
            by=story.author.actor,
            key="unknown",
            subject=Subject("resource", uuid4(), "x"),
            organisation=story.school,
            values={},
            now=NOON,
        )


def test_about_one_thing_one_process_runs_at_a_time(story: Story) -> None:
    about = uuid4()
    first = story.start(subject=about)
    with pytest.raises(AlreadyRunning):
        story.start(subject=about)
    withdraw_process(by=story.author.actor, instance=first, text="不办了", now=LATER)
    assert story.start(subject=about).is_running


def test_work_that_nobody_could_do_is_not_begun(story: Story) -> None:
    holders = {**SETTINGS["holders"], "reviewer": {"title": "县级", "at": "county", "role": "resource_reviewer"}}
    publish_definition(package(settings={**SETTINGS, "holders": holders}), now=NOON)
    instance = do(story, story.start(), "write", story.author)
    assert story.item(instance, "check").place == a_bureau()
    bureau = a_bureau("410000")
    instance = start_process(
        by=story.author.actor,
        key="two-step",
        subject=Subject("resource", uuid4(), "省里的事"),
        organisation=bureau,
        values={},
        now=NOON,
    )
    with pytest.raises(NobodyToAsk, match="县级"):
        do(story, instance, "write", story.author)
    instance.refresh_from_db()
    assert (instance.steps, story.item(instance, "write").state) == (1, ItemState.OPEN)


# -- rights -----------------------------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing(story: Story) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")
    for actor in (story.stranger.actor, PUBLIC_ACTOR):
        assert waiting_for(actor) == []
        with pytest.raises(NotFound):
            work_item_for(actor, item.uuid)
        with pytest.raises(NotFound):
            process_for(actor, instance.uuid)
    for deed in (claim_item, release_item):
        with pytest.raises(NotFound):
            deed(by=story.stranger.actor, item=item, now=LATER)
    with pytest.raises(NotFound):
        complete_item(by=story.stranger.actor, item=item, answers={"outcome": "approve"}, now=LATER)
    with pytest.raises(NotFound):
        comment_on_process(by=story.stranger.actor, instance=instance, text="看看", now=LATER)
    with pytest.raises(NotFound):
        withdraw_process(by=story.stranger.actor, instance=instance, text="看看", now=LATER)


def test_who_may_see_a_process(story: Story) -> None:
    instance = at_check(story)
    for somebody in (story.author, story.reviewer, story.colleague, story.officer):
        assert process_for(somebody.actor, instance.uuid) == instance
    do(story, instance, "check", story.reviewer, outcome="approve")
    assert process_for(story.reviewer.actor, instance.uuid), "who worked on it still sees it"
    with pytest.raises(NotFound):
        process_for(story.colleague.actor, instance.uuid)


def test_the_author_does_not_check(story: Story) -> None:
    with pytest.raises(NotFound):
        do(story, at_check(story), "check", story.author, outcome="approve")


def test_a_role_holder_who_left_does_nothing_any_more(story: Story) -> None:
    """Not even what they claimed; an officer frees it, and a colleague does it."""
    instance = at_check(story)
    item = story.item(instance, "check")
    claim_item(by=story.reviewer.actor, item=item, now=LATER)
    Post.objects.filter(person=story.reviewer.person).update(ends_on=local_day(NOON))
    gone = actor_for(story.reviewer.account, on=local_day(NOON) + timedelta(days=1))
    assert waiting_for(gone) == []
    for deed in (claim_item, release_item):
        with pytest.raises(NotFound):
            deed(by=gone, item=item, now=LATER)
    with pytest.raises(NotFound):
        complete_item(by=gone, item=item, answers={"outcome": "approve"}, now=LATER)
    release_item(by=story.officer.actor, item=item, text="已调离", now=LATER)
    do(story, instance, "check", story.colleague, outcome="approve")


def test_a_step_that_is_saved_twice_is_done_once(story: Story) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")
    do(story, instance, "check", story.reviewer, outcome="return")
    with pytest.raises(AlreadyDone):
        complete_item(by=story.reviewer.actor, item=item, answers={"outcome": "return"}, now=LATER)
    assert [kind for kind, element, _name in trail(instance) if element == "check"] == ["done"]
    assert instance.items.filter(element="write", state=ItemState.OPEN).count() == 1


# -- claim, release, delegate, comment, withdraw ----------------------------------------------------------------------


def test_what_is_claimed_is_left_alone_by_others(story: Story) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")
    claim_item(by=story.reviewer.actor, item=item, now=LATER)
    claim_item(by=story.reviewer.actor, item=item, now=LATER)
    assert [step.kind for step in instance.trail.all()].count(StepKind.CLAIMED) == 1
    assert waiting_for(story.colleague.actor) == []
    with pytest.raises(TakenBySomebodyElse, match=story.reviewer.person.name):
        do(story, instance, "check", story.colleague, outcome="approve")
    with pytest.raises(NotClaimed):
        release_item(by=story.colleague.actor, item=item, now=LATER)
    release_item(by=story.reviewer.actor, item=item, now=LATER)
    assert waiting_for(story.colleague.actor) == [item]
    with pytest.raises(NotClaimed):
        release_item(by=story.reviewer.actor, item=item, now=LATER)


def test_an_officer_frees_what_somebody_who_left_has_claimed(story: Story) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")
    claim_item(by=story.reviewer.actor, item=item, now=LATER)
    with pytest.raises(ReasonNeeded):
        release_item(by=story.officer.actor, item=item, now=LATER)
    release_item(by=story.officer.actor, item=item, text="已调离", now=LATER)
    do(story, instance, "check", story.colleague, outcome="approve")


def test_work_is_handed_to_a_colleague_only(story: Story) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")

    def hand_over(to: Somebody, text: str = "您更熟悉", by: Somebody = story.reviewer) -> WorkItem:
        return delegate_item(by=by.actor, item=item, to=to.person.uuid, text=text, now=LATER)

    for nobody in (story.author, story.stranger, story.officer, story.reviewer):
        with pytest.raises(NotFound):
            hand_over(nobody)
    for outsider in (story.author, story.stranger, story.officer):
        with pytest.raises(NotFound):
            hand_over(story.colleague, by=outsider)
    with pytest.raises(ReasonNeeded):
        hand_over(story.colleague, " ")
    hand_over(story.colleague)
    assert waiting_for(story.reviewer.actor) == []
    assert waiting_for(story.colleague.actor) == [item]
    assert instance.trail.last().text == f"→ {story.colleague.person.name}；您更熟悉"  # type: ignore[union-attr]  # it is there
    with pytest.raises(TakenBySomebodyElse):
        hand_over(story.colleague)
    with pytest.raises(TakenBySomebodyElse):
        do(story, instance, "check", story.reviewer, outcome="approve")
    do(story, instance, "check", story.colleague, outcome="approve")
    with pytest.raises(AlreadyDone):
        hand_over(story.colleague)


def test_work_is_handed_to_nobody_who_left_or_is_kept_apart(story: Story) -> None:
    holders = {**SETTINGS["holders"], "reviewer": {**SETTINGS["holders"]["reviewer"], "apart": True}}
    publish_definition(package(settings={**SETTINGS, "holders": holders}), now=NOON)
    both = a_person(Role.TEACHER, story.school, also=[Role.RESOURCE_REVIEWER])
    instance = do(story, story.start(by=both), "write", both)
    item = story.item(instance, "check")
    Post.objects.filter(person=story.colleague.person).update(ends_on=local_day(NOON) - timedelta(days=1))
    assert not colleagues(story.reviewer.actor, item, LATER).exists()
    for gone in (both, story.colleague):
        with pytest.raises(NotFound):
            delegate_item(by=story.reviewer.actor, item=item, to=gone.person.uuid, text="请您", now=LATER)


def test_comments_stand_in_the_trail(story: Story) -> None:
    instance = at_check(story)
    with pytest.raises(ReasonNeeded):
        comment_on_process(by=story.author.actor, instance=instance, text="  ", now=LATER)
    comment_on_process(by=story.author.actor, instance=instance, text="请看第三页", now=LATER)
    assert instance.trail.last().text == "请看第三页"  # type: ignore[union-attr]  # there are three
    do(story, instance, "check", story.reviewer, outcome="approve")
    with pytest.raises(NoLongerRunning):
        comment_on_process(by=story.author.actor, instance=instance, text="谢谢", now=LATER)


def test_who_started_takes_it_back(story: Story) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")
    with pytest.raises(ReasonNeeded):
        withdraw_process(by=story.author.actor, instance=instance, text="", now=LATER)
    withdraw_process(by=story.author.actor, instance=instance, text="发现错字", now=LATER)
    instance.refresh_from_db()
    assert (instance.state, instance.tokens, instance.timers.count()) == (InstanceState.WITHDRAWN, None, 0)
    for again in (
        lambda: withdraw_process(by=story.author.actor, instance=instance, text="再来", now=LATER),
        lambda: complete_item(by=story.reviewer.actor, item=item, answers={"outcome": "approve"}, now=LATER),
    ):
        with pytest.raises((NoLongerRunning, AlreadyDone)):
            again()


SEVERAL = SETTINGS | {
    "forms": {
        "check": {
            "properties": {
                "outcome": {"type": "string", "title": "结论", "enum": ["approve", "return"]},
                "seen": {"type": "array", "title": "核对", "items": {"enum": ["text", "sound"]}},
                "why": {"type": "string", "title": "原因"},
            },
            "required": ["outcome"],
            "conditions": [
                {"answers": {"outcome": "approve"}, "complete": ["seen"]},
                {"answers": {"outcome": "return"}, "required": ["why"]},
            ],
        }
    }
}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"outcome": "approve"}, "seen"),
        ({"outcome": "approve", "seen": ["text"]}, "seen"),
        ({"outcome": "approve", "seen": ["text", "text"]}, "seen"),
        ({"outcome": "approve", "seen": ["text", "smell"]}, "seen"),
        ({"outcome": "approve", "seen": "text"}, "seen"),
        ({"outcome": "return"}, "why"),
    ],
)
def test_one_answer_asks_for_others(story: Story, answers: dict[str, Any], field: str) -> None:
    publish_definition(package(settings=SEVERAL), now=NOON)
    instance = at_check(story)
    with pytest.raises(AnswersInvalid) as refused:
        do(story, instance, "check", story.reviewer, **answers)
    assert refused.value.field == field


def test_a_step_done_again_starts_from_empty_answers(story: Story) -> None:
    publish_definition(package(settings=SEVERAL), now=NOON)
    instance = at_check(story)
    back = do(story, instance, "check", story.reviewer, outcome="return", why="少一页")
    assert back.values["why"] == "少一页"
    do(story, back, "write", story.author)
    done = do(story, back, "check", story.reviewer, outcome="approve", seen=["text", "sound"])
    assert "why" not in done.values
    assert done.values["seen"] == ["text", "sound"]


def nearest(*, apart: bool) -> dict[str, Any]:
    reviewer = {"title": "审核员", "at": "nearest", "role": "resource_reviewer", "apart": apart}
    return SETTINGS | {"holders": SETTINGS["holders"] | {"reviewer": reviewer}}


def test_work_goes_to_the_nearest_who_hold_the_role(story: Story) -> None:
    publish_definition(package(settings=nearest(apart=False)), now=NOON)
    assert story.item(at_check(story), "check").place == story.school
    elsewhere = a_school()
    author = a_teacher(elsewhere)
    started = start_process(
        by=author.actor,
        key="two-step",
        subject=Subject("resource", uuid4(), "x"),
        organisation=elsewhere,
        values={},
        now=NOON,
    )
    with pytest.raises(NobodyToAsk):
        do(story, started, "write", author)
    county = a_reviewer(a_bureau())
    assert do(story, started, "write", author).steps
    assert story.item(started, "check").place == a_bureau()
    assert [item.element for item in waiting_for(county.actor)] == ["check"]


def test_another_role_does_as_well_where_it_is_held_nearer_or_nobody_holds_the_first(story: Story) -> None:
    others = ["city_officer", "province_admin"]
    holder = {"title": "管理员", "at": "nearest", "role": "county_officer", "otherwise": others}
    publish_definition(package(settings=SETTINGS | {"holders": SETTINGS["holders"] | {"reviewer": holder}}), now=NOON)

    school = a_school("栾川小学", region=OTHER_COUNTY)
    author = a_teacher(school)

    def asked() -> tuple[str, str]:
        subject = Subject("resource", uuid4(), "x")
        started = start_process(
            by=author.actor, key="two-step", subject=subject, organisation=school, values={}, now=NOON
        )
        item = story.item(do(story, started, "write", author), "check")
        assert item.place is not None
        return item.place.name, item.role

    a_person(Role.PROVINCE_ADMIN, a_bureau("410000"))
    assert asked() == (a_bureau("410000").name, "province_admin")
    a_person(Role.CITY_OFFICER, a_bureau("410300"))
    assert asked() == (a_bureau("410300").name, "city_officer")
    county = a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY))
    assert asked() == (a_bureau(OTHER_COUNTY).name, "county_officer")
    assert len(waiting_for(county.actor)) == 1


def test_who_is_kept_apart_is_never_asked(story: Story) -> None:
    publish_definition(package(settings=nearest(apart=True)), now=NOON)
    both = a_person(Role.TEACHER, story.school, also=(Role.RESOURCE_REVIEWER,))
    instance = story.start(by=both)
    do(story, instance, "write", both)
    item = story.item(instance, "check")
    assert (item.place, waiting_for(both.actor)) == (story.school, [])
    with pytest.raises(NotFound):
        complete_item(by=both.actor, item=item, answers={"outcome": "approve"}, now=NOON)
    assert waiting_for(story.reviewer.actor) == [item]


def test_what_was_done_is_taken_back_with_the_process(story: Story) -> None:
    taken: list[Subject] = []

    def take_back(*, by: Actor, subject: Subject, values: Values, now: datetime) -> None:
        taken.append(subject)

    register_service("test.take_back", take_back)
    publish_definition(package(settings=SETTINGS | {"withdrawn": "test.take_back"}), now=NOON)
    instance = at_check(story)
    withdraw_process(by=story.author.actor, instance=instance, text="算了", now=NOON)
    assert [subject.id for subject in taken] == [instance.subject]


def test_lists_of_work_hear_what_comes_and_goes(story: Story) -> None:
    instance = story.start()
    do(story, instance, "write", story.author)
    told = OutboxRow.objects.filter(name="process.moved").order_by("-id")[0].topics
    own, theirs = f"person:{story.author.person.uuid}", f"work:{story.school.pk}:resource_reviewer"
    assert {own, theirs} <= set(told)
    assert may_follow(story.reviewer.actor, theirs)
    assert not may_follow(story.stranger.actor, theirs)
    assert not may_follow(story.author.actor, theirs)


# -- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": "approve", "pages": 0}, "pages"),
        ({"outcome": "approve", "pages": "3"}, "pages"),
        ({"outcome": "approve", "on": "31.12.2026"}, "on"),
        ({"outcome": "approve", "more": 1}, None),
        ({"outcome": {"typename": "Task"}}, "outcome"),
    ],
)
def test_answers_must_fit_the_form(story: Story, answers: dict[str, Any], field: str | None) -> None:
    instance = at_check(story)
    with pytest.raises(AnswersInvalid) as refused:
        do(story, instance, "check", story.reviewer, **answers)
    assert refused.value.field == field
    instance.refresh_from_db()
    assert (instance.steps, story.item(instance, "check").state) == (2, ItemState.OPEN)


EMPTY: dict[str, Any] = SETTINGS | {
    "forms": {
        "check": {
            "properties": {
                "outcome": {"type": "string", "title": "结论", "enum": ["approve", "return"]},
                "word": {"type": "string", "title": "一句话"},
                "parts": {"type": "array", "title": "部分", "items": {"enum": ["text", "sound"]}},
                "why": {"type": "string", "title": "理由"},
                "where": {"type": "array", "title": "哪里", "items": {"enum": ["text", "sound"]}},
            },
            "required": ["outcome", "word", "parts"],
            "conditions": [{"answers": {"outcome": "return"}, "required": ["why", "where"]}],
        }
    }
}
FULL = {"outcome": "return", "word": "好", "parts": ["text"], "why": "少一页", "where": ["sound"]}


@pytest.mark.parametrize(
    ("empty", "field"),
    [
        ({"word": ""}, "word"),
        ({"word": " \u3000\n"}, "word"),
        ({"parts": []}, "parts"),
        ({"why": ""}, "why"),
        ({"why": "  "}, "why"),
        ({"where": []}, "where"),
    ],
)
def test_a_required_answer_says_something(story: Story, empty: dict[str, Any], field: str) -> None:
    publish_definition(package(settings=EMPTY), now=NOON)
    instance = at_check(story)
    with pytest.raises(AnswersInvalid, match="必须填写") as refused:
        do(story, instance, "check", story.reviewer, **(FULL | empty))
    assert refused.value.field == field
    assert do(story, instance, "check", story.reviewer, **FULL).values["why"] == "少一页"


def test_what_is_not_required_may_be_empty(story: Story) -> None:
    publish_definition(package(settings=EMPTY), now=NOON)
    answers = FULL | {"outcome": "approve", "why": "", "where": []}
    assert not do(story, at_check(story), "check", story.reviewer, **answers).is_running


def test_limits_are_written_as_people_write_them(story: Story) -> None:
    with pytest.raises(AnswersInvalid, match=r"不能小于 1$"):
        do(story, at_check(story), "check", story.reviewer, outcome="approve", pages=0)


def test_a_kind_that_no_app_names_is_a_mistake_of_the_caller(story: Story) -> None:
    with pytest.raises(ImproperlyConfigured, match="spaceship"):
        start_process(
            by=story.author.actor,
            key="two-step",
            subject=Subject("spaceship", uuid4(), "飞船"),
            organisation=story.school,
            values={},
            now=NOON,
        )
    assert not Instance.objects.exists()


def test_a_step_without_a_form_takes_no_answers(story: Story) -> None:
    with pytest.raises(AnswersInvalid):
        do(story, story.start(), "write", story.author, outcome="return")


def test_a_condition_that_fails_takes_the_whole_step_back(story: Story) -> None:
    parts = [part.replace('outcome == "return"', "pages &lt; outcome") for part in TWO_STEP]
    publish_definition(package(*parts), now=NOON)
    instance = at_check(story)
    with pytest.raises(ExpressionFailed):
        do(story, instance, "check", story.reviewer, outcome="approve", pages=3)
    instance.refresh_from_db()
    assert (instance.steps, story.item(instance, "check").state) == (2, ItemState.OPEN)


# -- deeds ------------------------------------------------------------------------------------------------------------

PUBLISHING = (
    START,
    user_task("check", "审核", "reviewer"),
    '<bpmn:serviceTask id="publish" implementation="urn:heluo:service:test.publish"/>',
    END,
    flow("start", "check"),
    flow("check", "publish"),
    flow("publish", "done"),
)


def publishing(story: Story, deed: Callable[..., Any]) -> Instance:
    register_service("test.publish", deed)
    publish_definition(package(*PUBLISHING), now=NOON)
    return story.start()


def test_a_deed_is_done_by_who_took_the_step(story: Story) -> None:
    done: list[dict[str, Any]] = []

    def publish(**asked: Any) -> dict[str, object]:
        done.append(asked)
        return {"entry": "x"}

    instance = publishing(story, publish)
    do(story, instance, "check", story.reviewer, outcome="approve")
    [asked] = done
    assert asked["by"] == story.reviewer.actor
    assert (asked["subject"].id, asked["values"], asked["now"]) == (instance.subject, {"outcome": "approve"}, LATER)
    instance.refresh_from_db()
    assert instance.values == {"outcome": "approve", "entry": "x"}


def test_a_deed_that_refuses_takes_the_step_back(story: Story) -> None:
    def refuse(**_asked: Any) -> None:
        raise NotAllowed

    instance = publishing(story, refuse)
    with pytest.raises(NotAllowed):
        do(story, instance, "check", story.reviewer, outcome="approve")
    assert story.item(instance, "check").is_open


@pytest.mark.django_db
def test_a_deed_nobody_offers_is_found_before_it_runs() -> None:
    with pytest.raises(NotPublishable, match=r"test\.publish"):
        publish_definition(package(*PUBLISHING), now=NOON)


# -- time -------------------------------------------------------------------------------------------------------------


def test_deadlines_count_working_days(story: Story) -> None:
    """Given on Thursday 10 September: five working days end on Thursday the 17th, the warning comes a day before."""
    item = story.item(at_check(story), "check")
    assert item.due_at == datetime(2026, 9, 17, 16, tzinfo=UTC)
    assert item.warn_at == datetime(2026, 9, 16, 16, tzinfo=UTC)
    CalendarDay.objects.create(day=date(2026, 9, 14), is_working=False, name="示例节", source="测试")
    CalendarDay.objects.create(day=date(2026, 9, 15), is_working=False, name="示例节", source="测试")
    CalendarDay.objects.create(day=date(2026, 9, 12), is_working=True, name="调休上班", source="测试")
    assert story.item(at_check(story), "check").due_at == datetime(2026, 9, 18, 16, tzinfo=UTC)


def test_a_calendar_changed_after_a_deadline_was_computed(story: Story) -> None:
    """Given on Thursday 10 September, due on the 17th; Monday becomes a holiday, Saturday is worked and comes too."""
    instance, untouched = at_check(story), story.start()
    item = story.item(instance, "check")
    keeper = a_person(Role.PROVINCE_ADMIN, a_bureau("410000"))
    change_day(by=keeper.actor, day=date(2026, 9, 14), kind=DayKind.HOLIDAY, name="示例节", source="通知", now=LATER)
    heard = [Announcement(event=CalendarChanged(first=date(2026, 9, 14), last=date(2026, 9, 14)), by=None, at=LATER)]
    recount_after_the_calendar(heard)
    item.refresh_from_db()
    assert item.due_at == item.sort_at == datetime(2026, 9, 18, 16, tzinfo=UTC)
    assert item.warn_at == datetime(2026, 9, 17, 16, tzinfo=UTC)
    last = instance.trail.last()
    assert last is not None
    assert (last.kind, last.element, last.text) == (StepKind.RECOUNTED, "check", "2026-09-17 → 2026-09-18")
    row = AuditRow.objects.get(deed="process.recounted")
    assert (row.by, row.by_name, row.differences_count) == (None, "process", 1)
    recount_after_the_calendar(heard)
    assert instance.trail.count() == 3, "hearing it twice changes nothing"
    assert untouched.trail.count() == 1
    do(story, instance, "check", story.reviewer, outcome="approve")


def test_a_day_before_a_deadline_began_moves_nothing(story: Story) -> None:
    item = story.item(at_check(story), "check")
    CalendarDay.objects.create(day=date(2026, 9, 7), is_working=False, name="示例节", source="测试")
    CalendarDay.objects.create(day=date(2026, 10, 8), is_working=False, name="示例节", source="测试")
    assert recount_deadlines(since=date(2026, 9, 7), now=LATER) == 0
    item.refresh_from_db()
    assert item.due_at == datetime(2026, 9, 17, 16, tzinfo=UTC)


def test_deadlines_in_calendar_time_and_timers_stay(story: Story) -> None:
    publish_definition(package(settings={**SETTINGS, "deadlines": {"check": {"within": "P5D"}}}), now=NOON)
    instance = at_check(story)
    before = (story.item(instance, "check").due_at, instance.timers.get().due_at)
    CalendarDay.objects.create(day=date(2026, 9, 14), is_working=False, name="示例节", source="测试")
    assert recount_deadlines(since=date(2026, 9, 14), now=LATER) == 0
    assert (story.item(instance, "check").due_at, instance.timers.get().due_at) == before


def test_recounting_costs_the_same_however_many_steps_are_open(story: Story) -> None:
    counts = []
    for day, more in ((14, 1), (15, 4)):
        for _ in range(more):
            at_check(story)
        CalendarDay.objects.create(day=date(2026, 9, day), is_working=False, name="示例节", source="测试")
        with CaptureQueriesContext(connection) as queries:
            recount_deadlines(since=date(2026, 9, day), now=LATER)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_timer_fires_once_when_it_is_due(story: Story) -> None:
    instance = at_check(story)
    timer = instance.timers.get()
    assert timer.due_at == LATER + timedelta(days=7)
    assert due_timers(LATER, 10) == []
    assert not fire_timer(timer=timer.pk, now=LATER)
    assert fire_timer(timer=timer.pk, now=timer.due_at)
    assert not fire_timer(timer=timer.pk, now=timer.due_at)
    instance.refresh_from_db()
    assert (instance.state, instance.ended_with) == (InstanceState.FINISHED, "late")
    assert instance.items.get(element="check").state == ItemState.DROPPED
    assert [kind for kind, _element, _name in trail(instance)][-2:] == ["fired", "finished"]


def test_a_timer_goes_with_its_task(story: Story) -> None:
    instance = at_check(story)
    do(story, instance, "check", story.reviewer, outcome="return")
    assert not instance.timers.exists()


def test_one_timer_in_trouble_keeps_no_other_waiting(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, good = at_check(story), at_check(story)
    Instance.objects.filter(pk=broken.pk).update(tokens={"format": 0})
    Timer.objects.update(due_at=NOON)
    monkeypatch.setattr("heluo.engines.process.jobs.now", lambda: LATER)
    fire_due()
    for instance in (broken, good):
        instance.refresh_from_db()
    assert (broken.state, good.state) == (InstanceState.RUNNING, InstanceState.FINISHED)
    assert "format" in broken.trouble
    assert broken.timers.get().due_at == LATER + timedelta(hours=1)
    put_off_timer(timer=0, trouble="gone meanwhile", now=LATER)


def test_a_thousand_timers_of_one_second_all_fire(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    first = at_check(story)
    copies = Instance.objects.bulk_create(
        Instance(
            definition=first.definition,
            key=first.key,
            kind=first.kind,
            subject=uuid4(),
            title=first.title,
            organisation=first.organisation,
            started_by=first.started_by,
            started_at=NOON,
            tokens=first.tokens,
            steps=2,
        )
        for _ in range(999)
    )
    timer = first.timers.get()
    Timer.objects.bulk_create(
        Timer(instance=one, task=timer.task, element=timer.element, due_at=timer.due_at) for one in copies
    )
    monkeypatch.setattr("heluo.engines.process.jobs.now", lambda: timer.due_at)
    fire_due()
    fire_due()
    assert not Timer.objects.exists()
    assert Instance.objects.filter(ended_with="late").count() == 1000


# -- cost and races ---------------------------------------------------------------------------------------------------


def test_a_step_costs_the_same_however_much_is_open(
    story: Story, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for others in (0, 3):
        for _ in range(others):
            at_check(story)
        item = story.item(at_check(story), "check")
        with CaptureQueriesContext(connection) as queries:
            complete_item(by=story.reviewer.actor, item=item, answers={"outcome": "return"}, now=LATER)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    with django_assert_num_queries(3):  # what is asked of the author alone, of the one post, and of pools
        assert len(waiting_for(story.author.actor)) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["complete", "claim"])
def test_of_two_at_once_one_wins(story: Story, deed: str) -> None:
    instance = at_check(story)
    item = story.item(instance, "check")

    def act(somebody: Somebody) -> str:
        try:
            if deed == "claim":
                claim_item(by=somebody.actor, item=item, now=LATER)
            else:
                complete_item(by=somebody.actor, item=item, answers={"outcome": "approve"}, now=LATER)
        except (AlreadyDone, TakenBySomebodyElse):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(act, (story.reviewer, story.colleague)))
    assert results == ["done", "refused"]
    assert WorkItem.objects.filter(element="check").count() == 1
