"""A county moves to a server of its own and back, with every identifier, picture and address as it was."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from heluo.domains.news.actions import Text, change_news, publish_news, write_news
from heluo.domains.news.models import News
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.models import StoredFile
from heluo.kernel.tenants.access import Permission
from heluo.kernel.tenants.actions import export_tenant, import_tenant, mark_moved, open_tenant, put_logo
from heluo.kernel.tenants.errors import ExportDamaged, ExportOutdated, OrganisationMissing
from heluo.kernel.tenants.models import Tenant
from heluo.kernel.tenants.scope import across_tenants, in_tenant
from heluo.portal.home.actions import add_block
from heluo.portal.home.enums import BlockKind
from heluo.portal.home.models import HomeBlock
from tests.factories import COUNTY, NOON, Somebody, a_bureau, a_file, a_person, a_picture

pytestmark = pytest.mark.django_db
MOVES = platform_actor("测试", [Permission.GRANT, FilePermission.UPLOAD])
HOUR = timedelta(hours=1)


@pytest.fixture
def keeper(db: None) -> Somebody:
    return a_person(Role.COUNTY_OFFICER, a_bureau(COUNTY))


@pytest.fixture
def tenant(keeper: Somebody) -> Tenant:
    made = open_tenant(by=MOVES, organisation=a_bureau(COUNTY), label="jianxi", name="涧西教育云", now=NOON)
    logo = BytesIO(a_picture())
    put_logo(by=keeper.actor, tenant=made, name="徽标.png", content=logo, size=100, now=NOON)
    with in_tenant(made):
        add_block(by=keeper.actor, kind=BlockKind.BANNER, title="涧西教育", text="你好", now=NOON)
        text = Text(title="教研周", body="正文", is_pinned=True, shown_until=NOON.date() + timedelta(days=9999))
        publish_news(
            by=keeper.actor, news=write_news(by=keeper.actor, text=text, cover=a_file(keeper.actor), now=NOON), now=NOON
        )
        write_news(by=keeper.actor, text=Text(title="草稿", body="还没写完"), now=NOON)
    made.refresh_from_db()
    return made


def carried(tenant: Tenant, *, at: int = 0) -> bytes:
    target = BytesIO()
    export_tenant(by=MOVES, tenant=tenant, target=target, now=NOON + at * HOUR)
    return target.getvalue()


def state() -> object:
    with across_tenants("to compare"):
        tenants = list(Tenant.objects.values_list("uuid", "label", "name", "colour", "logo__uuid", "opened_at"))
        news = list(News.objects.order_by("uuid").values_list("uuid", "title", "state", "cover__uuid", "published_at"))
        blocks = list(HomeBlock.objects.values_list("kind", "title", "text", "position"))
    files = sorted(StoredFile.objects.values_list("uuid", "name", "blob__sha256"))
    return tenants, news, blocks, files


def emptied() -> None:
    """As on a node where none of it has ever been."""
    with across_tenants("a node of its own"):
        News.objects.all().delete()
        HomeBlock.objects.all().delete()
        Tenant.objects.all().delete()
        StoredFile.objects.all().delete()


def test_there_with_every_identifier_and_again_without_a_change(client: Client, tenant: Tenant) -> None:
    before, package = state(), carried(tenant)
    with in_tenant(tenant):
        told = News.objects.get(title="教研周")
    emptied()
    made = import_tenant(by=MOVES, source=BytesIO(package), now=NOON + HOUR)
    assert state() == before
    host = {"host": "jianxi.localhost"}
    assert "<h1>涧西教育</h1>" in client.get("/", headers=host).text
    assert "正文" in client.get(f"/news/{told.uuid}/", headers=host).text
    again = import_tenant(by=MOVES, source=BytesIO(package), now=NOON + 2 * HOUR)
    assert again.pk == made.pk
    assert state() == before


def test_back_with_what_was_written_there_and_never_an_older_one(tenant: Tenant, keeper: Somebody) -> None:
    out = carried(tenant)
    mark_moved(by=MOVES, tenant=tenant, address="https://edu.jianxi.example", now=NOON)
    with in_tenant(tenant):
        draft = News.objects.get(title="草稿")
        change_news(by=keeper.actor, news=draft, text=Text(title="写完了", body="好"), now=NOON + HOUR)
    there = carried(tenant, at=2)
    after = state()
    with in_tenant(tenant):
        News.objects.filter(pk=draft.pk).update(title="草稿", changed_at=NOON)
    back = import_tenant(by=MOVES, source=BytesIO(there), now=NOON + 3 * HOUR)
    assert state() == after
    assert (back.state, back.moved_to) == ("active", "")
    with pytest.raises(ExportOutdated):
        import_tenant(by=MOVES, source=BytesIO(out), now=NOON + 4 * HOUR)
    assert state() == after


def test_a_damaged_file_changes_nothing(tenant: Tenant) -> None:
    package = carried(tenant)
    emptied()
    empty = state()

    def rewritten(name: str, body: bytes) -> BytesIO:
        target = BytesIO()
        with ZipFile(BytesIO(package)) as source, ZipFile(target, "w") as made:
            for part in source.namelist():
                made.writestr(part, body if part == name or part.startswith(f"{name}/") else source.read(part))
        return BytesIO(target.getvalue())

    wrong = [("contents", b"other"), ("tenant.json", b"{}"), ("shares/news.jsonl", b""), ("manifest.json", b"[]")]
    for source in [BytesIO(b"no zip"), *(rewritten(name, body) for name, body in wrong)]:
        with pytest.raises(ExportDamaged):
            import_tenant(by=MOVES, source=source, now=NOON)
    head = json.dumps({"format": "heluo-tenant", "version": 99, "at": NOON.isoformat(), "sums": {}}).encode()
    with pytest.raises(ExportDamaged):
        import_tenant(by=MOVES, source=rewritten("manifest.json", head), now=NOON)
    assert state() == empty


def test_only_the_operator_moves_one_and_only_where_its_organisation_is_known(tenant: Tenant, keeper: Somebody) -> None:
    with pytest.raises(NotAllowed):
        export_tenant(by=keeper.actor, tenant=tenant, target=BytesIO(), now=NOON)
    package = carried(tenant)
    with pytest.raises(NotAllowed):
        import_tenant(by=keeper.actor, source=BytesIO(package), now=NOON)
    place = tenant.organisation
    place.closed_on = NOON.date()
    place.save()
    with pytest.raises(OrganisationMissing):
        import_tenant(by=MOVES, source=BytesIO(package), now=NOON)
