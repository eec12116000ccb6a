"""What was made of a resource, and making something of it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.resources.access import Permission
from heluo.domains.resources.actions import derive_resource
from heluo.domains.resources.pages.showing import licence_link
from heluo.domains.resources.queries import (
    adaptable,
    author_places,
    derivatives_of,
    derivatives_of_own,
    licences_to_adapt,
)
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import now
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.templatetags.pages import inside_marks

NEWEST = ("-published_at", "-id")


@reads(may=Audience.PUBLIC)
def derivatives(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Works that others have made of a resource; whoever may write drafts begins one of their own here."""
    resource = adaptable(uuid)
    works = derivatives_of(resource)
    context = {
        "heading": _("《{title}》的改编作品").format(title=inside_marks(resource.published)),
        "resource": resource,
        "count": works.count(),
        "page": keyset_page(works, order=NEWEST, cursor=request.GET.get("cursor")),
        "may_derive": allows(request.actor, Permission.AUTHOR),
        "crumbs": [(_("资源"), reverse("resources:list")), (str(resource.published), _page(uuid))],
    }
    return page_response(request, "resources/derivatives.html", context)


@writes(may=Permission.AUTHOR)
def derive(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Says which terms an adaptation may have, and opens its draft."""
    resource = adaptable(uuid)
    version = resource.published
    assert version is not None  # noqa: S101  # a published resource has its version: the database checks it
    version.resource = resource
    places = list(author_places(request.actor))
    if request.method == "POST":
        wanted = request.POST.get("place", "")
        place = next((place for place in places if str(place.uuid) == wanted), None)
        if place is None:
            raise NotFound
        draft = derive_resource(by=request.actor, source=resource, organisation=place, now=now())
        return redirect("resources:draft", uuid=draft.resource.uuid)
    context = {
        "heading": _("改编《{title}》").format(title=inside_marks(version.title)),
        "version": version,
        "licence": licence_link(version.licence),
        "possible": [licence.label for licence in licences_to_adapt(version, author=request.actor.person_id)],
        "places": places,
        "crumbs": [(_("资源"), reverse("resources:list")), (version.title, _page(uuid))],
    }
    return page_response(request, "resources/derive.html", context)


@reads(may=Permission.AUTHOR)
def derived_from_mine(request: PageRequest) -> HttpResponse:
    works = derivatives_of_own(request.actor)
    context = {
        "heading": _("我的作品被改编"),
        "count": works.count(),
        "page": keyset_page(works, order=NEWEST, cursor=request.GET.get("cursor")),
        "shows_source": True,
        "crumbs": [(_("我的资源"), reverse("resources:mine"))],
    }
    return page_response(request, "resources/derivatives.html", context)


def _page(uuid: UUID) -> str:
    return reverse("resources:detail", args=[uuid])
