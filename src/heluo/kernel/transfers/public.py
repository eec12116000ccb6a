"""What the rest of the house calls: `from heluo.kernel.transfers.public import copies_of, want_contents`."""

from heluo.kernel.transfers.access import Permission
from heluo.kernel.transfers.actions import keep_copy, want_contents
from heluo.kernel.transfers.enums import CopyState, Trouble
from heluo.kernel.transfers.errors import HashMalformed, OtherBytes
from heluo.kernel.transfers.events import ContentsArrived
from heluo.kernel.transfers.models import Copy
from heluo.kernel.transfers.queries import contents_for, copies_of, hashes_of_copies, held_of, node_to_ask, states_of
from heluo.kernel.transfers.registry import register_giver
from heluo.kernel.transfers.vocabulary import Wanted

__all__ = [
    "ContentsArrived",
    "Copy",
    "CopyState",
    "HashMalformed",
    "OtherBytes",
    "Permission",
    "Trouble",
    "Wanted",
    "contents_for",
    "copies_of",
    "hashes_of_copies",
    "held_of",
    "keep_copy",
    "node_to_ask",
    "register_giver",
    "states_of",
    "want_contents",
]
