"""Forms of news: they parse; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.domains.news.actions import Text
from heluo.domains.news.models import LONGEST_BODY, LONGEST_SUMMARY, LONGEST_TITLE
from heluo.kernel.pages.forms import DayInput, PageForm


class NewsForm(PageForm):
    """What news says, and when it is shown."""

    groups = (
        (_("内容"), ("title", "summary", "body", "cover", "drop_cover")),
        (_("显示"), ("is_pinned", "shown_from", "shown_until")),
    )
    title = forms.CharField(label=_("标题"), max_length=LONGEST_TITLE)
    summary = forms.CharField(
        label=_("摘要"), max_length=LONGEST_SUMMARY, required=False, help_text=_("列表和首页上的一两句话。")
    )
    body = forms.CharField(
        label=_("正文"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("可以用 Markdown：空行分段，# 小标题，- 列表，**加粗**，[文字](网址)。"),
    )
    cover = forms.FileField(label=_("封面图片"), required=False, help_text=_("PNG、JPEG 或 WebP。不选就不变。"))
    drop_cover = forms.BooleanField(label=_("去掉现在的封面"), required=False)
    is_pinned = forms.BooleanField(label=_("置顶"), required=False)
    shown_from = forms.DateField(
        label=_("从哪天起显示"), required=False, widget=DayInput(), help_text=_("不填，发布后立即显示。")
    )
    shown_until = forms.DateField(
        label=_("显示到哪天"), required=False, widget=DayInput(), help_text=_("不填，一直显示。")
    )

    def text(self) -> Text:
        given = self.cleaned_data
        return Text(
            title=given["title"],
            summary=given["summary"],
            body=given["body"],
            is_pinned=given["is_pinned"],
            shown_from=given["shown_from"],
            shown_until=given["shown_until"],
        )
