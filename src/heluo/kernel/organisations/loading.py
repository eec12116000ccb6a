"""Bring the shipped regions into their table, and read the exceptions of the management tree."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from heluo.kernel.codes.public import day_or_none, rows_of, yes
from heluo.kernel.organisations.models import Region
from heluo.kernel.organisations.pinyin import pinyin_key

DATA = Path(__file__).parent / "data"
FIELDS = ["name", "name_sort", "level", "ranks_as_city", "valid_to", "source", "is_verified"]


@transaction.atomic
def load_regions() -> None:
    """Insert or refresh every region of every edition we ship: two statements, the same result however often."""
    rows = list(rows_of(DATA / "regions.csv"))
    regions = Region.objects.bulk_create(
        [
            Region(
                code=row["code"],
                name=row["name"],
                name_sort=pinyin_key(row["name"]),
                level=row["level"],
                ranks_as_city=bool(row["ranks_as_city"]) and yes(row["ranks_as_city"]),
                valid_from=day_or_none(row["valid_from"]),
                valid_to=day_or_none(row["valid_to"]),
                source=row["source"],
                is_verified=yes(row["verified"]),
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code", "valid_from"],
        update_fields=FIELDS,
    )
    parents = {region.code: region for region in regions if region.level != "county"}
    for region, row in zip(regions, rows, strict=True):
        region.parent = parents.get(row["parent"])
    Region.objects.bulk_update(regions, ["parent"])


@dataclass(frozen=True, slots=True)
class ManagementException:
    """A region whose bureau does not answer to the bureau of the region around it."""

    answers_to: str
    source: str


def management_exceptions() -> dict[str, ManagementException]:
    """Region code → whom its bureau answers to instead, with provenance."""
    return {
        row["code"]: ManagementException(row["answers_to"], row["source"])
        for row in rows_of(DATA / "management_exceptions.csv")
    }
