"""Who sees a collection, and how one becomes public."""

import pytest

from heluo.domains.collections.actions import (
    collect,
    delete_collection,
    describe_collection,
    propose_publication,
    publish_collection,
    share_collection,
    withdraw_collection,
)
from heluo.domains.collections.enums import KIND, SharedWith
from heluo.domains.collections.errors import (
    BeingReviewed,
    ClassNeeded,
    NothingCollected,
    NotPublic,
    OwnCollection,
    StillPublic,
    WithdrawalReasonNeeded,
)
from heluo.domains.collections.models import Collection
from heluo.domains.collections.queries import collection_for, shared_collections, shown_to
from heluo.domains.resources.actions import withdraw_resource
from heluo.engines.catalogue.enums import EntryState
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import find_entries
from heluo.engines.process.errors import AlreadyRunning
from heluo.engines.process.public import Subject, processes_about, withdraw_process
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.clock.public import local_day
from tests.domains.collections.conftest import House, decided, review_of
from tests.factories import NOON, a_bureau, a_school

pytestmark = pytest.mark.django_db


def sees(actor: Actor, collection: Collection) -> bool:
    try:
        collection_for(actor, collection.uuid, on=local_day(NOON))
    except NotFound:
        return False
    return True


def listed(actor: Actor) -> list[str]:
    return [one.title for one in shared_collections(actor, on=local_day(NOON))]


def published(house: House) -> Collection:
    made = house.collection(house.resource("甲"), house.resource("乙"))
    propose_publication(by=house.teacher, collection=made, now=NOON)
    return decided(made, by=house.reviewer)


def test_a_private_one_is_its_owners_alone(house: House) -> None:
    made = house.collection(house.resource())
    assert sees(house.teacher, made)
    for other in (house.colleague, house.pupil, house.guardian, house.officer, house.stranger, PUBLIC_ACTOR):
        assert not sees(other, made)


def test_a_class_sees_what_is_shared_with_it(house: House) -> None:
    made = house.collection(house.resource())
    share_collection(by=house.teacher, collection=made, reach=SharedWith.KLASS, klass=house.klass, now=NOON)
    for other, may in (
        (house.pupil, True),
        (house.guardian, True),
        (house.colleague, False),
        (house.stranger, False),
        (PUBLIC_ACTOR, False),
    ):
        assert sees(other, made) is may
        if other.is_person:
            assert listed(other) == ([made.title] if may else [])
    assert listed(house.teacher) == []
    share_collection(by=house.teacher, collection=made, reach=SharedWith.PRIVATE, now=NOON)
    assert not sees(house.pupil, made)


def test_a_place_sees_what_is_shared_with_it(house: House) -> None:
    made = house.collection(house.resource())
    share_collection(by=house.teacher, collection=made, reach=SharedWith.PLACE, place=house.school, now=NOON)
    for other, may in ((house.colleague, True), (house.pupil, True), (house.stranger, False), (PUBLIC_ACTOR, False)):
        assert sees(other, made) is may


def test_one_shares_with_classes_one_teaches_and_places_where_one_works(house: House) -> None:
    made = house.collection(house.resource(), by=house.colleague)
    with pytest.raises(ClassNeeded):
        share_collection(by=house.colleague, collection=made, reach=SharedWith.KLASS, now=NOON)
    for reach, klass, place in (
        (SharedWith.KLASS, house.klass, None),
        (SharedWith.PLACE, None, a_school("另一所")),
        (SharedWith.PUBLIC, None, None),
    ):
        with pytest.raises(NotFound):
            share_collection(by=house.colleague, collection=made, reach=reach, klass=klass, place=place, now=NOON)


def test_pupils_keep_theirs_for_themselves(house: House) -> None:
    made = house.collection(house.resource(), by=house.pupil)
    with pytest.raises(NotAllowed):
        share_collection(by=house.pupil, collection=made, reach=SharedWith.PLACE, place=house.school, now=NOON)
    with pytest.raises(NotAllowed):
        propose_publication(by=house.pupil, collection=made, now=NOON)


def test_a_public_edition_is_what_was_reviewed(house: House) -> None:
    made = published(house)
    assert made.reach == SharedWith.PUBLIC
    [entry] = find_entries(actor=PUBLIC_ACTOR, text="分数一组", kinds=(KIND,)).items
    assert (entry.uuid, entry.facets["subject"], entry.facets["stage"]) == (made.uuid, ["14"], ["primary"])
    assert [one.version.title for one in shown_to(PUBLIC_ACTOR, made)] == ["甲", "乙"]
    collect(by=house.teacher, collection=made, entry=house.resource("丙").uuid, now=NOON.replace(hour=6))
    made.refresh_from_db()
    assert made.has_changed_since
    assert [one.version.title for one in shown_to(house.teacher, made)] == ["甲", "乙", "丙"]
    assert [one.version.title for one in shown_to(house.stranger, made)] == ["甲", "乙"]
    propose_publication(by=house.teacher, collection=made, now=NOON.replace(hour=7))
    decided(made, by=house.reviewer)
    assert [one.version.title for one in shown_to(house.stranger, made)] == ["甲", "乙", "丙"]


