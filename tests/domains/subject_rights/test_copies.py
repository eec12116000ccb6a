"""Everything held in one file: made by a job, fetched after the password was asked again, gone after a week."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from heluo.domains.subject_rights.actions import note_fetch, order_copy
from heluo.domains.subject_rights.errors import CopyUnderWay
from heluo.domains.subject_rights.jobs import make_copy
from heluo.domains.subject_rights.models import Copy
from heluo.domains.subject_rights.queries.copying import write_copy
from heluo.domains.subject_rights.queries.held import who_looked
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.feedback.models import Comment
from heluo.kernel.files.enums import OrderState
from heluo.kernel.files.public import content_as_file, expire_orders
from heluo.kernel.holdings.public import all_holdings
from heluo.kernel.people.models import Account, Person
from tests.accounts import PASSWORD
from tests.domains.subject_rights.conftest import FIRST, Family


def written(of: Person) -> ZipFile:
    target = BytesIO()
    write_copy(of, target, on=local_day(now()))
    return ZipFile(target)


def signed_in(who: Person) -> Client:
    """As people do it, with a password, so that it need not be asked again for a while."""
    account = Account.objects.get(person=who)
    account.set_password(PASSWORD)
    account.must_change_password, account.is_demo = False, True
    account.save()
    client = Client()
    client.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
    return client


def test_a_copy_tells_every_holding_to_people_and_to_machines(family: Family) -> None:
    archive = written(family.child)
    assert {f"json/{one.key}.json" for one in all_holdings()} < set(archive.namelist())
    basics = json.loads(archive.read("json/people.basics.json"))
    assert {"label": "姓名", "value": "洛书甲"}.items() <= basics["facts"][0].items()
    page = archive.read("index.html").decode()
    assert "洛书甲" in page
    assert "洛书母" in page
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert FIRST.encode() not in everything, "a number in clear"


def test_what_somebody_wrote_runs_nowhere(family: Family) -> None:
    said = '=HYPERLINK("http://x.example") <script>alert(1)</script>'
    Comment.objects.create(
        kind="resource",
        subject=family.school.uuid,
        path="1.",
        author=family.child.uuid,
        author_name="洛书甲",
        body=said,
        state="shown",
        at=now(),
    )
    archive = written(family.child)
    page = archive.read("index.html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert json.loads(archive.read("json/feedback.comments.json"))["facts"][0]["value"] == said
    assert not [name for name in archive.namelist() if not name.endswith((".json", ".html"))]


def test_a_copy_is_made_by_a_job_fetched_and_told(family: Family) -> None:
    parent, address = signed_in(family.parent), f"/my-data/{family.child.uuid}/copies/"
    assert "还没有生成过" in parent.get(address).text
    assert "已开始生成" in parent.post(address, follow=True).text
    copy = Copy.objects.get()
    assert "上一份正在生成" in parent.post(address, follow=True).text
    make_copy(copy_id=copy.pk)
    make_copy(copy_id=copy.pk)
    copy.refresh_from_db()
    assert copy.state == OrderState.READY
    assert copy.file is not None
    with content_as_file(copy.file) as content:
        assert "index.html" in ZipFile(content).namelist()
    listed = parent.get(address).text
    assert f'action="{address}{copy.pk}/"' in listed
    assert f"{family.parent.name} · " in listed
    answer = parent.post(f"{address}{copy.pk}/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://content.localhost")
    row = AuditRow.objects.get(deed="subject_rights.copy_fetched")
    assert (row.by, row.subject_id) == (family.parent.uuid, str(family.child.uuid))
    assert "下载了个人信息副本" in [look.what for look in who_looked(family.child)]


def test_a_device_left_signed_in_gives_nothing_away(family: Family) -> None:
    signed_in(family.parent)
    parent, address = Client(), f"/my-data/{family.child.uuid}/copies/"
    parent.force_login(Account.objects.get(person=family.parent))  # whoever finds the device knows no password
    for answer in (parent.get(address), parent.post(address), parent.post(f"{address}1/")):
        assert answer.status_code == 302
        assert "/reauthenticate/" in answer.headers["Location"]
    assert not Copy.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "clerk", "officer"])
def test_nobody_else_orders_or_fetches_a_copy(family: Family, who: str) -> None:
    with pytest.raises(NotFound):
        order_copy(by=family.actor(who), person=family.child, language="zh-hans", now=now())
    copy = order_copy(by=family.actor("parent"), person=family.child, language="zh-hans", now=now())
    with pytest.raises(NotFound):
        note_fetch(by=family.actor(who), copy=copy, now=now())
    visitor = signed_in(getattr(family, who))
    assert visitor.get(f"/my-data/{family.child.uuid}/copies/").status_code == 404
    assert visitor.post(f"/my-data/{family.child.uuid}/copies/{copy.pk}/").status_code == 404


def test_one_copy_at_a_time(family: Family) -> None:
    order_copy(by=family.actor("parent"), person=family.child, language="zh-hans", now=now())
    with pytest.raises(CopyUnderWay):
        order_copy(by=family.actor("parent"), person=family.child, language="zh-hans", now=now())


def test_a_copy_is_let_go_of_after_a_week(family: Family) -> None:
    copy = order_copy(by=family.actor("parent"), person=family.child, language="zh-hans", now=now())
    make_copy(copy_id=copy.pk)
    assert expire_orders(Copy, now=now() + timedelta(days=6, hours=23)) == 0
    assert expire_orders(Copy, now=now() + timedelta(days=7, minutes=1)) == 1
    copy.refresh_from_db()
    assert (copy.state, copy.file) == (OrderState.EXPIRED, None)


def test_a_copy_that_fails_says_so_and_another_may_be_ordered(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = order_copy(by=family.actor("parent"), person=family.child, language="zh-hans", now=now())

    def fail(*_args: object, **_more: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr("heluo.domains.subject_rights.jobs.write_copy", fail)
    with pytest.raises(OSError, match="no space"):
        make_copy(copy_id=copy.pk)
    copy.refresh_from_db()
    assert copy.state == OrderState.FAILED
    order_copy(by=family.actor("parent"), person=family.child, language="zh-hans", now=now())


def test_a_copy_speaks_the_language_it_was_ordered_in(family: Family) -> None:
    copy = order_copy(by=family.actor("parent"), person=family.child, language="en", now=now())
    make_copy(copy_id=copy.pk)
    copy.refresh_from_db()
    assert copy.file is not None
    with content_as_file(copy.file) as content:
        page = ZipFile(content).read("index.html").decode()
    assert 'lang="en"' in page
    assert "来源" not in page
