"""Plain values to JSON and back by their annotation, for what jobs and stored events carry: ids and small facts."""

import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


class NotPlain(TypeError):
    """A value or an annotation that jobs and events must not carry: pass an id and read the thing again."""


def to_plain(value: object) -> Plain:
    """JSON for `None`, numbers, text, UUIDs, dates, aware instants, enums, and tuples, lists or mappings of them."""
    if isinstance(value, Enum):
        return to_plain(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise NotPlain("an instant without a time zone")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    raise NotPlain(f"{type(value).__name__} cannot be stored with a job or an event")


def from_plain(annotation: Any, stored: Any) -> Any:
    """The value of an annotated parameter or field, from its JSON."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return None if stored is None else from_plain(_without_none(arguments), stored)
    if origin in {tuple, list}:
        items = [from_plain(arguments[0], item) for item in stored]
        return tuple(items) if origin is tuple else items
    if origin in {dict, Mapping}:
        return {key: from_plain(arguments[1], item) for key, item in stored.items()}
    if isinstance(annotation, type):
        if annotation in {datetime, date}:
            return annotation.fromisoformat(stored)
        if annotation in {UUID, Decimal, float} or issubclass(annotation, Enum):
            return annotation(stored)
    return stored


def _without_none(arguments: tuple[Any, ...]) -> Any:
    others = [argument for argument in arguments if argument is not types.NoneType]
    if len(others) != 1:
        raise NotPlain(f"one type or None expected, not {arguments}")
    return others[0]


def arguments_from_plain(function: Callable[..., object], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments for a function or a dataclass, each decoded by its annotation."""
    hints = get_type_hints(function)
    return {name: from_plain(hints.get(name, Any), value) for name, value in stored.items()}
