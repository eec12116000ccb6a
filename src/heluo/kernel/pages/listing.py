"""Facets, sorts and chosen filters of a list page: each is a link, so that every state of a list is an address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.utils.functional import Promise

CURSOR = "cursor"


def uuid_or_none(text: str) -> UUID | None:
    """An identifier in an address, or nothing where somebody made it up."""
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to filter by; `url` switches it. `count` is None where counting would cost too much."""

    value: str
    label: str | Promise
    url: str
    is_chosen: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of values under one title. `name` is the query parameter."""

    name: str
    title: str | Promise
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of which one is current: a sort order, a tab."""

    label: str | Promise
    url: str
    is_current: bool
    count: int | None = None


def facet(
    query: QueryDict,
    *,
    name: str,
    title: str | Promise,
    labels: Mapping[str, str | Promise],
    counts: Mapping[str, int] | None = None,
    is_single: bool = False,
) -> Facet:
    """A facet whose links switch one value in the address and return to the first page.

    `labels` gives value → label in the order to show; `counts` hides values that nothing has, unless chosen.
    """
    chosen = query.getlist(name)
    values = []
    for value, label in labels.items():
        if counts is not None and not counts.get(value) and value not in chosen:
            continue
        others = [other for other in chosen if other != value]
        after = others if value in chosen else [value] if is_single else [*chosen, value]
        values.append(
            FacetValue(
                value=value,
                label=label,
                url=address(query, {name: after}),
                is_chosen=value in chosen,
                count=None if counts is None else counts.get(value, 0),
            )
        )
    return Facet(name=name, title=title, values=tuple(values))


def chosen_values(facets: Iterable[Facet]) -> list[FacetValue]:
    """Every chosen value of all facets, whose link takes it away."""
    return [value for one in facets for value in one.values if value.is_chosen]


def choices(
    query: QueryDict, *, name: str, labels: Mapping[str, str | Promise], counts: Mapping[str, int] | None = None
) -> list[Choice]:
    """Links of which one holds (sort orders, tabs); the first label is the default and needs no parameter."""
    default = next(iter(labels))
    current = query.get(name, default)
    if current not in labels:
        current = default
    return [
        Choice(
            label=label,
            url=address(query, {name: [] if value == default else [value]}),
            is_current=value == current,
            count=None if counts is None else counts.get(value),
        )
        for value, label in labels.items()
    ]


def address(query: QueryDict, changes: Mapping[str, Sequence[str]]) -> str:
    """The query string with some parameters replaced, back on the first page; `?` when nothing is left."""
    changed = query.copy()
    changed.pop(CURSOR, None)
    for name, values in changes.items():
        changed.setlist(name, list(values))
    return f"?{changed.urlencode()}"
