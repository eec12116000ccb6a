"""An order of a work's own node closes it here and wherever copies are, by the hub too; nobody else's does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from heluo.domains.resources.actions import bring_back, start_new_version, submit_resource, withdraw_resource
from heluo.domains.resources.errors import OwnResource
from heluo.domains.resources.models import Resource
from heluo.domains.rights.actions import pass_on, pass_receipt, restore, sweep, take_down
from heluo.domains.rights.actions.takedowns import NODES
from heluo.domains.rights.enums import Deed, Outcome
from heluo.domains.rights.errors import AlreadyRestored, IsParty, TakedownReasonNeeded
from heluo.domains.rights.models import Receipt, RightsEvent, Takedown
from heluo.engines.catalogue.enums import EntryState
from heluo.engines.catalogue.errors import AlreadyHeld, EntryHeld
from heluo.engines.catalogue.models import Entry, Hold
from heluo.engines.catalogue.public import EntryDraft, publish_entries
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.nodes.enums import IncomingState
from heluo.kernel.nodes.models import Incoming, Node
from tests.domains.resources.conftest import browser_of
from tests.domains.rights.conftest import HERE, House, entry_of, let_in, written
from tests.factories import NOON, a_bureau, a_person, a_school, approved
from tests.kernel.nodes.conftest import Key, Other, read

LATER = NOON + timedelta(minutes=1)
REASON = "与《分数的意义》雷同"


class Author(Other):
    """Another node, with works of its own and orders about them."""

    def order(self, entry: UUID, *, deed: str = "takedown", order: UUID | None = None, **other: Any) -> str:
        """The signed text; `key`, `iss` and `typ` play whoever forges it."""
        body = {
            "order": str(order or uuid4()),
            "deed": deed,
            "entry": str(entry),
            "title": "水的三态",
            "reason": REASON,
        }
        claims = {
            "iss": other.get("iss", self.domain),
            "iat": int(NOON.timestamp()),
            "jti": str(uuid4()),
            "kind": other.get("kind", "rights.order"),
            "body": body,
        }
        key: Key = other.get("key", self.key)
        return key.sign(other.get("typ", "heluo-statement+jwt"), claims)

    def says(self, token: str, *, by: Other | None = None, deed: str = "takedown", **other: Any) -> str:
        """The message that brings an order, of this node or of one that passes it on."""
        carrier = by or self
        body = {"token": token, "key": other.get("key", self.key).public, "hops": other.get("hops", [])}
        return carrier.message(body, kind=f"rights.{deed}")


@pytest.fixture
def other(db: None) -> Author:
    return Author()


@pytest.fixture
def copy(house: House, other: Author, node: Node) -> Entry:
    """A work of the other node, as its feed brought it."""
    return a_copy(house, other.domain)


def a_copy(house: House, origin: str, identifier: UUID | None = None) -> Entry:
    identifier = identifier or uuid4()
    draft = EntryDraft(
        kind="resource", title="水的三态", organisation_id=house.school.pk, licence="CC-BY-4.0", creator_name="张老师"
    )
    publish_entries(by=NODES, drafts={identifier: draft}, origin=origin, now=NOON)
    return Entry.objects.get(uuid=identifier)


def state_of(entry: Entry) -> str:
    return Entry.objects.get(pk=entry.pk).state


# -- at the node it is from -------------------------------------------------------------------------------------------


def test_a_takedown_closes_the_work_and_tells_every_node(
    house: House, resource: Resource, entry: Entry, node: Node, client: Client
) -> None:
    made = take_down(by=house.officer, entry=entry, reason=REASON, now=NOON)

    assert client.get(reverse("resources:detail", args=[resource.uuid])).status_code == 410
    assert state_of(entry) == EntryState.WITHDRAWN
    [told] = written(node, "rights.takedown")
    said = read(str(told["token"]))
    assert (said["iss"], said["body"]["entry"], said["body"]["reason"]) == (HERE, str(entry.uuid), REASON)
    assert Receipt.objects.get(takedown=made, node=node.domain).outcome == Outcome.SENT
    assert RightsEvent.objects.filter(entry=entry.uuid, kind="takedown").count() == 1


def test_what_was_taken_down_stays_closed_to_a_new_version(house: House, resource: Resource, entry: Entry) -> None:
    take_down(by=house.officer, entry=entry, reason=REASON, now=NOON)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    waiting = submit_resource(by=house.teacher, version=draft, now=NOON)

    with pytest.raises(EntryHeld):
        approved(waiting, by=house.reviewer)

    assert state_of(entry) == EntryState.WITHDRAWN


def test_a_restored_work_is_as_it_was(
    house: House, resource: Resource, entry: Entry, node: Node, client: Client
) -> None:
    made = take_down(by=house.officer, entry=entry, reason=REASON, now=NOON)

    restore(by=house.officer, takedown=made, reason="投诉不成立", now=LATER)

    assert client.get(reverse("resources:detail", args=[resource.uuid])).status_code == 200
    assert state_of(entry) == EntryState.PUBLISHED
    [told] = written(node, "rights.restored")
    assert read(str(told["token"]))["body"]["deed"] == "restored"
    with pytest.raises(AlreadyRestored):
        restore(by=house.officer, takedown=made, reason="再来", now=LATER)
    again = take_down(by=house.officer, entry=entry_of(resource), reason=REASON, now=LATER)
    assert again.uuid != made.uuid


def test_who_may_not_take_down(house: House, resource: Resource, entry: Entry) -> None:
    for actor in (house.teacher, house.stranger, house.reviewer):
        with pytest.raises(NotAllowed):
            take_down(by=actor, entry=entry, reason=REASON, now=NOON)
    author_in_office = replace(house.officer, person_id=house.teacher.person_id)
    with pytest.raises(IsParty):
        take_down(by=author_in_office, entry=entry, reason=REASON, now=NOON)
    with pytest.raises(TakedownReasonNeeded):
        take_down(by=house.officer, entry=entry, reason=" ", now=NOON)
    take_down(by=house.officer, entry=entry, reason=REASON, now=NOON)
    with pytest.raises(AlreadyHeld):
        take_down(by=house.officer, entry=entry, reason=REASON, now=NOON)


def test_an_author_brings_nothing_back_by_the_side_door(house: House, resource: Resource, entry: Entry) -> None:
    withdraw_resource(by=house.teacher, resource=resource, reason="重做", now=NOON)
    with pytest.raises((OwnResource, NotAllowed)):
        bring_back(by=house.teacher, identifier=resource.uuid, reason="还是要", now=NOON)


def test_receipts_are_kept_by_node_and_those_of_nobody_told_are_refused(
    house: House, entry: Entry, node: Node, other: Author
) -> None:
    made = take_down(by=house.officer, entry=entry, reason=REASON, now=NOON)
    said = {"order": str(made.uuid), "deed": "takedown", "node": other.domain, "outcome": "applied"}

    other.send(other.message(said, kind="rights.receipt"))
    other.send(other.message({**said, "node": "xinan.example", "outcome": "not_there"}, kind="rights.receipt"))
    other.send(other.message({**said, "order": str(uuid4())}, kind="rights.receipt"))

    assert {(one.node, one.outcome, one.via) for one in made.receipts.all()} == {
        (other.domain, "applied", ""),
        ("xinan.example", "not_there", other.domain),
    }
    assert Incoming.objects.get(state=IncomingState.TROUBLE).kind == "rights.receipt"


# -- at every other node ----------------------------------------------------------------------------------------------


def test_an_order_of_its_own_node_closes_a_copy_and_is_answered(
    copy: Entry, other: Author, node: Node, client: Client
) -> None:
    order, page = uuid4(), reverse("resources:detail", args=[copy.uuid])
    assert client.get(page).status_code == 200
    other.send(other.says(other.order(copy.uuid, order=order)))

    assert client.get(page).status_code == 404
    assert client.get(reverse("resources:download", args=[copy.uuid, uuid4()])).status_code == 404

    assert state_of(copy) == EntryState.WITHDRAWN
    assert Entry.objects.get(pk=copy.pk).withdrawn_reason == REASON
    [receipt] = written(node, "rights.receipt")
    assert receipt == {"order": str(order), "deed": "takedown", "node": HERE, "outcome": "applied"}

    other.send(other.says(other.order(copy.uuid, deed="restored", order=order), deed="restored"))

    assert state_of(copy) == EntryState.PUBLISHED
    assert written(node, "rights.receipt")[-1]["deed"] == "restored"


def test_a_copy_that_comes_after_the_order_is_not_shown(house: House, other: Author, node: Node) -> None:
    identifier, order = uuid4(), uuid4()
    other.send(other.says(other.order(identifier, order=order)))

    assert written(node, "rights.receipt")[-1]["outcome"] == "not_there"
    with pytest.raises(Entry.DoesNotExist):
        a_copy(house, other.domain, identifier)
    assert a_copy(house, "else.example", identifier).state == EntryState.PUBLISHED  # another node's is not concerned


def test_a_harvest_does_not_bring_a_held_copy_back(house: House, copy: Entry, other: Author) -> None:
    other.send(other.says(other.order(copy.uuid)))

    a_copy(house, other.domain, copy.uuid)

    assert state_of(copy) == EntryState.WITHDRAWN


def test_a_copy_that_slipped_in_beside_the_order_is_swept(copy: Entry, other: Author) -> None:
    Hold.objects.create(uuid=copy.uuid, origin=other.domain, took_down=False, at=NOON)

    assert sweep(now=LATER) == 1
    assert state_of(copy) == EntryState.WITHDRAWN
    assert sweep(now=LATER) == 0


def test_the_same_order_again_changes_nothing(copy: Entry, other: Author, node: Node) -> None:
    order = uuid4()
    token = other.order(copy.uuid, order=order)
    other.send(other.says(token))
    other.send(other.says(other.order(copy.uuid, deed="restored", order=order), deed="restored"))

    other.send(other.says(token))

    assert state_of(copy) == EntryState.PUBLISHED
    assert Takedown.objects.count() == 1


def refused(other: Author, message: str, reason: str) -> None:
    other.send(message)
    assert Incoming.objects.get(state=IncomingState.TROUBLE).reason.startswith(reason)
    assert not Takedown.objects.exists()
    assert not Hold.objects.exists()


def test_nobody_takes_down_what_is_another_nodes(house: House, other: Author, node: Node, entry: Entry) -> None:
    refused(other, other.says(other.order(entry.uuid)), f"“{other.domain}”不是这个作品的来源节点")
    assert state_of(entry) == EntryState.PUBLISHED


@pytest.mark.parametrize(
    "how",
    [
        {"key": Key()},
        {"iss": "xinan.example"},
        {"kind": "rights.other"},
        {"typ": "heluo-message+jwt"},
    ],
    ids=["another key", "another node", "another text", "another type"],
)
def test_a_forged_order_is_refused_and_counted(copy: Entry, other: Author, how: dict[str, Any]) -> None:
    refused(other, other.says(other.order(copy.uuid, **how)), "转来的文件签名不对")
    assert state_of(copy) == EntryState.PUBLISHED


def test_a_key_of_ones_own_making_shown_with_it_does_not_help(copy: Entry, other: Author) -> None:
    stranger = Key()
    refused(other, other.says(other.order(copy.uuid, key=stranger), key=stranger), "转来的文件签名不对")


def test_an_order_without_its_parts_is_refused(copy: Entry, other: Author) -> None:
    refused(other, other.message({"token": 7}, kind="rights.takedown"), "下架令、回执或使用情况的内容不完整")


def test_what_was_never_taken_down_cannot_be_restored(copy: Entry, other: Author) -> None:
    refused(other, other.says(other.order(copy.uuid, deed="restored"), deed="restored"), "没有收到过这张下架令")


# -- over the hub -----------------------------------------------------------------------------------------------------


@pytest.fixture
def hub(db: None) -> Author:
    """The node we asked to let us in."""
    made = Author(domain="hub.example")
    Node.objects.filter(pk=let_in(made).pk).update(address="https://hub.example", ask_at=NOON)
    return made


def test_the_hub_passes_on_what_a_sibling_orders_of_its_own(house: House, hub: Author) -> None:
    sibling = Author(domain="xinan.example")
    copy = a_copy(house, sibling.domain)

    hub.send(sibling.says(sibling.order(copy.uuid), by=hub, hops=["xinan.example"]))

    assert state_of(copy) == EntryState.WITHDRAWN


def test_the_hub_itself_orders_nothing_of_a_siblings(house: House, hub: Author) -> None:
    copy = a_copy(house, "xinan.example")

    hub.send(hub.says(hub.order(copy.uuid)))

    assert state_of(copy) == EntryState.PUBLISHED
    assert Incoming.objects.get(state=IncomingState.TROUBLE).reason.startswith("“hub.example”不是")


def test_the_hub_cannot_vouch_for_another_key_than_we_know(
    house: House, hub: Author, other: Author, node: Node
) -> None:
    copy, forged = a_copy(house, other.domain), Key()

    hub.send(hub.says(hub.order(copy.uuid, key=forged, iss=other.domain), key=forged))

    assert state_of(copy) == EntryState.PUBLISHED


def test_another_node_than_the_hub_passes_nothing_on(house: House, other: Author, node: Node) -> None:
    sibling = Author(domain="xinan.example")
    copy = a_copy(house, sibling.domain)

    other.send(sibling.says(sibling.order(copy.uuid), by=other))

    assert state_of(copy) == EntryState.PUBLISHED


def test_the_hub_tells_the_others_once_and_not_back(copy: Entry, other: Author, node: Node) -> None:
    beyond = Author(domain="xinan.example")
    third = let_in(beyond)
    token = other.order(copy.uuid)
    other.send(other.says(token))
    made = Takedown.objects.get()
    assert ProcrastinateJob.objects.filter(task_name="rights.pass_on", args={"takedown_id": made.pk}).exists()

    pass_on(takedown_id=made.pk, now=LATER)
    pass_on(takedown_id=made.pk, now=LATER)

    [told] = written(third, "rights.takedown")
    assert (told["token"], told["key"], told["hops"]) == (token, other.key.public, [HERE])
    assert not written(node, "rights.takedown")

    answer = {"order": str(made.uuid), "deed": "takedown", "node": beyond.domain, "outcome": "applied"}
    beyond.send(beyond.message(answer, kind="rights.receipt"))
    pass_receipt(receipt_id=Receipt.objects.get(node=beyond.domain, deed=Deed.TAKEDOWN).pk, now=LATER)
    assert written(node, "rights.receipt")[-1] == answer


def test_the_nodes_a_message_came_through_are_left_out(copy: Entry, other: Author, node: Node) -> None:
    third = let_in(Author(domain="xinan.example"))
    other.send(other.says(other.order(copy.uuid), hops=["xinan.example"]))

    pass_on(takedown_id=Takedown.objects.get().pk, now=LATER)

    assert not written(third)


def test_an_order_does_not_wait_for_the_minute_where_we_are_the_ones_who_ask(
    house: House, entry: Entry, hub: Author
) -> None:
    Node.objects.filter(domain=hub.domain).update(ask_at=NOON + timedelta(minutes=1))

    take_down(by=house.officer, entry=entry, reason=REASON, now=NOON)

    assert Node.objects.get(domain=hub.domain).ask_at == NOON


# -- pages ------------------------------------------------------------------------------------------------------------


def test_an_officer_takes_down_and_restores_by_the_pages(
    house: House, resource: Resource, entry: Entry, node: Node
) -> None:
    browser = browser_of(house.officer)
    form = reverse("rights:take_down", args=[entry.uuid])
    shown = reverse("resources:detail", args=[entry.uuid])
    assert form in browser.get(shown).content.decode()
    elsewhere = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau("410324")).actor)
    assert form not in elsewhere.get(shown).content.decode(), "offered only where it can be done"
    assert browser.post(form, {"reason": ""}).status_code == 422
    made = browser.post(form, {"reason": REASON})

    page = browser.get(made["Location"]).content.decode()
    assert node.domain in page
    assert "已发出，等待回执" in page
    assert REASON in browser.get(reverse("rights:takedowns")).content.decode()
    assert browser.post(made["Location"], {"reason": "不成立"}).status_code == 302
    assert state_of(entry) == EntryState.PUBLISHED


def test_pages_of_orders_are_closed_to_others(house: House, entry: Entry) -> None:
    made = take_down(by=house.officer, entry=entry, reason=REASON, now=NOON)
    for actor in (house.teacher, house.stranger):
        assert browser_of(actor).get(reverse("rights:takedown", args=[made.uuid])).status_code == 403
    elsewhere = a_person(Role.SCHOOL_ADMIN, a_school("另一所小学")).actor
    assert browser_of(elsewhere).get(reverse("rights:takedown", args=[made.uuid])).status_code == 404
    assert browser_of(elsewhere).get(reverse("rights:take_down", args=[entry.uuid])).status_code == 404


def test_an_order_of_another_node_is_not_undone_here(house: House, copy: Entry, other: Author) -> None:
    other.send(other.says(other.order(copy.uuid)))
    made = Takedown.objects.get()
    browser = browser_of(house.officer)

    page = browser.get(reverse("rights:takedown", args=[made.uuid]))
    browser.post(reverse("rights:takedown", args=[made.uuid]), {"reason": "我们觉得没问题"})

    assert "恢复作品" not in page.content.decode()
    assert state_of(copy) == EntryState.WITHDRAWN
    with pytest.raises(NotFound):
        restore(by=house.officer, takedown=made, reason="我们觉得没问题", now=LATER)
