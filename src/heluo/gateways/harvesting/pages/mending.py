"""Records that were held back, and words that nobody understands yet."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.actions import dismiss_held, map_term, retry_held
from heluo.gateways.harvesting.enums import Field
from heluo.gateways.harvesting.forms import DismissForm, MeaningForm
from heluo.gateways.harvesting.models import Source, Term
from heluo.gateways.harvesting.pages.keeping import crumbs
from heluo.gateways.harvesting.queries import (
    held_for,
    held_of,
    meaning_of,
    offered_meanings,
    raw_of,
    source_for,
    term_for,
    terms_of,
)
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices
from heluo.kernel.pages.rules import PageRequest, writes

AT_ONCE = 500
PAGE = 50
LONGEST_SHOWN = 20_000


@writes(may=Permission.KEEP)
def held_list(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A POST tries all of them again."""
    source = source_for(request.actor, uuid)
    if request.method == "POST":
        some = list(held_of(source).filter(is_whole=True).order_by("pk")[:AT_ONCE])
        taken = retry_held(by=request.actor, source=source, held=some, now=now())
        messages.info(request, _("重试了 {count} 条，{left} 条仍有问题。").format(count=len(some), left=taken.held))
        return redirect("harvesting:held", uuid=uuid)
    context = {
        "heading": _("待处理的记录"),
        "lead": _("采集时读不懂或不完整的记录先放在这里，不影响其他记录。"),
        "crumbs": crumbs(source),
        "source": source,
        "page": keyset_page(held_of(source), order=("-id",), cursor=request.GET.get("cursor"), size=PAGE),
    }
    return page_response(request, "harvesting/held.html", context, fragments=("listing",))


@writes(may=Permission.KEEP)
def held_record(request: PageRequest, uuid: UUID, held_id: int) -> HttpResponse:
    """One record as it came. A POST tries it again, or dismisses it for a reason."""
    source = source_for(request.actor, uuid)
    held = held_for(source, held_id)
    is_again = request.method == "POST" and "again" in request.POST
    form = DismissForm(None if is_again else request.POST or None)
    if is_again:
        left = retry_held(by=request.actor, source=source, held=[held], now=now()).held
        if left:
            messages.error(request, _("仍有问题，没有采集。"))
            return redirect("harvesting:held_record", uuid=uuid, held_id=held_id)
        messages.success(request, _("已采集。"))
        return redirect("harvesting:held", uuid=uuid)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            dismiss_held(by=request.actor, source=source, held=held, reason=form.cleaned_data["reason"], now=now())
            messages.success(request, _("不再处理这条记录；对方修改后会再次采集。"))
            return redirect("harvesting:held", uuid=uuid)
    context = {
        "heading": held.get_fault_display(),
        "lead": held.detail,
        "crumbs": [*crumbs(source), (_("待处理的记录"), reverse("harvesting:held", args=[uuid]))],
        "held": held,
        "raw": raw_of(held)[:LONGEST_SHOWN],
    }
    return form_page(request, "harvesting/held_record.html", form, context)


@writes(may=Permission.KEEP)
def terms(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Words of a source, the most frequent first. A POST says what one of them means."""
    source = source_for(request.actor, uuid)
    offered = offered_meanings()
    titles = {code: f"{group} · {title}" for group, values in offered for code, title in values}
    if request.method == "POST":
        return _mapped(request, source, offered)
    tabs = choices(request.GET, name="state", labels={"open": _("还没有对照"), "done": _("已有对照")})
    found = terms_of(source, is_open=tabs[0].is_current)
    page = keyset_page(found, order=("-count", "id"), cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "heading": _("词语对照"),
        "lead": _("对方平台的主题、类型和版权说明，对应到本平台的分类和许可。出现最多的排在前面。"),
        "crumbs": crumbs(source),
        "source": source,
        "tabs": tabs,
        "page": page,
        "rows": [(term, meaning_of(term, titles) if term.facet else "") for term in page.items],
        "facets": [],
        "licences": offered[-1:],
        "values": offered[:-1],
        "rights": Field.RIGHTS.value,
        "nothing": f"{Term.NOTHING}:",
    }
    return page_response(request, "harvesting/terms.html", context, fragments=("listing",))


def _mapped(request: PageRequest, source: Source, offered: list[tuple[str, list[tuple[str, str]]]]) -> HttpResponse:
    term = term_for(source, int(said) if (said := request.POST.get("term", "")).isdecimal() else 0)
    known = [("", ""), (f"{Term.NOTHING}:", ""), *(value for _group, values in offered for value in values)]
    form = MeaningForm(request.POST, choices={"meaning": known})
    if form.is_valid():
        facet, _colon, code = form.cleaned_data["meaning"].partition(":")
        with form.refusals():
            map_term(by=request.actor, term=term, facet=facet, code=code, now=now())
    if form.errors:
        messages.error(request, _("没有这个分类值或许可。"))
    else:
        messages.success(request, _("已保存“{word}”的对照，相关记录在后台更新。").format(word=term.value))
    return redirect("harvesting:terms", uuid=source.uuid)
