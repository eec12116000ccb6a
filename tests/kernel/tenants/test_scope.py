"""The fence around what belongs to virtual platforms, and the palette one colour makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.kernel.tenants.colours import ENOUGH, NIGHT, by_day, by_night, contrast, readability, readable_like
from heluo.kernel.tenants.scope import across_tenants, current_scope

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_reading_everything_wants_a_reason_and_ends() -> None:
    with pytest.raises(ValueError, match="why"), across_tenants(" "):
        pass
    with across_tenants("a test"):
        assert current_scope() is not None
    assert current_scope() is None


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(COLOURS)
def test_whatever_colour_is_offered_instead_can_be_read_by_day_and_by_night(colour: str) -> None:
    instead = readable_like(colour)
    assert readability(instead) >= ENOUGH
    assert contrast(instead, "#ffffff") >= ENOUGH, "and a white word on it"
    day, night = by_day(instead), by_night(instead)
    assert contrast(day.strong, day.soft) >= ENOUGH
    assert min(contrast(night.brand, NIGHT), contrast(night.brand, night.soft)) >= ENOUGH
