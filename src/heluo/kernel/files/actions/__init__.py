"""Every write on files, by use case."""

from heluo.kernel.files.actions.arriving import abandon_upload, finish_upload, open_upload, receive_piece
from heluo.kernel.files.actions.checking import check_content
from heluo.kernel.files.actions.discarding import Discarded, discard_unused
from heluo.kernel.files.actions.storing import store_file

__all__ = [
    "Discarded",
    "abandon_upload",
    "check_content",
    "discard_unused",
    "finish_upload",
    "open_upload",
    "receive_piece",
    "store_file",
]
