"""Pieces of a content into the spool, each on the disk before the next is asked for."""

from collections.abc import Callable
from io import BytesIO

from heluo.kernel.files.spool import Spooled

Piece = Callable[[int], bytes]
"""Gives the bytes from an offset on, at least one."""


def receive(spooled: Spooled, *, size: int, piece: Piece, pieces: int) -> bool:
    """Go on where the last try ended, so many pieces far; whether the content is whole.

    Whatever ends this, a kill or a power cut too, costs no more than the piece that was on its way.
    """
    for _number in range(pieces):
        if spooled.size >= size:
            break
        offset = spooled.size
        spooled.append(BytesIO(piece(offset)).read, offset=offset, most=size - offset)
        spooled.sync()
    return spooled.size >= size
