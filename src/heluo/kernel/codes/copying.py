"""Rows into a table by COPY: what set-based actions write with, some five to ten times as fast as INSERT."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from heluo.kernel.codes.minting import reserve_ids

Written = Callable[[Any], object]


def copy_in(rows: Sequence[models.Model]) -> None:
    """Insert rows of one table as they are, with keys reserved for those without. What the database fills is left to it
    and not read back."""
    if not rows:
        return
    model = type(rows[0])
    if rows[0].pk is None:
        for row, key in zip(rows, reserve_ids(model._meta.db_table, len(rows)), strict=True):  # noqa: SLF001  # documented API
            row.pk = key
    fields = [
        field
        for field in model._meta.concrete_fields  # noqa: SLF001  # documented API
        if not isinstance(getattr(rows[0], field.attname), DatabaseDefault)
    ]
    writers = [(field.attname, _writer(field)) for field in fields]
    copy_values(
        model,
        [field.attname for field in fields],
        (
            [getattr(row, name) if writer is None else writer(getattr(row, name)) for name, writer in writers]
            for row in rows
        ),
    )
    for row in rows:
        row._state.adding = False  # noqa: SLF001  # documented API


def copy_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert values of some columns; texts, numbers, days, moments, lists and uuids are taken as they are."""
    columns = ", ".join(f'"{name}"' for name in names)
    copy_into(f"{model._meta.db_table} ({columns})", rows)  # noqa: SLF001  # documented API


def copy_into(into: str, rows: Iterable[Sequence[object]]) -> None:
    """Insert rows into a table of any kind, with its columns in brackets."""
    with (
        connection.wrap_database_errors,  # so that a constraint's "no" looks as it does after any other statement
        connection.cursor() as cursor,
        cursor.copy(f"COPY {into} FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _writer(field: "models.Field[Any, Any]") -> Written | None:
    """How a value is written where it is not as it stands."""
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, SearchVectorField):
        return str
    return None


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
