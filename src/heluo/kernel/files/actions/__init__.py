"""Every write on files, by use case."""

from heluo.kernel.files.actions.arriving import abandon_upload, open_upload, receive_piece
from heluo.kernel.files.actions.storing import store_file

__all__ = ["abandon_upload", "open_upload", "receive_piece", "store_file"]
