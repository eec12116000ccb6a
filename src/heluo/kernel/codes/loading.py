"""Bring the shipped CSV files into the tables: set-based, idempotent, run after every migration."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import transaction

from heluo.kernel.codes.models import Code, CodeSet, RuleFigure
from heluo.kernel.codes.tables import read_tables_anew

DATA = Path(__file__).parent / "data"
UNVERIFIED = "unverified"
"""Note of a single code that was not read in a source, in a set that was."""
CODE_FIELDS = ["name", "name_en", "position", "is_verified", "note"]
SET_FIELDS = ["name", "name_en", "valid_from", "valid_to", "source", "is_verified"]
FIGURE_FIELDS = ["name", "name_en", "value", "unit", "valid_to", "source", "is_verified"]


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header line, UTF-8."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, strict=True)


def day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def yes(text: str) -> bool:
    """`yes` or `no`, nothing else: a typing error in a data file must not turn into "unverified"."""
    return {"yes": True, "no": False}[text]


@transaction.atomic
def load_codes() -> None:
    """Insert or refresh all code sets, codes and rule figures. What left a file stays in the table."""
    set_rows = list(rows_of(DATA / "code_sets.csv"))
    sets = {
        code_set.key + code_set.version: code_set
        for code_set in CodeSet.objects.bulk_create(
            [
                CodeSet(
                    standard=row["standard"],
                    key=row["key"],
                    version=row["version"],
                    name=row["name"],
                    name_en=row["name_en"],
                    valid_from=day_or_none(row["valid_from"]),
                    valid_to=day_or_none(row["valid_to"]),
                    source=row["source"],
                    is_verified=yes(row["verified"]),
                )
                for row in set_rows
            ],
            update_conflicts=True,
            unique_fields=["standard", "key", "version"],
            update_fields=SET_FIELDS,
        )
    }
    code_rows = [
        (sets[row["key"] + row["version"]], position, code)
        for row in set_rows
        for position, code in enumerate(rows_of(DATA / f"{row['key']}-{row['version']}.csv"))
    ]
    codes = Code.objects.bulk_create(
        [
            Code(
                code_set=code_set,
                value=row["value"],
                name=row["name"],
                name_en=row["name_en"],
                position=position,
                is_verified=code_set.is_verified and row["note"] != UNVERIFIED,
                note="" if row["note"] == UNVERIFIED else row["note"],
            )
            for code_set, position, row in code_rows
        ],
        update_conflicts=True,
        unique_fields=["code_set", "value"],
        update_fields=CODE_FIELDS,
    )
    by_value = {(code.code_set_id, code.value): code for code in codes}
    children = []
    for code_set, _position, row in code_rows:
        if row["parent"]:
            child = by_value[code_set.pk, row["value"]]
            child.parent = by_value[code_set.pk, row["parent"]]
            children.append(child)
    Code.objects.bulk_update(children, ["parent"], batch_size=1000)
    RuleFigure.objects.bulk_create(
        [
            RuleFigure(
                key=row["key"],
                name=row["name"],
                name_en=row["name_en"],
                value=int(row["value"]),
                unit=row["unit"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=day_or_none(row["valid_to"]),
                source=row["source"],
                is_verified=yes(row["verified"]),
            )
            for row in rows_of(DATA / "rule_figures.csv")
        ],
        update_conflicts=True,
        unique_fields=["key", "valid_from"],
        update_fields=FIGURE_FIELDS,
    )
    read_tables_anew()
