"""What is chosen to be carried, of all that everybody may see."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Sets as OAI-PMH has them (`subject:14`), chapters of textbooks with all below, what collections put together,
    what allocation orders hold, entries, everything, all of our own.
    """

    sets: Sequence[str] = ()
    chapters: Sequence[UUID] = ()
    collections: Sequence[UUID] = ()
    orders: Sequence[UUID] = ()
    entries: Sequence[UUID] = ()
    everything: bool = False
    own: bool = False

    def written(self) -> Mapping[str, object]:
        """As JSON."""
        said = asdict(self)
        return {
            key: sorted(map(str, value)) if isinstance(value, list | tuple) else value for key, value in said.items()
        }
