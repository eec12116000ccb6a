"""ISO 8601 durations, in the calendar of China."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.engines.process.durations import end_of, whole_days
from heluo.engines.process.errors import NotADuration

NOON = datetime(2026, 1, 31, 4, 0, tzinfo=UTC)
"""Noon in China."""


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("P7D", datetime(2026, 2, 7, 4, tzinfo=UTC)),
        ("P2W", datetime(2026, 2, 14, 4, tzinfo=UTC)),
        ("PT48H", datetime(2026, 2, 2, 4, tzinfo=UTC)),
        ("P1DT1H30M", datetime(2026, 2, 1, 5, 30, tzinfo=UTC)),
        ("P1M", datetime(2026, 2, 28, 4, tzinfo=UTC)),
        ("P1Y1M", datetime(2027, 2, 28, 4, tzinfo=UTC)),
        ("PT30S", NOON + timedelta(seconds=30)),
    ],
)
def test_when_it_is_over(text: str, end: datetime) -> None:
    assert end_of(text, NOON) == end


def test_a_month_is_counted_in_china() -> None:
    late = datetime(2026, 1, 31, 17, 0, tzinfo=UTC)  # one in the morning of 1 February there
    assert end_of("P1M", late) == datetime(2026, 2, 28, 17, 0, tzinfo=UTC)


@given(st.integers(1, 3000), st.integers(0, 23), st.integers(0, 59))
def test_days_hours_and_minutes_add_up(days: int, hours: int, minutes: int) -> None:
    assert end_of(f"P{days}DT{hours}H{minutes}M", NOON) - NOON == timedelta(days=days, hours=hours, minutes=minutes)


@given(st.text(max_size=30))
def test_any_text_lasts_a_while_or_is_refused(text: str) -> None:
    with suppress(NotADuration):
        assert end_of(text, NOON) > NOON


def test_the_refusal_shows_how_it_is_written() -> None:
    with pytest.raises(NotADuration, match="P7D"):
        end_of("七天", NOON)


@pytest.mark.parametrize(("text", "days"), [("P5D", 5), ("P2W", 14), ("PT5H", None), ("P1M", None), ("P1DT1H", None)])
def test_days_that_may_be_working_days(text: str, days: int | None) -> None:
    assert whole_days(text) == days
