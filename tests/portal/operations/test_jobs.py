"""Operators see why jobs failed, retry them and cancel them; nobody else does."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.enums import JobState
from heluo.kernel.jobs.errors import JobCannotBeCancelled, JobCannotBeRetried
from heluo.kernel.jobs.public import job_counts, job_numbered, state_of
from heluo.portal.operations.actions import cancel, retry
from tests.accounts import MakeAccount
from tests.portal.operations.conftest import MakeJob, water

SHUT = 403


def test_a_failed_job_is_queued_again_and_the_deed_is_kept(operator: Actor, make_job: MakeJob) -> None:
    number = make_job(JobState.FAILED)
    retry(by=operator, job_id=number, now=now())
    assert state_of(job_numbered(number)) == JobState.WAITING
    row = AuditRow.objects.get(deed="operations.job_retried")
    assert (row.by_name, row.subject_kind, row.subject_id, row.subject_title) == (
        operator.name,
        "job",
        str(number),
        "浇花",
    )


def test_a_waiting_job_is_taken_out_of_the_queue_and_the_deed_is_kept(operator: Actor, make_job: MakeJob) -> None:
    number = make_job(JobState.WAITING)
    cancel(by=operator, job_id=number, now=now())
    assert state_of(job_numbered(number)) == JobState.CANCELLED
    assert AuditRow.objects.get(deed="operations.job_cancelled").subject_id == str(number)


@pytest.mark.parametrize("state", [JobState.WAITING, JobState.RUNNING, JobState.STALLED, JobState.SUCCEEDED])
def test_only_what_ended_badly_is_retried(operator: Actor, make_job: MakeJob, state: JobState) -> None:
    number = make_job(state)
    with pytest.raises(JobCannotBeRetried):
        retry(by=operator, job_id=number, now=now())
    assert not AuditRow.objects.filter(deed__startswith="operations.").exists()


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.FAILED, JobState.SUCCEEDED, JobState.CANCELLED])
def test_only_what_waits_is_cancelled(operator: Actor, make_job: MakeJob, state: JobState) -> None:
    number = make_job(state)
    with pytest.raises(JobCannotBeCancelled):
        cancel(by=operator, job_id=number, now=now())
    assert not AuditRow.objects.filter(deed__startswith="operations.").exists()


def test_a_number_that_no_job_has_is_not_found(operator: Actor) -> None:
    with pytest.raises(NotFound):
        retry(by=operator, job_id=987654, now=now())


def test_strangers_repair_nothing(make_job: MakeJob) -> None:
    failed, waiting = make_job(JobState.FAILED), make_job(JobState.WAITING)
    with pytest.raises(NotAllowed):
        retry(by=PUBLIC_ACTOR, job_id=failed, now=now())
    with pytest.raises(NotAllowed):
        cancel(by=PUBLIC_ACTOR, job_id=waiting, now=now())


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OPERATOR])
def test_the_pages_open_for_operators_only(client: Client, make_account: MakeAccount, role: Role) -> None:
    client.force_login(make_account("somebody", role, born_on=date(1990, 1, 1)))
    for path in ("/operations/", "/operations/jobs/", "/operations/jobs/1/", "/operations/jobs/1/retry/"):
        assert client.get(path).status_code == SHUT
    assert client.post("/operations/jobs/1/retry/").status_code == SHUT


def test_the_list_starts_with_failures_and_says_why_without_naming_anybody(browser: Client, make_job: MakeJob) -> None:
    make_job(JobState.FAILED, error="OperationalError: connection of 张三 (410305201508130012) failed")
    make_job(JobState.SUCCEEDED)
    page = browser.get("/operations/jobs/").content.decode()
    assert "浇花" in page
    assert "数据库当时没有应答" in page
    assert page.count("whole-link") == 1
    assert "张三" not in page
    assert "4103" not in page


@pytest.mark.parametrize("state", JobState)
def test_each_state_has_its_list(browser: Client, make_job: MakeJob, state: JobState) -> None:
    numbers = {one: make_job(one) for one in JobState}
    page = browser.get("/operations/jobs/", {"state": state.value}).content.decode()
    assert f"/operations/jobs/{numbers[state]}/" in page
    assert page.count("whole-link") == 1
    assert job_counts() == dict.fromkeys(JobState, 1)


def test_a_list_costs_the_same_for_one_and_for_three(browser: Client, make_job: MakeJob) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/operations/jobs/").status_code == 200
        return len(queries)

    make_job(error="ValueError: one")
    first = cost()
    make_job(error="ValueError: two")
    make_job(error="ValueError: three")
    assert cost() == first


def test_pages_of_failed_jobs_follow_each_other(browser: Client, make_job: MakeJob) -> None:
    numbers = [make_job() for _ in range(21)]
    first = browser.get("/operations/jobs/")
    second = browser.get("/operations/jobs/", {"cursor": first.context["page"].next_cursor})
    assert [job.pk for job in first.context["page"].items + second.context["page"].items] == numbers[::-1]


def test_a_page_tells_the_life_of_a_job_and_lets_it_be_retried(browser: Client, make_job: MakeJob) -> None:
    number = make_job(error="DoesNotExist: Blob matching query does not exist.")
    page = browser.get(f"/operations/jobs/{number}/").content.decode()
    for words in ("放入队列", "停止尝试，标为失败", "已经不在了", "重试没有坏处"):
        assert words in page
    answer = browser.post(f"/operations/jobs/{number}/retry/", {"confirmed": "1"}, follow=True).content.decode()
    assert "已重新放入队列" in answer
    assert "重试了后台任务" in answer
    assert "取消“浇花”" in answer
    again = browser.post(f"/operations/jobs/{number}/retry/", {"confirmed": "1"}, follow=True).content.decode()
    assert "现在不能重试" in again
    assert (
        "已取消" in browser.post(f"/operations/jobs/{number}/cancel/", {"confirmed": "1"}, follow=True).content.decode()
    )


def test_a_browser_without_scripts_is_asked_on_a_page(browser: Client, make_job: MakeJob) -> None:
    number = make_job(JobState.WAITING)
    address = f"/operations/jobs/{number}/cancel/"
    asked = browser.post(address)
    assert asked.status_code == 200
    assert "不执行了" in asked.text
    assert f"编号 {number}" in asked.text
    assert f'href="/operations/jobs/{number}/"' in asked.text
    assert job_numbered(number).status == "todo", "asked, and nothing done"
    assert browser.post(address, {"confirmed": "1"})["Location"] == f"/operations/jobs/{number}/"
    assert job_numbered(number).status == "cancelled"


def test_a_retry_that_may_do_harm_warns_first(browser: Client, make_job: MakeJob) -> None:
    page = browser.get(f"/operations/jobs/{make_job(repeatable=False)}/").content.decode()
    assert "不保证没有影响" in page


def test_a_stalled_job_is_explained(browser: Client, make_job: MakeJob) -> None:
    page = browser.get(f"/operations/jobs/{make_job(JobState.STALLED)}/").content.decode()
    assert "没有动静" in page
    assert "confirm-retry" not in page


def test_a_job_that_is_not_there(browser: Client) -> None:
    assert browser.get("/operations/jobs/987654/").status_code == 404


def test_a_job_that_waits_for_its_time_says_when_and_not_that_it_was_then(browser: Client) -> None:
    water.defer_at(now() + timedelta(days=1))
    page = browser.get("/operations/jobs/?state=todo").content.decode()
    assert "刚刚" in page
    assert "最早执行：" in page
    assert "明天" in page
