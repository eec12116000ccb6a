"""Every write: orders to others (`ordering`, `sending`), orders from above (`receiving`), what is told back
(`acknowledging`).
"""

from heluo.domains.allocations.actions.acknowledging import note_receipt, send_receipts
from heluo.domains.allocations.actions.ordering import (
    add_entries,
    address_order,
    cancel_order,
    delete_order,
    describe_order,
    end_orders,
    issue_order,
    remove_entries,
    start_order,
)
from heluo.domains.allocations.actions.receiving import (
    apply_received,
    end_received,
    note_contents,
    receive_cancel,
    receive_part,
)
from heluo.domains.allocations.actions.sending import send_orders

__all__ = [
    "add_entries",
    "address_order",
    "apply_received",
    "cancel_order",
    "delete_order",
    "describe_order",
    "end_orders",
    "end_received",
    "issue_order",
    "note_contents",
    "note_receipt",
    "receive_cancel",
    "receive_part",
    "remove_entries",
    "send_orders",
    "send_receipts",
    "start_order",
]
