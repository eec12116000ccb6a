"""Stable codes of jobs and their troubles."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TroubleKind(models.TextChoices):
    ERROR = "error", _("执行时出错")
    WORKER_DIED = "worker_died", _("执行它的进程中途停止")
    STOPPED = "stopped", _("停机时没有做完")


class JobState(models.TextChoices):
    """procrastinate's states in words, and `stalled`: in work at a worker that gives no sign of life."""

    WAITING = "todo", _("等待执行")
    RUNNING = "doing", _("正在执行")
    SUCCEEDED = "succeeded", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")
    ABORTED = "aborted", _("已中止")
    STALLED = "stalled", _("停滞")


class JobMoment(models.TextChoices):
    """What procrastinate notes about a job, in words, and `trouble`: the reason of a bad end, noted by our worker."""

    QUEUED = "deferred", _("放入队列")
    STARTED = "started", _("开始执行")
    QUEUED_AGAIN = "deferred_for_retry", _("没有做完，重新排队")
    RETRIED = "retried", _("再次放入队列")
    SUCCEEDED = "succeeded", _("完成")
    FAILED = "failed", _("停止尝试，标为失败")
    CANCELLED = "cancelled", pgettext_lazy("what happened", "取消")
    ABORTED = "aborted", _("中止")
    TROUBLE = "trouble", _("这一次没有成功")
