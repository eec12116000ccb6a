"""Every write: joining and deciding (`joining`), own and others' keys (`keyring`), the exchange (`exchanging`).

What is asked beside it, of a node that answers on the spot, is in `asking`.
"""

from heluo.kernel.nodes.actions.asking import read_asking, sign_asking
from heluo.kernel.nodes.actions.exchanging import answer_envelope, ask_node, claim_due
from heluo.kernel.nodes.actions.forgetting import forget_messages
from heluo.kernel.nodes.actions.joining import answer_card, approve_request, end_node, join_hub, refuse_request
from heluo.kernel.nodes.actions.keyring import revoke_key, rotate_key
from heluo.kernel.nodes.actions.taking import retry_message
from heluo.kernel.nodes.actions.troubles import note_trouble

__all__ = [
    "answer_card",
    "answer_envelope",
    "approve_request",
    "ask_node",
    "claim_due",
    "end_node",
    "forget_messages",
    "join_hub",
    "note_trouble",
    "read_asking",
    "refuse_request",
    "retry_message",
    "revoke_key",
    "rotate_key",
    "sign_asking",
]
