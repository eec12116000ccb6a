"""News as everybody reads it, and as it is written. All of it is of the virtual platform whose host was asked."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from lxml import etree

from heluo.domains.news.access import Permission
from heluo.domains.news.actions import change_news, publish_news, withdraw_news, write_news
from heluo.domains.news.enums import NewsState
from heluo.domains.news.errors import NotPublished
from heluo.domains.news.forms import NewsForm
from heluo.domains.news.models import News
from heluo.domains.news.public import rendered
from heluo.domains.news.queries import NEWEST, all_news, one_of, told_news, told_one
from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.public import FileKind, StoredFile, preview_links, store_file
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.tenants.public import kept_here, tenant_here

ATOM = "http://www.w3.org/2005/Atom"
IN_A_FEED = 50
WRITTEN = ("-changed_at", "-id")


@reads(may=Audience.PUBLIC)
def news_list(request: PageRequest) -> HttpResponse:
    page = keyset_page(told_news(on=local_day(now())), order=NEWEST, cursor=request.GET.get("cursor"))
    context = {"heading": _("新闻"), "page": page, "rows": [(one, _picture(one, small=True)) for one in page.items]}
    return page_response(request, "news/list.html", context, fragments=("listing",))


@reads(may=Audience.PUBLIC)
def news(request: PageRequest, uuid: UUID) -> HttpResponse:
    return _shown(request, told_one(uuid, on=local_day(now())))


def _shown(request: PageRequest, found: News, *, is_preview: bool = False) -> HttpResponse:
    context = {
        "heading": found.title,
        "lead": found.summary,
        "news": found,
        "is_preview": is_preview,
        "picture": _picture(found, small=False),
        "text": rendered(found.body),
        "crumbs": [(_("写新闻"), reverse("news:written"))] if is_preview else [(_("新闻"), reverse("news:list"))],
    }
    return page_response(request, "news/detail.html", context)


def _picture(found: News, *, small: bool) -> str:
    if found.cover is None:
        return ""
    links = preview_links(found.cover)
    return links.thumbnail if small else links.large


@reads(may=Audience.PUBLIC)
def feed(request: PageRequest) -> HttpResponse:
    """The newest as an Atom feed (RFC 4287)."""
    here = tenant_here()
    found = list(told_news(on=local_day(now())).order_by("-published_at", "-id")[:IN_A_FEED])
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    newest = max((one.changed_at for one in found), default=datetime(1970, 1, 1, tzinfo=UTC))
    _said(root, "id", f"urn:uuid:{here.uuid}")
    _said(root, "title", _("{name}新闻").format(name=here.name))
    _said(root, "updated", newest.isoformat())
    etree.SubElement(root, f"{{{ATOM}}}link", rel="self", href=request.build_absolute_uri())
    author = etree.SubElement(root, f"{{{ATOM}}}author")
    _said(author, "name", here.name)
    for one in found:
        entry = etree.SubElement(root, f"{{{ATOM}}}entry")
        _said(entry, "id", f"urn:uuid:{one.uuid}")
        _said(entry, "title", one.title)
        _said(entry, "updated", one.changed_at.isoformat())
        _said(entry, "summary", one.summary)
        address = request.build_absolute_uri(reverse("news:detail", args=[one.uuid]))
        etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=address)
    return HttpResponse(
        etree.tostring(root, xml_declaration=True, encoding="utf-8"), content_type="application/atom+xml"
    )


def _said(above: etree._Element, name: str, text: str) -> None:
    etree.SubElement(above, f"{{{ATOM}}}{name}").text = "".join(one for one in text if one.isprintable())


@reads(may=Permission.KEEP)
def written(request: PageRequest) -> HttpResponse:
    kept_here(request.actor)
    page = keyset_page(all_news(), order=WRITTEN, cursor=request.GET.get("cursor"))
    return page_response(request, "news/written.html", {"heading": _("写新闻"), "page": page}, fragments=("listing",))


@writes(may=Permission.KEEP)
def write(request: PageRequest) -> HttpResponse:
    kept_here(request.actor)
    form = NewsForm(request.POST or None, request.FILES or None)
    del form.fields["drop_cover"]
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = write_news(by=request.actor, text=form.text(), cover=_cover(request, form), now=now())
            messages.success(request, _("草稿已保存。看过预览再发布。"))
            return redirect("news:preview", uuid=made.uuid)
    return _form(request, form, _("写一条新闻"))


@writes(may=Permission.KEEP)
def change(request: PageRequest, uuid: UUID) -> HttpResponse:
    kept_here(request.actor)
    found = one_of(uuid)
    initial = {name: getattr(found, name) for name in ("title", "summary", "body", "is_pinned")}
    initial |= {"shown_from": found.shown_from, "shown_until": found.shown_until}
    is_sent = request.method == "POST"
    form = NewsForm(request.POST if is_sent else None, request.FILES if is_sent else None, initial=initial)
    if found.cover_id is None:
        del form.fields["drop_cover"]
    if is_sent and form.is_valid():
        with form.refusals():
            change_news(
                by=request.actor,
                news=found,
                text=form.text(),
                cover=_cover(request, form),
                drop_cover=bool(form.cleaned_data.get("drop_cover")),
                now=now(),
            )
            messages.success(request, _("已保存。"))
            return redirect("news:preview", uuid=uuid)
    return _form(request, form, _("修改“{title}”").format(title=found.title))


@reads(may=Permission.KEEP)
def preview(request: PageRequest, uuid: UUID) -> HttpResponse:
    kept_here(request.actor)
    return _shown(request, one_of(uuid), is_preview=True)


@writes(may=Permission.KEEP)
def turn(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Publishes what is not published, and withdraws what is."""
    kept_here(request.actor)
    found = one_of(uuid)
    if request.method == "POST" and found.state == NewsState.PUBLISHED:
        try:
            withdraw_news(by=request.actor, news=found, now=now())
            messages.success(request, _("“{title}”已撤下，随时可以再发布。").format(title=found.title))
        except NotPublished as refusal:
            messages.error(request, str(refusal))
    elif request.method == "POST":
        publish_news(by=request.actor, news=found, now=now())
        messages.success(request, _("“{title}”已发布。").format(title=found.title))
    return redirect("news:written")


def _cover(request: PageRequest, form: NewsForm) -> StoredFile | None:
    sent = form.cleaned_data["cover"]
    if not sent:
        return None
    return store_file(by=request.actor, name=sent.name, content=sent.file, wanted=(FileKind.IMAGE,), now=now())


def _form(request: PageRequest, form: NewsForm, heading: str) -> HttpResponse:
    back = reverse("news:written")
    context = {
        "heading": heading,
        "submit_label": _("保存并预览"),
        "cancel_url": back,
        "crumbs": [(_("写新闻"), back)],
    }
    return form_page(request, "pages/form.html", form, context)
