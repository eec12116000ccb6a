"""The words the catalogue is spoken to with: drafts in, pages of entries and changes out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from heluo.engines.catalogue.enums import Visibility

JSON = None | bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """What a domain wants to show of a thing. `facets` maps a registered key to registered values.

    `organisation_id` is the organisation that answers for it. `shared_with_id` is the organisation whose tree may see
    it when `visibility` is the tree; left out, it is the same one. `keywords` count for search more than the
    description. `payload` is the domain's own and comes back unchanged; a domain whose things have versions puts the
    number there as `version` and shows past ones at its route `version`; one whose things are files lists them there as
    `files` (what a `Content` holds), their media types as `formats` and their playing time as `duration_ms`, and sends
    each at its route `download`. `thumbnail` is the uuid of a stored file.
    """

    kind: str
    title: str
    organisation_id: int
    licence: str
    creator_name: str
    creator_id: UUID | None = None
    description: str = ""
    keywords: Sequence[str] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    language: str = "zh-CN"
    visibility: Visibility = Visibility.PUBLIC
    shared_with_id: int | None = None
    thumbnail: UUID | None = None
    payload: Mapping[str, JSON] = field(default_factory=dict)


def tags_of(kind: str, facets: Mapping[str, Sequence[str]]) -> list[str]:
    """The tags an entry is filtered by, kept beside its words: its kind and each facet value."""
    return [kind_tag(kind), *(facet_tag(key, code) for key, codes in facets.items() for code in codes)]


def kind_tag(kind: str) -> str:
    return f"kind:{kind}"


def facet_tag(key: str, code: str) -> str:
    return f"facet:{key}={code}"


PLACE = "place"
"""What the names of sets begin with that hold a place and all below it."""
TELLING_LOCK = 7_201_118_004
"""Key of the advisory lock that is held while the public is told what has changed."""
_SET_NAME = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")


def set_name(above: str, code: str) -> str:
    return f"{above}:{code}"


def is_set_name(text: str) -> bool:
    """Whether a text could name a set: a code from elsewhere may hold anything."""
    return _SET_NAME.fullmatch(text) is not None


_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)
