"""Forms of virtual platforms: they parse; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.pages.forms import PageForm
from heluo.kernel.tenants.models import LONGEST_LABEL, LONGEST_NAME, LONGEST_SHORT_NAME


class OpeningForm(PageForm):
    """For whom, and under which name."""

    code = forms.CharField(
        label=_("单位"), max_length=10, help_text=_("学校标识码（10 位），或主管部门的区划代码（6 位）。")
    )
    label = forms.RegexField(
        r"^[a-z][a-z0-9-]{1,39}$",
        label=_("网址前缀"),
        max_length=LONGEST_LABEL,
        help_text=_("小写字母开头，只用小写字母、数字和连字符，例如 luanchuan。定下以后不再改。"),
        error_messages={"invalid": _("只能用小写字母、数字和连字符，并以字母开头，至少两个字符。")},
    )
    name = forms.CharField(label=_("名称"), max_length=LONGEST_NAME, help_text=_("例如“栾川教育云”。"))
    short_name = forms.CharField(
        label=_("简称"), max_length=LONGEST_SHORT_NAME, required=False, help_text=_("手机上显示，最多 12 个字。")
    )


class LooksForm(PageForm):
    """How a virtual platform is called and looks."""

    name = forms.CharField(label=_("名称"), max_length=LONGEST_NAME)
    short_name = forms.CharField(
        label=_("简称"), max_length=LONGEST_SHORT_NAME, help_text=_("手机上显示，最多 12 个字。")
    )
    colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=_("主色"),
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=_("按钮、链接和标记用它；字要看得清，太浅的颜色不收。"),
        error_messages={"invalid": _("颜色要写成 # 加六位十六进制数，例如 #0e6962。")},
    )
    logo = forms.FileField(
        label=_("徽标"), required=False, help_text=_("正方形图片（PNG、JPEG 或 WebP），不超过 512 KB。不选就不变。")
    )
    remove_logo = forms.BooleanField(label=_("去掉现在的徽标"), required=False)


class HostForm(PageForm):
    """A host name of its own."""

    host = forms.CharField(
        label=_("自有域名"),
        max_length=253,
        required=False,
        help_text=_("例如 edu.luanchuan.gov.cn。先解析到本平台，并写进 TENANT_HOSTS。留空表示不用。"),
    )


class MovingForm(PageForm):
    """Where it is now."""

    address = forms.CharField(
        label=_("新网址"),
        max_length=300,
        help_text=_("例如 https://edu.example。旧网址的每一页都会转到新网址的同一页。"),
    )
