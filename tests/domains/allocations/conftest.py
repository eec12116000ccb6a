"""A hub with nodes below it, a node with a hub above it, and who acts on both; one database plays all of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from pytest_django import Settings

from heluo.domains.allocations.actions import add_entries, address_order, issue_order, send_orders, start_order
from heluo.domains.allocations.actions.ordering import Terms
from heluo.domains.allocations.enums import CANCEL, ORDER, RECEIPT
from heluo.domains.allocations.jobs import ACTOR
from heluo.domains.allocations.models import Order
from heluo.engines.catalogue.access import Permission as CataloguePermission
from heluo.engines.catalogue.public import EntryDraft, publish_entries
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.nodes.enums import Standing, Tier
from heluo.kernel.nodes.models import Node, Outgoing
from heluo.kernel.organisations.models import Organisation
from tests.factories import NOON, a_bureau, a_person, a_school, a_teacher
from tests.kernel.nodes.conftest import read

HUB = "hub.example"
PUBLISHER = platform_actor("测试", [CataloguePermission.PUBLISH, CataloguePermission.RECEIVE])


@dataclass(frozen=True)
class World:
    root: Organisation
    officer: Actor
    county: Actor
    teacher: Actor

    def entries(self, count: int, *, start: int = 1, origin: str | None = None, **payload: Any) -> list[UUID]:
        """Published resources; with `size`, each with a file of so many bytes."""
        identifiers = [UUID(int=number) for number in range(start, start + count)]
        drafts = {
            one: EntryDraft(
                kind="resource",
                title=f"资源{one.int}",
                organisation_id=self.root.pk,
                licence="CC-BY-4.0",
                creator_name="示例教师",
                payload=_payload(one.int, **payload),
            )
            for one in identifiers
        }
        publish_entries(by=PUBLISHER, drafts=drafts, origin=origin, now=NOON)
        return identifiers

    def node(self, name: str = "luoyang", *, knows: bool = True, tier: Tier = Tier.CITY) -> Node:
        return Node.objects.create(
            domain=f"{name}.example",
            name=f"{name}市",
            tier=tier,
            version="1",
            capabilities=[ORDER, CANCEL] if knows else [],
            standing=Standing.ACTIVE,
            since=NOON,
        )

    def hub(self) -> Node:
        return Node.objects.create(
            domain=HUB,
            name="省平台",
            tier=Tier.PROVINCE,
            version="1",
            capabilities=[RECEIPT],
            standing=Standing.ACTIVE,
            since=NOON,
            address=f"https://{HUB}",
        )

    def draft(self, identifiers: list[UUID] | None = None, *nodes: Node, **terms: Any) -> Order:
        order = start_order(by=self.officer, terms=Terms(**{"title": "秋季必用", **terms}), now=NOON)
        if identifiers:
            add_entries(by=self.officer, order=order, identifiers=identifiers, now=NOON)
        address_order(by=self.officer, order=order, domains=[node.domain for node in nodes], now=NOON)
        return order

    def issued(self, identifiers: list[UUID], *nodes: Node, **terms: Any) -> Order:
        order = issue_order(by=self.officer, order=self.draft(identifiers, *nodes, **terms), now=NOON)
        send_orders(by=ACTOR, now=NOON)
        return order


def _payload(number: int, size: int = 0) -> dict[str, Any]:
    if not size:
        return {}
    return {"files": [{"name": f"{number}.txt", "sha256": f"{number:064x}", "size": size, "type": "text/plain"}]}


def told_to(node: Node) -> list[tuple[str, dict[str, Any]]]:
    """The messages that wait for a node: kind and body, in their order."""
    return [(one.kind, read(one.token)["body"]) for one in Outgoing.objects.filter(node=node).order_by("seq")]


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.STORAGE_URL = None
    settings.CLAMD_URL = None


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    bureau = a_bureau()
    root = Organisation.objects.get(parent=None)
    return World(
        root=root,
        officer=a_person(Role.PROVINCE_ADMIN, root).actor,
        county=a_person(Role.COUNTY_OFFICER, bureau).actor,
        teacher=a_teacher(a_school()).actor,
    )
