"""Refusals about news."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class EndsBeforeItStarts(Refusal):
    status = 422
    code = "ends_before_it_starts"
    message = _("最后一天不能早于第一天。")


class NotPublished(Refusal):
    code = "not_published"
    message = _("“{title}”没有发布，不能撤下。")
