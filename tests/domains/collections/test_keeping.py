"""Keeping a collection: what its owner may do, and nobody else."""

import threading
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection, connections

from heluo.domains.collections.actions import (
    annotate_item,
    collect,
    delete_collection,
    describe_collection,
    erase_collections,
    remove_item,
    reorder_items,
    start_collection,
    take_newer,
)
from heluo.domains.collections.errors import AlreadyCollected, NewestAlready, TooManyCollections, TooManyItems
from heluo.domains.collections.models import Collection
from heluo.domains.collections.queries import own_collection, shown_to, standing_items
from heluo.domains.resources.actions import describe_draft, start_new_version, submit_resource, withdraw_resource
from heluo.kernel.actors.errors import NotAllowed, NotFound, SignInNeeded
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.holdings.public import Permission as HoldingsPermission
from tests.domains.collections.conftest import House
from tests.factories import DESCRIPTION, NOON, approved

pytestmark = pytest.mark.django_db


def titles(actor: Actor, collection: Collection) -> list[str]:
    return [one.version.title for one in shown_to(actor, collection)]


def keys(collection: Collection) -> list[int]:
    return list(collection.items.values_list("pk", flat=True))


def test_what_is_collected_stands_in_the_order_its_owner_gives_it(house: House) -> None:
    made = house.collection(*(house.resource(title) for title in ("甲", "乙", "丙")))
    first, _second, third = keys(made)
    reorder_items(by=house.teacher, collection=made, order=[third, first], now=NOON)
    assert titles(house.teacher, made) == ["丙", "甲", "乙"]
    gone = remove_item(by=house.teacher, collection=made, item=first, now=NOON)
    assert titles(house.teacher, made) == ["丙", "乙"]
    assert list(made.items.values_list("position", flat=True)) == [0, 1]
    collect(by=house.teacher, collection=made, entry=gone.entry.uuid, number=1, place=gone.position, now=NOON)
    assert titles(house.teacher, made) == ["丙", "甲", "乙"]


def test_notes_and_names_are_its_owners(house: House) -> None:
    made = house.collection(house.resource())
    [item] = keys(made)
    annotate_item(by=house.teacher, collection=made, item=item, note=" 先看前 3 分钟 ", now=NOON)
    assert [one.note for one in standing_items(house.teacher, made)] == ["先看前 3 分钟"]
    describe_collection(by=house.teacher, collection=made, title="复习", description="周一用", now=NOON)
    assert str(own_collection(house.teacher, made.uuid)) == "复习"
    deeds = set(AuditRow.objects.filter(subject_id=str(made.uuid)).values_list("deed", flat=True))
    assert {"collections.started", "collections.collected", "collections.annotated", "collections.described"} == deeds


