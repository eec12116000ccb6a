"""Links of published resources that lead nowhere."""

from datetime import datetime
from uuid import UUID

from ninja import Router, Schema

from heluo.domains.resources.access import Permission
from heluo.domains.resources.enums import LinkTrouble
from heluo.domains.resources.queries import broken_below, seen_organisations
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()


class BrokenLinkOut(Schema):
    """A link, the resource that names it, why it leads nowhere and since when."""

    resource: UUID
    title: str
    organisation: str
    address: str
    trouble: LinkTrouble
    broken_at: datetime


class BrokenLinkPage(Schema):
    """One page, the last broken first; `next` is the cursor of the page after it."""

    items: list[BrokenLinkOut]
    next: str | None


@router.get("/resources/broken-links", response=BrokenLinkPage, summary="Links of resources that lead nowhere")
@operation(may=Permission.SEE_LINKS)
def list_broken(request: PageRequest, organisation: UUID | None = None, cursor: str = "") -> BrokenLinkPage:
    place = seen_organisations(request.actor).filter(uuid=organisation).first() if organisation else None
    if organisation and place is None:
        raise NotFound
    page = keyset_page(broken_below(request.actor, place), order=("-broken_at", "-id"), cursor=cursor or None)
    return BrokenLinkPage(
        items=[
            BrokenLinkOut(
                resource=link.version.resource.uuid,
                title=link.version.title,
                organisation=link.version.resource.organisation.name,
                address=link.address,
                trouble=LinkTrouble(link.trouble),
                broken_at=link.broken_at,  # type: ignore[arg-type]  # only broken ones are listed
            )
            for link in page.items
        ],
        next=page.next_cursor,
    )
