"""Members of a zip archive, unfolded with care: nothing is believed of what the archive says about itself."""

from collections.abc import Iterator
from zipfile import ZipFile, ZipInfo

from heluo.kernel.tables.errors import UnfoldsTooFar

CHUNK = 256 * 1024
LARGEST_PART = 2 * 1024**3
"""Bytes of one unfolded part: a million rows of thirty full cells stay below."""
SMALL_PART = 32 * 1024**2
"""Bytes a part may unfold to whatever its ratio."""
LARGEST_RATIO = 150
"""How many times larger a part may unfold: sheets of empty rows reach 60, made bombs 1000."""
MOST_MEMBERS = 2000


def unfolded(archive: ZipFile, info: ZipInfo, *, largest: int = LARGEST_PART) -> Iterator[bytes]:
    """The bytes of a member. Raises `UnfoldsTooFar` where they are more than is reasonable."""
    most = min(largest, max(SMALL_PART, info.compress_size * LARGEST_RATIO))
    count = 0
    with archive.open(info) as stream:
        while chunk := stream.read(CHUNK):
            count += len(chunk)
            if count > most:
                raise UnfoldsTooFar
            yield chunk


def refuse_crowd(archive: ZipFile, size: int) -> None:
    """Refuse an archive of very many members, or whose members lie over one another. Raises `UnfoldsTooFar`."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(info.compress_size for info in members) > size:
        raise UnfoldsTooFar
