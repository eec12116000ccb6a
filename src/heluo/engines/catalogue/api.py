"""The catalogue for programs: search, one entry with its versions, and the change log. All as the caller may see it."""

from collections import defaultdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from heluo.engines.catalogue.enums import Sort
from heluo.engines.catalogue.models import Entry, Shown
from heluo.engines.catalogue.queries import CHANGES_AT_ONCE, changes_after, entry_detail, find_entries, proof_of
from heluo.engines.catalogue.registry import facets
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import Actor
from heluo.kernel.pages.rules import operation

router = Router()

LARGEST_PAGE = 100
LARGEST_NUMBER = 2**63 - 1


class ShownOut(Schema):
    """What a version shows. Times are UTC; `licence` is an SPDX identifier, `language` a BCP 47 tag."""

    title: str
    description: str
    keywords: list[str]
    facets: dict[str, list[str]]
    language: str
    licence: str
    creator: str
    version: int
    published_at: datetime


class EntryOut(ShownOut):
    """An entry as it is now. `origin` is the node that published it first."""

    identifier: UUID
    kind: str
    origin: str
    organisation: str
    visibility: str
    first_published_at: datetime


class EntryListOut(Schema):
    """One page. `total` stops at a cap: `total_is_capped` then says there are more."""

    items: list[EntryOut]
    total: int
    total_is_capped: bool
    next_cursor: str | None
    previous_cursor: str | None


class EntryDetailOut(EntryOut):
    """An entry with the versions that were shared with the caller, newest first."""

    versions: list[ShownOut]


class ChangeOut(Schema):
    """One line of the change log. A gone entry must be dropped by whoever keeps a copy; it has no `entry`."""

    seq: int
    identifier: UUID
    gone: bool
    entry: EntryOut | None


class ChangeListOut(Schema):
    """Lines in order. Read on with `after` = `last`; fewer lines than the limit mean: nothing more for now."""

    changes: list[ChangeOut]
    last: int


class ProvedPartOut(Schema):
    """The entries whose identifiers begin with `prefix` (hexadecimal, without hyphens); `hash` is over all of them."""

    prefix: str
    count: int
    hash: str


class ProvedEntryOut(Schema):
    """An entry as it was told last: after the proof was made where `seq` is larger than the proof's.

    A gone one is not in the tree, and has no `leaf`.
    """

    identifier: UUID
    origin: str
    seq: int
    gone: bool
    leaf: str


class ProofOut(Schema):
    """A Merkle tree over what everybody was told, up to a line of the change log. `root.hash` is empty for nothing.

    `parts` are those that hold something just below the prefixes asked for; at the bottom there are `entries` instead.
    """

    seq: int
    at: datetime
    depth: int
    root: ProvedPartOut
    parts: list[ProvedPartOut]
    entries: list[ProvedEntryOut]


class FacetValueOut(Schema):
    code: str
    title: str


class FacetOut(Schema):
    """A property to filter by, as `facet=key:code`. `values` is empty where there are too many to list."""

    key: str
    title: str
    values: list[FacetValueOut]


Text = Annotated[str, Query(max_length=200, description="Words; an entry must hold all of them.")]
Kinds = Annotated[list[Annotated[str, Field(max_length=40)]], Query(alias="kind", max_length=20)]
FacetFilters = Annotated[
    list[Annotated[str, Field(max_length=200)]],
    Query(alias="facet", max_length=50, description="`key:code`; several of one key widen, several keys narrow."),
]
Cursor = Annotated[str | None, Query(max_length=2000, description="From `next_cursor` or `previous_cursor`.")]
Size = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]
Within = Annotated[str, Query(alias="set", max_length=200, description="As in OAI-PMH; left out: everything.")]
Prefixes = Annotated[
    list[Annotated[str, Field(pattern=r"^[0-9a-f]{0,32}$")]],
    Query(max_length=64, description="Beginnings of identifiers, without hyphens."),
]
After = Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="The last line already read.")]
Limit = Annotated[int, Query(ge=1, le=CHANGES_AT_ONCE)]


