"""What the rest of the house calls: `from heluo.kernel.nodes.public import Message, register_message, send_message`."""

from heluo.kernel.nodes.access import Permission
from heluo.kernel.nodes.actions import (
    Post,
    approve_request,
    ask_node,
    card_for,
    end_node,
    join_hub,
    post_for,
    read_asking,
    read_carried,
    refuse_request,
    rotate_key,
    sign_asking,
    sign_carried,
    take_post,
    trust_card,
)
from heluo.kernel.nodes.enums import Standing, Tier
from heluo.kernel.nodes.errors import ExchangeRefused
from heluo.kernel.nodes.keys import own_fingerprint
from heluo.kernel.nodes.outbox import send_message
from heluo.kernel.nodes.queries import (
    NodeFacts,
    active_nodes,
    facts_of,
    keys_of,
    node_called,
    nodes,
    own_keys,
    waiting_requests,
)
from heluo.kernel.nodes.registry import register_message
from heluo.kernel.nodes.statements import Statement, read_statement, sign_statement
from heluo.kernel.nodes.vocabulary import ANYBODY, CarriedClaims, Message

__all__ = [
    "ANYBODY",
    "CarriedClaims",
    "ExchangeRefused",
    "Message",
    "NodeFacts",
    "Permission",
    "Post",
    "Standing",
    "Statement",
    "Tier",
    "active_nodes",
    "approve_request",
    "ask_node",
    "card_for",
    "end_node",
    "facts_of",
    "join_hub",
    "keys_of",
    "node_called",
    "nodes",
    "own_fingerprint",
    "own_keys",
    "post_for",
    "read_asking",
    "read_carried",
    "read_statement",
    "refuse_request",
    "register_message",
    "rotate_key",
    "send_message",
    "sign_asking",
    "sign_carried",
    "sign_statement",
    "take_post",
    "trust_card",
    "waiting_requests",
]
