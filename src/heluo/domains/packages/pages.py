"""Playing a package."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from heluo.domains.packages.access import is_owner
from heluo.domains.packages.queries import ItemShown, figures_of, own_progress, package_file, packages_shown
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.files.enums import ItemKind
from heluo.kernel.files.public import StoredFile, courseware_stage
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads


@reads(may=Audience.PUBLIC)
def play(request: PageRequest, file: UUID) -> HttpResponse:
    """A package with one of its items opened: the one asked for, else where the reader goes on."""
    stored, place = package_file(request.actor, file)
    shown = packages_shown(request.actor, [stored])[stored.uuid]
    current = None
    if shown.playable:
        current = shown.numbered(_number(request.GET["item"])) if "item" in request.GET else shown.next_item()
    context = {
        "heading": shown.title,
        "package": shown,
        "place": place,
        "crumbs": [(place.title, place.url)] if place else [],
        "current": current,
        "opening": _opening(request, stored, current) if current else None,
        "user_is_person": request.actor.is_person,
        "figures": figures_of(stored) if is_owner(request.actor, stored) else None,
        "following": next((one for one in shown.playable if current and one.item.number > current.item.number), None),
    }
    return page_response(request, "packages/play.html", context)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 5:
        raise NotFound
    return int(text)


def _opening(request: PageRequest, file: StoredFile, current: ItemShown) -> dict[str, object]:
    """What the player page is told: which item, where it lies, and where its reader left off."""
    item, manifest = current.item, file.blob.courseware
    assert manifest is not None  # noqa: S101  # the file is a package
    progress = own_progress(request.actor, file, item.number)
    stage = courseware_stage(file)
    return {
        "player": stage.player,
        "origin": stage.origin,
        "inside": stage.inside,
        "courseware": manifest.kind,
        "is_tracked": item.is_tracked,
        "is_link": item.kind == ItemKind.LINK,
        "href": item.href,
        "mastery": item.mastery,
        "launch_data": item.launch_data,
        "title": item.title,
        "language": get_language() or "",
        "learner": request.actor.name if request.actor.is_person else "",
        "state": progress.state if progress else {},
        "seconds": progress.seconds if progress else 0,
        "keep": reverse("api:keep_attempt", args=[file.uuid, item.number]) if request.actor.is_person else "",
    }