def test_nothing_of_it_is_there_for_others(house: House) -> None:
    made = house.collection(house.resource())
    [item] = keys(made)
    for other in (house.colleague, house.pupil, house.stranger, house.officer):
        for attempt in (
            lambda by=other: describe_collection(by=by, collection=made, title="改", description="", now=NOON),
            lambda by=other: annotate_item(by=by, collection=made, item=item, note="改", now=NOON),
            lambda by=other: remove_item(by=by, collection=made, item=item, now=NOON),
            lambda by=other: reorder_items(by=by, collection=made, order=[item], now=NOON),
            lambda by=other: take_newer(by=by, collection=made, item=item, now=NOON),
            lambda by=other: delete_collection(by=by, collection=made, now=NOON),
            lambda by=other: own_collection(by, made.uuid),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_only_people_keep_collections(house: House) -> None:
    with pytest.raises((NotAllowed, SignInNeeded)):
        start_collection(by=PUBLIC_ACTOR, title="复习", now=NOON)


def test_an_item_of_another_collection_is_not_there(house: House) -> None:
    one, other = house.collection(house.resource("甲")), house.collection(house.resource("乙"))
    for attempt in (remove_item, take_newer):
        with pytest.raises(NotFound):
            attempt(by=house.teacher, collection=one, item=keys(other)[0], now=NOON)
    with pytest.raises(NotFound):
        reorder_items(by=house.teacher, collection=one, order=keys(other), now=NOON)


def test_an_entry_is_collected_once_and_must_be_there(house: House) -> None:
    resource = house.resource()
    made = house.collection(resource)
    with pytest.raises(AlreadyCollected, match="分数的初步认识"):
        collect(by=house.teacher, collection=made, entry=resource.uuid, now=NOON)
    for entry, number in ((uuid4(), None), (house.resource("乙").uuid, 7)):
        with pytest.raises(NotFound):
            collect(by=house.teacher, collection=made, entry=entry, number=number, now=NOON)
    assert made.items.count() == 1


def test_there_is_a_most_of_both(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.domains.collections.actions.MOST_ITEMS", 1)
    monkeypatch.setattr("heluo.domains.collections.actions.MOST_COLLECTIONS", 1)
    made = house.collection(house.resource("甲"))
    with pytest.raises(TooManyItems, match="1"):
        collect(by=house.teacher, collection=made, entry=house.resource("乙").uuid, now=NOON)
    with pytest.raises(TooManyCollections, match="1"):
        start_collection(by=house.teacher, title="又一个", now=NOON)


def test_a_version_stays_pinned_until_its_owner_takes_the_newer_one(house: House) -> None:
    resource = house.resource("旧题目")
    made = house.collection(resource)
    [item] = keys(made)
    with pytest.raises(NewestAlready):
        take_newer(by=house.teacher, collection=made, item=item, now=NOON)
    draft = start_new_version(by=house.colleague, resource=resource, now=NOON)
    draft = describe_draft(
        by=house.colleague, version=draft, description=replace(DESCRIPTION, title="新题目"), now=NOON
    )
    approved(submit_resource(by=house.colleague, version=draft, now=NOON), by=house.reviewer)
    [shown] = standing_items(house.teacher, made)
    assert (shown.version.title, shown.has_newer) == ("旧题目", True)
    take_newer(by=house.teacher, collection=made, item=item, now=NOON)
    [shown] = standing_items(house.teacher, made)
    assert (shown.version.title, shown.has_newer) == ("新题目", False)


def test_what_was_taken_down_stays_in_its_place_and_says_so(house: House) -> None:
    resource = house.resource()
    made = house.collection(resource)
    resource.refresh_from_db()
    withdraw_resource(by=house.colleague, resource=resource, reason="有误", now=NOON)
    [shown] = standing_items(house.teacher, made)
    assert (shown.is_gone, shown.has_newer) == (True, False)


def test_a_collection_is_thrown_away_and_its_resources_stay(house: House) -> None:
    resource = house.resource()
    made = house.collection(resource)
    delete_collection(by=house.teacher, collection=made, now=NOON)
    assert not Collection.objects.exists()
    resource.refresh_from_db()
    assert resource.published_id is not None


@pytest.mark.django_db(transaction=True)
def test_two_tabs_collect_the_same_entry_once(house: House) -> None:
    resource, made = house.resource(), house.collection()
    start, refused = threading.Barrier(2), []

    def one_tab() -> None:
        start.wait()
        try:
            collect(by=house.teacher, collection=made, entry=resource.uuid, now=NOON)
        except AlreadyCollected as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    tabs = [threading.Thread(target=one_tab) for _tab in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert (made.items.count(), len(refused)) == (1, 1)
    connection.close()


def test_erasure_takes_what_is_not_public(house: House) -> None:
    made = house.collection(house.resource())
    with pytest.raises(NotAllowed):
        erase_collections(by=house.officer, person=made.owner.uuid, now=NOON)
    eraser = platform_actor("测试", [HoldingsPermission.ERASE])
    assert erase_collections(by=eraser, person=made.owner.uuid, now=NOON) == 1
    assert not Collection.objects.exists()
