"""分班: who goes to which class, balanced, drawn by lot, and drawn the same by anybody who has the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

METHOD = "sha256"
"""The lot of a pupil is the SHA-256 of `<seed>:<identifier of the person>`; lower goes first."""


@dataclass(frozen=True, slots=True)
class ToDivide:
    """A pupil as the draw sees them. `mark`: higher is better; None where the list has none."""

    person: UUID
    sex: str
    mark: Decimal | None = None


def lot_of(seed: str, person: UUID) -> bytes:
    """Where chance puts a pupil among equals. The same on every machine, for ever."""
    return sha256(f"{seed}:{person}".encode()).digest()


def divide(pupils: Sequence[ToDivide], *, classes: int, seed: str) -> dict[UUID, int]:
    """Person → class, from 0 up. The order in which pupils are given does not matter.

    Classes differ by one pupil at most, in all and in each sex. Each sex is taken by marks (highest first, equals and
    those without by lot) in rounds of one pupil for each class; in a round the best goes to the class whose marks sum
    lowest so far, equals by size and then by lot. A last, short round fills the smallest classes.
    """
    if classes < 1:
        raise ValueError("a division needs at least one class")
    sizes = [0] * classes
    sums = [Decimal(0)] * classes
    chosen: dict[UUID, int] = {}
    for sex in sorted({pupil.sex for pupil in pupils}):
        queue = sorted(
            (pupil for pupil in pupils if pupil.sex == sex),
            key=lambda pupil: (pupil.mark is None, -(pupil.mark or 0), lot_of(seed, pupil.person)),
        )
        for start in range(0, len(queue), classes):
            turn = queue[start : start + classes]
            smallest = sorted(
                range(classes), key=lambda place: (sizes[place], sums[place], _lot(seed, sex, start, place))
            )
            open_places = sorted(
                smallest[: len(turn)], key=lambda place: (sums[place], sizes[place], _lot(seed, sex, start, place))
            )
            for pupil, place in zip(turn, open_places, strict=True):
                chosen[pupil.person] = place
                sizes[place] += 1
                sums[place] += pupil.mark or 0
    return chosen


def _lot(seed: str, sex: str, start: int, place: int) -> bytes:
    return sha256(f"{seed}:{sex}:{start}:{place}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Balance:
    """How one class of a division stands."""

    size: int
    by_sex: Mapping[str, int]
    mean: Decimal | None


def balance_of(rows: Sequence[tuple[str, Decimal | None]]) -> Balance:
    """Size, sexes and mean mark of the pupils of one class, given as pairs of sex and mark."""
    marks = [mark for _sex, mark in rows if mark is not None]
    sexes = sorted({sex for sex, _mark in rows})
    return Balance(
        size=len(rows),
        by_sex={sex: sum(one == sex for one, _mark in rows) for sex in sexes},
        mean=(sum(marks, Decimal(0)) / len(marks)).quantize(Decimal("0.1")) if marks else None,
    )
