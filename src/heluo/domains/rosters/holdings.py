"""Rows of rosters about a person, while they wait."""

from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heluo.domains.rosters.models import RosterRow
from heluo.kernel.holdings.public import PLATFORM, Asked, Fact, Source, changed_at, holding, not_told

not_told(
    "rosters.RosterBatch.opened_by",
    "rosters.RosterBatch.confirmed_by",
    because="Who imported a roster; told among their deeds.",
)
changed_at(
    (
        "people.basics",
        "people.identifiers",
        "people.phone",
        "people.posts",
        "people.classes",
        "people.teachings",
        "people.guardians",
        "people.wards",
    ),
    title=_("名册导入"),
    route="rosters:upload",
)


@holding(
    "rosters.rows",
    title=_("名册导入"),
    columns={"rosters.RosterRow.person"},
    order=81,
    kept=_("名册的行只在导入期间保存，14 天后自动删除。"),
)
def rows(person: UUID, asked: Asked) -> list[Fact]:
    found = RosterRow.objects.filter(person__uuid=person).select_related("school", "batch").order_by("-id")
    return [
        Fact(
            label=gettext("名册中的一行"),
            value=row.batch.file_name,
            source=Source(row.school.name, row.school.uuid) if row.school else PLATFORM,
            since=row.batch.opened_at,
        )
        for row in found[: asked.most]
    ]
