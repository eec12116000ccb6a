"""What is announced of contents."""

from dataclasses import dataclass
from typing import ClassVar

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsArrived(Event):
    """Contents of other platforms are whole and here."""

    name: ClassVar[str] = "transfers.contents_arrived"

    sha256s: tuple[str, ...]
