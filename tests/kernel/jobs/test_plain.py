"""What goes into a job or an event comes out as it was."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from heluo.kernel.jobs.plain import NotPlain, arguments_from_plain, from_plain, to_plain


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


@dataclass(frozen=True)
class Everything:
    uuid: UUID
    number: int
    text: str
    day: date
    instant: datetime
    colour: Colour
    size: Size | None
    flag: bool
    share: float
    price: Decimal
    ids: tuple[UUID, ...]
    maybe: UUID | None
    by_name: dict[str, date]


everything = some.builds(
    Everything,
    uuid=some.uuids(),
    number=some.integers(),
    text=some.text(),
    day=some.dates(),
    instant=some.datetimes(timezones=some.just(UTC)),
    colour=some.sampled_from(Colour),
    size=some.none() | some.sampled_from(Size),
    flag=some.booleans(),
    share=some.floats(allow_nan=False, allow_infinity=False),
    price=some.decimals(allow_nan=False, allow_infinity=False),
    ids=some.lists(some.uuids(), max_size=3).map(tuple),
    maybe=some.none() | some.uuids(),
    by_name=some.dictionaries(some.text(max_size=5), some.dates(), max_size=3),
)


@given(everything)
def test_everything_comes_back(value: Everything) -> None:
    stored = json.loads(json.dumps({name: to_plain(item) for name, item in vars(value).items()}))
    assert Everything(**arguments_from_plain(Everything, stored)) == value


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(NotPlain):
        to_plain(datetime(2026, 9, 1))  # noqa: DTZ001


def test_a_thing_that_is_not_plain_is_refused() -> None:
    with pytest.raises(NotPlain):
        to_plain(object())


def test_a_choice_of_two_types_is_refused() -> None:
    with pytest.raises(NotPlain):
        from_plain(int | str, 1)
