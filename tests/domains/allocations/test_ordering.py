"""Orders: who may write one, what each node is told, what its receipts say."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from heluo.domains.allocations.access import Permission
from heluo.domains.allocations.actions import (
    add_entries,
    address_order,
    cancel_order,
    delete_order,
    describe_order,
    end_orders,
    issue_order,
    note_receipt,
    remove_entries,
    send_orders,
    start_order,
)
from heluo.domains.allocations.actions.acknowledging import Receipt
from heluo.domains.allocations.actions.ordering import Terms
from heluo.domains.allocations.enums import CANCEL, ORDER, Deed, Mark, OrderState
from heluo.domains.allocations.errors import (
    CancelReasonNeeded,
    NobodyToReceive,
    NoneFound,
    NotADraft,
    NothingToAllocate,
    NotStanding,
    OrderUnknown,
    TooManyItems,
    UntilIsPast,
)
from heluo.domains.allocations.jobs import ACTOR
from heluo.domains.allocations.models import Order, Recipient, Step
from heluo.domains.allocations.queries import allocated_contents, orders_for
from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.models import Entry
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.nodes.enums import Tier
from heluo.kernel.nodes.models import Node, Outgoing
from heluo.kernel.nodes.vocabulary import MOST_MESSAGE_BYTES
from tests.domains.allocations.conftest import World, told_to
from tests.factories import NOON, a_bureau, a_person

pytestmark = pytest.mark.django_db
TODAY = local_day(NOON)


def test_an_order_is_told_to_each_node_that_can_read_it(world: World) -> None:
    node, deaf = world.node(), world.node("kaifeng", knows=False)
    order = world.issued(world.entries(3), node, deaf, mark=Mark.REQUIRED, until=TODAY, note="请在开学前用上")
    [(kind, body)] = told_to(node)
    assert kind == ORDER
    assert body == {
        "order": str(order.uuid),
        "part": 1,
        "parts": 1,
        "title": "秋季必用",
        "note": "请在开学前用上",
        "mark": "required",
        "until": TODAY.isoformat(),
        "files": "on_demand",
        "most_items": None,
        "most_bytes": None,
        "first": 0,
        "items": [UUID(int=number).hex for number in (1, 2, 3)],
    }
    assert told_to(deaf) == []
    Node.objects.filter(pk=deaf.pk).update(capabilities=[ORDER])
    assert send_orders(by=ACTOR, now=NOON) == 1
    assert len(told_to(deaf)) == 1
    assert send_orders(by=ACTOR, now=NOON) == 0
    assert [step.deed for step in Step.objects.all()] == [Deed.STARTED, Deed.ISSUED]


def test_a_large_order_goes_in_parts_that_fit(world: World) -> None:
    node = world.node()
    world.issued(world.entries(2000), node, title="长" * 100, note="长" * 1000)
    parts = [body for _kind, body in told_to(node)]
    assert [(body["part"], body["parts"], body["first"]) for body in parts] == [(1, 3, 0), (2, 3, 900), (3, 3, 1800)]
    assert [one for body in parts for one in body["items"]] == [UUID(int=number).hex for number in range(1, 2001)]
    assert all(len(message.token) <= MOST_MESSAGE_BYTES for message in Outgoing.objects.all())


def test_many_entries_cost_no_more_statements_than_one(world: World) -> None:
    identifiers = world.entries(500)
    order = world.draft()

    def statements(chosen: list[UUID]) -> int:
        with CaptureQueriesContext(connection) as captured:
            add_entries(by=world.officer, order=order, identifiers=chosen, now=NOON)
        return len(captured)

    assert statements(identifiers[:1]) == statements(identifiers)
    assert order.items.count() == 500


def test_only_who_holds_the_right_at_the_top_orders(world: World) -> None:
    order = world.draft(world.entries(1), world.node())
    for other in (world.county, world.teacher, platform_actor("测试", ())):
        with pytest.raises(NotAllowed):
            start_order(by=other, terms=Terms(title="x"), now=NOON)
        for deed in (issue_order, delete_order):
            with pytest.raises(NotFound):
                deed(by=other, order=order, now=NOON)
        with pytest.raises(NotFound):
            cancel_order(by=other, order=order, reason="x", now=NOON)
        with pytest.raises(NotFound):
            add_entries(by=other, order=order, identifiers=[], now=NOON)
        with pytest.raises(NotFound):
            address_order(by=other, order=order, domains=[], now=NOON)
    with pytest.raises(NotAllowed):
        send_orders(by=platform_actor("测试", ()), now=NOON)


def test_on_a_node_of_a_city_its_officers_order_and_no_others_do(world: World, settings: Settings) -> None:
    city = a_bureau("410300")
    officer, other = (a_person(Role.CITY_OFFICER, place).actor for place in (city, a_bureau("410200")))
    for by in (officer, other):
        with pytest.raises(NotAllowed):
            start_order(by=by, terms=Terms(title="x"), now=NOON)
    settings.NODE_ORGANISATION = "410300"
    with pytest.raises(NotAllowed):
        start_order(by=other, terms=Terms(title="x"), now=NOON)
    below = world.node("luanchuan", tier=Tier.COUNTY)
    order = start_order(by=officer, terms=Terms(title="全市必用"), now=NOON)
    assert order.organisation == city
    add_entries(by=officer, order=order, identifiers=world.entries(1), now=NOON)
    address_order(by=officer, order=order, domains=[below.domain], now=NOON)
    issue_order(by=officer, order=order, now=NOON)
    send_orders(by=ACTOR, now=NOON)
    assert [kind for kind, _body in told_to(below)] == [ORDER]
    with pytest.raises(NotFound):
        cancel_order(by=other, order=order, reason="x", now=NOON)


def test_an_order_without_resources_or_nodes_is_not_issued(world: World) -> None:
    with pytest.raises(NothingToAllocate):
        issue_order(by=world.officer, order=world.draft(None, world.node()), now=NOON)
    with pytest.raises(NobodyToReceive):
        issue_order(by=world.officer, order=world.draft(world.entries(1)), now=NOON)
    with pytest.raises(UntilIsPast):
        world.draft(until=TODAY - timedelta(days=1))
    late = world.draft(world.entries(1), Node.objects.get(), until=TODAY)
    with pytest.raises(UntilIsPast):
        issue_order(by=world.officer, order=late, now=NOON + timedelta(days=1))


def test_what_may_be_put_in_is_what_one_sees(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order = world.draft()
    with pytest.raises(NoneFound):
        add_entries(by=world.officer, order=order, identifiers=[uuid4()], now=NOON)
    identifiers = world.entries(3)
    assert add_entries(by=world.officer, order=order, identifiers=[*identifiers, *identifiers, uuid4()], now=NOON) == 3
    assert add_entries(by=world.officer, order=order, identifiers=identifiers, now=NOON) == 0
    monkeypatch.setattr("heluo.domains.allocations.actions.ordering.MOST_ITEMS", 3)
    with pytest.raises(TooManyItems):
        add_entries(by=world.officer, order=order, identifiers=world.entries(1, start=9), now=NOON)
    first = order.items.first()
    assert first is not None
    assert remove_entries(by=world.officer, order=order, items=[first.pk], now=NOON) == 1


def test_an_issued_order_is_never_changed(world: World) -> None:
    order = world.issued(world.entries(1), world.node())
    with pytest.raises(NotADraft):
        describe_order(by=world.officer, order=order, terms=Terms(title="x"), now=NOON)
    with pytest.raises(NotADraft):
        add_entries(by=world.officer, order=order, identifiers=[], now=NOON)
    with pytest.raises(NotADraft):
        issue_order(by=world.officer, order=order, now=NOON)
    with pytest.raises(NotADraft):
        delete_order(by=world.officer, order=order, now=NOON)


def test_a_cancelled_order_is_told_to_whoever_had_it(world: World) -> None:
    node, deaf = world.node(), world.node("kaifeng", knows=False)
    order = world.issued(world.entries(1), node, deaf)
    with pytest.raises(CancelReasonNeeded):
        cancel_order(by=world.officer, order=order, reason=" ", now=NOON)
    cancel_order(by=world.officer, order=order, reason="内容有误", now=NOON)
    assert told_to(node)[-1] == (CANCEL, {"order": str(order.uuid), "reason": "内容有误"})
    Node.objects.update(capabilities=[ORDER])
    assert send_orders(by=ACTOR, now=NOON) == 0
    assert told_to(deaf) == []
    with pytest.raises(NotStanding):
        cancel_order(by=world.officer, order=order, reason="再次", now=NOON)


def test_an_order_ends_after_its_last_day(world: World) -> None:
    order = world.issued(world.entries(1), world.node(), until=TODAY)
    assert end_orders(by=ACTOR, now=NOON) == 0
    assert end_orders(by=ACTOR, now=NOON + timedelta(days=1)) == 1
    order.refresh_from_db()
    assert order.state == OrderState.ENDED


def receipt(order: Order, applied: int) -> Receipt:
    return Receipt(
        order=order.uuid,
        received_at=NOON,
        applied=applied,
        waiting=0,
        refused=0,
        obstacle=None,
        files=2,
        bytes=2048,
    )


def test_a_receipt_is_noted_and_an_older_one_changes_nothing(world: World) -> None:
    node, other = world.node(), world.node("kaifeng", knows=False)
    order = world.issued(world.entries(2), node, other)
    later = NOON + timedelta(minutes=1)
    note_receipt(sender=node.domain, receipt=receipt(order, 2), sent_at=later)
    note_receipt(sender=node.domain, receipt=receipt(order, 1), sent_at=NOON)
    recipient = Recipient.objects.get(order=order, node=node)
    assert (recipient.applied, recipient.files, recipient.bytes, recipient.receipt_at) == (2, 2, 2048, later)
    for sender in (other.domain, "stranger.example"):
        with pytest.raises(OrderUnknown):
            note_receipt(sender=sender, receipt=receipt(order, 1), sent_at=later)


def test_files_of_a_standing_order_follow_to_its_nodes_alone(world: World) -> None:
    node = world.node()
    identifiers = world.entries(2, size=9)
    Entry.objects.update(visibility=Visibility.SIGNED_IN)
    hashes = [f"{number:064x}" for number in (1, 2, 3)]
    order = world.draft(identifiers[:1], node)
    assert allocated_contents(hashes, node.domain) == set()
    issue_order(by=world.officer, order=order, now=NOON)
    assert allocated_contents(hashes, node.domain) == {hashes[0]}
    assert allocated_contents(hashes, "stranger.example") == set()
    cancel_order(by=world.officer, order=order, reason="撤", now=NOON)
    assert allocated_contents(hashes, node.domain) == set()


def test_the_right_is_named(world: World) -> None:
    assert {grant.permission for grant in world.teacher.grants} & set(Permission) == {Permission.USE}


def test_the_list_counts_resources_and_nodes_apart(world: World) -> None:
    world.draft()
    order = world.draft(world.entries(3), world.node(), world.node("xinan", tier=Tier.COUNTY))
    found = {one.pk: (one.entries, one.nodes) for one in orders_for(world.officer)}
    assert found.pop(order.pk) == (3, 2)
    assert list(found.values()) == [(0, 0)]
