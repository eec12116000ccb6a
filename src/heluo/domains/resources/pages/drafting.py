"""What an author sees: their resources, the draft they write, its files, its trail."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from heluo.domains.resources.access import Permission, can_prolong, can_withdraw, is_author
from heluo.domains.resources.actions import (
    attach_file,
    describe_draft,
    prolong_resource,
    recommend_resource,
    remove_file,
    reorder_files,
    start_draft,
    start_new_version,
    submit_resource,
    take_back_resource,
    withdraw_resource,
)
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.errors import MetadataIncomplete, NothingToProlong, NotPublished, NotUnderReview
from heluo.domains.resources.forms import TOLD, DraftForm, ProlongingForm, RestoreForm, WithdrawalForm
from heluo.domains.resources.models import ResourceVersion
from heluo.domains.resources.pages.showing import TONES, facts_of, reasons_of, shown_files, source_of, trail_events
from heluo.domains.resources.queries import (
    KIND,
    author_counts,
    author_places,
    broken_for_author,
    files_of,
    own_ending,
    own_open_version,
    own_resource,
    own_versions,
    parts_told,
    possible_licences,
    public_resource,
    reason_titles,
    replacement_named,
    returns_to,
    trail_of,
)
from heluo.domains.textbooks.public import places_of_chapters, places_of_points
from heluo.engines.process.enums import InstanceState
from heluo.engines.process.errors import AlreadyRunning, NobodyToAsk
from heluo.engines.process.public import processes_about
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.feedback.public import Tally, tallies_of
from heluo.kernel.files.public import StoredFile, file_from_form, own_file
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.undo import offer_undo

ALL, ENDING = "all", "ending"


@dataclass(frozen=True, slots=True)
class Row:
    """One of the author's resources with what the public made of it."""

    version: ResourceVersion
    tone: Tone
    tally: Tally


@reads(may=Permission.AUTHOR)
def mine(request: PageRequest) -> HttpResponse:
    labels: dict[str, str | Promise] = {ALL: _("全部"), ENDING: _("将到期"), **dict(VersionState.choices)}
    tabs = choices(request.GET, name="state", labels=labels)
    state = request.GET.get("state", ALL)
    ending = own_ending(request.actor, today=local_day(now()))
    versions = ending if state == ENDING else own_versions(request.actor)
    if state in VersionState.values:
        versions = versions.filter(state=state)
    page = keyset_page(versions, order=("-changed_at", "-id"), cursor=request.GET.get("cursor"))
    tallies = tallies_of(KIND, [version.resource.uuid for version in page.items])
    context = {
        "heading": _("我的资源"),
        "counts": author_counts(request.actor),
        "ending": 0 if state == ENDING else ending.count(),
        "tabs": tabs,
        "page": page,
        "rows": [
            Row(version, TONES[VersionState(version.state)], tallies[version.resource.uuid]) for version in page.items
        ],
        "places": author_places(request.actor),
    }
    return page_response(request, "resources/mine.html", context, fragments=("listing",))


@writes(may=Permission.AUTHOR)
def start(request: PageRequest) -> HttpResponse:
    """Opens a draft at once where the author works at one place; asks for which where there are several."""
    places = list(author_places(request.actor))
    if request.method != "POST":
        return page_response(request, "resources/start.html", {"heading": _("新建资源"), "places": places})
    wanted = request.POST.get("place", "")
    place = next((place for place in places if str(place.uuid) == wanted or len(places) == 1), None)
    if place is None:
        raise NotFound
    draft = start_draft(by=request.actor, organisation=place, now=now())
    return redirect("resources:draft", uuid=draft.resource.uuid)


@writes(may=Permission.AUTHOR)
def draft(request: PageRequest, uuid: UUID) -> HttpResponse:
    version = own_open_version(request.actor, uuid)
    if not version.is_editable:
        return redirect("resources:trail", uuid=uuid)
    if request.method != "POST":
        return _draft_page(request, version, DraftForm(initial=DraftForm.initial_of(version)))
    form = DraftForm(request.POST)
    if form.is_valid():
        with form.refusals():
            description = form.description_given(version)
            version = describe_draft(by=request.actor, version=version, description=description, now=now())
        if form.is_valid() and "submit" in request.POST:
            with form.refusals():
                return _submitted(request, version, form)
    if not form.is_valid() or _is_autosave(request):
        return _draft_page(request, version, form)
    if "places" in request.POST:
        return redirect("resources:places", uuid=uuid)
    messages.success(request, _("草稿已保存。"))
    return redirect("resources:draft", uuid=uuid)


