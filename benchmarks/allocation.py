"""An allocation of many resources to many nodes: the seconds to plan it, to write its messages, to apply it at a node,
and to note the receipts of all; each beside writing the same rows bare.

    .venv/bin/python -m benchmarks.allocation [--items 10000] [--nodes 157]

Starts its own PostgreSQL in a temporary folder, which plays hub and node. The peer copies the very rows that ours wrote
into tables with the same columns, indexes and checks but no foreign keys, in as many transactions as ours; for receipts
it updates the rows again, one transaction each. Signing the messages is part of ours.
"""

import argparse
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt

from benchmarks.database import own_database
from benchmarks.machine import print_table


def taken(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def bare(table: str, keys: list[list[int]]) -> float:
    """Seconds to write the rows of these keys again, a transaction for each list of them."""
    from django.db import connection, transaction  # noqa: PLC0415  # needs Django set up

    def write() -> None:
        for some in keys:
            with transaction.atomic(), connection.cursor() as writing:
                writing.execute(f"INSERT INTO bare_{table} SELECT * FROM {table} WHERE id = ANY(%s)", [some])

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
    return taken(write)


def fill(items: int, nodes: int) -> tuple[Any, list[UUID], list[str]]:
    """The resources and the nodes: who orders, and the names of both."""
    from heluo.domains.allocations.access import Permission  # noqa: PLC0415  # needs Django set up
    from heluo.domains.allocations.enums import CANCEL, ORDER  # noqa: PLC0415
    from heluo.engines.catalogue.access import Permission as CataloguePermission  # noqa: PLC0415
    from heluo.engines.catalogue.public import EntryDraft, publish_entries  # noqa: PLC0415
    from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
    from heluo.kernel.clock.public import now  # noqa: PLC0415
    from heluo.kernel.nodes.models import Node  # noqa: PLC0415
    from heluo.kernel.organisations.access import Permission as OrganisationPermission  # noqa: PLC0415
    from heluo.kernel.organisations.public import found_bureaus, node_organisation  # noqa: PLC0415

    by = platform_actor("benchmark", [*Permission, *CataloguePermission, *OrganisationPermission])
    found_bureaus(by=by, now=now())
    root = node_organisation()
    assert root is not None
    identifiers = [UUID(int=number + 1) for number in range(items)]
    for start in range(0, items, 1000):
        drafts = {
            one: EntryDraft(
                kind="resource",
                title=f"资源{one.int}",
                organisation_id=root.pk,
                licence="CC-BY-4.0",
                creator_name="示例教师",
            )
            for one in identifiers[start : start + 1000]
        }
        publish_entries(by=by, drafts=drafts, now=now())
    names = [f"node{number}.example" for number in range(nodes)]
    Node.objects.bulk_create(
        [
            Node(
                domain=name,
                name=name,
                tier="county",
                version="1",
                capabilities=[ORDER, CANCEL],
                standing="active",
                since=now(),
            )
            for name in names
        ]
    )
    Node.objects.create(
        domain="hub.example",
        name="hub",
        tier="province",
        version="1",
        standing="active",
        since=now(),
        address="https://hub.example",
    )
    return by, identifiers, names


def measured(items: int, nodes: int) -> list[list[object]]:
    from django.db import transaction  # noqa: PLC0415  # needs Django set up

    from heluo.domains.allocations.actions import (  # noqa: PLC0415
        add_entries,
        address_order,
        issue_order,
        note_receipt,
        receive_part,
        send_orders,
        start_order,
    )
    from heluo.domains.allocations.actions.acknowledging import Receipt  # noqa: PLC0415
    from heluo.domains.allocations.actions.ordering import Terms  # noqa: PLC0415
    from heluo.domains.allocations.forms import read_part  # noqa: PLC0415
    from heluo.domains.allocations.models import OrderItem, ReceivedItem, Recipient  # noqa: PLC0415
    from heluo.kernel.clock.public import now  # noqa: PLC0415
    from heluo.kernel.nodes.models import Outgoing  # noqa: PLC0415

    by, identifiers, names = fill(items, nodes)
    order = start_order(by=by, terms=Terms(title="秋季必用"), now=now())

    def plan() -> None:
        add_entries(by=by, order=order, identifiers=identifiers, now=now())
        address_order(by=by, order=order, domains=names, now=now())

    def write() -> None:
        issue_order(by=by, order=order, now=now())
        send_orders(by=by, now=now())

    planned, written = taken(plan), taken(write)
    bare_plan = bare("allocations_orderitem", [list(OrderItem.objects.values_list("pk", flat=True))])
    bare_plan += bare("allocations_recipient", [list(Recipient.objects.values_list("pk", flat=True))])
    messages = [
        list(Outgoing.objects.filter(node__domain=name).order_by("seq").values_list("pk", flat=True)) for name in names
    ]
    bare_write = bare("nodes_outgoing", messages)
    tokens = Outgoing.objects.filter(pk__in=messages[0]).order_by("seq").values_list("token", flat=True)
    parts = [read_part(jwt.decode(token, options={"verify_signature": False})["body"]) for token in tokens]

    def apply() -> None:
        for part in parts:
            receive_part(sender="hub.example", part=part, now=now())

    applied = taken(apply)
    assert ReceivedItem.objects.filter(state="applied").count() == items
    kept = list(ReceivedItem.objects.order_by("pk").values_list("pk", flat=True))
    steps = -(-items // len(parts))
    bare_apply = bare("allocations_receiveditem", [kept[start : start + steps] for start in range(0, items, steps)])
    at = now()

    def note() -> None:
        for name in names:
            receipt = Receipt(
                order=order.uuid,
                received_at=at,
                applied=items,
                waiting=0,
                refused=0,
                obstacle=None,
                files=0,
                bytes=0,
            )
            with transaction.atomic():
                note_receipt(sender=name, receipt=receipt, sent_at=at)

    def update() -> None:
        for key in Recipient.objects.values_list("pk", flat=True):
            with transaction.atomic():
                Recipient.objects.filter(pk=key).update(receipt_at=at + timedelta(seconds=1), applied=items)

    noted, bare_note = taken(note), taken(update)
    return [
        ["to plan it", planned, bare_plan, planned / bare_plan],
        ["to write and sign its messages", written, bare_write, written / bare_write],
        ["to apply it at one node", applied, bare_apply, applied / bare_apply],
        ["to note the receipts of all", noted, bare_note, noted / bare_note],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000, help="how many resources (10000)")
    parser.add_argument("--nodes", type=int, default=157, help="how many nodes (157)")
    asked = parser.parse_args()
    with own_database(fsync="off"):
        rows = measured(asked.items, asked.nodes)
    print_table(
        f"{asked.items} resources allocated to {asked.nodes} nodes",
        ["step", "seconds", "the same rows bare: seconds", "times"],
        rows,
    )


if __name__ == "__main__":
    main()
