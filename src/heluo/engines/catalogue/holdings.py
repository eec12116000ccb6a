"""What somebody searches for again and again; all else here is told by the domain of a thing."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from heluo.engines.catalogue.actions import erase_searches
from heluo.engines.catalogue.models import SavedSearch
from heluo.kernel.holdings.public import OWN, Asked, Fact, holding, not_told

not_told(
    "catalogue.Entry.creator_id",
    "catalogue.EntryVersion.creator_id",
    "catalogue.EntryVersion.published_by",
    because="Repeats who made and published a thing, which its domain tells.",
)
not_told("catalogue.Hold.uuid", because="The identifier of an entry, not a person.")
not_told("catalogue.Entry.thumbnail", "catalogue.EntryVersion.thumbnail", because="A stored file, not a person.")


@holding(
    "catalogue.searches",
    title=_("保存的搜索"),
    columns={"catalogue.SavedSearch.person"},
    order=71,
    erase=erase_searches,
)
def searches(person: UUID, asked: Asked) -> list[Fact]:
    rows = SavedSearch.objects.filter(person=person).order_by("-id")[: asked.most]
    return [Fact(label=str(_("保存的搜索")), value=row.title, source=OWN, since=row.at) for row in rows]