def _submitted(request: PageRequest, version: ResourceVersion, form: DraftForm) -> HttpResponse:
    try:
        submit_resource(by=request.actor, version=version, now=now())
    except MetadataIncomplete as incomplete:
        form.mark_missing(incomplete.missing)
        raise
    messages.success(request, _("已提交审核。审核结果会显示在工作台和“我的资源”里。"))
    return redirect("resources:trail", uuid=version.resource.uuid)


def _is_autosave(request: PageRequest) -> bool:
    return bool(request.htmx) and request.htmx.target == "saved"


def _draft_page(request: PageRequest, version: ResourceVersion, form: DraftForm) -> HttpResponse:
    returned = returns_to(request.actor).filter(version=version).first()
    files = files_of(version)
    form.mark_told(parts_told(version, files))
    form.offer_licences(possible_licences(version))
    context = {
        "heading": version.title or _("新资源"),
        "version": version,
        "resource": version.resource,
        "files": shown_files(request.actor, files),
        "waiting": waiting_topics(version),
        "returned": returned,
        "reasons": reasons_of(returned, reason_titles()) if returned else "",
        "chapters": places_of_chapters(version.chapters),
        "points": places_of_points(version.knowledge_points),
        "source": source_of(version),
        "saved_at": version.changed_at,
        "state_label": version.get_state_display(),
        "state_tone": TONES[VersionState(version.state)],
        "crumbs": [(_("我的资源"), reverse("resources:mine"))],
    }
    return form_page(request, "resources/draft.html", form, context, fragments=("saved", "files"))


