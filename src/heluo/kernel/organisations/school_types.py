"""What a type of school implies: the class its code must have, the stages it may teach, who may manage it."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from heluo.kernel.organisations.enums import Level, Stage

DATA = Path(__file__).parent / "data" / "school_types.csv"
TEACHING_POINT_TYPE = "218"
VOCATIONAL_CLASS = "36"


@dataclass(frozen=True, slots=True)
class SchoolType:
    """办学类型 (JY/T 1001 BXLX) beside the class of the school code; read off the two tables, not from a text.

    `answers_to` is the level of bureau that alone may manage it (higher education: the province); None for any.
    """

    code: str
    code_class: str
    stages: tuple[Stage, ...]
    answers_to: Level | None


@lru_cache(maxsize=1)
def school_types() -> dict[str, SchoolType]:
    """Types of school that stand on their own; attached classes and teaching points are none."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return {
            row["school_type"]: SchoolType(
                row["school_type"],
                row["code_class"],
                tuple(Stage(stage) for stage in row["stages"].split()),
                Level(row["answers_to"]) if row["answers_to"] else None,
            )
            for row in csv.DictReader(file)
        }


def stages_of(school_type: str) -> tuple[Stage, ...]:
    """What a school of a type teaches; a teaching point teaches primary classes."""
    kind = school_types().get(school_type)
    if kind is not None:
        return kind.stages
    return (Stage.PRIMARY,) if school_type == TEACHING_POINT_TYPE else ()


def run_by_table(school_type: str) -> str:
    """The code table of 学校办别 that holds for a type: vocational schools have their own."""
    kind = school_types().get(school_type)
    return "school-run-by-vocational" if kind is not None and kind.code_class == VOCATIONAL_CLASS else "school-run-by"
