"""Every write about rights."""

from heluo.domains.rights.actions.complaints import (
    close_for_now,
    complain,
    dismiss,
    grant_appeal,
    reject,
    take_complaint,
    uphold,
)
from heluo.domains.rights.actions.fingerprints import fingerprint_files
from heluo.domains.rights.actions.ledger import Noted, follow_catalogue, note_events, note_purchase, note_uses
from heluo.domains.rights.actions.takedowns import (
    pass_on,
    pass_receipt,
    restore,
    sweep,
    take_down,
    take_order,
    take_receipt,
)
from heluo.domains.rights.actions.usage import close_days, report_uses, take_usage

__all__ = [
    "Noted",
    "close_days",
    "close_for_now",
    "complain",
    "dismiss",
    "fingerprint_files",
    "follow_catalogue",
    "grant_appeal",
    "note_events",
    "note_purchase",
    "note_uses",
    "pass_on",
    "pass_receipt",
    "reject",
    "report_uses",
    "restore",
    "sweep",
    "take_complaint",
    "take_down",
    "take_order",
    "take_receipt",
    "take_usage",
    "uphold",
]
