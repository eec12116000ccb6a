"""Input of the pages of sources."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.engines.catalogue.enums import Licence
from heluo.gateways.harvesting.enums import Rhythm
from heluo.kernel.pages.forms import ChoosingForm, PageForm


class AddressForm(PageForm):
    """Where a provider answers."""

    base_url = forms.URLField(
        label=_("接口地址"),
        max_length=500,
        assume_scheme="https",
        help_text=_("对方平台的 OAI-PMH 地址，例如 https://edu.example.cn/oai。"),
    )
    set_spec = forms.RegexField(
        label=_("只采集一个集合"),
        regex=r"^[A-Za-z0-9\-_.!~*'():]+$",
        max_length=200,
        required=False,
        help_text=_("集合的代码（setSpec）。不填则采集全部。"),
    )


class KeptForm(PageForm):
    """What an officer says of a source."""

    name = forms.CharField(label=_("平台名称"), max_length=120, help_text=_("资源页面上显示“来自……”。"))
    licence = forms.ChoiceField(
        label=_("默认许可"),
        choices=Licence.choices,
        help_text=_("记录没有写明版权时，按这个许可公布。请先与对方平台确认。"),
    )
    rhythm = forms.ChoiceField(label=_("采集频率"), choices=Rhythm.choices, initial=Rhythm.DAILY)
    share = forms.IntegerField(
        label=_("一次最多下架的比例（%）"),
        min_value=1,
        max_value=100,
        initial=20,
        help_text=_("对方一次要下架的记录超过这个比例、并且不少于 20 条时，先停下来等您确认。"),
    )


class NewSourceForm(ChoosingForm, KeptForm, AddressForm):
    """A source that was looked at."""

    organisation = forms.ChoiceField(label=_("归属单位"), help_text=_("采集来的资源归在哪个单位名下。"))
    base_url = forms.URLField(max_length=500, assume_scheme="https", widget=forms.HiddenInput)
    set_spec = forms.RegexField(
        regex=AddressForm.base_fields["set_spec"].regex,  # type: ignore[attr-defined]  # a RegexField
        max_length=200,
        required=False,
        widget=forms.HiddenInput,
    )
    field_order = ("name", "organisation", "licence", "rhythm", "share")


class MeaningForm(ChoosingForm):
    """What a word means here."""

    meaning = forms.ChoiceField(label=_("对应本平台的"), required=False)


class DismissForm(PageForm):
    """Why a record is not wanted as it is."""

    reason = forms.CharField(label=pgettext_lazy("harvest", "不再处理的原因"), max_length=200)
