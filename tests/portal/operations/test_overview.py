"""How the platform runs, at a glance."""

from datetime import timedelta

from django.db import connection
from django.test import Client

from heluo.kernel.clock.public import now
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.jobs.models import PulseState, WorkerBeat
from heluo.kernel.jobs.public import all_pulses
from tests.portal.operations.conftest import MakeJob


def test_nothing_runs_yet(browser: Client) -> None:
    page = browser.get("/operations/").content.decode()
    assert "没有工作进程" in page
    assert "后台任务停着" in page
    assert "还没有运行过" in page


def test_a_living_worker_and_its_pulses(browser: Client, make_job: MakeJob) -> None:
    WorkerBeat.objects.create(host="web-1", pid=17, started_at=now(), beat_at=now())
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    good, failing, late = all_pulses()[:3]
    PulseState.objects.create(name=good.name, started_at=now(), seconds=0.01)
    PulseState.objects.create(
        name=failing.name, started_at=now(), seconds=0.01, failures=3, trouble="OperationalError: 张三"
    )
    PulseState.objects.create(name=late.name, started_at=now() - timedelta(days=2), seconds=0.01)
    make_job()
    page = browser.get("/operations/").content.decode()
    for words in ("web-1", "在工作", "连续失败 3 次", "数据库当时没有应答", "没有按时运行", "需要处理"):
        assert words in page
    assert "张三" not in page


def test_a_stuck_backlog_is_said(browser: Client) -> None:
    OutboxRow.objects.create(name="tests.x", payload={}, topics=[], at=now() - timedelta(minutes=1))
    assert "积压" in browser.get("/operations/").content.decode()


def test_a_refresh_fetches_only_what_moves(browser: Client) -> None:
    part = browser.get("/operations/", headers={"HX-Request": "true", "HX-Target": "condition"}).content.decode()
    assert 'id="condition"' in part
    assert "磁盘剩余" not in part
    assert "磁盘剩余" in browser.get("/operations/").content.decode()


def test_the_workbench_says_whether_operators_are_needed(browser: Client, make_job: MakeJob) -> None:
    make_job()
    page = browser.get("/workbench/").content.decode()
    assert "平台运行" in page
    assert "/operations/jobs/?state=failed" in page


def test_the_count_of_processes_in_trouble_leads_to_their_list(browser: Client) -> None:
    page = browser.get("/operations/").content.decode()
    assert "受阻的流程" in page
    assert "/workbench/processes/trouble/" in page
    part = browser.get("/operations/", headers={"HX-Request": "true", "HX-Target": "condition"}).content.decode()
    assert "受阻的流程" not in part, "a live refresh does not count them"
