"""Allocations in the browser: an officer of the hub orders, an officer of a node sees what came, teachers use it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.allocations.actions import send_orders
from heluo.domains.allocations.enums import Mark, OrderState
from heluo.domains.allocations.jobs import ACTOR
from heluo.domains.allocations.models import Order, Received
from heluo.kernel.actors.enums import Role
from heluo.kernel.nodes.enums import Tier
from heluo.kernel.organisations.models import Organisation
from tests.domains.allocations.conftest import World, told_to
from tests.domains.allocations.test_receiving import take
from tests.domains.resources.conftest import browser_of
from tests.factories import NOON, a_person, a_school
from tests.kernel.pages.fragments import assert_fragment_equals_part

pytestmark = pytest.mark.django_db
ORDERS, START = "/workbench/allocations/", "/workbench/allocations/new/"
ALLOCATED, RECEIVED = "/workbench/allocated/", "/workbench/allocations/received/"


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def page(order: Order, behind: str = "") -> str:
    return f"{ORDERS}{order.uuid}/{behind}"


def test_an_officer_orders_from_title_to_receipt(world: World) -> None:
    first, second, third = world.entries(3)
    node, other = world.node(), world.node("xinan", tier=Tier.COUNTY)
    officer = browser_of(world.officer)
    assert START in text(officer, ORDERS)
    assert officer.post(START, {"title": ""}).status_code == 422
    terms = {"title": "秋季必用", "mark": "required", "files_mode": "ahead", "most_mebi": "5", "until": "2099-01-31"}
    assert officer.post(START, {**terms, "until": "2020-01-01"}).status_code == 422
    officer.post(START, terms)
    order = Order.objects.get()
    assert (order.mark, order.files, order.most_bytes) == (Mark.REQUIRED, "ahead", 5 * 1024 * 1024)
    assert "先选资源" in text(officer, page(order))
    items = page(order, "items/")
    assert f'value="{first}"' in text(officer, f"{items}?q=资源1")
    officer.post(items, {"entry": [str(first), str(second)]})
    officer.post(items, {"pasted": f"https://x.example/resources/{third}/\n{third}"})
    assert officer.post(items, {"pasted": "没有编号"}).status_code == 422
    assert order.items.count() == 3
    last = order.items.last()
    assert last is not None
    officer.post(items, {"remove": str(last.pk)})
    assert "调配单里的 2 个资源" in text(officer, items)
    officer.post(page(order, "nodes/"), {"tiers": ["city"]})
    assert [one.node for one in order.recipients.all()] == [node]
    officer.post(page(order, "nodes/"), {"nodes": [other.domain, node.domain]})
    assert "下达“秋季必用”" in officer.post(page(order, "issue/")).content.decode()
    assert Order.objects.get().state == OrderState.DRAFT
    officer.post(page(order, "issue/"), {"confirmed": "yes"})
    send_orders(by=ACTOR, now=NOON)
    assert len(told_to(node)) == 1
    shown = text(officer, page(order))
    assert "已发出，等待接收" in shown
    assert "县级" in shown
    assert "已经下达" in officer.post(items, {"entry": [str(third)]}, follow=True).content.decode()
    assert officer.post(page(order, "cancel/"), {"reason": ""}).status_code == 422
    officer.post(page(order, "cancel/"), {"reason": "内容有误"})
    assert "内容有误" in text(officer, page(order))


def test_a_draft_is_changed_and_thrown_away(world: World) -> None:
    order = world.draft()
    officer = browser_of(world.officer)
    assert "秋季必用" in text(officer, page(order, "describe/"))
    officer.post(page(order, "describe/"), {"title": "春季", "mark": "featured", "files_mode": "on_demand"})
    assert Order.objects.get().title == "春季"
    assert officer.get(page(order, "delete/")).status_code == 302
    officer.post(page(order, "delete/"), {"confirmed": "yes"})
    assert not Order.objects.exists()


def test_orders_are_not_there_for_others(world: World, client: Client) -> None:
    order = world.draft(world.entries(1), world.node())
    for behind in ("", "describe/", "items/", "nodes/", "issue/", "cancel/", "delete/"):
        county = browser_of(world.county)
        assert county.get(page(order, behind)).status_code == 404
        if behind:
            assert county.post(page(order, behind), {"reason": "x", "confirmed": "yes"}).status_code == 404
        assert browser_of(world.teacher).get(page(order, behind)).status_code in {403, 404}
        assert client.get(page(order, behind)).status_code in {302, 404}
    assert browser_of(world.county).get(START).status_code == 404
    assert "秋季必用" not in text(browser_of(world.county), ORDERS)
    assert Order.objects.get().state == OrderState.DRAFT


def test_bureaus_of_the_node_see_what_came_and_others_do_not(world: World) -> None:
    world.hub()
    world.entries(1)
    take(1, 2)
    officer = browser_of(world.officer)
    number = Received.objects.get().pk
    assert "省级必用" in text(officer, RECEIVED)
    assert "已应用 1 / 2" in text(officer, RECEIVED)
    shown = text(officer, f"{RECEIVED}{number}/")
    assert "资源1" in shown
    assert "这个资源的说明还没有到达" in shown
    assert "省级必用" in text(browser_of(world.county), RECEIVED), "whichever bureau runs the node"
    for actor in (world.teacher, a_person(Role.SCHOOL_ADMIN, a_school()).actor):
        others = browser_of(actor)
        assert others.get(RECEIVED).status_code == others.get(f"{RECEIVED}{number}/").status_code == 403
    assert officer.get(f"{RECEIVED}{number + 1}/").status_code == 404


def test_a_teacher_sees_what_is_to_be_used_marked_everywhere(world: World, client: Client) -> None:
    world.hub()
    world.entries(2, origin="hub.example")
    take(1, note="开学用")
    teacher = browser_of(world.teacher)
    listed = text(teacher, ALLOCATED)
    assert "资源1" in listed
    assert "省级必用" in listed
    assert "资源2" not in listed
    assert "资源1" not in text(teacher, f"{ALLOCATED}?mark=featured")
    assert "省级必用" in text(client, "/resources/")
    [resource] = world.entries(1, origin="hub.example")
    assert "省级必用" in text(client, reverse("resources:detail", args=[resource]))
    assert client.get(ALLOCATED).status_code == 302
    assert_fragment_equals_part(teacher, ALLOCATED, "listing")


def test_a_list_of_many_marked_costs_what_one_costs(world: World) -> None:
    world.hub()
    world.entries(12)
    take(1)
    teacher = browser_of(world.teacher)
    teacher.get(ALLOCATED)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            teacher.get(ALLOCATED)
        return len(captured)

    one = statements()
    take(*range(2, 13), order=Organisation.objects.filter(parent=None).values_list("uuid", flat=True)[0])
    assert statements() == one
