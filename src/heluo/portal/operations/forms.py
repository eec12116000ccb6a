"""What a reader of the audit log may ask for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import house_apps
from heluo.kernel.pages.forms import PageForm


def _deeds() -> list[tuple[object, object]]:
    """Every deed, by app: a select with groups."""
    groups = [(config.manifest.title, sorted(config.manifest.deeds.items())) for config in house_apps()]
    return [("", _("所有操作")), *((title, deeds) for title, deeds in groups if deeds)]


class AuditForm(PageForm):
    """Filters of the audit log; sent by GET, so that each search is an address."""

    name = forms.CharField(label=_("操作人"), required=False, max_length=120)
    title = forms.CharField(label=_("对象名称"), required=False, max_length=80)
    deed = forms.ChoiceField(label=_("操作"), required=False, choices=_deeds)
    day = forms.DateField(label=_("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