@router.get("/catalogue/entries", response=EntryListOut, summary="Find entries")
@operation(may=Audience.PUBLIC)
def list_entries(
    request: HttpRequest,
    *,
    q: Text = "",
    kinds: Kinds = [],  # noqa: B006  # ninja copies the default
    facet: FacetFilters = [],  # noqa: B006
    sort: Sort | None = None,
    cursor: Cursor = None,
    size: Size = 20,
) -> EntryListOut:
    """Published entries the caller may see. An unknown facet, value or kind finds nothing."""
    page = find_entries(
        actor=_actor(request), text=q, facets=_filters(facet), kinds=kinds, sort=sort, cursor=cursor, size=size
    )
    return EntryListOut(
        items=[_entry(entry) for entry in page.items],
        total=page.total.value,
        total_is_capped=page.total.is_capped,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


@router.get("/catalogue/entries/{uuid:identifier}", response=EntryDetailOut, summary="One entry with its versions")
@operation(may=Audience.PUBLIC)
def get_entry(request: HttpRequest, identifier: UUID) -> EntryDetailOut:
    """404 for what is not there, withdrawn, or not shared with the caller."""
    detail = entry_detail(actor=_actor(request), identifier=identifier)
    return EntryDetailOut(
        **_entry(detail.entry).dict(),
        versions=[_shown(version, version.number) for version in detail.versions],
    )


@router.get("/catalogue/changes", response=ChangeListOut, summary="The change log")
@operation(may=Audience.PUBLIC)
def list_changes(request: HttpRequest, after: After = 0, limit: Limit = CHANGES_AT_ONCE) -> ChangeListOut:
    """Every published, changed and withdrawn entry in one unbroken order; tombstones stay for ever.

    Lines appear a moment after their commit, so that a reader who goes on from `last` never misses one.
    """
    lines = changes_after(actor=_actor(request), seq=after, limit=limit)
    return ChangeListOut(
        changes=[
            ChangeOut(
                seq=line.seq,
                identifier=line.identifier,
                gone=line.gone,
                entry=_entry(line.entry) if line.entry else None,
            )
            for line in lines
        ],
        last=lines[-1].seq if lines else after,
    )


@router.get("/catalogue/proof", response=ProofOut, summary="Proof that a copy is whole")
@operation(may=Audience.PUBLIC)
def get_proof(request: HttpRequest, within: Within = "", prefix: Prefixes = []) -> ProofOut:  # noqa: B006
    """Count and hash of everything that was told, or of a set, and of its parts below some prefixes.

    Whoever keeps a copy makes the same tree of it and follows what differs down to the entries. Made anew every hour
    where something has changed; 404 where it never was.
    """
    found = proof_of(within, prefixes=dict.fromkeys(prefix))
    return ProofOut(
        seq=found.proof.seq,
        at=found.proof.at,
        depth=found.proof.depth,
        root=ProvedPartOut(prefix="", count=found.root.count, hash=found.root.hash),
        parts=[
            ProvedPartOut(prefix=under, count=part.count, hash=part.hash) for under, part in sorted(found.parts.items())
        ],
        entries=[
            ProvedEntryOut(
                identifier=line.identifier, origin=line.origin, seq=line.seq, gone=line.is_gone, leaf=line.leaf
            )
            for line in found.lines
        ],
    )


@router.get("/catalogue/facets", response=list[FacetOut], summary="What entries can be filtered by")
@operation(may=Audience.PUBLIC)
def list_facets(request: HttpRequest) -> list[FacetOut]:
    """Facets with their values in the language of the request, in the order to show them."""
    return [
        FacetOut(
            key=facet.key,
            title=str(facet.title),
            values=[FacetValueOut(code=value.code, title=str(value.title)) for value in facet.listed()],
        )
        for facet in facets()
    ]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # put by the access middleware
    return actor


def _filters(asked: list[str]) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = defaultdict(list)
    for pair in asked:
        key, _colon, code = pair.partition(":")
        chosen[key].append(code)
    return chosen


def _shown(row: Shown, version: int) -> ShownOut:
    return ShownOut(
        title=row.title,
        description=row.description,
        keywords=row.keywords,
        facets=row.facets,
        language=row.language,
        licence=row.licence,
        creator=row.creator_name,
        version=version,
        published_at=row.published_at,
    )


def _entry(entry: Entry) -> EntryOut:
    return EntryOut(
        **_shown(entry, entry.version).dict(),
        identifier=entry.uuid,
        kind=entry.kind,
        origin=entry.origin,
        organisation=entry.organisation.name,
        visibility=entry.visibility,
        first_published_at=entry.first_published_at,
    )
