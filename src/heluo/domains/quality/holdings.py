"""What the daily check found in the data of a person."""

from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heluo.domains.quality.enums import Dataset
from heluo.domains.quality.models import Finding
from heluo.kernel.holdings.public import Asked, Fact, Source, holding, not_told

not_told(
    "quality.RuleSetting.by_person",
    "quality.TicketNote.by_person",
    because="Who set a rule or answered a ticket; told among their deeds.",
)


@holding(
    "quality.findings",
    title=_("数据质量检查"),
    columns={"quality.Finding.subject"},
    order=80,
    kept=_("用于核对登记是否准确；改正后自动关闭。"),
)
def findings(person: UUID, asked: Asked) -> list[Fact]:
    rows = (
        Finding.objects.filter(subject=person, rule__dataset__in=[Dataset.PUPILS, Dataset.TEACHERS])
        .select_related("rule", "organisation")
        .order_by("-first_seen_at", "-id")
    )
    return [
        Fact(
            label=row.rule.problem_said,
            value=gettext("已改正") if row.gone_at else gettext("待改正"),
            source=Source(row.organisation.name, row.organisation.uuid),
            since=row.first_seen_at,
        )
        for row in rows[: asked.most]
    ]
