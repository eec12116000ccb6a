"""An invented province as large as the real one: how many of each kind, where, and what they are called.

The numbers are those of the statistical bulletin of 2021 (51,000 schools, 14,000 teaching points, 450,000 classes); how
they spread over the counties is invented, seeded and the same on every machine. Names hold 示例; codes have serials
that nobody was given (9xxxxx, for universities 09xxxx).
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, product

from heluo.kernel.organisations.enums import Stage

SEED = 20211
PROVINCE_CODE = "41"
FIRST_SERIAL, FIRST_UNIVERSITY = 900_001, 90_001
TEACHING_POINTS = 14_000
FIRST_WORDS = "明德博雅致远崇文启智育英尚学立新弘毅格物知行润泽春晖晨曦"
SECOND_WORDS = "山水松竹梅兰云岚泉溪星月禾田林园桥舟光华"


@dataclass(frozen=True, slots=True)
class Sort:
    """Schools of one type: how many in the province, what they are called, how many classes a year of each stage has.

    `classes` are the smallest and the largest number of classes in one year of one stage. `urban` is how much likelier
    a district has one than a county.
    """

    school_type: str
    code_class: str
    number: int
    called: str
    classes: tuple[int, int] = (0, 0)
    urban: float = 1.0


SORTS = (
    Sort("111", "11", 24_400, "幼儿园", (1, 1), 1.5),
    Sort("211", "21", 17_400, "小学", (1, 3), 0.9),
    Sort("311", "31", 3_430, "初级中学", (3, 7), 0.9),
    Sort("312", "31", 1_270, "九年一贯制学校", (1, 3), 1.6),
    Sort("341", "34", 250, "完全中学", (4, 8), 2.0),
    Sort("342", "34", 600, "高级中学", (8, 16), 1.4),
    Sort("345", "34", 120, "十二年一贯制学校", (2, 4), 2.5),
    Sort("365", "36", 352, "职业高级中学", (4, 8), 1.2),
    Sort("362", "36", 180, "中等专业学校", (6, 11), 2.5),
    Sort("366", "36", 100, "技工学校", (5, 9), 2.5),
    Sort("514", "51", 150, "特殊教育学校", (1, 1), 1.0),
    Sort("932", "93", 2_582, "成人文化技术学校", (0, 0), 0.3),
)
HIGHER = (
    Sort("411", "41", 20, "大学", (30, 50), 1.0),
    Sort("412", "41", 37, "学院", (20, 40), 1.0),
    Sort("415", "41", 99, "职业技术学院", (15, 30), 1.0),
    Sort("426", "42", 10, "开放大学", (0, 0), 1.0),
)
"""Higher education answers to the province, wherever it lies."""
CAPITAL, CAPITAL_SHARE = "4101", 9.0
"""The seat of the province has far more higher education than other cities."""


@dataclass(frozen=True, slots=True)
class PlannedSchool:
    """A school to be: `per_year` classes in each year of each stage, `points` teaching points below it."""

    name: str
    code: str
    school_type: str
    per_year: int
    points: int
    founded_on: date
    settlement: str
    founder: str
    run_by: str
    address: str


@dataclass(frozen=True, slots=True)
class Place:
    """A county: its code, its name, and whether it is a district of a city."""

    code: str
    name: str

    @property
    def is_district(self) -> bool:
        return self.name.endswith("区")

    @property
    def short(self) -> str:
        return self.name[:-1] if len(self.name) > 2 else self.name  # 叶县 stays 叶县


def plan(places: Sequence[Place]) -> Iterator[tuple[str, list[PlannedSchool], list[PlannedSchool]]]:
    """For each county, in order: its code, the schools under its bureau, the universities that lie in it."""
    dice = random.Random(SEED)  # noqa: S311  # seeded on purpose: the same province everywhere
    sizes = {place.code: dice.uniform(0.7, 1.3) * (0.75 if place.is_district else 1.1) for place in places}
    shares = {
        sort: _spread(sort.number, [sizes[p.code] * (sort.urban if p.is_district else 1) for p in places], dice)
        for sort in SORTS
    }
    for sort in HIGHER:
        weights = [
            (1.0 if place.is_district else 0.05) * (CAPITAL_SHARE if place.code.startswith(CAPITAL) else 1)
            for place in places
        ]
        shares[sort] = _spread(sort.number, weights, dice)
    points = _spread(
        TEACHING_POINTS, [sizes[place.code] * (0.15 if place.is_district else 1) for place in places], dice
    )
    serials = {sort.code_class: FIRST_SERIAL for sort in SORTS} | {sort.code_class: FIRST_UNIVERSITY for sort in HIGHER}
    words = ["".join(pair) for pair in product(FIRST_WORDS, SECOND_WORDS)]
    for index, place in enumerate(places):
        order = dice.sample(words, len(words))
        planned: dict[bool, list[PlannedSchool]] = defaultdict(list)
        for sort in (*SORTS, *HIGHER):
            for number in range(shares[sort][index]):
                code = f"{sort.code_class}{PROVINCE_CODE}{serials[sort.code_class]:06d}"
                serials[sort.code_class] += 1
                planned[sort in HIGHER].append(_school(place, sort, order[number], code, dice))
        below = iter(_spread(points[index], [1.0] * max(1, shares[SORTS[1]][index]), dice))
        schools = [
            replace(one, points=next(below)) if one.school_type == SORTS[1].school_type else one
            for one in planned[False]
        ]
        yield place.code, schools, planned[True]


def _spread(total: int, weights: Sequence[float], dice: random.Random) -> list[int]:
    """A total in whole parts about as large as the weights say."""
    counts = [0] * len(weights)
    marks = list(accumulate(weights))
    whole = [int(total * weight / marks[-1]) for weight in weights]
    for place in dice.choices(range(len(weights)), cum_weights=marks, k=total - sum(whole)):
        counts[place] += 1
    return [one + other for one, other in zip(whole, counts, strict=True)]


def _school(place: Place, sort: Sort, word: str, code: str, dice: random.Random) -> PlannedSchool:
    private = dice.random() < (0.55 if sort.school_type == "111" else 0.1)
    vocational = sort.code_class == "36"
    return PlannedSchool(
        name=f"{place.short}示例{word}{sort.called}",
        code=code,
        school_type=sort.school_type,
        per_year=dice.randint(*sort.classes),
        points=0,
        founded_on=date(dice.randint(1950, 2020), dice.choice((3, 9)), 1),
        settlement=dice.choice(("111", "112") if place.is_district else ("121", "122", "210", "220")),
        founder="999" if private else "831",
        run_by=("22" if private else "21") if vocational else ("12" if private else "11"),
        address=f"{place.name}示例路 {dice.randint(1, 300)} 号",
    )


POINT_YEARS = (Stage.PRIMARY, 2)
"""A teaching point has one class in each of its first years."""
