"""Two counties on one installation: what each shows under its host, who keeps it, and nobody reaches the other's."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from heluo.engines.catalogue.models import Entry
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.organisations.public import bureau_of
from heluo.kernel.tenants.access import Permission
from heluo.kernel.tenants.actions import (
    describe_tenant,
    mark_moved,
    open_tenant,
    put_logo,
    resume_tenant,
    set_own_host,
    suspend_tenant,
)
from heluo.kernel.tenants.enums import TenantState
from heluo.kernel.tenants.errors import (
    ColourUnreadable,
    HostNotOurs,
    HostTaken,
    LabelReserved,
    LabelTaken,
    LogoTooLarge,
    MovedToItself,
    NewAddressNeeded,
    OneEach,
)
from heluo.kernel.tenants.models import Tenant
from tests.engines.catalogue.conftest import tell
from tests.factories import (
    COUNTY,
    NOON,
    OTHER_COUNTY,
    Somebody,
    a_bureau,
    a_person,
    a_picture,
    a_published_resource,
    a_reviewer,
    a_school,
    a_teacher,
)

pytestmark = pytest.mark.django_db
OPENS = platform_actor("测试", [Permission.GRANT])
HERE, THERE = "jianxi.localhost", "luanchuan.localhost"


def browser(who: Somebody) -> Client:
    who.account.must_change_password, who.account.is_demo = False, True
    who.account.save()
    client = Client()
    client.force_login(who.account)
    return client


@pytest.fixture
def here(db: None) -> Tenant:
    return open_tenant(by=OPENS, organisation=a_bureau(COUNTY), label="jianxi", name="涧西教育云", now=NOON)


@pytest.fixture
def there(here: Tenant) -> Tenant:
    return open_tenant(by=OPENS, organisation=a_bureau(OTHER_COUNTY), label="luanchuan", name="栾川教育云", now=NOON)


@pytest.fixture
def keeper(here: Tenant) -> Somebody:
    return a_person(Role.COUNTY_OFFICER, here.organisation)


def test_each_host_wears_its_own_name_and_colour_and_the_platform_its_own(
    client: Client, here: Tenant, there: Tenant, keeper: Somebody
) -> None:
    describe_tenant(by=keeper.actor, tenant=here, name="涧西教育云", short_name="涧西", colour="#7A1F5C", now=NOON)
    own, other, platform = (client.get("/", headers={"host": host}) for host in (HERE, THERE, "localhost"))
    assert "涧西教育云" in own.text
    assert "light-dark(#7a1f5c" in own.text
    assert "nonce-" in own.headers["Content-Security-Policy"]
    assert "栾川教育云" in other.text
    assert "7a1f5c" not in other.text
    for page in (platform, other):
        assert "涧西" not in page.text


def test_the_platforms_own_hosts_ask_nothing_more_and_a_tenants_one_thing(client: Client, here: Tenant) -> None:
    def cost(host: str) -> int:
        client.get("/styleguide/nothing/", headers={"host": host})
        with CaptureQueriesContext(connection) as seen:
            client.get("/styleguide/nothing/", headers={"host": host})
        return len(seen)

    assert cost(HERE) == cost("localhost") + 1


def test_a_name_nobody_has_is_not_there_and_a_foreign_one_is_refused(client: Client, here: Tenant) -> None:
    assert client.get("/", headers={"host": "nobody.localhost"}).status_code == 404
    assert client.get("/api/v1/entries", headers={"host": "nobody.localhost"}).status_code == 404
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"host": "deep.jianxi.localhost"}).status_code == 404


def test_suspended_and_moved_and_back(client: Client, here: Tenant) -> None:
    suspend_tenant(by=OPENS, tenant=here, now=NOON)
    page = client.get("/", headers={"host": HERE})
    assert page.status_code == 503
    assert "已暂停" in page.text
    mark_moved(by=OPENS, tenant=here, address="https://edu.jianxi.example/", now=NOON)
    page = client.post("/resources/?q=分数", headers={"host": HERE})
    assert page.status_code == 308
    assert page.headers["Location"].startswith("https://edu.jianxi.example/resources/?q=")
    resume_tenant(by=OPENS, tenant=here, now=NOON)
    assert client.get("/", headers={"host": HERE}).status_code == 200
    here.refresh_from_db()
    assert (here.state, here.moved_to) == (TenantState.ACTIVE, "")


@pytest.mark.parametrize("address", ["", "ftp://edu.example", "https://edu.example/path", "https://a b", "edu.example"])
def test_a_new_address_is_one(here: Tenant, address: str) -> None:
    with pytest.raises(NewAddressNeeded):
        mark_moved(by=OPENS, tenant=here, address=address, now=NOON)


def test_it_cannot_move_to_itself(here: Tenant) -> None:
    with pytest.raises(MovedToItself):
        mark_moved(by=OPENS, tenant=here, address="https://jianxi.localhost", now=NOON)


def test_one_each_with_a_prefix_of_its_own(here: Tenant) -> None:
    with pytest.raises(OneEach):
        open_tenant(by=OPENS, organisation=here.organisation, label="again", name="又一个", now=NOON)
    elsewhere = a_bureau(OTHER_COUNTY)
    with pytest.raises(LabelTaken):
        open_tenant(by=OPENS, organisation=elsewhere, label="jianxi", name="栾川", now=NOON)
    for reserved in ("content", "www"):
        with pytest.raises(LabelReserved):
            open_tenant(by=OPENS, organisation=elsewhere, label=reserved, name="栾川", now=NOON)


def test_a_host_name_of_its_own_is_let_in_first(
    client: Client, here: Tenant, there: Tenant, settings: Settings
) -> None:
    with pytest.raises(HostNotOurs):
        set_own_host(by=OPENS, tenant=here, host="edu.jianxi.example", now=NOON)
    settings.TENANT_HOSTS = ["edu.jianxi.example"]
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "edu.jianxi.example"]
    set_own_host(by=OPENS, tenant=here, host="Edu.Jianxi.example", now=NOON)
    assert "涧西教育云" in client.get("/", headers={"host": "edu.jianxi.example"}).text
    with pytest.raises(HostTaken):
        set_own_host(by=OPENS, tenant=there, host="edu.jianxi.example", now=NOON)


def test_only_the_operator_opens_and_only_whoever_answers_for_it_keeps(
    here: Tenant, there: Tenant, keeper: Somebody
) -> None:
    with pytest.raises(NotAllowed):
        open_tenant(by=keeper.actor, organisation=a_bureau("410311"), label="more", name="更多", now=NOON)
    with pytest.raises(NotAllowed):
        suspend_tenant(by=keeper.actor, tenant=here, now=NOON)
    with pytest.raises(NotAllowed):
        describe_tenant(by=keeper.actor, tenant=there, name="改", short_name="改", colour="#0e6962", now=NOON)
    with pytest.raises(NotAllowed):
        describe_tenant(by=OPENS, tenant=here, name="改", short_name="改", colour="#0e6962", now=NOON)
    with pytest.raises(NotAllowed):
        put_logo(by=keeper.actor, tenant=there, name="a.png", content=BytesIO(a_picture()), size=1, now=NOON)


def test_a_keeper_who_types_anothers_address_finds_nothing(here: Tenant, there: Tenant, keeper: Somebody) -> None:
    own = browser(keeper)
    assert own.get("/workbench/platform/", headers={"host": HERE}).status_code == 200
    page = own.get("/workbench/platform/", headers={"host": THERE})
    assert page.status_code == 404
    sent = {"name": "抢来的", "short_name": "抢", "colour": "#0e6962"}
    assert own.post("/workbench/platform/", sent, headers={"host": THERE}).status_code == 404
    there.refresh_from_db()
    assert there.name == "栾川教育云"
    for path in ("", "new/", f"{there.uuid}/", f"{here.uuid}/"):
        assert own.get(f"/operations/tenants/{path}", headers={"host": HERE}).status_code == 403
    assert own.post(f"/operations/tenants/{there.uuid}/suspend/").status_code == 403
    teacher = browser(a_teacher(a_school()))
    assert teacher.get("/workbench/platform/", headers={"host": HERE}).status_code == 403
    assert "涧西教育云" in own.get("/workbench/platform/").text
    assert "栾川教育云" not in own.get("/workbench/platform/").text


def test_the_keeper_gives_it_looks_and_hears_what_will_do(here: Tenant, keeper: Somebody) -> None:
    own = browser(keeper)
    sent = {"name": "涧西教育", "short_name": "涧西", "colour": "#ffd400"}
    page = own.post("/workbench/platform/", sent, headers={"host": HERE})
    assert page.status_code == 422
    assert "看不清" in page.text
    logo = SimpleUploadedFile("徽标.png", a_picture())
    page = own.post("/workbench/platform/", sent | {"colour": "#8a2f00", "logo": logo}, headers={"host": HERE})
    assert page.status_code == 302
    here.refresh_from_db()
    assert (here.name, here.colour) == ("涧西教育", "#8a2f00")
    assert here.logo is not None
    page = own.post("/workbench/platform/", sent | {"colour": "#8a2f00", "remove_logo": "on"}, headers={"host": HERE})
    here.refresh_from_db()
    assert here.logo is None
    with pytest.raises(LogoTooLarge):
        put_logo(by=keeper.actor, tenant=here, name="a.png", content=BytesIO(b"x"), size=600 * 1024, now=NOON)
    with pytest.raises(ColourUnreadable):
        describe_tenant(by=keeper.actor, tenant=here, name="改", short_name="改", colour="#fefefe", now=NOON)


def test_the_operator_opens_suspends_and_resumes_in_the_browser(db: None) -> None:
    operator = a_person(Role.OPERATOR, bureau_of("410000", on=NOON.date()) if a_bureau() else a_bureau())
    own = browser(operator)
    assert "还没有虚拟平台" in own.get("/operations/tenants/").text
    sent = {"code": OTHER_COUNTY, "label": "luanchuan", "name": "栾川教育云"}
    assert own.post("/operations/tenants/new/", sent | {"code": "999999"}).status_code == 422
    assert own.post("/operations/tenants/new/", sent | {"label": "Luan"}).status_code == 422
    assert own.post("/operations/tenants/new/", sent).status_code == 302
    made = Tenant.objects.get()
    assert own.post("/operations/tenants/new/", sent).status_code == 422
    assert "luanchuan.localhost" in own.get("/operations/tenants/").text
    address = f"/operations/tenants/{made.uuid}/"
    assert own.get(address).status_code == 200
    asked = own.post(f"{address}suspend/")
    made.refresh_from_db()
    assert (asked.status_code, made.state) == (200, TenantState.ACTIVE)
    own.post(f"{address}suspend/", {"confirmed": "yes"})
    made.refresh_from_db()
    assert made.state == TenantState.SUSPENDED
    own.post(f"{address}resume/")
    assert own.post(f"{address}host/", {"host": "edu.example"}).status_code == 422
    assert own.post(f"{address}moved/", {"address": "edu"}).status_code == 422
    own.post(f"{address}moved/", {"address": "https://edu.example"})
    made.refresh_from_db()
    assert made.moved_to == "https://edu.example"


def test_lists_show_its_tree_and_what_those_above_share_or_everything(client: Client, here: Tenant) -> None:
    reviewer = a_reviewer(bureau_of("410000", on=NOON.date())).actor
    mine, foreign = a_school("涧西小学"), a_school("栾川小学", region=OTHER_COUNTY)
    above = bureau_of("410000", on=NOON.date())
    a_published_resource(a_teacher(mine).actor, mine, reviewer, title="本县的分数")
    a_published_resource(a_teacher(foreign).actor, foreign, reviewer, title="别县的分数")
    a_published_resource(a_teacher(foreign).actor, foreign, reviewer, title="全省的分数")
    Entry.objects.filter(title="全省的分数").update(organisation=above)
    page = client.get("/resources/", headers={"host": HERE}).text
    assert "本县的分数" in page
    assert "全省的分数" in page
    assert "别县的分数" not in page
    assert "本平台" in page
    assert "别县的分数" in client.get("/resources/?reach=all", headers={"host": HERE}).text
    platform = client.get("/resources/?reach=own").text
    assert "别县的分数" in platform
    assert "本平台" not in platform


def test_feed_map_and_robots_speak_of_its_own_under_its_own_address(client: Client, here: Tenant) -> None:
    reviewer = a_reviewer(bureau_of("410000", on=NOON.date())).actor
    schools = a_school("涧西小学"), a_school("栾川小学", region=OTHER_COUNTY)
    mine, foreign = (a_published_resource(a_teacher(school).actor, school, reviewer) for school in schools)
    tell()
    own = {"host": HERE}
    feed = client.get("/feeds/resource.atom", headers=own).text
    assert f"{here.address}/resources/{mine.uuid}/" in feed
    assert str(foreign.uuid) not in feed
    [part] = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml", headers=own).text)
    assert part.startswith(here.address)
    assert re.findall(r"<loc>([^<]+)</loc>", client.get(part.removeprefix(here.address), headers=own).text) == [
        f"{here.address}/resources/{mine.uuid}/"
    ]
    assert f"Sitemap: {here.address}/sitemap.xml" in client.get("/robots.txt", headers=own).text
    assert str(foreign.uuid) in client.get("/feeds/resource.atom").text
    assert "Disallow: /workbench/" in client.get("/robots.txt").text
