"""Input of the pages of packages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.organisations.forms import OwnOrganisationForm


class PackageForm(OwnOrganisationForm):
    """Whose register: of an organisation with everything below it, or of one part of it."""

    part = forms.CharField(
        label=_("只导出其中一个单位"),
        max_length=120,
        required=False,
        help_text=_("学校或下属机构的全称，或学校标识码。不填则导出上面选定的单位和它管理的全部单位。"),
    )


class ClearPackageForm(PackageForm):
    """Whose register with identity numbers in clear, and why."""

    reason = forms.CharField(
        label=_("事由"),
        max_length=200,
        help_text=_("例如“按上级通知报送学籍数据”。事由、时间和您的姓名会记入审计，不能删除。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_confirmed = forms.BooleanField(
        label=_("我确认接收方有权取得这些身份证件号，并会妥善保管、用后删除"), required=False
    )
