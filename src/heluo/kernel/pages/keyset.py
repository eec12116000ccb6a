"""Keyset paging: a cursor made of the sort columns of the last row, so that deep pages cost what the first costs.

    page = keyset_page(queryset, order=("-published_at", "-id"), cursor=request.GET.get("cursor"))

The last column of the order must be unique, and none may be null. A column of type `real` must be cast to
`double precision` first, or rows at a page's edge are lost in rounding.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet

from heluo.kernel.pages.errors import BadCursor

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)
FORWARD, BACK = "f", "b"
_SIGNER = Signer(salt="heluo.kernel.pages.keyset")
_READERS: dict[str, Callable[[Any], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "Decimal": Decimal,
    "UUID": UUID,
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
}


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Item]):
    """One page of rows, and the cursors of the pages after and before it (None where there is none)."""

    items: list[Item]
    next_cursor: str | None
    previous_cursor: str | None

    def __bool__(self) -> bool:
        return bool(self.items)


def keyset_page(
    *querysets: QuerySet[Row], order: Sequence[str], cursor: str | None = None, size: int = 20
) -> KeysetPage[Row]:
    """The rows after (or before) a cursor, in one query. Refuses a cursor that is not ours with `BadCursor`.

    Several querysets without common rows are one list: each is walked along its own index, where one condition of
    several alternatives would have no index that has the order.
    """
    direction, edge = _read_cursor(cursor, order) if cursor else (FORWARD, None)
    going = order if direction == FORWARD else tuple(_reversed(column) for column in order)
    rows: list[Row] = []
    for queryset in querysets:
        beyond = queryset if edge is None else queryset.filter(_beyond(going, edge))
        rows += beyond.order_by(*going)[: size + 1]
    if len(querysets) > 1:
        for column in reversed(going):
            rows.sort(key=lambda row: _value(row, column.removeprefix("-")), reverse=column.startswith("-"))  # type: ignore[arg-type,return-value]  # sorted at once
        del rows[size + 1 :]
    has_more = len(rows) > size
    del rows[size:]
    if direction == BACK:
        rows.reverse()
    if not rows:
        return KeysetPage([], None, None)
    has_next = has_more if direction == FORWARD else True
    has_previous = has_more if direction == BACK else edge is not None
    return KeysetPage(
        rows,
        _make_cursor(FORWARD, order, rows[-1]) if has_next else None,
        _make_cursor(BACK, order, rows[0]) if has_previous else None,
    )


def _reversed(column: str) -> str:
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


def _beyond(order: Sequence[str], edge: Sequence[object]) -> Q:
    """Rows strictly after the edge. The first term alone lets the database walk an index of the leading column."""
    names = [column.removeprefix("-") for column in order]
    lookups = ["lt" if column.startswith("-") else "gt" for column in order]
    steps = (
        Q(
            **dict(zip(names[:place], edge[:place], strict=True)),
            **{f"{names[place]}__{lookups[place]}": edge[place]},
        )
        for place in range(len(order))
    )
    return Q(**{f"{names[0]}__{lookups[0]}e": edge[0]}) & reduce(Q.__or__, steps)


def _make_cursor(direction: str, order: Sequence[str], row: Model) -> str:
    values = [_packed(_value(row, column.removeprefix("-"))) for column in order]
    packed = json.dumps([direction, list(order), values], separators=(",", ":"), ensure_ascii=False)
    return _SIGNER.sign(urlsafe_b64encode(packed.encode()).decode().rstrip("="))


def _value(row: Model, name: str) -> object:
    return reduce(getattr, name.split("__"), row)


def _packed(value: object) -> tuple[str, object]:
    kind = next((kind for kind in _READERS if type(value).__name__ == kind), None)
    if kind is None:
        kind = next((kind for kind in ("str", "int") if isinstance(value, str if kind == "str" else int)), None)
    if kind is None:
        raise TypeError(f"a list cannot be paged by a value of type {type(value).__name__}")
    if kind in {"datetime", "date"} and isinstance(value, date):
        return kind, value.isoformat()
    return kind, value if kind in {"bool", "int", "float"} else str(value)


def _read_cursor(cursor: str, order: Sequence[str]) -> tuple[str, list[object]]:
    try:
        packed = _SIGNER.unsign(cursor)
        direction, made_for, values = json.loads(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (BadSignature, NotBase64, ValueError) as error:
        raise BadCursor from error
    if made_for != list(order):
        raise BadCursor
    return direction, [_READERS[kind](value) for kind, value in values]
