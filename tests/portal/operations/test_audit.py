"""The audit log and its chain, read in words and checked by a job."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.audit.errors import VerificationUnderWay
from heluo.kernel.audit.jobs import check_chain, seal_committed_rows
from heluo.kernel.audit.models import AuditRow, Verification
from heluo.kernel.audit.public import (
    Difference,
    Subject,
    export_heads,
    heads_from_text,
    order_verification,
    record,
    record_batch,
)
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Organisation
from tests.accounts import MakeAccount

CLERK = platform_actor("测试员", ())
LOG = "/operations/audit/"


@pytest.fixture(autouse=True)
def _own_keys(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def note(
    title: str = "河洛示例小学", *, deed: str = "organisations.organisation_renamed", path: str = "", **more: object
) -> int:
    at = more.pop("at", None) or now()
    assert isinstance(at, datetime)
    subject = Subject(kind="organisation", id=str(uuid4()), title=title, path=path)
    record(by=CLERK, at=at, deed=deed, subject=subject, details=more)
    return AuditRow.objects.latest("seq").seq


def shown(browser: Client, **filters: str) -> list[int]:
    answer = browser.get(LOG, {"deed": "organisations.organisation_renamed"} | filters)
    assert answer.status_code == 200
    return [row.seq for row in answer.context["page"].items]


def test_rows_are_told_in_words(browser: Client) -> None:
    note(reason="合并")
    page = browser.get(LOG).content.decode()
    for words in ("给机构更名", "河洛示例小学", "测试员", "平台"):
        assert words in page
    assert "organisation_renamed</" not in page


def test_the_platform_acts_under_names_in_words_in_both_languages(browser: Client) -> None:
    subject = Subject(kind="account", id="1", title="zhang.min", path="")
    by = platform_actor("heluo officer", ())
    record(by=by, at=now(), deed="access.sign_in_reset", subject=subject, details={"sessions": 2})
    seq = AuditRow.objects.latest("seq").seq
    for page in (LOG, f"{LOG}{seq}/"):
        told = browser.get(page).content.decode()
        assert "命令行：管理人员的账号" in told
        assert "heluo officer" not in told
        assert (
            "Command line: accounts of officers"
            in browser.get(page, headers={"Accept-Language": "en"}).content.decode()
        )
    found = browser.get(LOG, {"name": "命令行：管理人员的账号"})
    assert [row.seq for row in found.context["page"].items] == [seq]


def test_filters_by_person_day_deed_and_title(browser: Client) -> None:
    old = note("旧小学", at=now() - timedelta(days=40))
    new = note("新小学")
    assert shown(browser) == [new, old]
    assert shown(browser, title="小学") == [new]  # without a day, words look back a month
    assert shown(browser, title="旧", day=str(local_day(now() - timedelta(days=40)))) == [old]
    assert shown(browser, name="测试员") == [new]
    assert shown(browser, name="别人") == []
    assert shown(browser, person=str(uuid4())) == []
    assert shown(browser, deed="people.password_changed") == []
    assert shown(browser, day="no day") == [new, old]


def test_pages_follow_each_other(browser: Client) -> None:
    seqs = [note() for _ in range(21)]
    deed = "organisations.organisation_renamed"
    first = browser.get(LOG, {"deed": deed})
    second = browser.get(LOG, {"deed": deed, "cursor": first.context["page"].next_cursor})
    assert [row.seq for row in first.context["page"].items + second.context["page"].items] == seqs[::-1]


def test_a_list_costs_the_same_for_one_and_for_three(browser: Client, school: Organisation) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(browser)
        return len(queries)

    note(path=school.path)
    first = cost()
    note(path=school.path)
    note(path=school.path)
    assert cost() == first


def test_an_officer_reads_only_their_own_tree(client: Client, make_account: MakeAccount, school: Organisation) -> None:
    client.force_login(make_account("head", Role.SCHOOL_ADMIN))
    own, foreign, platform = note(path=school.path), note(path="9.9."), note()
    assert shown(client) == [own]
    assert client.get(f"{LOG}{own}/").status_code == 200
    assert [client.get(f"{LOG}{seq}/").status_code for seq in (foreign, platform)] == [404, 404]
    assert client.get("/operations/chain/").status_code == 403
    assert client.get("/operations/chain/heads/").status_code == 403


def test_a_stranger_reads_nothing(client: Client, make_account: MakeAccount) -> None:
    client.force_login(make_account("teacher", Role.TEACHER))
    assert client.get(LOG).status_code == 403
    with pytest.raises(NotAllowed):
        order_verification(by=PUBLIC_ACTOR, now=now())


def test_a_row_tells_its_details_without_codes(browser: Client) -> None:
    seq = note(
        before="旧名",
        role="teacher",
        resumed=True,
        organisation=str(uuid4()),
        expires_at=datetime(2026, 9, 1, 4, tzinfo=UTC),
        path="1.2.3.",
        size=2048,
        reasons=["unclear"],
    )
    page = browser.get(f"{LOG}{seq}/").content.decode()
    for words in ("改前", "旧名", "教师", "是", "2026-09-01 12:00", "2 KB", "/organisations/"):
        assert words in page
    for code in ("expires_at", "resumed", "1.2.3.", "{"):
        assert code not in page.partition("<h1")[2].partition("shell-footer")[0]


def test_a_batch_shows_what_changed_in_each_thing(browser: Client) -> None:
    child = uuid4()
    record_batch(
        by=CLERK,
        at=now(),
        deed="people.classes_joined",
        subject=Subject(kind="batch", id="1", title="2", path=""),
        differences=[
            Difference(str(child), after={"starts_on": "2026-09-01"}),
            Difference(str(uuid4()), before={"name": "甲"}, after={"name": "乙"}),
        ],
    )
    page = browser.get(f"{LOG}{AuditRow.objects.get(deed='people.classes_joined').seq}/").content.decode()
    for words in ("逐项差异（2 项）", f"/people/{child}/", "2026-09-01", "甲", "乙", "开始日期"):
        assert words in page


def test_a_verification_runs_as_a_job_and_its_result_stays(browser: Client, operator: Actor) -> None:
    assert "还没有核对过" in browser.get("/operations/chain/").content.decode()
    running = browser.post("/operations/chain/", follow=True).content.decode()
    assert "正在核对" in running
    assert 'hx-trigger="every 2s"' in running
    assert "已经有一次核对" in browser.post("/operations/chain/", follow=True).content.decode()
    with pytest.raises(VerificationUnderWay):
        order_verification(by=operator, now=now())
    check_chain(verification_id=Verification.objects.get().pk)
    done = browser.get("/operations/chain/", headers={"HX-Request": "true", "HX-Target": "verification"})
    assert "审计链完整" in done.content.decode()
    assert "every 2s" not in done.content.decode()


def test_a_verification_that_broke_off_is_said(browser: Client) -> None:
    Verification.objects.create(by_name="测试员", started_at=now())
    assert "没有完成" in browser.get("/operations/chain/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_exported_heads_are_what_the_command_takes(browser: Client) -> None:
    note()
    seal_committed_rows()
    answer = browser.get("/operations/chain/heads/")
    assert "attachment" in answer["Content-Disposition"]
    assert heads_from_text(answer.content.decode()) == export_heads() != []
