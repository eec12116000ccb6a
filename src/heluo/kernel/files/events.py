"""What happens to files."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heluo.kernel.events.registry import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStored(Event):
    """A file arrived whole and was accepted; its checks follow."""

    name: ClassVar[str] = "files.file_stored"
    file: UUID
    blob: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChecked(Event):
    """Scan and previews of a file are done. `state` is a `ScanState`, `previews` a `PreviewState`."""

    name: ClassVar[str] = "files.file_checked"
    file: UUID
    state: str
    previews: str

    def topics(self) -> tuple[str, ...]:
        return (f"file:{self.file}",)
