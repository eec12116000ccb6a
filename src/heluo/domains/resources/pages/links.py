"""What reviewers and officers see of links that lead nowhere."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.resources.access import Permission
from heluo.domains.resources.queries import broken_below, broken_by_branch, seen_organisations
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import uuid_or_none
from heluo.kernel.pages.rules import PageRequest, reads

NEWEST = ("-broken_at", "-id")


@reads(may=Permission.SEE_LINKS)
def broken(request: PageRequest) -> HttpResponse:
    """All the actor may see; `below` goes down the tree."""
    seen = seen_organisations(request.actor)
    wanted = request.GET.get("below")
    place = (
        seen.filter(uuid__in=filter(None, [uuid_or_none(wanted)])).first() if wanted else seen.order_by("path").first()
    )
    if place is None:
        raise NotFound
    above = seen.filter(pk=place.parent_id).first() if place.parent_id else None
    links = broken_below(request.actor, place if wanted else None)
    here = reverse("resources:links")
    context = {
        "heading": _("{name}：失效链接").format(name=place.name) if wanted else _("失效链接"),
        "lead": _("已发布的资源里，连续三天打不开的链接。每周检查一次，恢复后自动从这里消失。"),
        "is_on": settings.LINK_CHECK,
        "page": keyset_page(links, order=NEWEST, cursor=request.GET.get("cursor")),
        "branches": broken_by_branch(request.actor, place),
        "crumbs": [(above.name, f"{here}?below={above.uuid}")] if wanted and above else [],
    }
    return page_response(request, "resources/links.html", context, fragments=("listing",))
