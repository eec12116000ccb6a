"""School years and terms follow the calendar in China, not the server's."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.clock.models import CalendarDay
from heluo.kernel.clock.public import (
    SchoolYear,
    Term,
    end_of_day,
    local_day,
    now,
    working_day_after,
    working_day_before,
    working_days_since,
)

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


def test_now_is_an_instant_in_utc() -> None:
    assert now().utcoffset() == UTC.utcoffset(None)


def test_the_day_turns_in_china() -> None:
    assert local_day(datetime(2026, 8, 31, 15, 59, tzinfo=UTC)) == date(2026, 8, 31)
    assert local_day(datetime(2026, 8, 31, 16, 0, tzinfo=UTC)) == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("day", "year", "term"),
    [
        (date(2026, 8, 31), "2025-2026", 2),
        (date(2026, 9, 1), "2026-2027", 1),
        (date(2027, 1, 31), "2026-2027", 1),
        (date(2027, 2, 1), "2026-2027", 2),
    ],
)
def test_a_day_lies_in_its_school_year_and_term(day: date, year: str, term: int) -> None:
    found = Term.on(day)
    assert (str(found.year), found.number, str(found)) == (year, term, f"{year}-{term}")
    assert SchoolYear.on(day) == found.year


@given(days)
def test_every_day_lies_in_exactly_one_school_year(day: date) -> None:
    year = SchoolYear.on(day)
    assert year.first_day <= day < SchoolYear(year.starts + 1).first_day


@given(days, days)
def test_terms_follow_one_another(first: date, second: date) -> None:
    if first <= second:
        assert Term.on(first) <= Term.on(second)


def test_a_term_is_named_in_words() -> None:
    assert Term(SchoolYear(2026), 1).label == "2026-2027 学年第一学期"
    assert Term(SchoolYear(2026), 2).label == "2026-2027 学年第二学期"


FRIDAY, MONDAY = date(2026, 10, 9), date(2026, 10, 12)


@pytest.mark.django_db
def test_working_days_leave_out_the_weekend() -> None:
    assert [working_day_after(FRIDAY, days) for days in (0, 1, 5, 10)] == [
        FRIDAY,
        MONDAY,
        date(2026, 10, 16),
        date(2026, 10, 23),
    ]
    assert working_day_before(MONDAY, 1) == FRIDAY


@pytest.mark.django_db
def test_holidays_do_not_count_and_worked_weekends_do() -> None:
    CalendarDay.objects.create(day=MONDAY, is_working=False, name="示例节", source="测试")
    CalendarDay.objects.create(day=date(2026, 10, 10), is_working=True, name="调休上班", source="测试")
    assert [working_day_after(FRIDAY, days) for days in (1, 2)] == [date(2026, 10, 10), date(2026, 10, 13)]
    assert working_day_before(date(2026, 10, 13), 2) == FRIDAY


@pytest.mark.django_db
def test_working_days_since_are_counted_for_many_days_at_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    CalendarDay.objects.create(day=MONDAY, is_working=False, name="示例节", source="测试")
    CalendarDay.objects.create(day=date(2026, 10, 10), is_working=True, name="调休上班", source="测试")
    until = date(2026, 10, 14)
    with django_assert_num_queries(1):
        counted = working_days_since({date(2026, 10, 8), FRIDAY, date(2026, 10, 10), MONDAY, until, FRIDAY}, until)
    assert counted == {date(2026, 10, 8): 4, FRIDAY: 3, date(2026, 10, 10): 2, MONDAY: 2, until: 0}
    with django_assert_num_queries(0):
        assert working_days_since({until, date(2026, 10, 15)}, until) == {until: 0, date(2026, 10, 15): 0}
    for day, passed in counted.items():
        assert working_day_after(day, passed) == until or passed == 0


@pytest.mark.django_db
def test_a_week_of_holidays_is_spanned() -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(day=date(2026, 10, day), is_working=False, name="示例假期", source="测试") for day in range(1, 9)
    )
    assert working_day_after(date(2026, 9, 30), 1) == FRIDAY


def test_a_day_in_china_ends_at_four_in_the_afternoon_of_greenwich() -> None:
    assert end_of_day(FRIDAY) == datetime(2026, 10, 9, 16, tzinfo=UTC)
