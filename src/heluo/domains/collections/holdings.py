"""What somebody put together."""

from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from heluo.domains.collections.actions import erase_collections
from heluo.domains.collections.models import Collection
from heluo.kernel.holdings.public import OWN, Asked, Fact, holding


@holding(
    "collections.collections",
    title=_("资源集"),
    columns={"collections.Collection.owner"},
    order=62,
    erase=erase_collections,
)
def collections(person: UUID, asked: Asked) -> list[Fact]:
    rows = Collection.objects.filter(owner__uuid=person).annotate(size=Count("items")).order_by("-created_at", "-id")
    return [
        Fact(
            label=str(row.get_reach_display()),
            value=row.title,
            source=OWN,
            note=ngettext("%(count)d 项", "%(count)d 项", row.size) % {"count": row.size},
            since=row.created_at,
        )
        for row in rows[: asked.most]
    ]
