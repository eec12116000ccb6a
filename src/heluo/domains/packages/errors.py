"""Typed refusals."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid


class StateTooLarge(Invalid):
    status = 413
    code = "state_too_large"
    message = _("课件要保存的内容有 {size} KB，超过上限 {limit} KB，没有保存。")


class ScoreOutOfBounds(Invalid):
    code = "score_out_of_bounds"
    message = _("课件报告的分数不在合理的范围内，没有保存。")
