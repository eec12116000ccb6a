"""Where a draft hangs on the textbook tree, chosen along it; and the code that leads to a resource, to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from heluo.domains.resources.access import Permission
from heluo.domains.resources.actions import Description, describe_draft
from heluo.domains.resources.forms import PlacesForm
from heluo.domains.resources.models import MAX_PLACES
from heluo.domains.resources.queries import own_open_version, public_resource
from heluo.domains.textbooks.public import (
    Label,
    Place,
    chapters_found,
    chapters_in,
    code_sheet,
    places_of_chapters,
    places_of_points,
    points_found,
    points_taught,
    textbooks_to_choose,
)
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, reads, writes

MOST_FOUND = 60
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Offer:
    """Nodes to tick: those that hold already come first, ticked."""

    name: str
    title: str
    chosen: Sequence[Place]
    others: Sequence[Place]


@writes(may=Permission.AUTHOR)
def places(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A textbook of what the author has said so far, or a search; what is ticked holds once it is saved."""
    version = own_open_version(request.actor, uuid)
    if not version.is_editable:
        return redirect("resources:trail", uuid=uuid)
    form = PlacesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            description = replace(
                Description.of(version),
                chapters=form.chosen("chapters", version.chapters),
                knowledge_points=form.chosen("knowledge_points", version.knowledge_points),
            )
            describe_draft(by=request.actor, version=version, description=description, now=now())
            messages.success(request, _("已保存所选的章节和知识点。"))
            return redirect("resources:draft", uuid=uuid)
    text = request.GET.get("q", "").strip()
    books = textbooks_to_choose(stage=version.stage, subject=version.subject, grade=version.grade)
    book = chosen_book(request, books)
    context = {
        "heading": _("选择教材章节和知识点"),
        "lead": _("最多各选 {limit} 个。选好后点“保存”。").format(limit=MAX_PLACES),
        "text": text,
        "books": books,
        "book": book,
        "offers": offers_of(
            chapters=version.chapters,
            points=version.knowledge_points,
            scope={"stage": version.stage, "subject": version.subject},
            text=text,
            book=book,
        ),
        "cancel_url": reverse("resources:draft", args=[uuid]),
        "is_narrowed": bool(version.stage or version.subject),
        "crumbs": [
            (_("我的资源"), reverse("resources:mine")),
            (version.title or _("新资源"), reverse("resources:draft", args=[uuid])),
        ],
    }
    return form_page(request, "resources/places.html", form, context)


def chosen_book(request: PageRequest, books: Sequence[tuple[UUID, str]]) -> UUID | None:
    """The textbook that the address names, else the first: that of the author's grade."""
    wanted = request.GET.get("textbook", "")
    return next((uuid for uuid, _title in books if str(uuid) == wanted), books[0][0] if books else None)


def offers_of(
    *, chapters: Sequence[UUID], points: Sequence[UUID], scope: Mapping[str, str], text: str, book: UUID | None
) -> list[Offer]:
    """What is ticked already, and what a search finds or a textbook holds. `scope`: a stage and a subject, if any."""
    held_chapters, held_points = places_of_chapters(chapters), places_of_points(points)
    if text:
        more_chapters = chapters_found(text, most=MOST_FOUND, **scope)
        more_points = points_found(text, most=MOST_FOUND, **scope)
    else:
        more_chapters = list(chapters_in(book)) if book else []
        more_points = points_taught(book) if book else []
    return [
        Offer("chapters", _("教材章节"), held_chapters, _others(more_chapters, held_chapters)),
        Offer("knowledge_points", _("知识点"), held_points, _others(more_points, held_points)),
    ]


def _others(found: Sequence[Place], chosen: Sequence[Place]) -> list[Place]:
    known = {place.uuid for place in chosen}
    return [place for place in found if place.uuid not in known]


@reads(may=Audience.SIGNED_IN)
def code(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A QR code that leads to a published resource, on a sheet to print."""
    resource = public_resource(uuid)
    if resource.published is None:
        raise NotFound
    title = resource.published.title
    label = Label(settings.PUBLIC_URL + reverse("resources:detail", args=[uuid]), title, resource.author.name)
    content = code_sheet(title=title, lead=_("扫码打开这个资源。"), labels=[label])
    response = HttpResponse(content, content_type=PDF)
    name = _("二维码-{title}.pdf").format(title=title)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
