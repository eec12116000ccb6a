"""What an officer sees: how many resources stand where in the tree below."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.resources.access import Permission
from heluo.domains.resources.queries import figures_below, overseen_organisations
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.listing import uuid_or_none
from heluo.kernel.pages.rules import PageRequest, reads


@reads(may=Permission.OVERSEE)
def overview(request: PageRequest) -> HttpResponse:
    """Starts where the officer's own office stands; `below` goes down the tree."""
    overseen = overseen_organisations(request.actor)
    wanted = request.GET.get("below")
    below = overseen.filter(uuid__in=filter(None, [uuid_or_none(wanted)])) if wanted else overseen.order_by("path")
    place = below.first()
    if place is None:
        raise NotFound
    above = overseen.filter(pk=place.parent_id).first() if place.parent_id else None
    here = reverse("resources:overview")
    context = {
        "heading": _("{name}：资源建设").format(name=place.name),
        "place": place,
        "branches": figures_below(request.actor, place),
        "crumbs": [(above.name, f"{here}?below={above.uuid}")] if above else [],
    }
    return page_response(request, "resources/overview.html", context)
