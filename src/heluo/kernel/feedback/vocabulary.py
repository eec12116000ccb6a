"""What feedback is about."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """A thing of some domain: its kind, its uuid, the tree path of its organisation, and how to show and reach it.

    `owner_id` is the person whose work it is: they do not rate it themselves.
    """

    kind: str
    uuid: UUID
    path: str
    title: str = ""
    url: str = ""
    owner_id: UUID | None = None

    @property
    def access_path(self) -> str:
        return self.path
