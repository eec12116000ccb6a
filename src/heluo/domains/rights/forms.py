"""Forms of rights: they parse; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.domains.rights.enums import Ground
from heluo.kernel.pages.forms import PageForm


class ComplaintForm(PageForm):
    """What right is broken, why, and who says so."""

    groups = (
        (_("侵犯了什么权利"), ("ground", "statement", "proof")),
        (_("您是谁"), ("complainant", "contact")),
    )

    ground = forms.ChoiceField(label=_("什么权利"), choices=Ground.choices, widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("事实和理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写明原作的名称、作者，以及这个作品的哪些内容侵权。"),
    )
    proof = forms.CharField(
        label=_("证明材料"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("原作的网址、登记证号、授权书编号等。受理人员会按联系方式向您索取文件。"),
    )
    complainant = forms.CharField(label=_("权利人或代理人"), max_length=100)
    contact = forms.CharField(
        label=_("电话或邮箱"), max_length=200, help_text=_("只有受理人员能看到，用来核对和答复。")
    )


class OrderForm(PageForm):
    """Why a work is taken down, or comes back."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("作品原来的页面和其他节点都会显示。"),
    )
