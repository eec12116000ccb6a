"""Forms of collections: they parse; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.domains.collections.enums import SharedWith
from heluo.kernel.pages.forms import ChoosingForm, PageForm


class CollectionForm(PageForm):
    """What a collection is called and what it is for."""

    title = forms.CharField(label=_("名称"), max_length=100, help_text=_("例如“三年级分数复习”。"))
    description = forms.CharField(
        label=_("说明"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("给谁用、怎么用。可以不填。"),
    )


class ShareForm(ChoosingForm):
    """Who besides oneself sees a collection."""

    reach = forms.ChoiceField(label=_("谁能看到"), widget=forms.RadioSelect)
    klass = forms.ChoiceField(label=_("哪个班"), required=False, help_text=_("只在分享给一个班时选择。"))
    place = forms.ChoiceField(label=_("哪个单位"), required=False, help_text=_("只在分享给本单位时选择。"))

    def reach_given(self) -> SharedWith:
        return SharedWith(self.cleaned_data["reach"])


class NoteForm(PageForm):
    """What an item is for."""

    note = forms.CharField(
        label=_("备注"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如“先看前 3 分钟”。看得到资源集的人都能看到。"),
    )


class WithdrawalForm(PageForm):
    """Why a collection is taken from the public."""

    reason = forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class RestoreForm(PageForm):
    """What the undo of a removal sends back."""

    restore = forms.UUIDField()
    number = forms.IntegerField(min_value=1)
    place = forms.IntegerField(min_value=0, max_value=1000)
    note = forms.CharField(max_length=300, required=False)
