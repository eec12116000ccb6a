"""The home page of a virtual platform: what its keeper put there, in their order, and nobody else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.organisations.public import bureau_of
from heluo.kernel.tenants.public import Permission, Tenant, in_tenant, open_tenant
from heluo.portal.home.actions import add_block
from heluo.portal.home.enums import BlockKind
from heluo.portal.home.errors import LineNotUnderstood, NothingToShow, TooManyBlocks
from heluo.portal.home.models import HomeBlock
from tests.factories import (
    COUNTY,
    NOON,
    OTHER_COUNTY,
    Somebody,
    a_bureau,
    a_person,
    a_published_resource,
    a_reviewer,
    a_school,
    a_teacher,
)

pytestmark = pytest.mark.django_db
HERE, THERE = {"host": "jianxi.localhost"}, {"host": "luanchuan.localhost"}


def a_tenant(region: str, label: str) -> Tenant:
    by = platform_actor("测试", [Permission.GRANT])
    return open_tenant(by=by, organisation=a_bureau(region), label=label, name=f"{label}教育云", now=NOON)


@pytest.fixture
def here(db: None) -> Tenant:
    return a_tenant(COUNTY, "jianxi")


@pytest.fixture
def keeper(here: Tenant) -> Somebody:
    return a_person(Role.COUNTY_OFFICER, here.organisation)


@pytest.fixture
def own(keeper: Somebody) -> Client:
    keeper.account.must_change_password, keeper.account.is_demo = False, True
    keeper.account.save()
    client = Client()
    client.force_login(keeper.account)
    return client


def titles(tenant: Tenant) -> list[str]:
    with in_tenant(tenant):
        return [str(one) for one in HomeBlock.objects.all()]


def test_a_new_one_greets_with_what_it_has(client: Client, here: Tenant) -> None:
    reviewer = a_reviewer(bureau_of("410000", on=NOON.date())).actor
    mine, foreign = a_school(), a_school("别处小学", region=OTHER_COUNTY)
    a_published_resource(a_teacher(mine).actor, mine, reviewer, title="本县的分数")
    a_published_resource(a_teacher(foreign).actor, foreign, reviewer, title="别县的分数")
    page = client.get("/", headers=HERE)
    assert "jianxi教育云" in page.text
    assert "本县的分数" in page.text
    assert "别县的分数" not in page.text
    figures = next(one.figures for one in page.context["blocks"] if one.figures)
    assert [int(str(one.value)) for one in figures] == [1, 2]


def test_blocks_are_added_moved_removed_and_put_back(client: Client, own: Client, here: Tenant) -> None:
    reviewer = a_reviewer(bureau_of("410000", on=NOON.date())).actor
    school = a_school()
    chosen = a_published_resource(a_teacher(school).actor, school, reviewer, title="选中的一课")
    add = "/workbench/home/new/"
    assert own.post(add, {"kind": "banner", "title": "涧西教育", "text": "你好"}, headers=HERE).status_code == 302
    sent = {"kind": "entrances", "title": "入口", "text": "教材 /textbooks/\n县教育局 https://jianxi.example/"}
    own.post(add, sent, headers=HERE)
    text = f"http://localhost/resources/{chosen.uuid}/"
    own.post(add, {"kind": "recommended", "title": "推荐", "text": text}, headers=HERE)
    page = client.get("/", headers=HERE).text
    assert "<h1>涧西教育</h1>" in page
    assert "选中的一课" in page
    assert 'href="https://jianxi.example/"' in page
    with in_tenant(here):
        last = HomeBlock.objects.get(title="推荐")
    own.post("/workbench/home/", {"raise": last.pk}, headers=HERE)
    assert titles(here) == ["涧西教育", "推荐", "入口"]
    page = own.post("/workbench/home/", {"remove": last.pk}, headers=HERE, follow=True)
    assert titles(here) == ["涧西教育", "入口"]
    back = {"restore": 1, "kind": "recommended", "title": "推荐", "text": text, "place": 1}
    own.post("/workbench/home/", back, headers=HERE)
    assert titles(here) == ["涧西教育", "推荐", "入口"]
    with in_tenant(here):
        first = HomeBlock.objects.get(position=0)
    own.post(f"/workbench/home/{first.pk}/", {"title": "新标题", "text": "你好"}, headers=HERE)
    assert titles(here)[0] == "新标题"


@pytest.mark.parametrize(
    ("kind", "text", "refusal"),
    [
        (BlockKind.ENTRANCES, "教材 javascript:alert(1)", LineNotUnderstood),
        (BlockKind.ENTRANCES, "别处 //evil.example", LineNotUnderstood),
        (BlockKind.ENTRANCES, "", NothingToShow),
        (BlockKind.COLLECTIONS, "", NothingToShow),
        (BlockKind.RECOMMENDED, "不是网址", LineNotUnderstood),
    ],
)
def test_lines_that_would_show_nothing_are_refused(
    keeper: Somebody, own: Client, kind: BlockKind, text: str, refusal: type[Exception]
) -> None:
    with in_tenant(Tenant.objects.get()), pytest.raises(refusal):
        add_block(by=keeper.actor, kind=kind, title="", text=text, now=NOON)
    page = own.post("/workbench/home/new/", {"kind": kind.value, "title": "", "text": text}, headers=HERE)
    assert page.status_code == 422


def test_there_is_an_end(here: Tenant, keeper: Somebody) -> None:
    with in_tenant(here):
        for _each in range(20):
            add_block(by=keeper.actor, kind=BlockKind.NEWS, title="", text="", now=NOON)
        with pytest.raises(TooManyBlocks):
            add_block(by=keeper.actor, kind=BlockKind.NEWS, title="", text="", now=NOON)


def test_anothers_home_page_is_not_there_to_arrange(own: Client, keeper: Somebody, here: Tenant) -> None:
    there = a_tenant(OTHER_COUNTY, "luanchuan")
    foreign = a_person(Role.COUNTY_OFFICER, there.organisation)
    with in_tenant(there):
        theirs = add_block(by=foreign.actor, kind=BlockKind.NEWS, title="栾川", text="", now=NOON)
        with pytest.raises(NotAllowed):
            add_block(by=keeper.actor, kind=BlockKind.NEWS, title="", text="", now=NOON)
    for host in (THERE, {"host": "localhost"}):
        for path in ("", "new/", f"{theirs.pk}/"):
            assert own.get(f"/workbench/home/{path}", headers=host).status_code == 404
    assert own.post("/workbench/home/", {"remove": theirs.pk}, headers=HERE).status_code == 404
    assert own.get(f"/workbench/home/{theirs.pk}/", headers=HERE).status_code == 404
    assert titles(there) == ["栾川"]


def test_more_blocks_of_a_kind_cost_no_more(client: Client, here: Tenant, keeper: Somebody) -> None:
    reviewer = a_reviewer(bureau_of("410000", on=NOON.date())).actor
    school = a_school()
    works = [a_published_resource(a_teacher(school).actor, school, reviewer, title=f"第{n}课") for n in range(3)]

    def cost() -> int:
        client.get("/", headers=HERE)
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/", headers=HERE).status_code == 200
        return len(seen)

    def add(number: int) -> None:
        with in_tenant(here):
            text = str(works[number].uuid)
            add_block(by=keeper.actor, kind=BlockKind.RECOMMENDED, title="", text=text, now=NOON)

    add(0)
    with_one = cost()
    add(1)
    add(2)
    assert cost() == with_one
