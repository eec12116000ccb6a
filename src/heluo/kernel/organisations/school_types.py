"""What a type of school implies: the class its code must have, and the stages it may teach."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from heluo.kernel.organisations.enums import Stage

DATA = Path(__file__).parent / "data" / "school_types.csv"
TEACHING_POINT_TYPE = "218"


@dataclass(frozen=True, slots=True)
class SchoolType:
    """办学类型 (JY/T 1001 BXLX) beside the class of the school code; read off the two tables, not from a text."""

    code: str
    code_class: str
    stages: tuple[Stage, ...]


@lru_cache(maxsize=1)
def school_types() -> dict[str, SchoolType]:
    """Types of school that stand on their own; attached classes and teaching points are none."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return {
            row["school_type"]: SchoolType(
                row["school_type"], row["code_class"], tuple(Stage(stage) for stage in row["stages"].split())
            )
            for row in csv.DictReader(file)
        }
