"""Input of the page of bulk files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.organisations.forms import OwnOrganisationForm


class ExportForm(OwnOrganisationForm):
    """Whose register, and whether with birthdays and sexes."""

    with_demographics = forms.BooleanField(
        label=_("包含出生日期和性别"),
        required=False,
        help_text=_("只在接收方确有需要并签了协议时勾选。"),
    )
