"""Input of the feedback pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.feedback.actions import COMMENT_LENGTH, MOST_STARS, REASON_LENGTH
from heluo.kernel.feedback.enums import CommentState, ReportReason
from heluo.kernel.pages.forms import PageForm


class FavouriteForm(PageForm):
    wanted = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")


class RatingForm(PageForm):
    stars = forms.IntegerField(
        min_value=1,
        max_value=MOST_STARS,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _("请选择 1 到 5 颗星。")),
    )


class CommentForm(PageForm):
    body = forms.CharField(
        label=_("写评论"),
        max_length=COMMENT_LENGTH,
        help_text=_("最多 500 字。评论经审核后显示；请勿写下自己或他人的电话、住址等信息。"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请先写下评论。")},
    )


class ReportForm(PageForm):
    reason = forms.TypedChoiceField(choices=ReportReason.choices, coerce=ReportReason)


class DecisionForm(PageForm):
    seen = forms.TypedChoiceField(choices=CommentState.choices, coerce=CommentState)
    show = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")
    reason = forms.CharField(max_length=REASON_LENGTH, required=False)
