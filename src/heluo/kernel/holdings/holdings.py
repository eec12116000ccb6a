"""What this app keeps itself: who looked."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from heluo.kernel.holdings.enums import Sight
from heluo.kernel.holdings.models import Look
from heluo.kernel.holdings.public import PLATFORM, Asked, Fact, holding, not_told

not_told("events.OutboxRow.by", because="An announcement passes through within seconds; nothing of it is held.")
not_told("holdings.Look.viewer", because="Who looked: told to whoever was looked at, as an organisation and a role.")


@holding(
    "holdings.looks",
    title=_("被查看的次数"),
    columns={"holdings.Look.subject"},
    order=91,
    kept=_("用于让您知道谁看过，任何人都不能修改或删除。"),
)
def looks(person: UUID, asked: Asked) -> list[Fact]:
    rows = Look.objects.filter(subject=person).order_by("-at", "-id")
    return [
        Fact(label=str(Sight(row.sight).label), value="", source=PLATFORM, since=row.at) for row in rows[: asked.most]
    ]
