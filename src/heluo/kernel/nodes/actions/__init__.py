"""Every write: joining and deciding (`joining`), own and others' keys (`keyring`), the exchange (`exchanging`).

What is asked beside it, of a node that answers on the spot, is in `asking`; what goes on a disk, in `carrying`.
"""

from heluo.kernel.nodes.actions.asking import read_asking, sign_asking
from heluo.kernel.nodes.actions.carrying import (
    Post,
    card_for,
    post_for,
    read_carried,
    sign_carried,
    take_post,
    trust_card,
)
from heluo.kernel.nodes.actions.exchanging import answer_envelope, ask_node, claim_due
from heluo.kernel.nodes.actions.forgetting import forget_messages
from heluo.kernel.nodes.actions.joining import answer_card, approve_request, end_node, join_hub, refuse_request
from heluo.kernel.nodes.actions.keyring import revoke_key, rotate_key
from heluo.kernel.nodes.actions.taking import retry_message
from heluo.kernel.nodes.actions.troubles import note_trouble

__all__ = [
    "Post",
    "answer_card",
    "answer_envelope",
    "approve_request",
    "ask_node",
    "card_for",
    "claim_due",
    "end_node",
    "forget_messages",
    "join_hub",
    "note_trouble",
    "post_for",
    "read_asking",
    "read_carried",
    "refuse_request",
    "retry_message",
    "revoke_key",
    "rotate_key",
    "sign_asking",
    "sign_carried",
    "take_post",
    "trust_card",
]
