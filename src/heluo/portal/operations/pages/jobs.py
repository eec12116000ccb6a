"""Jobs by state, one job with its history, and the two deeds: retry and cancel."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django.models import ProcrastinateJob

from heluo.kernel.actors.public import actor_title, allows
from heluo.kernel.audit.public import AuditFilter, audit_rows, title_of_deed
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.enums import JobState
from heluo.kernel.jobs.errors import JobCannotBeCancelled, JobCannotBeRetried
from heluo.kernel.jobs.public import Happened, history_of, job_counts, job_numbered, jobs_in, task_of
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices
from heluo.kernel.pages.questions import Question, ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.portal.operations import actions
from heluo.portal.operations.access import Permission
from heluo.portal.operations.pages.explaining import explain
from heluo.portal.operations.pages.showing import TONES, shown_jobs

MAY_RETRY = frozenset({JobState.FAILED, JobState.CANCELLED, JobState.ABORTED})
EXPLAINED = {
    JobState.WAITING: gettext_lazy("排着队，工作进程有空就执行；出错后重新排队的，过一会儿再试。"),
    JobState.STALLED: gettext_lazy(
        "接手任务的进程已经 30 秒没有动静。工作进程每 5 秒找一次这样的任务：可以重复执行的自动重新排队，"
        "其余的标为失败，等您处理。这里一直有任务时，请到“运行状况”看工作进程是否都停了。"
    ),
    JobState.SUCCEEDED: gettext_lazy("做完的任务保留七天。"),
    JobState.FAILED: gettext_lazy("不会再自己尝试的任务，保留九十天。排除原因后点开任务重试。"),
    JobState.CANCELLED: gettext_lazy("还没有开始就被取消的任务，保留七天。"),
}
TRAIL_LIMIT = 20


@reads(may=Permission.VIEW)
def job_list(request: PageRequest) -> HttpResponse:
    chosen = request.GET.get("state", "")
    state = JobState(chosen) if chosen in JobState.values else JobState.FAILED
    counts = job_counts()
    page = keyset_page(jobs_in(state), order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("后台任务"),
        "lead": _("页面之外进行的工作，例如查毒、生成预览、在应用之间传递消息。"),
        "page": page,
        "count": counts[state],
        "unit": _("个任务"),
        "rows": shown_jobs(page.items),
        "tabs": choices(
            request.GET,
            name="state",
            labels={state.value: state.label for state in TONES},
            counts={state.value: counts[state] for state in TONES},
        ),
        "explained": EXPLAINED.get(state),
        "is_failed": state in {JobState.FAILED, JobState.STALLED},
    }
    return page_response(request, "operations/jobs.html", context, fragments=("listing",))


@reads(may=Permission.VIEW)
def job_detail(request: PageRequest, number: int) -> HttpResponse:
    job = job_numbered(number)
    [shown] = shown_jobs([job])
    may_act = allows(request.actor, Permission.ACT)
    context = {
        "heading": shown.title,
        "lead": shown.about,
        "crumbs": [(_("后台任务"), f"{reverse('operations:jobs')}?state={shown.state.value}")],
        "state_label": shown.state.label,
        "state_tone": shown.tone,
        "shown": shown,
        "is_stalled": shown.state == JobState.STALLED,
        "explained": EXPLAINED.get(shown.state),
        "can_retry": may_act and shown.state in MAY_RETRY,
        "can_cancel": may_act and shown.state == JobState.WAITING,
        "facts": _facts(job, shown.tries),
        "retrying": _retrying(job),
        "cancelling": _cancelling(job),
        "events": _trail(request, job),
    }
    return page_response(request, "operations/job.html", context)


@writes(may=Permission.ACT)
def retry_job(request: PageRequest, number: int) -> HttpResponse:
    """A GET only leads to the job."""
    return _deed(request, number, _retrying, actions.retry, _("已重新放入队列，几秒内会再次执行。"))


@writes(may=Permission.ACT)
def cancel_job(request: PageRequest, number: int) -> HttpResponse:
    """A GET only leads to the job."""
    return _deed(request, number, _cancelling, actions.cancel, _("已取消，这个任务不会执行。需要时可以再重试。"))


def _deed(
    request: PageRequest,
    number: int,
    question: Callable[[ProcrastinateJob], Question],
    deed: Callable[..., None],
    done: str,
) -> HttpResponse:
    if request.method == "POST":
        back = reverse("operations:job", args=[number])
        if asked := ask_first(request, question(job_numbered(number)), back=back):
            return asked
        try:
            deed(by=request.actor, job_id=number, now=now())
            messages.success(request, done)
        except (JobCannotBeRetried, JobCannotBeCancelled) as refusal:
            messages.error(request, str(refusal))
    return redirect("operations:job", number=number)


def _retrying(job: ProcrastinateJob) -> Question:
    [shown] = shown_jobs([job])
    return Question(
        title=_("重试“{title}”（编号 {number}）？").format(title=shown.title, number=job.pk),
        verb=_("重试"),
        text=_("这个任务可以重复执行，重试没有坏处。")
        if _is_repeatable(job)
        else _("这个任务上一次可能已经做了一部分，重复执行不保证没有影响。请先核对结果，确定需要再重试。"),
        icon="refresh",
        look="btn-primary",
    )


def _cancelling(job: ProcrastinateJob) -> Question:
    [shown] = shown_jobs([job])
    return Question(
        title=_("取消“{title}”（编号 {number}）？").format(title=shown.title, number=job.pk),
        verb=_("不执行了"),
        text=_("取消后它不会执行；以后仍可以在“已取消”里重试。"),
        icon="x",
    )


def _is_repeatable(job: ProcrastinateJob) -> bool:
    task = task_of(job)
    return task is not None and task.idempotent


def _facts(job: ProcrastinateJob, tries: int) -> list[tuple[str, object]]:
    task = task_of(job)
    again = _again(task.retries) if task is not None and task.retries else _("不自动重试")
    return [
        (_("任务编号"), job.pk),
        (_("执行过"), _("{count} 次").format(count=tries)),
        (_("出错后"), again),
        (_("能否重复执行"), _("可以，重复执行没有坏处") if _is_repeatable(job) else _("不保证，重试前请先核对结果")),
        (_("日志"), _("在工作进程的日志里找 job-{number}").format(number=job.pk)),
    ]


def _again(retries: int) -> str:
    """How often a task is tried again by itself."""
    return _("最多自动再试 {count} 次").format(count=retries)


def _trail(request: PageRequest, job: ProcrastinateJob) -> list[dict[str, object]]:
    """What happened and what operators did, newest first."""
    events = [_event(one) for one in history_of(job)]
    deeds = audit_rows(request.actor, AuditFilter(subject_kind="job", subject_id=str(job.pk)))[:TRAIL_LIMIT]
    events += [
        {"title": title_of_deed(row.deed), "who": actor_title(row.by_name, row.by), "at": row.at} for row in deeds
    ]
    return sorted(events, key=_moment)[::-1]


def _event(one: Happened) -> dict[str, object]:
    if one.trouble is None:
        return {"title": one.moment.label, "at": one.at}
    return {"title": one.moment.label, "at": one.at, "text": explain(one.trouble).words}


def _moment(event: dict[str, object]) -> datetime:
    at = event["at"]
    assert isinstance(at, datetime)  # noqa: S101  # every event has its moment
    return at
