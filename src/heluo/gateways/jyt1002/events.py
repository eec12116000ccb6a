"""What the gateway announces."""

from dataclasses import dataclass
from typing import ClassVar

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageMade(Event):
    name: ClassVar[str] = "jyt1002.package_made"
    package_id: int
