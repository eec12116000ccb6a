"""Stable codes of the process engine."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Reach(models.TextChoices):
    """Where in the management tree the people stand who do a step, seen from where the process was started."""

    OWN = "own", _("发起单位")
    SCHOOL = "school", _("所在学校")
    COUNTY = "county", _("所属县级主管部门")
    CITY = "city", _("所属市级主管部门")
    PROVINCE = "province", _("省级主管部门")
    NEAREST = "nearest", _("最近的有人办理的单位")
    STARTER = "starter", _("发起人本人")
    NAMED = "named", _("流程里写明的人")
    POOL = "pool", _("办理组")


class InstanceState(models.TextChoices):
    RUNNING = "running", pgettext_lazy("process", "办理中")
    FINISHED = "finished", pgettext_lazy("process", "已办结")
    WITHDRAWN = "withdrawn", pgettext_lazy("process", "已撤回")


class ItemState(models.TextChoices):
    OPEN = "open", _("待办")
    DONE = "done", _("已办")
    DROPPED = "dropped", pgettext_lazy("work item", "不再需要")


class Reminder(models.IntegerChoices):
    """What those who do a step were reminded of last."""

    NONE = 0
    NEAR = 1
    OVER = 2


class StepKind(models.TextChoices):
    """What happened to a process instance."""

    STARTED = "started", pgettext_lazy("step of a process", "发起")
    DONE = "done", pgettext_lazy("step of a process", "办理")
    CLAIMED = "claimed", pgettext_lazy("step of a process", "领取")
    RELEASED = "released", pgettext_lazy("step of a process", "退回领取")
    DELEGATED = "delegated", pgettext_lazy("step of a process", "转交")
    COMMENTED = "commented", pgettext_lazy("step of a process", "留言")
    FIRED = "fired", pgettext_lazy("step of a process", "到时")
    RECOUNTED = "recounted", pgettext_lazy("step of a process", "期限按新的工作日历重算")
    FINISHED = "finished", pgettext_lazy("step of a process", "办结")
    WITHDRAWN = "withdrawn", pgettext_lazy("step of a process", "撤回")
    REASSIGNED = "reassigned", pgettext_lazy("step of a process", "改派")
    RETRIED = "retried", pgettext_lazy("step of a process", "重试")
    ENDED = "ended", pgettext_lazy("step of a process", "终止")
    PAUSED = "paused", pgettext_lazy("step of a process", "暂停")
    RESUMED = "resumed", pgettext_lazy("step of a process", "恢复办理")


REPAIRS = frozenset(
    {StepKind.REASSIGNED, StepKind.RETRIED, StepKind.ENDED, StepKind.PAUSED, StepKind.RESUMED},
)
"""Steps of those who keep processes going; they give no part in what the process is about."""


class Repair(models.TextChoices):
    """What is done about a process that stands still."""

    REASSIGN = "reassign", _("改派给另一单位")
    RETRY = "retry", _("现在重试失败的定时事件")
    END = "end", _("终止流程")


class NoticeKind(models.TextChoices):
    """What somebody is told of a process."""

    ASKED = "process.asked", _("新的待办")
    RETURNED = "process.returned", pgettext_lazy("notice", "退回")
    HANDED = "process.handed", pgettext_lazy("notice", "转交")
    NEAR = "process.near", _("即将到期")
    OVER = "process.over", _("已超期")
    FINISHED = "process.finished", pgettext_lazy("notice", "办结")
    ENDED = "process.ended", pgettext_lazy("notice", "终止")


class TroubleKind(models.TextChoices):
    """Why a process stands still."""

    FAILING = "failing", _("定时事件一直失败")
    DESERTED = "deserted", _("没有人可以办理")
    LATE = "late", _("超期 30 天以上")


class ChangeState(models.TextChoices):
    """Of a proposal to change a process."""

    OPEN = "open", pgettext_lazy("proposal", "待批准")
    APPROVED = "approved", pgettext_lazy("proposal", "已批准")
    REFUSED = "refused", pgettext_lazy("proposal", "未批准")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "已撤回")
