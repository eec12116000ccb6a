"""Collections on pages: those one keeps, those shared with one, those that are public; and what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from heluo.domains.collections.access import Permission, can_withdraw, is_owner
from heluo.domains.collections.actions import (
    annotate_item,
    collect,
    delete_collection,
    describe_collection,
    propose_publication,
    remove_item,
    reorder_items,
    share_collection,
    start_collection,
    take_newer,
    withdraw_collection,
)
from heluo.domains.collections.enums import KIND, SharedWith
from heluo.domains.collections.errors import NothingCollected, NotPublic
from heluo.domains.collections.forms import CollectionForm, NoteForm, RestoreForm, ShareForm, WithdrawalForm
from heluo.domains.collections.models import Collection
from heluo.domains.collections.queries import (
    LICENCE,
    NEWEST,
    SHARED_FACETS,
    Shown,
    classes_to_share,
    collection_for,
    offered_for,
    own_collection,
    own_collections,
    places_to_share,
    public_collection,
    running_publication,
    shared_collections,
    shown_to,
    standing_items,
    subject_of,
)
from heluo.engines.catalogue.public import (
    Card,
    attribution,
    browse_entries,
    cards_of,
    entries_by_ids,
    entry_by_identifier,
    linked_data,
    offered_facets,
    page_of,
)
from heluo.engines.process.errors import AlreadyRunning, NobodyToAsk
from heluo.engines.process.public import Panel
from heluo.kernel.access.public import visitor_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.feedback.public import UseKind, note_use
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import PageForm, form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices, chosen_values, uuid_or_none
from heluo.kernel.pages.questions import Question, ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.undo import offer_undo
from heluo.kernel.tenants.public import reaches, tree_asked_for

MINE, SHARED = "mine", "shared"
TONES = {
    SharedWith.PRIVATE: Tone.NEUTRAL,
    SharedWith.KLASS: Tone.INFO,
    SharedWith.PLACE: Tone.INFO,
    SharedWith.PUBLIC: Tone.SUCCESS,
}


@dataclass(frozen=True, slots=True)
class Line:
    """An item as a list shows it."""

    shown: Shown
    card: Card
    attribution: str


def lines_of(items: Sequence[Shown]) -> list[Line]:
    """Items with their pictures and what to write where they are used; three queries however many."""
    return [
        Line(
            shown=one,
            card=card,
            attribution=attribution(
                title=one.version.title,
                creator=one.version.creator_name,
                place=one.version.organisation.name,
                page=page_of(one.version),
                licence=one.version.licence,
            ),
        )
        for one, card in zip(items, cards_of([one.version for one in items]), strict=True)
    ]


def reach_words(collection: Collection) -> str:
    """Who sees a collection, in words."""
    if collection.klass is not None:
        return f"{collection.klass.school.name} {collection.klass.label(SchoolYear.on(local_day(now())))}"
    if collection.reach == SharedWith.PLACE:
        return collection.organisation.name
    return str(collection.get_reach_display())


# -- what everybody sees ----------------------------------------------------------------------------------------------


@reads(may=Audience.PUBLIC)
def public_list(request: PageRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    browsed = browse_entries(
        actor=request.actor,
        text=text,
        facets=_chosen(request),
        kinds=(KIND,),
        cursor=request.GET.get("cursor"),
        tree=tree_asked_for(request.GET),
    )
    found = browsed.page
    facets = offered_facets(request.GET, (group for group in browsed.groups if group.key in SHARED_FACETS))
    context = {
        "heading": _("资源集"),
        "lead": _("老师们按课题整理好的资源，审核后公开。"),
        "text": text,
        "page": found,
        "cards": cards_of(found.items),
        "count": found.total,
        "unit": _("个资源集"),
        "facets": facets,
        "chosen": chosen_values(facets),
        "reaches": reaches(request.GET),
    }
    return page_response(request, "collections/public.html", context, fragments=("listing",))


def _chosen(request: PageRequest) -> dict[str, list[str]]:
    return {key: request.GET.getlist(key) for key in SHARED_FACETS if key in request.GET}


@reads(may=Audience.PUBLIC)
def collection(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = collection_for(request.actor, uuid, on=local_day(now()))
    return _collection_page(request, found)


def _collection_page(request: PageRequest, found: Collection, *, problem: str = "") -> HttpResponse:
    mine = is_owner(request.actor, found)
    lines = lines_of(shown_to(request.actor, found))
    review = running_publication(request.actor, found) if mine else None
    entry = entries_by_ids(actor=request.actor, identifiers=[found.uuid]).get(found.uuid)
    context = {
        "heading": found.title,
        "lead": found.description,
        "collection": found,
        "lines": lines,
        "linked": linked_data(entry) if entry else "",
        "problem": problem,
        "is_own": mine,
        "may_change": mine and review is None,
        "may_share": mine and review is None and allows(request.actor, Permission.SHARE),
        "can_withdraw": can_withdraw(request.actor, found),
        "review": review,
        "state_label": found.get_reach_display(),
        "state_tone": TONES[SharedWith(found.reach)],
        "facts": [
            (_("整理人"), found.owner.name),
            (_("单位"), found.organisation.name),
            (_("谁能看到"), reach_words(found)),
            (_("资源"), _("{count} 项").format(count=len(lines))),
            *([(_("编排和备注的许可"), LICENCE.label)] if found.reach == SharedWith.PUBLIC else []),
        ],
        "deletion": _deletion(found) if mine and found.reach != SharedWith.PUBLIC else None,
        "feedback_subject": subject_of(found) if found.reach == SharedWith.PUBLIC else None,
        "crumbs": [(_("我的资源集"), reverse("collections:mine"))]
        if request.actor.is_person and found.reach != SharedWith.PUBLIC
        else [(_("资源集"), reverse("collections:list"))],
    }
    return page_response(request, "collections/detail.html", context, fragments=("items",))


@writes(may=Audience.PUBLIC)
def use(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Counts a view of a public collection; the page asks for it once it is really shown."""
    if request.method == "POST":
        found = public_collection(uuid)
        visitor = visitor_of(request)
        note_use(by=request.actor, kind=KIND, subject=found.uuid, use=UseKind.VIEW, visitor=visitor, now=now())
    return HttpResponse(status=204)


