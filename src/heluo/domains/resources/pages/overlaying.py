"""What is said here of a resource of another platform, as a layer over it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.resources.forms import OverlayForm
from heluo.domains.resources.models import MAX_PLACES
from heluo.domains.resources.pages.elsewhere import additions_here
from heluo.domains.resources.pages.placing import chosen_book, offers_of
from heluo.domains.resources.pages.showing import Fact
from heluo.domains.resources.queries import KIND
from heluo.domains.textbooks.enums import CHAPTER_FACET, POINT_FACET
from heluo.domains.textbooks.public import chosen_chapters, facet_values, textbooks_to_choose
from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.errors import OverlayChanged
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import Layer, entries_by_ids, overlay_entry, overlay_of, visibility_as_it_came
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import require
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, writes


@writes(may=Permission.OVERLAY)
def overlay(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Words, chapters, a note and who sees it: what is ticked and written holds once it is saved."""
    entry = _entry_elsewhere(request, uuid)
    layer = overlay_of(entry)
    chapters = chosen_chapters(layer.facets.get(CHAPTER_FACET, ())) if layer else []
    points = [UUID(code) for code in layer.facets.get(POINT_FACET, ())] if layer else []
    initial = {
        "keywords": "、".join(layer.keywords) if layer else "",
        "note": layer.note if layer else "",
        "visibility": layer.visibility if layer else "",
        "revision": layer.revision if layer else 0,
    }
    form = OverlayForm(
        request.POST if request.method == "POST" else None, initial=initial, reaches=visibility_as_it_came(entry)
    )
    standing: list[Fact] = []
    if request.method == "POST" and form.is_valid():
        chapters, points = form.chosen("chapters", chapters), form.chosen("knowledge_points", points)
        told = facet_values(chapters)
        with form.refusals():
            try:
                overlay_entry(
                    by=request.actor,
                    identifier=uuid,
                    layer=Layer(
                        keywords=form.cleaned_data["keywords"],
                        facets={
                            CHAPTER_FACET: [code for chapter in chapters for code in told.get(chapter, ())],
                            POINT_FACET: [str(point) for point in points],
                        },
                        note=form.cleaned_data["note"],
                        visibility=form.cleaned_data["visibility"],
                    ),
                    revision=form.cleaned_data["revision"],
                    now=now(),
                )
            except OverlayChanged:
                # What was typed stays in the form, beside what somebody else has saved: to save it again is to decide.
                if layer:
                    form.begin_from(layer.revision)
                    standing = additions_here(layer)
                raise
            messages.success(request, _("已保存本地补充。"))
            return redirect("resources:detail", uuid=uuid)
    text = request.GET.get("q", "").strip()
    scope = {key: next(iter(entry.facets.get(key, ())), "") for key in ("stage", "subject")}
    books = textbooks_to_choose(**scope, grade=next(iter(entry.facets.get("grade", ())), ""))
    book = chosen_book(request, books)
    context = {
        "heading": _("本地补充"),
        "lead": _(
            "“{title}”的标题、作者、许可和来源以来源平台为准。这里写的只用在本平台，来源更新后仍然保留。"
            "章节和知识点最多各选 {limit} 个。"
        ).format(title=entry.title, limit=MAX_PLACES),
        "standing": standing,
        "text": text,
        "books": books,
        "book": book,
        "offers": offers_of(chapters=chapters, points=points, scope=scope, text=text, book=book),
        "cancel_url": reverse("resources:detail", args=[uuid]),
        "crumbs": [(_("资源"), reverse("resources:list")), (entry.title, reverse("resources:detail", args=[uuid]))],
    }
    return form_page(request, "resources/overlay.html", form, context)


def _entry_elsewhere(request: PageRequest, uuid: UUID) -> Entry:
    entry = entries_by_ids(actor=request.actor, identifiers=[uuid]).get(uuid)
    if entry is None or entry.kind != KIND or entry.origin == settings.NODE_DOMAIN:
        raise NotFound
    require(request.actor, Permission.OVERLAY, on=entry.organisation)
    return entry
