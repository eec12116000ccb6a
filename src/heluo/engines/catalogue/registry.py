"""What domains tell the catalogue: facets to filter by, and what people may do with any entry."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.functional import Promise

from heluo.engines.catalogue.enums import Meaning
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import Actor, allows, house_apps
from heluo.kernel.pages.enums import Tone


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet: a stable code and the words for it."""

    code: str
    title: str | Promise


@dataclass(frozen=True, slots=True)
class Facet:
    """A property to filter by. `values` in the order to show them; a function where they are rows of a table.

    Where there are too many to list, `named` says the words for the codes it is asked about, and leaves out what is no
    value: such a facet offers nothing by itself, and is filtered by from elsewhere. `order` places the facet among the
    others, smallest first. Of a facet that `makes_sets`, others may read the entries of one value by themselves;
    its `meaning` is what they are told that its values say. One that does not `travel` is said by each catalogue of
    what it shows (who recommends it, by which branch it came): it is not told to others, nor taken from them. One that
    is `local` may be laid over entries of other nodes, whose own word for it is another.
    """

    key: str
    title: str | Promise
    values: Sequence[FacetValue] | Callable[[], Sequence[FacetValue]] = ()
    order: int = 50
    named: Callable[[Collection[str]], Mapping[str, str]] | None = None
    makes_sets: bool = False
    meaning: Meaning | None = None
    travels: bool = True
    local: bool = False

    def listed(self) -> Sequence[FacetValue]:
        return self.values() if callable(self.values) else self.values

    def titles(self, codes: Collection[str] = ()) -> Mapping[str, str]:
        """Code → words, at least for those of `codes` that are values."""
        if self.named is not None:
            return self.named(codes) if codes else {}
        return {value.code: str(value.title) for value in self.listed()}

    def offered(self, chosen: Collection[str]) -> Sequence[FacetValue]:
        """What a list shows of it: all values, or those chosen where there are too many."""
        if self.named is None:
            return self.listed()
        return [FacetValue(code, title) for code, title in self.titles(chosen).items()]


_facets: dict[str, Facet] = {}


def known_kinds() -> frozenset[str]:
    """Every kind of thing that some app's manifest has a word for."""
    return frozenset(kind for config in house_apps() for kind in config.manifest.kinds)


def register_facets(facets: Iterable[Facet]) -> None:
    """Make facets known, from an app's `ready`. Two domains may share a facet: then both register the same one."""
    for facet in facets:
        known = _facets.setdefault(facet.key, facet)
        if known != facet:
            raise ImproperlyConfigured(f"facet {facet.key!r} is registered twice and differently")


def facets() -> tuple[Facet, ...]:
    """All facets, in the order to show them."""
    return tuple(sorted(_facets.values(), key=lambda facet: (facet.order, facet.key)))


def staying_facets() -> frozenset[str]:
    """Keys of those that do not travel."""
    return frozenset(facet.key for facet in _facets.values() if not facet.travels)


def facet_named(key: str) -> Facet | None:
    return _facets.get(key)


@dataclass(frozen=True, slots=True)
class EntryDeed:
    """Something to do with an entry, whatever it is: offered on its page to who holds a permission, or to everybody.

    `route` takes the identifier of the entry. `where_it_lies`: the permission must hold there. `of_own`: only for what
    is of this node, or only for what is of others.
    """

    title: str | Promise
    icon: str
    route: str
    may: str
    where_it_lies: bool = False
    of_own: bool | None = None


@dataclass(frozen=True, slots=True)
class EntryMark:
    """What somebody here says of an entry, whatever it is: a word or two, shown on its cards and its page."""

    title: str | Promise
    tone: Tone
    note: str | Promise = ""


Marker = Callable[[Collection[UUID]], Mapping[UUID, EntryMark]]


@dataclass(frozen=True, slots=True)
class Keeper:
    """How the domain of a kind closes its doors when one of its things is taken down, and opens them again.

    Both check the right of `by` themselves, and write the entry through the catalogue.
    """

    take_down: Callable[..., None]
    """`(*, by, identifier, reason, now)`"""
    bring_back: Callable[..., None]
    """`(*, by, identifier, reason, now)`"""


_keepers: dict[str, Keeper] = {}


def register_keeper(kind: str, keeper: Keeper) -> None:
    """Say how things of a kind are taken down by order, from an app's `ready`."""
    _keepers[kind] = keeper


def keeper_of(kind: str) -> Keeper | None:
    return _keepers.get(kind)


_deeds: list[EntryDeed] = []
_markers: list[Marker] = []


def register_marker(marker: Marker) -> None:
    """Let an app mark entries, from its `ready`. It costs a query for a list, however long."""
    if marker not in _markers:
        _markers.append(marker)


def marks_on(identifiers: Collection[UUID]) -> dict[UUID, EntryMark]:
    """The mark of each of these entries that has one; of several the first registered."""
    marks: dict[UUID, EntryMark] = {}
    for marker in _markers if identifiers else ():
        marks = {**marker(identifiers), **marks}
    return marks


def register_entry_deed(deed: EntryDeed) -> None:
    """Offer a deed on the pages of entries, from an app's `ready`."""
    if deed not in _deeds:
        _deeds.append(deed)


class Offered(Protocol):
    """An entry, as far as deeds are about it."""

    uuid: UUID
    origin: str

    @property
    def access_path(self) -> str: ...


def deeds_on(actor: Actor, entry: Offered) -> list[tuple[EntryDeed, str]]:
    """What an actor may do with an entry, each with its address."""
    is_own = entry.origin == settings.NODE_DOMAIN
    return [
        (deed, reverse(deed.route, args=[entry.uuid]))
        for deed in _deeds
        if deed.of_own in {None, is_own}
        and (deed.may == Audience.PUBLIC or allows(actor, deed.may, on=entry if deed.where_it_lies else None))
    ]