# -- what one keeps ---------------------------------------------------------------------------------------------------


@reads(may=Permission.KEEP)
def mine(request: PageRequest) -> HttpResponse:
    """Those one keeps, and those that others share with one's classes and places."""
    tabs = choices(request.GET, name="of", labels={MINE: _("我整理的"), SHARED: _("分享给我的")})
    shared = request.GET.get("of") == SHARED
    rows = shared_collections(request.actor, on=local_day(now())) if shared else own_collections(request.actor)
    page = keyset_page(rows, order=NEWEST, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("我的资源集"),
        "tabs": tabs,
        "page": page,
        "shared": shared,
        "rows": [(one, TONES[SharedWith(one.reach)], reach_words(one)) for one in page.items],
    }
    return page_response(request, "collections/mine.html", context, fragments=("listing",))


@writes(may=Permission.KEEP)
def start(request: PageRequest) -> HttpResponse:
    form = CollectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = start_collection(by=request.actor, now=now(), **form.cleaned_data)
            messages.success(request, _("已新建。打开一个资源，点“加入资源集”就能收进来。"))
            return redirect("collections:detail", uuid=made.uuid)
    context = {
        "heading": _("新建资源集"),
        "submit_label": _("新建"),
        "cancel_url": reverse("collections:mine"),
        "crumbs": [(_("我的资源集"), reverse("collections:mine"))],
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.KEEP)
def describe(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = own_collection(request.actor, uuid)
    initial = {"title": found.title, "description": found.description}
    form = CollectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            describe_collection(by=request.actor, collection=found, now=now(), **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("collections:detail", uuid=uuid)
    return _form(request, found, form, _("修改名称和说明"), _("保存"))


@writes(may=Permission.KEEP)
def items(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Moves, removes, puts back and renews items; answers with the list of them."""
    found = own_collection(request.actor, uuid)
    problem = ""
    if request.method == "POST":
        try:
            _change_items(request, found)
        except Refusal as refusal:
            problem = str(refusal)
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return HttpResponseRedirect(reverse("collections:detail", args=[uuid]) + "#items")
    return _collection_page(request, own_collection(request.actor, uuid), problem=problem)


def _change_items(request: PageRequest, found: Collection) -> None:
    posted, by, at = request.POST, request.actor, now()
    if "restore" in posted:
        form = RestoreForm(posted)
        if not form.is_valid():
            raise NotFound
        given = form.cleaned_data
        collect(
            by=by,
            collection=found,
            entry=given["restore"],
            number=given["number"],
            note=given["note"],
            place=given["place"],
            now=at,
        )
        messages.success(request, _("已放回。"))
    elif (key := posted.get("remove", "")).isdecimal():
        gone = remove_item(by=by, collection=found, item=int(key), now=at)
        offer_undo(
            request,
            _("已移除“{name}”。").format(name=gone.version.title),
            action=reverse("collections:items", args=[found.uuid]),
            fields={
                "restore": gone.entry.uuid,
                "number": gone.version.number,
                "place": gone.position,
                "note": gone.note,
            },
            target="items",
        )
    elif (key := posted.get("raise", "")).isdecimal():
        order = [one.key for one in standing_items(by, found) if one.key is not None]
        if int(key) not in order:
            raise NotFound
        place = order.index(int(key))
        order.insert(max(place - 1, 0), order.pop(place))
        reorder_items(by=by, collection=found, order=order, now=at)
    elif (key := posted.get("renew", "")).isdecimal():
        take_newer(by=by, collection=found, item=int(key), now=at)
        messages.success(request, _("已换成最新的版本。"))


@writes(may=Permission.KEEP)
def note(request: PageRequest, uuid: UUID, item: int) -> HttpResponse:
    found = own_collection(request.actor, uuid)
    shown = next((one for one in standing_items(request.actor, found) if one.key == item), None)
    if shown is None:
        raise NotFound
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"note": shown.note})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            annotate_item(by=request.actor, collection=found, item=item, note=form.cleaned_data["note"], now=now())
            messages.success(request, _("备注已保存。"))
            return redirect(reverse("collections:detail", args=[uuid]) + "#items")
    return _form(request, found, form, _("“{title}”的备注").format(title=shown.version.title), _("保存"))


@writes(may=Permission.SHARE)
def share(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Who sees it as it stands; a public one is public no longer, which is asked about first."""
    found = own_collection(request.actor, uuid)
    today = local_day(now())
    year = SchoolYear.on(today)
    classes = {str(one.uuid): one for one in classes_to_share(request.actor, on=today)}
    places = {str(one.uuid): one for one in places_to_share(request.actor)}
    offered: dict[str, list[tuple[str, str | Promise]]] = {
        "reach": [(reach.value, reach.label) for reach in (SharedWith.PRIVATE, SharedWith.KLASS, SharedWith.PLACE)],
        "klass": [("", _("请选择")), *((key, f"{one.school.name} {one.label(year)}") for key, one in classes.items())],
        "place": [(key, one.name) for key, one in places.items()],
    }
    initial = {"reach": found.reach, "klass": str(found.klass.uuid) if found.klass else ""}
    form = ShareForm(request.POST if request.method == "POST" else None, choices=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        question = Question(
            title=_("停止公开“{title}”？").format(title=found.title),
            verb=_("停止公开"),
            text=_("公众不能再查看它；里面的资源不受影响。"),
        )
        back = reverse("collections:detail", args=[uuid])
        if found.reach == SharedWith.PUBLIC and (asked := ask_first(request, question, back=back)):
            return asked
        with form.refusals():
            share_collection(
                by=request.actor,
                collection=found,
                reach=form.reach_given(),
                klass=classes.get(form.cleaned_data["klass"]),
                place=places.get(form.cleaned_data["place"]),
                now=now(),
            )
            messages.success(request, _("分享范围已更新。"))
            return redirect(back)
    return _form(request, found, form, _("分享“{title}”").format(title=found.title), _("保存"))


@writes(may=Permission.SHARE)
def publish(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Ask for it to be made public; then to the process, where one sees how it goes."""
    found = own_collection(request.actor, uuid)
    if request.method != "POST":
        return redirect("collections:detail", uuid=uuid)
    try:
        instance = propose_publication(by=request.actor, collection=found, now=now())
    except (NothingCollected, NotPublic, AlreadyRunning, NobodyToAsk) as refusal:
        messages.error(request, str(refusal))
        return redirect("collections:detail", uuid=uuid)
    messages.success(request, _("已申请公开，审核员会先看。"))
    return redirect("process:process", uuid=instance.uuid)


@writes(may=Permission.WITHDRAW)
def withdraw(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = public_collection(uuid)
    if not can_withdraw(request.actor, found):
        raise NotFound
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            withdraw_collection(by=request.actor, collection=found, reason=form.cleaned_data["reason"], now=now())
            messages.success(request, _("这个资源集不再公开。"))
            return redirect("collections:list")
    return _form(request, found, form, _("让“{title}”不再公开").format(title=found.title), _("停止公开"))


@writes(may=Permission.KEEP)
def delete(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = own_collection(request.actor, uuid)
    back = reverse("collections:detail", args=[uuid])
    if request.method != "POST":
        return redirect(back)
    if asked := ask_first(request, _deletion(found), back=back):
        return asked
    try:
        delete_collection(by=request.actor, collection=found, now=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(request, _("已删除“{title}”。").format(title=found.title))
    return redirect("collections:mine")


def _deletion(found: Collection) -> Question:
    return Question(
        title=_("删除资源集“{title}”？").format(title=found.title),
        verb=_("删除"),
        text=_("顺序和备注会一起删除，不能恢复；里面的资源不受影响。"),
        icon="trash",
    )


@writes(may=Permission.KEEP)
def collect_entry(request: PageRequest, entry: UUID) -> HttpResponse:
    """Put an entry into one of one's collections, or into a new one."""
    found = entry_by_identifier(actor=request.actor, identifier=entry)
    if request.method == "POST" and "collection" in request.POST:
        return _collected(request, entry)
    form = CollectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            into = start_collection(by=request.actor, first=entry, now=now(), **form.cleaned_data)
            messages.success(request, _("已加入“{title}”。").format(title=into.title))
            return redirect("collections:detail", uuid=into.uuid)
    context = {
        "heading": _("把“{title}”加入资源集").format(title=found.title),
        "offered": offered_for(request.actor, found),
        "submit_label": _("新建并加入"),
        "cancel_url": page_of(found),
    }
    return form_page(request, "collections/collect.html", form, context)


def _collected(request: PageRequest, entry: UUID) -> HttpResponse:
    """Into one that is there already."""
    chosen = uuid_or_none(request.POST["collection"])
    if chosen is None:
        raise NotFound
    into = own_collection(request.actor, chosen)
    try:
        collect(by=request.actor, collection=into, entry=entry, now=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("collections:collect", entry=entry)
    messages.success(request, _("已加入“{title}”。").format(title=into.title))
    return redirect("collections:detail", uuid=into.uuid)


def _form(request: PageRequest, found: Collection, form: PageForm, heading: str, verb: str) -> HttpResponse:
    back = reverse("collections:detail", args=[found.uuid])
    context = {
        "heading": heading,
        "submit_label": verb,
        "cancel_url": back,
        "crumbs": [(_("我的资源集"), reverse("collections:mine")), (found.title, back)],
    }
    return form_page(request, "pages/form.html", form, context)


# -- beside the steps of its publication ------------------------------------------------------------------------------


def panel(actor: Actor, collection: UUID) -> Panel | None:
    """What a reviewer decides about, to whoever has a step about it or keeps it."""
    found = Collection.objects.select_related("owner", "organisation", "klass__school").filter(uuid=collection).first()
    if found is None:
        return None
    url = reverse("collections:detail", args=[collection])
    may_open = is_owner(actor, found) or found.reach == SharedWith.PUBLIC
    return Panel("collections/panel.html", partial(_beside, actor, found), url if may_open else "")


def _beside(actor: Actor, found: Collection) -> dict[str, object]:
    return {"collection": found, "lines": lines_of(standing_items(actor, found))}
