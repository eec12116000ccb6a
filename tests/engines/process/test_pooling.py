"""Pools: who makes and keeps them, of whom their work is asked, how it is shared, and that nobody left is trouble."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heluo.engines.process.actions import add_member, add_place, make_pool, remove_member, remove_place
from heluo.engines.process.enums import ItemState, TroubleKind
from heluo.engines.process.errors import (
    AlreadyInPool,
    NoSuchPool,
    NotOfThePool,
    NotPublishable,
    PoolExists,
    PoolKeyInvalid,
    PoolWithoutRole,
    TakenBySomebodyElse,
)
from heluo.engines.process.listeners import tell_of_moves
from heluo.engines.process.loading import publish_definition
from heluo.engines.process.models import Instance, Pool, WorkItem
from heluo.engines.process.public import claim_item, complete_item, delegate_item, release_item, work_item_for
from heluo.engines.process.queries import (
    NEWEST,
    asked_of,
    colleagues,
    people_in_pools,
    pool_for,
    pools_at_hand,
    shares_of,
    troubled,
    troubles_of,
)
from heluo.engines.process.vocabulary import Holder
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.events.outbox import event_from
from heluo.kernel.events.public import Announcement
from heluo.kernel.events.tickets import may_follow
from heluo.kernel.notices.models import Notice
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.people.models import Post
from tests.engines.process.conftest import SETTINGS, Story, package, waiting_for
from tests.factories import NOON, OTHER_COUNTY, Somebody, a_bureau, a_person, a_reviewer, a_school, a_teacher
from tests.register import browser

LATER = NOON + timedelta(hours=1)
DAY = local_day(NOON)
POOLED: dict[str, Any] = {
    **SETTINGS,
    "holders": {**SETTINGS["holders"], "reviewer": {"title": "审核组", "at": "pool", "pool": "maths", "apart": True}},
}


def a_pool(story: Story, *, key: str = "maths", role: Role | None = Role.RESOURCE_REVIEWER) -> Pool:
    return make_pool(by=story.officer.actor, key=key, title="数学审核组", organisation=a_bureau(), role=role, now=NOON)


def listed(story: Story, pool: Pool, *people: Somebody) -> None:
    for somebody in people:
        add_member(by=story.officer.actor, pool=pool, person=somebody.person.uuid, now=NOON)


def at_check(story: Story, by: Somebody | None = None) -> Instance:
    publish_definition(package(settings=POOLED), now=NOON)
    author = by or story.author
    instance = story.start(by=author)
    return complete_item(by=author.actor, item=story.item(instance, "write"), answers={}, now=NOON)


# -- definitions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"pool": None}, {"role": "teacher"}, {"at": "own", "role": "teacher"}, {"at": "starter", "apart": False}]
)
@pytest.mark.django_db
def test_a_definition_names_a_pool_and_nothing_else(change: dict[str, Any]) -> None:
    holder = {**POOLED["holders"]["reviewer"], **change}
    settings = {**POOLED, "holders": {**POOLED["holders"], "reviewer": holder}}
    with pytest.raises(NotPublishable):
        publish_definition(package(settings=settings), now=NOON)


def test_what_names_no_pool_keeps_its_digest() -> None:
    plain = Holder.model_validate(SETTINGS["holders"]["author"]).model_dump(mode="json")
    assert plain == {"title": "作者", "at": "starter", "role": None, "value": None, "apart": False}
    pooled = Holder.model_validate(POOLED["holders"]["reviewer"])
    assert Holder.model_validate(pooled.model_dump()) == pooled


def test_a_pool_nobody_made_stops_the_step_before(story: Story) -> None:
    with pytest.raises(NoSuchPool, match="maths"):
        at_check(story)
    assert WorkItem.objects.get(element="write").is_open


# -- keeping ----------------------------------------------------------------------------------------------------------


def test_officers_keep_the_pools_of_their_tree(story: Story) -> None:
    pool = a_pool(story)
    elsewhere = a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY))
    for nobody in (story.reviewer, story.stranger, elsewhere):
        with pytest.raises(NotAllowed):
            make_pool(by=nobody.actor, key="x", title="x", organisation=a_bureau(), role=None, now=NOON)
        for change in (
            lambda by: add_member(by=by, pool=pool, person=story.reviewer.person.uuid, now=NOON),
            lambda by: remove_member(by=by, pool=pool, person=story.reviewer.person.uuid, now=NOON),
            lambda by: add_place(by=by, pool=pool, organisation=story.school, now=NOON),
            lambda by: remove_place(by=by, pool=pool, organisation=story.school.uuid, now=NOON),
        ):
            with pytest.raises(NotFound):
                change(nobody.actor)
        with pytest.raises(NotFound):
            pool_for(nobody.actor, "maths")
    listed(story, pool, story.reviewer)
    add_place(by=story.officer.actor, pool=pool, organisation=story.school, now=NOON)
    remove_member(by=story.officer.actor, pool=pool, person=story.reviewer.person.uuid, now=NOON)
    remove_place(by=story.officer.actor, pool=pool, organisation=story.school.uuid, now=NOON)
    deeds = AuditRow.objects.filter(subject_kind="process_pool").order_by("seq").values_list("deed", flat=True)
    assert [deed.removeprefix("process.") for deed in deeds] == [
        "pool_made",
        "member_added",
        "place_added",
        "member_removed",
        "place_removed",
    ]


def test_each_refusal(story: Story) -> None:
    pool, by = a_pool(story), story.officer.actor
    with pytest.raises(PoolExists):
        a_pool(story)
    for key in ("", "Maths", "1a", "a-b", "数学", "a" * 41):
        with pytest.raises(PoolKeyInvalid):
            a_pool(story, key=key)
    with pytest.raises(NotOfThePool):
        a_pool(story, key="pupils", role=Role.PUPIL)
    listed(story, pool, story.reviewer)
    add_place(by=by, pool=pool, organisation=story.school, now=NOON)
    with pytest.raises(AlreadyInPool, match=story.reviewer.person.name):
        listed(story, pool, story.reviewer)
    with pytest.raises(AlreadyInPool, match=story.school.name):
        add_place(by=by, pool=pool, organisation=story.school, now=NOON)
    with pytest.raises(NotOfThePool):
        listed(story, pool, story.stranger)
    with pytest.raises(NotOfThePool):
        listed(story, pool, a_person(Role.PUPIL, story.school))
    with pytest.raises(NotOfThePool):
        add_place(by=by, pool=pool, organisation=a_school(region=OTHER_COUNTY), now=NOON)
    with pytest.raises(PoolWithoutRole):
        add_place(by=by, pool=a_pool(story, key="listed", role=None), organisation=story.school, now=NOON)
    with pytest.raises(NotFound):
        remove_member(by=by, pool=pool, person=story.colleague.person.uuid, now=NOON)
    with pytest.raises(NotFound):
        remove_place(by=by, pool=pool, organisation=a_school().uuid, now=NOON)


# -- whose work it is -------------------------------------------------------------------------------------------------


def test_work_waits_for_those_listed_and_for_the_role_at_the_places(story: Story) -> None:
    pool, elsewhere = a_pool(story), a_school()
    afar, teacher = a_reviewer(elsewhere), a_teacher(story.school)
    listed(story, pool, teacher)
    add_place(by=story.officer.actor, pool=pool, organisation=elsewhere, now=NOON)
    instance = at_check(story)
    item = story.item(instance, "check")
    assert (item.pool, item.place, item.person) == (pool, None, None)
    for somebody in (teacher, afar):
        assert waiting_for(somebody.actor) == [item]
        assert may_follow(somebody.actor, f"work:pool:{pool.pk}")
    for nobody in (story.reviewer, story.colleague, story.stranger):
        assert waiting_for(nobody.actor) == []
        assert not may_follow(nobody.actor, f"work:pool:{pool.pk}")
        with pytest.raises(NotFound):
            work_item_for(nobody.actor, item.uuid)
        with pytest.raises(NotFound):
            complete_item(by=nobody.actor, item=item, answers={"outcome": "approve"}, now=LATER)
        with pytest.raises(NotFound):
            claim_item(by=nobody.actor, item=item, now=LATER)
    assert list(people_in_pools([pool.pk], DAY)[pool.pk]) == [teacher.person.uuid, afar.person.uuid]
    assert list(colleagues(teacher.actor, item, LATER)) == [afar.person]
    claim_item(by=teacher.actor, item=item, now=LATER)
    with pytest.raises(TakenBySomebodyElse):
        claim_item(by=afar.actor, item=item, now=LATER)
    delegate_item(by=teacher.actor, item=item, to=afar.person.uuid, text="您来", now=LATER)
    complete_item(by=afar.actor, item=item, answers={"outcome": "approve"}, now=LATER)


def test_a_role_at_a_place_that_ended_is_in_no_pool(story: Story) -> None:
    pool = a_pool(story)
    add_place(by=story.officer.actor, pool=pool, organisation=story.school, now=NOON)
    Post.objects.filter(person=story.colleague.person).update(ends_on=DAY - timedelta(days=1))
    assert list(people_in_pools([pool.pk], DAY)[pool.pk]) == [story.reviewer.person.uuid]


def test_who_is_kept_apart_gets_none_of_it(story: Story) -> None:
    both = a_person(Role.TEACHER, story.school, also=[Role.RESOURCE_REVIEWER])
    pool = a_pool(story)
    listed(story, pool, both, story.reviewer)
    item = story.item(at_check(story, by=both), "check")
    assert waiting_for(both.actor) == []
    assert asked_of([item], DAY) == {item.pk: {story.reviewer.person.uuid}}
    with pytest.raises(NotFound):
        claim_item(by=both.actor, item=item, now=LATER)


def test_those_in_a_pool_are_told_of_work(story: Story) -> None:
    listed(story, a_pool(story), story.reviewer)
    at_check(story)
    rows = OutboxRow.objects.filter(name="process.moved").order_by("id")
    assert any(topic.startswith("work:pool:") for row in rows for topic in row.topics)
    tell_of_moves([Announcement(event_from(row.name, row.payload), row.by, row.at) for row in rows])  # type: ignore[arg-type]  # it is
    assert [one.person for one in Notice.objects.all()] == [story.reviewer.person.uuid]


def test_a_pool_where_nobody_is_left_is_trouble(story: Story) -> None:
    pool = a_pool(story)
    both = a_person(Role.TEACHER, story.school, also=[Role.RESOURCE_REVIEWER])
    listed(story, pool, story.reviewer, both)
    instance, own = at_check(story), at_check(story, by=both)

    def deserted() -> set[int]:
        found = keyset_page(*troubled(story.officer.actor, LATER), order=NEWEST, size=10).items
        seen = {key for key, several in troubles_of(found, LATER).items() for one in several}
        assert all(
            one.kind == TroubleKind.DESERTED for several in troubles_of(found, LATER).values() for one in several
        )
        return seen

    assert deserted() == set()
    remove_member(by=story.officer.actor, pool=pool, person=story.reviewer.person.uuid, now=LATER)
    assert deserted() == {own.pk}
    remove_member(by=story.officer.actor, pool=pool, person=both.person.uuid, now=LATER)
    assert deserted() == {own.pk, instance.pk}
    page = browser(story.officer.person).get("/workbench/processes/trouble/").content.decode()
    assert "要由办理组“数学审核组”办理" in page


# -- shares -----------------------------------------------------------------------------------------------------------


def test_who_has_how_much_the_least_first(story: Story) -> None:
    pool = a_pool(story)
    listed(story, pool, story.reviewer, story.colleague)
    items = [story.item(at_check(story), "check") for _ in range(4)]
    for item in items[:2]:
        claim_item(by=story.reviewer.actor, item=item, now=LATER)
    complete_item(by=story.reviewer.actor, item=items[0], answers={"outcome": "approve"}, now=LATER)
    shares, unclaimed = shares_of(pool, LATER)
    assert [(one.person, one.claimed, one.done, one.is_in) for one in shares] == [
        (story.colleague.person.uuid, 0, 0, True),
        (story.reviewer.person.uuid, 1, 1, True),
    ]
    assert unclaimed == 2
    assert shares_of(pool, LATER + timedelta(days=31))[0][1].done == 0
    remove_member(by=story.officer.actor, pool=pool, person=story.reviewer.person.uuid, now=LATER)
    last = shares_of(pool, LATER)[0][-1]
    assert (last.name, last.claimed, last.is_in) == (story.reviewer.person.name, 1, False)
    release_item(by=story.officer.actor, item=items[1], text="已离组", now=LATER)
    assert shares_of(pool, LATER)[1] == 3


def test_shares_and_lists_cost_the_same_however_much_waits(story: Story) -> None:
    pool, counts = a_pool(story), []
    listed(story, pool, story.reviewer, story.colleague)
    for more in (1, 4):
        for _ in range(more):
            at_check(story)
        with CaptureQueriesContext(connection) as queries:
            shares_of(pool, LATER)
            assert [str(item.pool) for item in waiting_for(story.reviewer.actor)]
        counts.append(len(queries))
    assert counts[0] == counts[1]


# -- constraints and races --------------------------------------------------------------------------------------------


def test_the_database_asks_work_of_one_kind_of_people(story: Story) -> None:
    listed(story, a_pool(story), story.reviewer)
    item = story.item(at_check(story), "check")
    with pytest.raises(IntegrityError, match="work_is_asked_of_somebody"), transaction.atomic():
        WorkItem.objects.filter(pk=item.pk).update(person=story.reviewer.person.uuid)
    with pytest.raises(IntegrityError, match="work_is_asked_of_somebody"), transaction.atomic():
        WorkItem.objects.filter(pk=item.pk).update(pool=None)


@pytest.mark.django_db(transaction=True)
def test_of_two_in_a_pool_at_once_one_gets_the_work(story: Story) -> None:
    listed(story, a_pool(story), story.reviewer, story.colleague)
    item = story.item(at_check(story), "check")

    def claim(somebody: Somebody) -> str:
        try:
            claim_item(by=somebody.actor, item=item, now=LATER)
        except TakenBySomebodyElse:
            return "refused"
        finally:
            connection.close()
        return "claimed"

    with ThreadPoolExecutor(2) as workers:
        assert sorted(workers.map(claim, (story.reviewer, story.colleague))) == ["claimed", "refused"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_list_somebody_at_once_one_does(story: Story) -> None:
    pool = a_pool(story)

    def add(_number: int) -> str:
        try:
            listed(story, pool, story.reviewer)
        except AlreadyInPool:
            return "refused"
        finally:
            connection.close()
        return "listed"

    with ThreadPoolExecutor(2) as workers:
        assert sorted(workers.map(add, range(2))) == ["listed", "refused"]


# -- pages and API ----------------------------------------------------------------------------------------------------


def test_an_officer_makes_and_fills_a_pool_on_its_pages(story: Story) -> None:
    officer, bureau = browser(story.officer.person), a_bureau()
    assert "建立办理组" in officer.get("/workbench/pools/").content.decode()
    sent = {"title": "数学审核组", "key": "Maths", "organisation": str(bureau.uuid), "role": "resource_reviewer"}
    refused = officer.post("/workbench/new-pool/", sent)
    assert refused.status_code == 422
    assert "代号要用小写字母" in refused.content.decode()
    where = "/workbench/pools/maths/"
    assert officer.post("/workbench/new-pool/", {**sent, "key": "maths"})["Location"] == where
    assert "现在没有人" in officer.get(where).content.decode()
    name, uuid = story.reviewer.person.name, str(story.reviewer.person.uuid)
    assert name in officer.get(where, {"q": name}).content.decode()
    assert officer.post(where, {"add": "1", "person": uuid}).status_code == 302
    assert officer.post(where, {"add_place": "1", "place": story.school.code}).status_code == 302
    shown = officer.get(where).content.decode()
    for words in (name, story.colleague.person.name, story.school.name):
        assert words in shown
    assert "没有找到" in officer.get(where, {"q": "无此人"}).content.decode()
    item = story.item(at_check(story), "check")
    reviewer = browser(story.reviewer.person)
    page = reviewer.get(f"/workbench/items/{item.uuid}/").content.decode()
    assert where in page
    assert "数学审核组" in reviewer.get("/workbench/items/").content.decode()
    seen = reviewer.get(where).content.decode()
    assert "谁手上有多少" in seen
    assert 'name="remove"' not in seen
    assert reviewer.post(where, {"remove": "1", "person": uuid}).status_code == 404
    assert officer.post(where, {"remove": "1", "person": uuid}).status_code == 302
    assert officer.post(where, {"remove_place": "1", "organisation": str(story.school.uuid)}).status_code == 302
    assert officer.post(where, {"nothing": "1"}).status_code == 404
    assert people_in_pools([item.pool_id or 0], DAY) == {item.pool_id: {}}


def test_a_stranger_finds_no_pool(story: Story) -> None:
    a_pool(story)
    stranger = browser(story.stranger.person)
    assert "数学审核组" not in stranger.get("/workbench/pools/").content.decode()
    assert stranger.get("/workbench/pools/maths/").status_code == 404
    assert stranger.get("/workbench/new-pool/").status_code == 403
    assert stranger.get("/api/v1/process-pools/maths").status_code == 404
    assert not pools_at_hand(story.stranger.actor).exists()


def test_a_program_keeps_a_pool(story: Story) -> None:
    officer = browser(story.officer.person)

    def send(path: str, **body: Any) -> Any:
        return officer.post(f"/api/v1/process-pools{path}", body, "application/json")

    made = send("", key="maths", title="数学审核组", organisation=str(a_bureau().uuid), role="resource_reviewer")
    assert (made.status_code, made.json()["people"]) == (200, [])
    assert send("", key="maths", title="x", organisation=str(a_bureau().uuid)).status_code == 409
    assert send("/maths/members", person=str(story.reviewer.person.uuid)).json()["people"][0]["is_in"]
    assert send("/maths/members", person=str(story.stranger.person.uuid)).status_code == 422
    assert len(send("/maths/places", organisation=str(story.school.uuid)).json()["people"]) == 2
    assert send("/maths/members/removal", person=str(story.reviewer.person.uuid)).status_code == 200
    assert send("/maths/places/removal", organisation=str(story.school.uuid)).json()["people"] == []
    at_check(story)
    told = officer.get("/api/v1/process-pools/maths").json()
    assert (told["unclaimed"], told["role"]) == (1, "resource_reviewer")
    assert WorkItem.objects.get(element="check").state == ItemState.OPEN
