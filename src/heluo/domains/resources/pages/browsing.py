"""What everybody sees: the list, a resource, an author."""

from itertools import islice
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heluo.domains.resources.access import can_prolong, can_withdraw, is_author
from heluo.domains.resources.actions import keep_place
from heluo.domains.resources.enums import ResourceState, VersionState
from heluo.domains.resources.forms import PlaceForm
from heluo.domains.resources.models import ResourceVersion
from heluo.domains.resources.pages.elsewhere import (
    additions_here,
    attribution_there,
    bring_here,
    copy_of,
    facts_there,
    files_here,
    platform_of,
)
from heluo.domains.resources.pages.showing import facts_of, shown_files, with_places
from heluo.domains.resources.queries import (
    KIND,
    attribution,
    author_named,
    broken_for_author,
    files_of,
    grounds_of,
    past_version,
    places_in,
    places_of,
    public_counts,
    public_resource,
    published_file,
    published_versions,
    shelves_beside,
    subject_of,
    versions_by,
    withdrawal_of,
)
from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.enums import Sort
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import (
    browse_entries,
    cards_of,
    deeds_on,
    entries_by_ids,
    linked_data,
    marks_on,
    offered_facets,
    overlay_of,
    similar_entries,
)
from heluo.engines.catalogue.public import facets as known_facets
from heluo.kernel.access.public import visitor_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import now
from heluo.kernel.feedback.public import UseKind, note_use
from heluo.kernel.files.public import content_link
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices, chosen_values
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.tenants.public import reaches, tree_asked_for
from heluo.kernel.transfers.public import HashMalformed
from heluo.kernel.transfers.public import Permission as TransferPermission

GONE = 410
LISTED_VERSIONS = ("-published_at", "-id")


