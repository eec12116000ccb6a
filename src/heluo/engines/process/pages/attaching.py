"""Files that somebody will lay beside what they say next in a process. Until then the browser's session keeps them."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from heluo.engines.process.actions.steps import own_files
from heluo.engines.process.models import Instance
from heluo.engines.process.queries import process_for
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import now
from heluo.kernel.files.access import Permission
from heluo.kernel.files.errors import FileMissing
from heluo.kernel.files.public import StoredFile, file_from_form, own_file
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.listing import uuid_or_none
from heluo.kernel.pages.rules import PageRequest, writes

KEPT = "process_files"
"""In the session: by process, the uuids of files. One that nobody attaches is discarded as every unused file is."""


@writes(may=Audience.SIGNED_IN)
def files(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Adds a file or leaves one out; answers with the list of them."""
    instance = process_for(request.actor, uuid)
    problem = ""
    if request.method == "POST":
        try:
            _change(request, instance)
        except Refusal as refusal:
            problem = str(refusal)
    if not request.htmx:
        if problem:
            messages.error(request, problem)
        return redirect(_back(request, instance))
    context = {**attaching(request, instance, item=_item(request)), "problem": problem}
    return page_response(request, "process/attached.html", context, fragments=("attached",))


def attaching(request: PageRequest, instance: Instance, *, item: UUID | None = None) -> dict[str, object]:
    """What a page that takes files shows of them; `item` is the step whose page it is."""
    address = reverse("process:files", args=[instance.uuid])
    waiting = waiting_files(request, instance)
    return {
        "attached": waiting,
        "attached_topics": " ".join(f"file:{file.uuid}" for file in waiting if not file.is_checked),
        "attached_url": f"{address}?item={item}" if item else address,
        "can_attach": allows(request.actor, Permission.UPLOAD),
    }


def waiting_files(request: PageRequest, instance: Instance) -> list[StoredFile]:
    """The files that go with what is said next, those that are still there."""
    found = []
    for one in _kept(request, instance):
        try:
            found.append(own_file(request.actor, one))
        except FileMissing:
            continue
    return found


def forget_files(request: PageRequest, instance: Instance) -> None:
    """What was attached waits no longer."""
    request.session[KEPT] = {key: those for key, those in _all(request).items() if key != str(instance.uuid)}


def _change(request: PageRequest, instance: Instance) -> None:
    kept = _kept(request, instance)
    if added := file_from_form(by=request.actor, field="file", posted=request.POST, uploaded=request.FILES, now=now()):
        kept = list(dict.fromkeys([*kept, added.uuid]))
        own_files(request.actor, kept)
    elif removed := uuid_or_none(request.POST.get("remove", "")):
        kept = [one for one in kept if one != removed]
    request.session[KEPT] = {**_all(request), str(instance.uuid): [str(one) for one in kept]}


def _kept(request: PageRequest, instance: Instance) -> Sequence[UUID]:
    return [UUID(one) for one in _all(request).get(str(instance.uuid), [])]


def _all(request: PageRequest) -> dict[str, list[str]]:
    kept: dict[str, list[str]] = request.session.get(KEPT, {})
    return kept


def _item(request: PageRequest) -> UUID | None:
    return uuid_or_none(request.GET.get("item", ""))


def _back(request: PageRequest, instance: Instance) -> str:
    """To the page of the step the file was chosen on, else to that of the process."""
    item = _item(request)
    return reverse("process:work_item", args=[item]) if item else reverse("process:process", args=[instance.uuid])
