"""Refusals of job repair."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class JobCannotBeRetried(Refusal):
    code = "job_cannot_be_retried"
    message = _("这个任务现在不能重试：它正在等待、正在执行，或者已经完成。")


class JobCannotBeCancelled(Refusal):
    code = "job_cannot_be_cancelled"
    message = _("这个任务现在不能取消：它已经开始或已经结束。")
