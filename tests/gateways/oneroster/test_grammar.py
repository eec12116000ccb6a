"""The filter language: what is written can be read back, and nothing breaks the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.gateways.oneroster.grammar import Comparison, Filter, Junction, NotAFilter, Predicate, parse_filter
from heluo.gateways.oneroster.tables.keys import (
    SessionKey,
    enrollment_key,
    session_id,
    session_key,
    subject_key,
    uuid_in,
)

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True)
FIELDS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
COMPARISONS = st.builds(Comparison, FIELDS, st.sampled_from(Predicate), VALUES)
FILTERS = st.one_of(
    st.builds(lambda one: Filter((one,)), COMPARISONS),
    st.builds(lambda one, two, how: Filter((one, two), how), COMPARISONS, COMPARISONS, st.sampled_from(Junction)),
)


@given(FILTERS)
def test_a_written_filter_is_read_back(written: Filter) -> None:
    assert parse_filter(str(written)) == written


@given(st.text())
def test_any_text_is_a_filter_or_is_refused(text: str) -> None:
    try:
        read = parse_filter(text)
    except NotAFilter:
        return
    assert parse_filter(str(read)) == read


@given(COMPARISONS, COMPARISONS, COMPARISONS, st.sampled_from(Junction))
def test_three_comparisons_are_too_many(one: Comparison, two: Comparison, three: Comparison, how: Junction) -> None:
    with pytest.raises(NotAFilter):
        parse_filter(f" {how} ".join(map(str, (one, two, three))))


@pytest.mark.parametrize("text", ["a = 'x'and b='y'", "a='x' And b='y'", " a='x'  AND  b='y' "])
def test_spaces_and_case_of_the_junction_do_not_matter(text: str) -> None:
    assert parse_filter(text) == Filter((Comparison("a", Predicate.EQUAL, "x"), Comparison("b", Predicate.EQUAL, "y")))


@given(st.text())
def test_any_text_is_an_id_or_none(text: str) -> None:
    for read in (uuid_in, subject_key, session_key, enrollment_key):
        read(text)


@given(st.one_of(st.none(), st.uuids()), st.integers(1900, 2100), st.sampled_from([1, 2]))
def test_a_session_s_id_says_whose_it_is(planner: object, year: int, number: int) -> None:
    assert session_key(session_id(planner, year, number)) == SessionKey(planner, year, number)  # type: ignore[arg-type]