def test_nothing_changes_while_a_decision_is_awaited(house: House) -> None:
    made = house.collection(house.resource())
    instance = propose_publication(by=house.teacher, collection=made, now=NOON)
    for attempt in (
        lambda: collect(by=house.teacher, collection=made, entry=house.resource("乙").uuid, now=NOON),
        lambda: describe_collection(by=house.teacher, collection=made, title="改", description="", now=NOON),
        lambda: share_collection(by=house.teacher, collection=made, reach=SharedWith.PRIVATE, now=NOON),
        lambda: delete_collection(by=house.teacher, collection=made, now=NOON),
        lambda: propose_publication(by=house.teacher, collection=made, now=NOON),
    ):
        with pytest.raises((BeingReviewed, AlreadyRunning)):
            attempt()
    withdraw_process(by=house.teacher, instance=instance, text="再改改", now=NOON)
    describe_collection(by=house.teacher, collection=made, title="改好了", description="", now=NOON)


def test_a_reviewer_says_no_and_why(house: House) -> None:
    made = house.collection(house.resource())
    propose_publication(by=house.teacher, collection=made, now=NOON)
    decided(made, by=house.reviewer, outcome="decline", comment="没有按顺序排")
    assert made.reach == SharedWith.PRIVATE
    assert not Entry.objects.filter(uuid=made.uuid).exists()
    assert processes_about(house.teacher, KIND, made.uuid)[0].state == "finished"


def test_nobody_reviews_their_own_or_out_of_turn(house: House) -> None:
    mine = house.collection(house.resource(), by=house.reviewer)
    with pytest.raises(OwnCollection):
        publish_collection(by=house.reviewer, subject=Subject(KIND, mine.uuid, ""), values={}, now=NOON)
    for other in (house.colleague, house.officer, house.stranger):
        with pytest.raises(NotAllowed):
            publish_collection(by=other, subject=Subject(KIND, mine.uuid, ""), values={}, now=NOON)
    made = house.collection(house.resource("乙"))
    propose_publication(by=house.teacher, collection=made, now=NOON)
    assert review_of(made).place == a_bureau()


def test_what_the_public_may_not_see_does_not_become_public(house: House) -> None:
    with pytest.raises(NothingCollected):
        propose_publication(by=house.teacher, collection=house.collection(), now=NOON)
    resource = house.resource("撤下的")
    made = house.collection(resource, house.resource("在的"))
    resource.refresh_from_db()
    withdraw_resource(by=house.colleague, resource=resource, reason="有误", now=NOON)
    with pytest.raises(NotPublic, match="撤下的"):
        propose_publication(by=house.teacher, collection=made, now=NOON)
    hidden = house.resource("内部的")
    inside = house.collection(hidden)
    Entry.objects.filter(uuid=hidden.uuid).update(visibility="tree", shared_with=house.school)
    with pytest.raises(NotPublic, match="内部的"):
        propose_publication(by=house.teacher, collection=inside, now=NOON)


def test_a_collection_opens_nothing_to_who_may_not_see_it(house: House) -> None:
    hidden = house.resource("内部的")
    made = house.collection(house.resource("公开的"), hidden)
    share_collection(by=house.teacher, collection=made, reach=SharedWith.KLASS, klass=house.klass, now=NOON)
    elsewhere = a_school("另一所")
    Entry.objects.filter(uuid=hidden.uuid).update(visibility="tree", shared_with=elsewhere)
    assert [one.version.title for one in shown_to(house.pupil, made)] == ["公开的"]


def test_a_public_one_is_taken_back_by_its_owner_or_by_an_officer_above(house: House) -> None:
    made = published(house)
    with pytest.raises(StillPublic):
        delete_collection(by=house.teacher, collection=made, now=NOON)
    for other in (house.colleague, house.stranger, house.reviewer):
        with pytest.raises(NotFound):
            withdraw_collection(by=other, collection=made, reason="不妥", now=NOON)
    with pytest.raises(WithdrawalReasonNeeded):
        withdraw_collection(by=house.officer, collection=made, reason=" ", now=NOON)
    withdraw_collection(by=house.officer, collection=made, reason="不妥", now=NOON)
    assert Entry.objects.get(uuid=made.uuid).state == EntryState.WITHDRAWN
    assert not sees(PUBLIC_ACTOR, made)
    propose_publication(by=house.teacher, collection=made, now=NOON)
    decided(made, by=house.reviewer)
    assert sees(PUBLIC_ACTOR, made)
    share_collection(by=house.teacher, collection=made, reach=SharedWith.PRIVATE, now=NOON)
    assert not sees(PUBLIC_ACTOR, made)
    delete_collection(by=house.teacher, collection=made, now=NOON)
