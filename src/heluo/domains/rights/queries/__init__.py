"""Reads of rights, narrowed to what the actor may see."""

from heluo.domains.rights.queries.orders import (
    complaint_for,
    complaints_at,
    entry_to_order,
    public_complaint,
    receipts_of,
    takedown_for,
    takedowns_at,
)
from heluo.domains.rights.queries.reports import Month, WorkReport, ledger_of, months_of, own_work, reports_of, works_of
from heluo.domains.rights.queries.verifying import LedgerReport, verify_ledger

__all__ = [
    "LedgerReport",
    "Month",
    "WorkReport",
    "complaint_for",
    "complaints_at",
    "entry_to_order",
    "ledger_of",
    "months_of",
    "own_work",
    "public_complaint",
    "receipts_of",
    "reports_of",
    "takedown_for",
    "takedowns_at",
    "verify_ledger",
    "works_of",
]
