"""Whether the ledger still says what the audit chain holds."""

from dataclasses import dataclass

from django.utils.translation import gettext

from heluo.domains.rights.enums import LedgerFault
from heluo.domains.rights.models import RightsEvent
from heluo.kernel.audit.models import AuditDifference, AuditRow
from heluo.kernel.audit.public import Report
from heluo.kernel.audit.public import verify as verify_chain

CHECKED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What a verification found: the chain first, then each event against it."""

    events: int
    chain: Report
    fault: LedgerFault | None = None
    number: int = 0

    @property
    def intact(self) -> bool:
        return self.chain.intact and self.fault is None

    def __str__(self) -> str:
        if self.fault is not None:
            return str(self.fault.label).format(number=self.number)
        if not self.chain.intact:
            return str(self.chain)
        return gettext("权利台账完整：{count} 条权利事件，与审计链一致。").format(count=self.events)


def verify_ledger() -> LedgerReport:
    """Check the audit chain, then that each event is what a difference of a chained row says, and that none is missing.

    Streams in the order of the rows of the chain.
    """
    chain = verify_chain()
    events, row, position = 0, 0, -1
    while batch := _after(row, position):
        said = {
            (one.row_id, one.position): one.after
            for one in AuditDifference.objects.filter(row__in={event.row for event in batch})
        }
        for event in batch:
            if (event.row, event.position) not in said:
                return LedgerReport(events, chain, LedgerFault.UNPROVEN, event.pk)
            if said[event.row, event.position] != event.facts():
                return LedgerReport(events, chain, LedgerFault.CHANGED, event.pk)
            events += 1
        row, position = batch[-1].row, batch[-1].position
    missing = _with_fewer()
    return LedgerReport(events, chain, LedgerFault.MISSING if missing else None, missing)


def _after(row: int, position: int) -> list[RightsEvent]:
    later = RightsEvent.objects.filter(row=row, position__gt=position) | RightsEvent.objects.filter(row__gt=row)
    return list(later.order_by("row", "position")[:CHECKED_AT_ONCE])


def _with_fewer() -> int:
    """The first audit row that holds more events than there are; 0 where there is none."""
    found = AuditRow.objects.raw(FEWER)
    return next((one.seq for one in found), 0)


FEWER = """
    SELECT row.* FROM audit_auditrow AS row
     WHERE row.deed = 'rights.noted'
       AND row.differences_count <> (SELECT count(*) FROM rights_rightsevent AS event WHERE event.row = row.seq)
     ORDER BY row.seq LIMIT 1
"""
