"""Keeping what the search takes for the same."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.actions import keep_synonyms
from heluo.engines.catalogue.forms import SynonymsForm
from heluo.engines.catalogue.queries import synonym_sets
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, writes


@writes(may=Permission.KEEP_SYNONYMS)
def synonyms(request: PageRequest) -> HttpResponse:
    known = "\n".join("、".join(one.words) for one in synonym_sets())
    form = SynonymsForm(request.POST if request.method == "POST" else None, initial={"sets": known})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            count = keep_synonyms(by=request.actor, lines=form.lines(), now=now())
            said = ngettext("已保存 %(count)d 组同义词。", "已保存 %(count)d 组同义词。", count)
            messages.success(request, said % {"count": count})
            return redirect("catalogue:synonyms")
    context = {
        "heading": _("检索同义词"),
        "lead": _("保存后立即用于全平台的检索。"),
        "submit_label": _("保存"),
    }
    return form_page(request, "pages/form.html", form, context)
