"""What the rest of the house calls: `from heluo.kernel.audit.public import Subject, record`."""

from heluo.kernel.audit.access import Permission
from heluo.kernel.audit.actions import VERIFY_TASK, Difference, Subject, order_verification, record, record_batch
from heluo.kernel.audit.queries import (
    AuditFilter,
    ChainState,
    audit_row,
    audit_rows,
    chain_state,
    latest_verification,
    rows_about,
)
from heluo.kernel.audit.titles import deed_titles, kind_title, title_of_deed
from heluo.kernel.audit.verifier import (
    Broken,
    Head,
    Report,
    export_heads,
    heads_from_text,
    heads_to_text,
    verify,
)

__all__ = [
    "VERIFY_TASK",
    "AuditFilter",
    "Broken",
    "ChainState",
    "Difference",
    "Head",
    "Permission",
    "Report",
    "Subject",
    "audit_row",
    "audit_rows",
    "chain_state",
    "deed_titles",
    "export_heads",
    "heads_from_text",
    "heads_to_text",
    "kind_title",
    "latest_verification",
    "order_verification",
    "record",
    "record_batch",
    "rows_about",
    "title_of_deed",
    "verify",
]