@writes(may=Permission.AUTHOR)
def files(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Attaches, removes, puts back and moves the files of a draft; answers with the list of files."""
    version = own_open_version(request.actor, uuid)
    before = DraftForm.initial_of(version)
    problem = ""
    if request.method == "POST":
        try:
            _change_files(request, version)
        except Refusal as refusal:
            problem = str(refusal)
        version = own_open_version(request.actor, uuid)
    told = {name: value for name, value in DraftForm.initial_of(version).items() if value != before[name]}
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return HttpResponseRedirect(reverse("resources:draft", args=[uuid]) + "#files")
    context = {
        "version": version,
        "resource": version.resource,
        "files": shown_files(request.actor, files_of(version)),
        "problem": problem,
        "waiting": waiting_topics(version),
        "told": {"note": str(TOLD), "parts": told} if told else None,
    }
    return page_response(request, "resources/draft.html", context, fragments=("files",))


def waiting_topics(version: ResourceVersion) -> str:
    """Live topics of the files whose check is not done, for the list that shows them."""
    return " ".join(f"file:{file.uuid}" for file in files_of(version) if not file.is_checked)


def _change_files(request: PageRequest, version: ResourceVersion) -> None:
    posted = request.POST
    if attached := file_from_form(by=request.actor, field="file", posted=posted, uploaded=request.FILES, now=now()):
        attach_file(by=request.actor, version=version, file=attached, now=now())
    elif removed := _named_file(posted, "remove", version):
        place = files_of(version).index(removed)
        remove_file(by=request.actor, version=version, file=removed, now=now())
        offer_undo(
            request,
            _("已移除“{name}”。").format(name=removed.name),
            action=reverse("resources:files", args=[version.resource.uuid]),
            fields={"restore": removed.uuid, "place": place},
            target="files",
        )
    elif "restore" in posted:
        form = RestoreForm(posted)
        if not form.is_valid():
            raise NotFound
        file = own_file(request.actor, form.cleaned_data["restore"])
        attach_file(by=request.actor, version=version, file=file, place=form.cleaned_data["place"], now=now())
        messages.success(request, _("已放回“{name}”。").format(name=file.name))
    elif raised := _named_file(posted, "raise", version):
        order = [file.uuid for file in files_of(version)]
        place = order.index(raised.uuid)
        order.insert(max(place - 1, 0), order.pop(place))
        reorder_files(by=request.actor, version=version, order=order, now=now())


def _named_file(posted: QueryDict, field: str, version: ResourceVersion) -> StoredFile | None:
    return next((file for file in files_of(version) if str(file.uuid) == posted.get(field)), None)


@reads(may=Permission.AUTHOR)
def trail(request: PageRequest, uuid: UUID) -> HttpResponse:
    """An own resource as it stands, for its author: what it says, its files, and everything that happened to it."""
    resource = own_resource(request.actor, uuid)
    version = resource.versions.order_by("-number")[0]
    version.resource = resource
    context = {
        "heading": str(version),
        "resource": resource,
        "version": version,
        "files": shown_files(request.actor, files_of(version)),
        "facts": facts_of(version),
        "events": trail_events(trail_of(resource)),
        "state_label": version.get_state_display(),
        "state_tone": TONES[VersionState(version.state)],
        "can_withdraw": can_withdraw(request.actor, resource),
        "can_prolong": can_prolong(request.actor, resource),
        "broken": broken_for_author(request.actor, version) if version.pk == resource.published_id else [],
        "process": processes_about(request.actor, KIND, resource.uuid).filter(state=InstanceState.RUNNING).first(),
        "crumbs": [(_("我的资源"), reverse("resources:mine"))],
    }
    return page_response(request, "resources/trail.html", context)


@writes(may=Permission.AUTHOR)
def start_version(request: PageRequest, uuid: UUID) -> HttpResponse:
    resource = own_resource(request.actor, uuid)
    if request.method == "POST":
        start_new_version(by=request.actor, resource=resource, now=now())
    return redirect("resources:draft", uuid=uuid)


@writes(may=Permission.AUTHOR)
def prolong(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Give what is public, or what is over, a later day."""
    resource = own_resource(request.actor, uuid)
    version = resource.last_shown
    if version is None or not can_prolong(request.actor, resource):
        messages.error(request, str(NothingToProlong.message))
        return redirect("resources:trail", uuid=uuid)
    form = ProlongingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            prolonged = prolong_resource(by=request.actor, resource=resource, now=now(), **form.cleaned_data)
            messages.success(request, _("有效期已延长到 {day}。").format(day=prolonged.valid_until))
            return redirect("resources:trail", uuid=uuid)
    context = {
        "heading": _("延长“{title}”的有效期").format(title=version),
        "lead": _("现在的有效期到 {day} 为止。已到期下架的，延长后按原来的内容重新公开，不用再审核。").format(
            day=version.valid_until
        ),
        "submit_label": _("延长有效期"),
        "cancel_url": reverse("resources:trail", args=[uuid]),
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.AUTHOR)
def take_back(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Make a submission a draft again."""
    resource = own_resource(request.actor, uuid)
    if request.method != "POST":
        return redirect("resources:trail", uuid=uuid)
    try:
        take_back_resource(by=request.actor, resource=resource, now=now())
    except NotUnderReview as refusal:
        messages.error(request, str(refusal))
        return redirect("resources:trail", uuid=uuid)
    messages.success(request, _("已收回，它又是草稿，可以接着修改。"))
    return redirect("resources:draft", uuid=uuid)


@writes(may=Permission.AUTHOR)
def recommend(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Ask for a recommendation; then to the process, where one sees how it goes."""
    resource = own_resource(request.actor, uuid)
    if request.method != "POST":
        return redirect("resources:trail", uuid=uuid)
    try:
        instance = recommend_resource(by=request.actor, resource=resource, now=now())
    except (NotPublished, AlreadyRunning, NobodyToAsk) as refusal:
        messages.error(request, str(refusal))
        return redirect("resources:trail", uuid=uuid)
    messages.success(request, _("已申请推荐，学校会先看。"))
    return redirect("process:process", uuid=instance.uuid)


@writes(may=Audience.SIGNED_IN)
def withdraw(request: PageRequest, uuid: UUID) -> HttpResponse:
    resource = public_resource(uuid)
    if not can_withdraw(request.actor, resource):
        raise NotFound
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            withdraw_resource(
                by=request.actor,
                resource=resource,
                reason=form.cleaned_data["reason"],
                replacement=replacement_named(form.cleaned_data["replacement"]),
                now=now(),
            )
            messages.success(request, _("资源已下架。"))
            return redirect("resources:trail" if is_author(request.actor, resource) else "resources:detail", uuid=uuid)
    context = {
        "heading": _("下架“{title}”").format(title=resource.published),
        "lead": _("下架后，公众不能再查看和下载；原来的页面会保留并写明原因。需要恢复时，由作者另起新版本重新审核。"),
        "submit_label": _("确认下架"),
        "cancel_url": reverse("resources:detail", args=[uuid]),
    }
    return form_page(request, "pages/form.html", form, context)
