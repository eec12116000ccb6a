"""What apps give along when a virtual platform moves to another node, and take in again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from heluo.kernel.actors.public import Actor
from heluo.kernel.files.models import StoredFile

Row = Mapping[str, object]
"""Plain values as JSON has them. What others point to is named by its uuid."""


@dataclass(frozen=True, slots=True)
class Share:
    """One kind of things. All three are called for the virtual platform at hand; `take` may meet what is there."""

    name: str
    rows: Callable[[], Iterable[Row]]
    files: Callable[[], Iterable[StoredFile]]
    take: Callable[[Actor, Sequence[Row], datetime], None]


_shares: dict[str, Share] = {}


def register_share(share: Share) -> None:
    """Let a kind of things move along, from an app's `ready`. Taken in by the order in which apps stand."""
    _shares[share.name] = share


def shares() -> tuple[Share, ...]:
    return tuple(_shares.values())
