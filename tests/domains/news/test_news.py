"""News of two virtual platforms: written, previewed, published, withdrawn, and never seen under the other's host."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from heluo.domains.news.actions import Text, publish_news, withdraw_news, write_news
from heluo.domains.news.enums import NewsState
from heluo.domains.news.errors import EndsBeforeItStarts, NotPublished
from heluo.domains.news.models import News
from heluo.domains.news.public import rendered
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.tenants.public import NoTenant, Permission, Tenant, across_tenants, in_tenant, open_tenant
from tests.factories import COUNTY, NOON, OTHER_COUNTY, Somebody, a_bureau, a_person, a_picture

pytestmark = pytest.mark.django_db
HERE, THERE = "jianxi.localhost", "luanchuan.localhost"
TEXT = Text(title="全县教研周开始了", summary="十二所学校参加。", body="# 日程\n\n- 周一 **数学**")
SENT = {"title": "开学第一课", "summary": "", "body": "正文", "shown_from": "", "shown_until": ""}


def browser(who: Somebody) -> Client:
    who.account.must_change_password, who.account.is_demo = False, True
    who.account.save()
    client = Client()
    client.force_login(who.account)
    return client


def a_tenant(region: str, label: str) -> Tenant:
    by = platform_actor("测试", [Permission.GRANT])
    return open_tenant(by=by, organisation=a_bureau(region), label=label, name=f"{label}教育云", now=NOON)


@pytest.fixture
def here(db: None) -> Tenant:
    return a_tenant(COUNTY, "jianxi")


@pytest.fixture
def keeper(here: Tenant) -> Somebody:
    return a_person(Role.COUNTY_OFFICER, here.organisation)


def published(by: Somebody, tenant: Tenant, text: Text = TEXT) -> News:
    with in_tenant(tenant):
        return publish_news(by=by.actor, news=write_news(by=by.actor, text=text, now=NOON), now=NOON)


def test_from_draft_to_the_public_and_back(client: Client, here: Tenant, keeper: Somebody) -> None:
    own = browser(keeper)
    host = {"host": HERE}
    cover = SimpleUploadedFile("封面.png", a_picture())
    assert own.post("/workbench/news/new/", SENT | {"cover": cover}, headers=host).status_code == 302
    with in_tenant(here):
        made = News.objects.get()
    assert made.cover is not None
    assert client.get(f"/news/{made.uuid}/", headers=host).status_code == 404, "a draft"
    assert "正文" in own.get(f"/workbench/news/{made.uuid}/", headers=host).text
    own.post(f"/workbench/news/{made.uuid}/turn/", headers=host)
    assert "开学第一课" in client.get("/news/", headers=host).text
    assert "正文" in client.get(f"/news/{made.uuid}/", headers=host).text
    assert "开学第一课" in client.get("/", headers=host).text
    own.post(f"/workbench/news/{made.uuid}/change/", SENT | {"title": "改了", "drop_cover": "on"}, headers=host)
    assert "改了" in client.get("/news/", headers=host).text
    own.post(f"/workbench/news/{made.uuid}/turn/", headers=host)
    assert client.get(f"/news/{made.uuid}/", headers=host).status_code == 404
    with in_tenant(here):
        assert News.objects.get().state == NewsState.WITHDRAWN


def test_between_two_days(client: Client, here: Tenant, keeper: Somebody) -> None:
    today = local_day(now())
    published(keeper, here, replace(TEXT, title="明天才有", shown_from=today + timedelta(days=1)))
    published(keeper, here, replace(TEXT, title="昨天为止", shown_until=today - timedelta(days=1)))
    published(keeper, here, replace(TEXT, title="今天都在", shown_from=today, shown_until=today))
    published(keeper, here, replace(TEXT, title="置顶的", is_pinned=True))
    page = client.get("/news/", headers={"host": HERE}).text
    assert "明天才有" not in page
    assert "昨天为止" not in page
    assert page.index("置顶的") < page.index("今天都在")
    wrong = replace(TEXT, shown_from=today, shown_until=today - timedelta(days=1))
    with in_tenant(here), pytest.raises(EndsBeforeItStarts):
        write_news(by=keeper.actor, text=wrong, now=NOON)
    sent = SENT | {"shown_from": "2026-10-02", "shown_until": "2026-10-01"}
    assert browser(keeper).post("/workbench/news/new/", sent, headers={"host": HERE}).status_code == 422


def test_nobody_reads_or_writes_anothers_by_its_address(client: Client, here: Tenant, keeper: Somebody) -> None:
    there = a_tenant(OTHER_COUNTY, "luanchuan")
    foreign = a_person(Role.COUNTY_OFFICER, there.organisation)
    mine, own = published(keeper, here), browser(keeper)
    theirs = published(foreign, there, replace(TEXT, title="栾川的新闻"))
    for reader in (client, own, browser(foreign)):
        assert reader.get(f"/news/{theirs.uuid}/", headers={"host": HERE}).status_code == 404
        assert reader.get(f"/news/{mine.uuid}/", headers={"host": "localhost"}).status_code == 404
    assert "栾川的新闻" not in client.get("/news/", headers={"host": HERE}).text
    assert client.get("/news/").status_code == 404, "the platform itself has none"
    for path in ("", "new/", f"{theirs.uuid}/", f"{theirs.uuid}/change/"):
        assert own.get(f"/workbench/news/{path}", headers={"host": THERE}).status_code == 404
    assert own.post("/workbench/news/new/", SENT, headers={"host": THERE}).status_code == 404
    assert own.post(f"/workbench/news/{theirs.uuid}/turn/", headers={"host": THERE}).status_code == 404
    assert own.post(f"/workbench/news/{theirs.uuid}/turn/", headers={"host": HERE}).status_code == 404
    with in_tenant(there):
        assert News.objects.get().state == NewsState.PUBLISHED
        with pytest.raises(NotAllowed):
            write_news(by=keeper.actor, text=TEXT, now=NOON)
        with pytest.raises(NotFound):
            withdraw_news(by=foreign.actor, news=mine, now=NOON)


def test_what_is_not_out_is_not_taken_back(here: Tenant, keeper: Somebody) -> None:
    with in_tenant(here):
        draft = write_news(by=keeper.actor, text=TEXT, now=NOON)
        with pytest.raises(NotPublished):
            withdraw_news(by=keeper.actor, news=draft, now=NOON)
    with pytest.raises(NotFound):
        write_news(by=keeper.actor, text=TEXT, now=NOON)
    with pytest.raises(NoTenant):
        News.objects.filter(pk=draft.pk)
    with across_tenants("a test"):
        assert News.objects.count() == 1


def test_a_text_brings_no_markup_of_its_own() -> None:
    html = rendered(
        "# 标题\n\n<script>alert(1)</script>\n\n[点](javascript:alert(1)) ![图](https://a.example/x.png)\n\n**粗**"
    )
    assert "<h2>标题</h2>" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html
    assert "<strong>粗</strong>" in html


def test_feed_and_what_it_costs(client: Client, here: Tenant, keeper: Somebody) -> None:
    def cost(address: str) -> int:
        client.get(address, headers={"host": HERE})
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address, headers={"host": HERE}).status_code == 200
        return len(seen)

    published(keeper, here)
    with_one = [cost(address) for address in ("/news/", "/news/feed/", "/")]
    for number in range(3):
        published(keeper, here, replace(TEXT, title=f"第{number}条"))
    assert [cost(address) for address in ("/news/", "/news/feed/", "/")] == with_one
    feed = etree.fromstring(client.get("/news/feed/", headers={"host": HERE}).content)
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 4
    link = feed.find("{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}link")
    assert link is not None
    assert link.get("href", "").startswith(f"http://{HERE}/news/")
