"""Where the keeper of a virtual platform arranges its home page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, writes
from heluo.kernel.pages.undo import offer_undo
from heluo.kernel.tenants.public import kept_here
from heluo.portal.home.access import ARRANGE
from heluo.portal.home.actions import add_block, change_block, raise_block, remove_block
from heluo.portal.home.enums import BlockKind
from heluo.portal.home.forms import BlockForm, RestoreForm
from heluo.portal.home.queries import own_block, own_blocks


@writes(may=ARRANGE)
def blocks(request: PageRequest) -> HttpResponse:
    """The blocks in their order; moves, removes and puts back."""
    kept_here(request.actor)
    if request.method == "POST":
        try:
            _change(request)
        except NotFound:
            raise
        except Refusal as refusal:
            messages.error(request, str(refusal))
        if not request.htmx:
            return redirect("home:blocks")
    context = {"heading": _("首页模块"), "blocks": own_blocks()}
    return page_response(request, "home/blocks.html", context, fragments=("blocks",))


def _change(request: PageRequest) -> None:
    posted, by = request.POST, request.actor
    if "restore" in posted:
        form = RestoreForm(posted)
        if not form.is_valid():
            raise NotFound
        given = form.cleaned_data
        add_block(
            by=by,
            kind=BlockKind(given["kind"]),
            title=given["title"],
            text=given["text"],
            place=given["place"],
            now=now(),
        )
        messages.success(request, _("已放回。"))
    elif (key := posted.get("raise", "")).isdecimal():
        raise_block(by=by, block=own_block(int(key)), now=now())
    elif (key := posted.get("remove", "")).isdecimal():
        gone = remove_block(by=by, block=own_block(int(key)), now=now())
        offer_undo(
            request,
            _("已移除“{name}”。").format(name=gone),
            action=reverse("home:blocks"),
            fields={
                "restore": 1,
                "kind": gone.kind,
                "title": gone.title,
                "text": gone.text,
                "place": gone.position,
            },
            target="blocks",
        )


@writes(may=ARRANGE)
def new_block(request: PageRequest) -> HttpResponse:
    kept_here(request.actor)
    form = BlockForm(request.POST or None, initial={"kind": BlockKind.BANNER})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            add_block(
                by=request.actor,
                kind=BlockKind(given["kind"]),
                title=given["title"],
                text=given["text"],
                now=now(),
            )
            messages.success(request, _("已添加。"))
            return redirect("home:blocks")
    return _form(request, form, _("添加模块"))


@writes(may=ARRANGE)
def block(request: PageRequest, key: int) -> HttpResponse:
    kept_here(request.actor)
    found = own_block(key)
    initial = {"title": found.title, "text": found.text}
    form = BlockForm(request.POST if request.method == "POST" else None, initial=initial)
    del form.fields["kind"]
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            change_block(by=request.actor, block=found, now=now(), **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("home:blocks")
    return _form(request, form, _("修改“{title}”").format(title=found))


def _form(request: PageRequest, form: BlockForm, heading: str) -> HttpResponse:
    back = reverse("home:blocks")
    context = {"heading": heading, "cancel_url": back, "crumbs": [(_("首页模块"), back)]}
    return form_page(request, "pages/form.html", form, context)
