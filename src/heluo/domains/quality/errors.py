"""Typed refusals of data quality."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class RunUnderWay(Refusal):
    code = "quality_run_under_way"
    message = _("“{organisation}”范围内的检查正在进行，请等它完成后再看结果。")


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = _("请写明原因，不少于 {shortest} 个字。")


class TicketClosed(Refusal):
    code = "ticket_closed"
    message = _("这张整改单已经是“{state}”，不能再这样处理。")


class OwnTicket(Refusal):
    status = 403
    code = "own_ticket"
    message = _("本单位的说明由上级单位确认，请等待。")


class SettingUnchanged(Invalid):
    code = "setting_unchanged"
    message = _("与现在的设置完全一样，没有需要保存的改动。")


class BoundsCrossed(Invalid):
    code = "bounds_crossed"
    message = _("下限 {least} 大于上限 {most}，请改正。")


class NotOfThisRule(Invalid):
    code = "not_of_this_rule"
    message = _("这条规则没有“{names}”这样的参数。")