@reads(may=Audience.PUBLIC)
def resource_list(request: PageRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    # Anything else in the address (a sender's mark, say) is none of our business and must not empty the list.
    wanted = {known.key: request.GET.getlist(known.key) for known in known_facets() if known.key in request.GET}
    browsed = browse_entries(
        actor=request.actor,
        text=text,
        facets=wanted,
        kinds=(KIND,),
        sort=Sort(request.GET["sort"]) if request.GET.get("sort") in Sort.values else None,
        cursor=request.GET.get("cursor"),
        tree=tree_asked_for(request.GET),
    )
    found = browsed.page
    facets = offered_facets(request.GET, browsed.groups)
    offered = Sort if text else (Sort.NEWEST, Sort.USED, Sort.OLDEST)
    context = {
        "heading": _("“{text}”的搜索结果").format(text=text) if text else _("资源"),
        "text": text,
        "page": found,
        "cards": cards_of(found.items),
        "count": found.total,
        "unit": _("个资源"),
        "facets": facets,
        "chosen": chosen_values(facets),
        "reaches": reaches(request.GET),
        "sorts": choices(request.GET, name="sort", labels={sort.value: sort.label for sort in offered}),
    }
    return page_response(request, "resources/list.html", context, fragments=("listing",))


@reads(may=Audience.PUBLIC)
def resource_detail(request: PageRequest, uuid: UUID) -> HttpResponse:
    try:
        resource = public_resource(uuid)
    except NotFound:
        return _page_of_another_platform(request, uuid)
    if resource.state == ResourceState.WITHDRAWN:
        withdrawal = withdrawal_of(resource)
        tombstone = {
            "resource": resource,
            "withdrawal": withdrawal,
            "grounds": grounds_of(withdrawal) if withdrawal else "",
            "is_author": is_author(request.actor, resource),
            "can_prolong": can_prolong(request.actor, resource),
            "can_withdraw": can_withdraw(request.actor, resource),
        }
        return page_response(request, "resources/withdrawn.html", tombstone, status=GONE)
    version = resource.published
    assert version is not None  # noqa: S101  # a published resource has its version: the database checks it
    version.resource = resource
    return _version_page(request, version)


def _page_of_another_platform(request: PageRequest, uuid: UUID) -> HttpResponse:
    """What another platform says of one of its resources, and those of its files that came here."""
    entry = _entry_of_another_platform(request, uuid)
    address = entry.address_elsewhere
    layer = overlay_of(entry)
    files, absent = files_here(request.actor, entry)
    context = {
        "heading": entry.title,
        "lead": entry.description,
        "entry": entry,
        "platform": platform_of(entry),
        "address": address,
        "facts": facts_there(entry),
        "attribution": attribution_there(entry),
        "additions": additions_here(layer) if layer else [],
        "can_overlay": allows(request.actor, Permission.OVERLAY, on=entry),
        "files": files,
        "absent": absent,
        "may_fetch": bool(absent) and allows(request.actor, TransferPermission.FETCH),
        "mark": marks_on([uuid]).get(uuid),
        "similar": cards_of(similar_entries(actor=request.actor, entry=entry)),
        "deeds": deeds_on(request.actor, entry),
        "crumbs": [(_("资源"), reverse("resources:list"))],
    }
    return page_response(request, "resources/elsewhere.html", context)


def _entry_of_another_platform(request: PageRequest, uuid: UUID) -> Entry:
    entry = entries_by_ids(actor=request.actor, identifiers=[uuid]).get(uuid)
    if entry is None or entry.kind != KIND or entry.origin == settings.NODE_DOMAIN:
        raise NotFound
    return entry


@writes(may=TransferPermission.FETCH)
def fetch(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Has the files of a resource of another platform brought here; a GET only leads to the resource."""
    entry = _entry_of_another_platform(request, uuid)
    if request.method == "POST":
        try:
            count = bring_here(request.actor, entry, now=now())
            said = ngettext("{count} 个文件正在取回。", "{count} 个文件正在取回。", count).format(count=count)
            messages.success(request, said)
        except HashMalformed as refusal:
            messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("resources:detail", args=[uuid]))


@reads(may=Audience.PUBLIC)
def earlier_version(request: PageRequest, uuid: UUID, number: int) -> HttpResponse:
    """A version as it was published once, for who has pinned it; leads on to the page of the resource where it is the
    newest, or was taken from the public.
    """
    resource = public_resource(uuid)
    past = past_version(resource, number)
    if past is None:
        raise NotFound
    if resource.published_id in (None, past.pk) or past.state != VersionState.PUBLISHED:
        return HttpResponseRedirect(reverse("resources:detail", args=[uuid]))
    past.resource = resource
    return _version_page(request, past)


def _version_page(request: PageRequest, version: ResourceVersion) -> HttpResponse:
    resource = version.resource
    uuid = resource.uuid
    entry = entries_by_ids(actor=request.actor, identifiers=[uuid]).get(uuid)
    files = shown_files(request.actor, files_of(version))
    if request.actor.is_person:
        files = with_places(files, resource, places_in(request.actor, resource))
    beside = shelves_beside(request.actor, version)
    cards = iter(cards_of([one for shelf in beside for one in shelf.entries]))
    context = {
        "heading": version.title,
        "lead": version.description,
        "resource": resource,
        "version": version,
        "files": files,
        "facts": facts_of(version),
        "attribution": attribution(version),
        "broken": broken_for_author(request.actor, version),
        "versions": published_versions(resource),
        "shelves": [(shelf, list(islice(cards, len(shelf.entries)))) for shelf in beside],
        "linked": linked_data(entry) if entry and version.pk == resource.published_id else "",
        "similar": cards_of(similar_entries(actor=request.actor, entry=entry)) if entry else [],
        "feedback_subject": subject_of(resource),
        "is_author": is_author(request.actor, resource),
        "can_withdraw": can_withdraw(request.actor, resource),
        "is_past": version.pk != resource.published_id,
        "deeds": deeds_on(request.actor, entry) if entry else [],
        "mark": marks_on([uuid]).get(uuid),
        "user_is_person": request.actor.is_person,
        "crumbs": [(_("资源"), reverse("resources:list"))],
    }
    return page_response(request, "resources/detail.html", context)


@writes(may=Audience.PUBLIC)
def use(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Counts a view; the page asks for it once it is really shown, so that machines fetching pages do not count."""
    if request.method == "POST":
        _note(request, uuid, UseKind.VIEW)
    return HttpResponse(status=204)


@writes(may=Audience.SIGNED_IN)
def place(request: PageRequest, uuid: UUID, file: UUID) -> HttpResponse:
    """Told by the player every few seconds, and when it stops."""
    form = PlaceForm(request.POST)
    if request.method == "POST" and form.is_valid():
        keep_place(by=request.actor, resource=uuid, file=file, second=form.cleaned_data["second"], now=now())
    return HttpResponse(status=204)


@writes(may=Audience.PUBLIC)
def download(request: PageRequest, uuid: UUID, file: UUID) -> HttpResponse:
    """Counts a download and leads to the content; a plain GET only leads there."""
    try:
        resource = public_resource(uuid)
    except NotFound:
        copy = copy_of(_entry_of_another_platform(request, uuid), file)
        if request.method == "POST":
            _note(request, uuid, UseKind.DOWNLOAD)
        return HttpResponseRedirect(content_link(copy, download=True))
    if resource.published is None:
        raise NotFound
    wanted = published_file(resource, file)
    if wanted is None:
        raise NotFound
    if request.method == "POST":
        _note(request, uuid, UseKind.DOWNLOAD)
    return HttpResponseRedirect(content_link(wanted, download=True))


def _note(request: PageRequest, uuid: UUID, use: UseKind) -> None:
    note_use(by=request.actor, kind=KIND, subject=uuid, use=use, visitor=visitor_of(request), now=now())


@reads(may=Audience.PUBLIC)
def author(request: PageRequest, person: UUID) -> HttpResponse:
    writer = author_named(person)
    page = keyset_page(versions_by(writer), order=LISTED_VERSIONS, cursor=request.GET.get("cursor"))
    entries = entries_by_ids(actor=request.actor, identifiers=[version.resource.uuid for version in page.items])
    context = {
        "heading": writer.name,
        "places": places_of(writer),
        "counts": public_counts(writer),
        "page": page,
        "cards": cards_of(
            [entries[version.resource.uuid] for version in page.items if version.resource.uuid in entries]
        ),
    }
    return page_response(request, "resources/author.html", context, fragments=("listing",))
