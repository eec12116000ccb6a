"""Forms of home pages: they parse; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.pages.forms import PageForm
from heluo.portal.home.enums import BlockKind
from heluo.portal.home.models import LONGEST_TEXT, LONGEST_TITLE


class BlockForm(PageForm):
    """What a block shows."""

    kind = forms.ChoiceField(label=_("模块"), choices=BlockKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("标题"), max_length=LONGEST_TITLE, required=False, help_text=_("不填，用模块的名称。")
    )
    text = forms.CharField(
        label=_("内容"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "横幅写一两句话。推荐资源、资源集每行粘贴一个网址；推荐资源不填时显示最新的。"
            "栏目入口每行“名称 网址”。新闻、统计不用填。"
        ),
    )


class RestoreForm(PageForm):
    """What the undo of a removal sends back."""

    kind = forms.ChoiceField(choices=BlockKind.choices)
    title = forms.CharField(max_length=LONGEST_TITLE, required=False)
    text = forms.CharField(max_length=LONGEST_TEXT, required=False)
    place = forms.IntegerField(min_value=0, max_value=1000)
