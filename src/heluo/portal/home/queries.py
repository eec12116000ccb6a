"""The blocks of a home page, and what their lines say."""

import re
from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.tenants.public import tenant_here
from heluo.portal.home.enums import BlockKind
from heluo.portal.home.errors import LineNotUnderstood
from heluo.portal.home.models import HomeBlock

IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
ADDRESS = re.compile(r"(?<!\S)(?:/(?!/)|https?://)\S*$")
OF_ENTRIES = frozenset({BlockKind.RECOMMENDED, BlockKind.COLLECTIONS})
OF_LINES = OF_ENTRIES | {BlockKind.ENTRANCES}
AT_FIRST = (BlockKind.BANNER, BlockKind.NEWS, BlockKind.RECOMMENDED, BlockKind.FIGURES)
"""What a home page shows before its keeper put anything there."""


@dataclass(frozen=True, slots=True)
class Way:
    """A line of a block of ways in."""

    title: str
    url: str


def blocks_here() -> list[HomeBlock]:
    """Those of the virtual platform at hand, in their order; the first ones where none was chosen."""
    here = tenant_here()
    first = [HomeBlock(kind=kind, title=here.name if kind == BlockKind.BANNER else "") for kind in AT_FIRST]
    return list(HomeBlock.objects.all()) or first


def own_blocks() -> list[HomeBlock]:
    return list(HomeBlock.objects.all())


def own_block(key: int) -> HomeBlock:
    found = HomeBlock.objects.filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def identifiers_in(block: HomeBlock) -> list[UUID]:
    """Entries that a block names, in its order. Refuses a line that names none."""
    return [UUID(_matched(IDENTIFIER, number, line)) for number, line in _lines(block)]


def ways_in(block: HomeBlock) -> list[Way]:
    """Names and addresses that a block lists. Refuses a line without an address a browser may go to."""
    ways = []
    for number, line in _lines(block):
        url = _matched(ADDRESS, number, line)
        ways.append(Way(title=line.removesuffix(url).strip() or url, url=url))
    return ways


def _lines(block: HomeBlock) -> list[tuple[int, str]]:
    return [(number, line.strip()) for number, line in enumerate(block.text.splitlines(), 1) if line.strip()]


def _matched(pattern: re.Pattern[str], number: int, line: str) -> str:
    found = pattern.search(line)
    if found is None:
        raise LineNotUnderstood(field="text", number=number, line=line[:40])
    return found.group()
