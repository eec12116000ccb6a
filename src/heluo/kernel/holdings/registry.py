"""Which holdings there are, told by the apps, and which columns are none.

    @holding(
        "feedback.favourites", title=_("收藏"), columns={"feedback.Favourite.person"}, order=60, erase=erase_favourites
    )
    def favourites(person: UUID, asked: Asked) -> list[Fact]: ...

Every holding says either why it is kept or how it is erased; there is no third.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

from heluo.kernel.actors.public import Actor
from heluo.kernel.holdings.vocabulary import Asked, Fact

Teller = Callable[[UUID, Asked], list[Fact]]
Hindrance = Callable[[UUID, date], str]
"""Why a holding cannot be erased now, in words; empty where it can."""


class Eraser(Protocol):
    """Deletes a holding of one person inside the caller's transaction; how many rows. Requires `Permission.ERASE`."""

    def __call__(self, *, by: Actor, person: UUID, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of information about a person, as its app declares it."""

    key: str
    title: str | Promise
    columns: frozenset[str]
    order: int
    tell: Teller
    kept: str | Promise
    erase: Eraser | None
    hindrance: Hindrance | None

    def kept_because(self, person: UUID, *, on: date) -> str:
        """Why this cannot be erased for a person now; empty where it can."""
        if self.erase is None:
            return str(self.kept)
        return self.hindrance(person, on) if self.hindrance else ""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where whoever keeps a holding changes it, if it has no page of its own for each fact."""

    title: str | Promise
    route: str


_holdings: dict[str, Holding] = {}
_not_told: dict[str, str] = {}
_workshops: dict[str, Workshop] = {}
_looking_deeds: set[str] = set()


def holding(
    key: str,
    *,
    title: str | Promise,
    columns: Collection[str],
    order: int = 50,
    kept: str | Promise = "",
    erase: Eraser | None = None,
    hindrance: Hindrance | None = None,
) -> Callable[[Teller], Teller]:
    """Decorate the function that tells a holding. `key` is `<app>.<what>`; columns are `<app>.<Model>.<field>`."""
    if bool(kept) == (erase is not None):
        raise ValueError(f"{key}: a holding says either why it is kept or how it is erased")

    def register(tell: Teller) -> Teller:
        _holdings[key] = Holding(key, title, frozenset(columns), order, tell, kept, erase, hindrance)
        return tell

    return register


def not_told(*columns: str, because: str) -> None:
    """Excuse columns that could hold a person and are no fact about that person. The reason is for reviewers."""
    for column in columns:
        _not_told[column] = because


def changed_at(keys: Collection[str], *, title: str | Promise, route: str) -> None:
    """Say on which page whoever keeps some holdings changes them."""
    for key in keys:
        _workshops[key] = Workshop(title, route)


def counts_as_look(*deeds: str) -> None:
    """Audited deeds that are a look at somebody: they are shown to the person among who looked."""
    _looking_deeds.update(deeds)


def all_holdings() -> list[Holding]:
    """Every holding, in the order to show them."""
    return sorted(_holdings.values(), key=lambda one: (one.order, one.key))


def holding_named(key: str) -> Holding | None:
    return _holdings.get(key)


def workshop_of(key: str) -> Workshop | None:
    return _workshops.get(key)


def looking_deeds() -> frozenset[str]:
    return frozenset(_looking_deeds)


def columns_told() -> frozenset[str]:
    """Every column some holding answers for."""
    return frozenset(column for one in _holdings.values() for column in one.columns)


def columns_not_told() -> Mapping[str, str]:
    """Every excused column with its reason."""
    return _not_told
