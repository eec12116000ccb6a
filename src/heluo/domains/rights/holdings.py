"""What somebody complained about, and where a column names a work and not a person."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from heluo.domains.rights.models import Complaint
from heluo.kernel.holdings.public import OWN, Asked, Fact, holding, not_told

not_told(
    "rights.Complaint.entry",
    "rights.Takedown.entry",
    "rights.UsageElsewhere.entry",
    "rights.RightsEvent.entry",
    "rights.RightsEvent.other",
    because="The identifier of a work or of an order, not a person.",
)
not_told("rights.Complaint.author", because="Repeats who made a work, which its domain tells.")


@holding(
    "rights.complaints",
    title=_("版权投诉"),
    columns={"rights.Complaint.person"},
    order=76,
    kept=_("投诉和决定也关系到另一方的权利，留作记录。"),
)
def complaints(person: UUID, asked: Asked) -> list[Fact]:
    rows = Complaint.objects.filter(person=person).order_by("-id")[: asked.most]
    return [
        Fact(
            label=str(row.get_ground_display()), value=row.title, source=OWN, note=row.get_state_display(), since=row.at
        )
        for row in rows
    ]
