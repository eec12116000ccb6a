"""Which schools of a large demo are filled with people and what they make, and how far a build is.

A million people cannot fill 450,000 classes: a sample of the schools has all its people, the others none. Of every
sort of school each so-many-th in the order of the plan is taken, so that the sample has the proportions of the whole
and every part of the province has some. A city's sample holds the province's, so that one may follow the other.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from heluo.kernel.organisations.demo.province import Place, PlannedSchool, plan
from heluo.kernel.organisations.enums import Level
from heluo.kernel.organisations.models import Region

WITHIN = {"city": "4103", "province": "41"}
"""Size → the beginning of the codes of the regions that are built."""
ONE_OF = {"city": 12, "province": 24}
"""Size → one school of so many has its people."""
SAID_EVERY = 10.0
"""Seconds between two lines about how far it is."""


@dataclass(frozen=True, slots=True)
class FilledSchool:
    """A school of the sample; `in_province`: the province's sample has it too."""

    planned: PlannedSchool
    in_province: bool

    @property
    def code(self) -> str:
        return self.planned.code


@dataclass(frozen=True, slots=True)
class FilledCounty:
    """The schools of the sample that lie in one county."""

    code: str
    name: str
    schools: tuple[FilledSchool, ...]


def counties(*, on: date) -> list[Region]:
    """Every county of the province in the order of the plan."""
    return list(Region.objects.in_force(on).filter(level=Level.COUNTY).select_related("parent").order_by("code"))


def filled_counties(size: str, *, on: date) -> Iterator[FilledCounty]:
    """The counties of a size with the schools of the sample; those that teach nobody are left out."""
    seen: Counter[str] = Counter()
    places = [Place(region.code, region.name) for region in counties(on=on)]
    names = {place.code: place.name for place in places}
    for code, schools, universities in plan(places):
        chosen = []
        for planned in (*schools, *universities):
            if planned.per_year:
                number = seen[planned.school_type]
                seen[planned.school_type] += 1
                if number % ONE_OF[size] == 0:
                    chosen.append(FilledSchool(planned, in_province=number % ONE_OF["province"] == 0))
        if code.startswith(WITHIN[size]) and chosen:
            yield FilledCounty(code, names[code], tuple(chosen))


class Progress:
    """Says now and then how much is done and about how long the rest takes."""

    def __init__(self, say: Callable[[str], None], what: str, total: int) -> None:
        self.say, self.what, self.total = say, what, total
        self.done = 0
        self.began = self.said = time.monotonic()
        self.skipped = 0

    def skip(self, steps: int = 1) -> None:
        """What an earlier build has done: it tells nothing about how fast this one is."""
        self.done += steps
        self.skipped += steps

    def advance(self, steps: int = 1) -> None:
        """So many steps more are done."""
        self.done += steps
        now = time.monotonic()
        if now - self.said < SAID_EVERY and self.done < self.total:
            return
        self.said = now
        taken = now - self.began
        left = taken / (self.done - self.skipped) * (self.total - self.done)
        self.say(f"{self.what} {self.done}/{self.total}，{taken:.0f} s，还需约 / left: {left:.0f} s")
