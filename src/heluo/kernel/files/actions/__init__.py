"""Every write on files, by use case."""

from heluo.kernel.files.actions.arriving import abandon_upload, finish_upload, open_upload, receive_piece
from heluo.kernel.files.actions.checking import check_content
from heluo.kernel.files.actions.copying import copy_file
from heluo.kernel.files.actions.discarding import Discarded, discard_unused
from heluo.kernel.files.actions.ordering import KEPT_FOR, expire_orders, make_ordered
from heluo.kernel.files.actions.storing import store_file

__all__ = [
    "KEPT_FOR",
    "Discarded",
    "abandon_upload",
    "check_content",
    "copy_file",
    "discard_unused",
    "expire_orders",
    "finish_upload",
    "make_ordered",
    "open_upload",
    "receive_piece",
    "store_file",
]
