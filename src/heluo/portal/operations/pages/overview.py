"""How the platform runs, at a glance; every figure opens to what it counts."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heluo.engines.process.public import Permission as ProcessPermission
from heluo.engines.process.public import troubled
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.audit.public import chain_state
from heluo.kernel.clock.public import now
from heluo.kernel.events.public import backlog
from heluo.kernel.jobs.enums import JobState
from heluo.kernel.jobs.public import SeenPulse, job_counts, pulses, worker_alive, workers
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.kernel.pages.templatetags.pages import filesize
from heluo.kernel.search.public import CappedCount, capped_count
from heluo.portal.operations.access import Permission
from heluo.portal.operations.pages.explaining import Explanation, explained
from heluo.portal.operations.pages.showing import TONES
from heluo.portal.operations.queries import Store, sizes, store

WAITS_TOO_LONG = timedelta(seconds=10)
"""A backlog whose oldest announcement is older than this is said to be stuck; an unsealed tail likewise."""


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """What `components/figure.html` takes."""

    label: str | Promise
    value: object
    url: str = ""
    unit: str | Promise = ""
    trend: str | Promise = ""
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class ShownPulse:
    """A pulse with its words."""

    seen: SeenPulse
    label: str | Promise
    tone: Tone
    reason: Explanation | None

    @property
    def every(self) -> str:
        return in_words(self.seen.pulse.every)

    @property
    def took(self) -> str:
        return in_words(self.seen.state.seconds) if self.seen.state else ""


@reads(may=Permission.VIEW)
def overview(request: PageRequest) -> HttpResponse:
    seen = list(workers())
    counts = job_counts()
    context = {
        "heading": _("运行状况"),
        "lead": _("工作进程、定时工作、消息、任务和占用的空间。这一页每 10 秒自己更新。"),
        "figures": _figures(counts, is_alive=worker_alive()),
        "workers": seen,
        "pulses": [_shown(pulse) for pulse in pulses(now=now())],
        "states": [
            (state, TONES[state], counts[state], f"{reverse('operations:jobs')}?state={state.value}") for state in TONES
        ],
        # Callables: a live refresh, which does not show them, does not pay for them.
        "troubled": partial(_troubled, request.actor),
        "space": _space,
    }
    return page_response(request, "operations/overview.html", context, fragments=("condition",))


def _figures(counts: dict[JobState, int], *, is_alive: bool) -> list[ShownFigure]:
    jobs = reverse("operations:jobs")
    waiting = backlog()
    is_stuck = waiting.oldest_at is not None and now() - waiting.oldest_at > WAITS_TOO_LONG
    chain = chain_state()
    return [
        ShownFigure(
            _("工作进程"),
            _("在工作") if is_alive else _("没有动静"),
            url="#workers",
            trend=_("正常") if is_alive else _("后台任务停着"),
            tone=Tone.SUCCESS if is_alive else Tone.DANGER,
        ),
        ShownFigure(
            _("失败的任务"),
            counts[JobState.FAILED],
            f"{jobs}?state={JobState.FAILED.value}",
            trend=_("需要处理") if counts[JobState.FAILED] else _("没有要处理的"),
            tone=Tone.DANGER if counts[JobState.FAILED] else Tone.SUCCESS,
        ),
        ShownFigure(
            _("停滞的任务"),
            counts[JobState.STALLED],
            f"{jobs}?state={JobState.STALLED.value}",
            trend=_("等待自动找回") if counts[JobState.STALLED] else _("没有停滞"),
            tone=Tone.WAITING if counts[JobState.STALLED] else Tone.SUCCESS,
        ),
        ShownFigure(
            _("等待分发的消息"),
            waiting.count,
            "#pulses",
            trend=_("积压，请看工作进程") if is_stuck else _("随到随发"),
            tone=Tone.DANGER if is_stuck else Tone.SUCCESS,
        ),
        ShownFigure(
            _("等待封签的审计记录"),
            chain.unsealed,
            reverse("operations:chain"),
            trend=_("共封签 {count} 条").format(count=chain.links),
        ),
    ]


def in_words(seconds: float) -> str:
    """A length of time in its best unit, e.g. 12 毫秒, 5 秒, 15 分钟, 1 小时."""
    if seconds < 1:
        return _("{count} 毫秒").format(count=max(round(seconds * 1000), 1))
    for unit, words in ((3600, _("{count} 小时")), (60, _("{count} 分钟"))):
        if seconds >= unit:
            return words.format(count=round(seconds / unit))
    return _("{count} 秒").format(count=round(seconds))


def _shown(seen: SeenPulse) -> ShownPulse:
    state = seen.state
    if state is None:
        return ShownPulse(seen, gettext_lazy("还没有运行过"), Tone.WAITING, None)
    if state.failures:
        label = _("连续失败 {count} 次").format(count=state.failures)
        return ShownPulse(seen, label, Tone.DANGER, explained(state.trouble))
    if seen.is_late:
        return ShownPulse(seen, gettext_lazy("没有按时运行"), Tone.DANGER, None)
    return ShownPulse(seen, gettext_lazy("正常"), Tone.SUCCESS, None)


def _troubled(actor: Actor) -> CappedCount | None:
    """How many processes stand still, for whoever may see them."""
    return capped_count(*troubled(actor, now())) if allows(actor, ProcessPermission.TROUBLE) else None


def _space() -> list[tuple[str, object]]:
    """Facts about the space taken and left."""
    measured, found = sizes(), store()
    return [
        (_("数据库"), filesize(measured.database)),
        (
            _("上传的内容"),
            _("{count} 份，{size}").format(count=measured.content_count, size=filesize(measured.contents)),
        ),
        (_("文件存储"), _state_of(found)),
        *([(_("磁盘剩余"), filesize(found.free))] if found.free is not None else []),
    ]


def _state_of(found: Store) -> str:
    if not found.works:
        return _("不可用：写入和读取没有成功，上传和下载会失败")
    return _("可用，但空间快用完了") if found.is_scarce else _("可用")
