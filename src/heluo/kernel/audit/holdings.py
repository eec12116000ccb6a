"""What a person did here, as the audit log keeps it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from heluo.kernel.audit.models import AuditRow
from heluo.kernel.audit.titles import title_of_deed
from heluo.kernel.holdings.public import PLATFORM, Asked, Fact, holding


@holding(
    "audit.deeds",
    title=_("操作记录"),
    columns={"audit.AuditRow.by"},
    order=90,
    kept=_("审计记录用于追责和安全，任何人都不能修改或删除。"),
)
def deeds(person: UUID, asked: Asked) -> list[Fact]:
    rows = AuditRow.objects.filter(by=person).order_by("-seq")
    return [
        Fact(label=title_of_deed(row.deed), value=row.subject_title, source=PLATFORM, note=row.ip or "", since=row.at)
        for row in rows[: asked.most]
    ]
