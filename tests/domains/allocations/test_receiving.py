"""Orders of the node above: kept in parts, applied as entries come, acknowledged, ended, taken back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.domains.allocations.actions import (
    apply_received,
    end_received,
    note_contents,
    receive_cancel,
    receive_part,
    send_receipts,
)
from heluo.domains.allocations.actions.receiving import Part
from heluo.domains.allocations.enums import RECEIPT, FilesMode, ItemState, Mark, Obstacle, ReceivedState
from heluo.domains.allocations.errors import NotOurHub, OrderMalformed
from heluo.domains.allocations.forms import read_cancel, read_part, read_receipt
from heluo.domains.allocations.models import Received
from heluo.domains.allocations.queries import marks_of
from heluo.engines.catalogue.public import withdraw_entries
from heluo.kernel.clock.public import local_day
from heluo.kernel.nodes.models import Node
from heluo.kernel.transfers.models import Copy
from tests.domains.allocations.conftest import HUB, PUBLISHER, World, told_to
from tests.factories import NOON

pytestmark = pytest.mark.django_db
TODAY = local_day(NOON)
ORDER = UUID(int=77)


def part(*numbers: int, **changes: Any) -> Part:
    usual = Part(
        order=ORDER,
        part=1,
        parts=1,
        title="秋季必用",
        note="",
        mark=Mark.REQUIRED,
        until=None,
        files=FilesMode.ON_DEMAND,
        most_items=None,
        most_bytes=None,
        first=0,
        items=[UUID(int=number) for number in numbers],
    )
    return replace(usual, **changes)


def take(*numbers: int, **changes: Any) -> Received:
    return receive_part(sender=HUB, part=part(*numbers, **changes), now=NOON)


def states() -> list[str]:
    return list(Received.objects.get().items.values_list("state", flat=True))


def last_receipt(hub: Node) -> dict[str, Any]:
    kind, body = told_to(hub)[-1]
    assert kind == RECEIPT
    return body


def test_an_order_stands_once_all_its_parts_are_here(world: World) -> None:
    world.hub()
    world.entries(3)
    assert take(3, part=2, parts=2, first=2).state == ReceivedState.ARRIVING
    assert marks_of([UUID(int=3)], day=TODAY) == {}
    assert take(3, part=2, parts=2, first=2).arrived == [2]
    received = take(1, 2, part=1, parts=2)
    assert (received.state, received.whole_at) == (ReceivedState.STANDING, NOON)
    assert states() == [ItemState.APPLIED] * 3
    assert marks_of([UUID(int=3)], day=TODAY)[UUID(int=3)].mark == Mark.REQUIRED


def test_what_was_ordered_before_it_came_is_applied_when_it_comes(world: World) -> None:
    hub = world.hub()
    world.entries(1)
    take(1, 2)
    assert states() == [ItemState.APPLIED, ItemState.WAITING]
    assert send_receipts(now=NOON) == 1
    assert last_receipt(hub) == {
        "order": str(ORDER),
        "received_at": int(NOON.timestamp()),
        "applied": 1,
        "waiting": 1,
        "refused": 0,
        "obstacle": None,
        "files": 0,
        "bytes": 0,
    }
    assert send_receipts(now=NOON) == 0
    world.entries(1, start=2)
    assert apply_received(now=NOON) == 1
    assert send_receipts(now=NOON) == 1
    assert last_receipt(hub)["applied"] == 2
    withdraw_entries(by=PUBLISHER, identifiers=[UUID(int=1)], reason="过期", now=NOON)
    assert apply_received(now=NOON) == 1
    assert states() == [ItemState.WAITING, ItemState.APPLIED]
    assert apply_received(now=NOON) == 0


def test_applying_many_costs_no_more_statements_than_one(world: World) -> None:
    world.hub()
    take(*range(1, 600))

    def statements(count: int, start: int) -> int:
        world.entries(count, start=start)
        with CaptureQueriesContext(connection) as captured:
            assert apply_received(now=NOON) == count
        return len(captured)

    assert statements(1, 1) == statements(500, 2)


def test_beyond_the_quota_nothing_is_taken_and_the_hub_is_told_why(world: World) -> None:
    hub = world.hub()
    world.entries(3)
    take(1, 2, 3, most_items=2)
    assert states() == [ItemState.APPLIED, ItemState.APPLIED, ItemState.REFUSED]
    send_receipts(now=NOON)
    assert (last_receipt(hub)["refused"], last_receipt(hub)["obstacle"]) == (1, Obstacle.MOST_ITEMS)


def test_files_are_fetched_ahead_as_far_as_the_quota_goes(world: World) -> None:
    hub = world.hub()
    world.entries(3, size=100, origin=HUB)
    take(1, 2, 3, files=FilesMode.AHEAD, most_bytes=250)
    send_receipts(now=NOON)
    assert sorted(Copy.objects.values_list("sha256", "node")) == [(f"{number:064x}", HUB) for number in (1, 2)]
    assert last_receipt(hub)["obstacle"] == Obstacle.MOST_BYTES
    note_contents()
    send_receipts(now=NOON)
    assert Copy.objects.count() == 2


def test_files_wait_for_demand_otherwise(world: World) -> None:
    world.hub()
    world.entries(1, size=100, origin=HUB)
    take(1)
    send_receipts(now=NOON)
    assert not Copy.objects.exists()


def test_marks_go_at_midnight_and_the_order_with_the_next_look(world: World) -> None:
    world.hub()
    world.entries(1)
    take(1, until=TODAY)
    assert marks_of([UUID(int=1)], day=TODAY)
    assert marks_of([UUID(int=1)], day=TODAY + timedelta(days=1)) == {}
    assert end_received(now=NOON) == 0
    assert end_received(now=NOON + timedelta(days=1)) == 1
    assert Received.objects.get().state == ReceivedState.ENDED


def test_the_strongest_mark_is_shown(world: World) -> None:
    world.hub()
    world.entries(1)
    take(1)
    take(1, order=uuid4(), mark=Mark.FEATURED)
    assert marks_of([UUID(int=1)], day=TODAY)[UUID(int=1)].mark == Mark.REQUIRED


def test_a_cancellation_holds_even_if_it_comes_first(world: World) -> None:
    world.hub()
    world.entries(1)
    receive_cancel(sender=HUB, order=ORDER, reason="内容有误", now=NOON)
    take(1)
    received = Received.objects.get()
    assert (received.state, received.reason) == (ReceivedState.CANCELLED, "内容有误")
    assert marks_of([UUID(int=1)], day=TODAY) == {}


def test_only_the_node_above_gives_orders(world: World) -> None:
    below = world.node()
    for sender in (below.domain, "stranger.example"):
        with pytest.raises(NotOurHub):
            receive_part(sender=sender, part=part(1), now=NOON)
        with pytest.raises(NotOurHub):
            receive_cancel(sender=sender, order=ORDER, reason="", now=NOON)
    assert not Received.objects.exists()


def test_a_part_that_does_not_fit_is_refused(world: World) -> None:
    world.hub()
    with pytest.raises(OrderMalformed):
        take(1, part=2)
    with pytest.raises(OrderMalformed):
        take(1, first=20_000)
    take(1, parts=3)
    with pytest.raises(OrderMalformed):
        take(2, part=2, parts=2)


@pytest.mark.parametrize(
    "changes",
    [
        {"items": []},
        {"items": ["x"]},
        {"order": "x"},
        {"mark": "loved"},
        {"part": 0},
        {"title": "长" * 101},
        {"most_items": -1},
        {"until": "someday"},
        {"items": None},
    ],
)
def test_what_is_no_order_is_refused(changes: dict[str, Any]) -> None:
    body = {
        "order": str(ORDER),
        "part": 1,
        "parts": 1,
        "title": "秋季",
        "mark": "required",
        "files": "ahead",
        "first": 0,
        "items": [uuid4().hex],
        "later": "unknown",
    }
    assert read_part(body).order == ORDER
    with pytest.raises(OrderMalformed):
        read_part({**body, **changes})
    with pytest.raises(OrderMalformed):
        read_cancel({})
    with pytest.raises(OrderMalformed):
        read_receipt({"order": str(ORDER), "applied": -1})
