"""Every write of subject rights: one function per use case."""

from heluo.domains.subject_rights.actions.asking import (
    ask_correction,
    ask_erasure,
    object_to_refusal,
    withdraw_request,
)
from heluo.domains.subject_rights.actions.copying import copy_made, note_fetch, order_copy
from heluo.domains.subject_rights.actions.deciding import grant_request, pass_up, refuse_request

__all__ = [
    "ask_correction",
    "ask_erasure",
    "copy_made",
    "grant_request",
    "note_fetch",
    "object_to_refusal",
    "order_copy",
    "pass_up",
    "refuse_request",
    "withdraw_request",
]
