"""What the rest of the house calls: `from heluo.kernel.nodes.public import Message, register_message, send_message`."""

from heluo.kernel.nodes.access import Permission
from heluo.kernel.nodes.actions import (
    approve_request,
    ask_node,
    end_node,
    join_hub,
    read_asking,
    refuse_request,
    rotate_key,
    sign_asking,
)
from heluo.kernel.nodes.enums import Standing, Tier
from heluo.kernel.nodes.errors import ExchangeRefused
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
from heluo.kernel.nodes.vocabulary import Message

__all__ = [
    "ExchangeRefused",
    "Message",
    "NodeFacts",
    "Permission",
    "Standing",
    "Statement",
    "Tier",
    "active_nodes",
    "approve_request",
    "ask_node",
    "end_node",
    "facts_of",
    "join_hub",
    "keys_of",
    "node_called",
    "nodes",
    "own_keys",
    "read_asking",
    "read_statement",
    "refuse_request",
    "register_message",
    "rotate_key",
    "send_message",
    "sign_asking",
    "sign_statement",
    "waiting_requests",
]
