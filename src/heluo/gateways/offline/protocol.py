"""What a package says of itself: `manifest.jws`, signed by the node that wrote it. `docs/box.md` tells it to others."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from heluo.kernel.nodes.public import CarriedClaims

MANIFEST = "manifest.jws"
MOST_MANIFEST_BYTES = 64 * 1024 * 1024
MOST_MEMBERS = 100_000
POST = "post.json"
RECORDS, CONTENTS = "records/", "contents/"
LEAST_PART, LARGEST_PART = 64 * 1024, 4 * 1024**3 - 1
"""The largest file that a FAT32 disk holds."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=0, le=2**50)]


class Part(BaseModel):
    """A file of the package, by its place in the list."""

    model_config = ConfigDict(frozen=True)

    size: Size
    sha256: Sha256


class Member(BaseModel):
    """A file in the tape that the parts are, in its order."""

    model_config = ConfigDict(frozen=True)

    path: Annotated[str, Field(pattern=r"^(records/[0-9]{5}\.xml|contents/[0-9a-f]{64}|post\.json)$")]
    size: Size
    sha256: Sha256
    name: Annotated[str, Field(max_length=300)] = ""
    """Of a content: what its entry calls it."""

    @property
    def shown(self) -> str:
        return self.name or self.path


class Manifest(CarriedClaims):
    form: Literal["heluo-package-1"]
    package: UUID
    number: Annotated[int, Field(ge=1, le=2**62)]
    base: Annotated[int, Field(ge=0, le=2**62)]
    card: str
    part_size: Annotated[int, Field(ge=LEAST_PART, le=LARGEST_PART)]
    parts: Annotated[list[Part], Field(min_length=1, max_length=MOST_MEMBERS)]
    members: Annotated[list[Member], Field(max_length=MOST_MEMBERS)]
    entries: Annotated[int, Field(ge=0)]
    gone: Annotated[int, Field(ge=0)]


def part_name(number: int) -> str:
    return f"part-{number:04d}.bin"
