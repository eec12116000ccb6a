"""Refusals of the audit."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class VerificationUnderWay(Refusal):
    code = "verification_under_way"
    message = _("已经有一次核对在排队或进行中，请等它完成。")
