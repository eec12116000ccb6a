"""Walking a list by cursors shows what plain slicing shows, forward and back, whatever the order."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heluo.kernel.pages.errors import BadCursor
from heluo.kernel.pages.keyset import KeysetPage, keyset_page

START = datetime(2026, 9, 1, tzinfo=UTC)
rows = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("甲乙丙")), max_size=14)
signs = st.tuples(*[st.sampled_from(["", "-"])] * 3)

pytestmark = pytest.mark.django_db


def fill(described: list[tuple[int, str]]) -> None:
    Session.objects.all().delete()
    Session.objects.bulk_create(
        Session(session_key=f"key-{number:03}", session_data=data, expire_date=START + timedelta(days=day))
        for number, (day, data) in enumerate(described)
    )


def page(order: tuple[str, ...], size: int, cursor: str | None = None) -> KeysetPage[Session]:
    return keyset_page(Session.objects.all(), order=order, size=size, cursor=cursor)


def keys(found: KeysetPage[Session]) -> list[str]:
    return [session.pk for session in found.items]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=80)
@given(rows, signs, st.integers(1, 5))
def test_pages_equal_slices_in_both_directions(
    described: list[tuple[int, str]], signs: tuple[str, str, str], size: int
) -> None:
    fill(described)
    order = tuple(f"{sign}{name}" for sign, name in zip(signs, ["expire_date", "session_data", "pk"], strict=True))
    plain = list(Session.objects.order_by(*order).values_list("pk", flat=True))
    slices = [plain[start : start + size] for start in range(0, len(plain), size)] or [[]]

    walked = [page(order, size)]
    while walked[-1].next_cursor:
        walked.append(page(order, size, walked[-1].next_cursor))
    assert [keys(one) for one in walked] == slices
    assert walked[0].previous_cursor is None

    for before, after in pairwise(walked):
        assert after.previous_cursor
        back = page(order, size, after.previous_cursor)
        assert keys(back) == keys(before)
        assert (back.previous_cursor is None) == (before.previous_cursor is None)
        assert back.next_cursor
        assert keys(page(order, size, back.next_cursor)) == keys(after)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(rows, st.sampled_from(["", "-"]), st.integers(1, 5))
def test_several_querysets_are_walked_as_one(described: list[tuple[int, str]], sign: str, size: int) -> None:
    fill(described)
    order = (f"{sign}expire_date", f"{sign}pk")
    parts = [Session.objects.filter(session_data=data) for data in "甲乙丙"]
    whole, split = page(order, size), keyset_page(*parts, order=order, size=size)
    while True:
        assert keys(split) == keys(whole)
        assert (split.next_cursor, split.previous_cursor) == (whole.next_cursor, whole.previous_cursor)
        if whole.previous_cursor:
            back = keyset_page(*parts, order=order, size=size, cursor=whole.previous_cursor)
            assert keys(back) == keys(page(order, size, whole.previous_cursor))
        if not whole.next_cursor:
            break
        split = keyset_page(*parts, order=order, size=size, cursor=whole.next_cursor)
        whole = page(order, size, whole.next_cursor)


def test_one_query_whatever_the_depth() -> None:
    fill([(0, "甲")] * 7)
    first = page(("-pk",), 3)
    with CaptureQueriesContext(connection) as queries:
        page(("-pk",), 3, first.next_cursor)
    assert len(queries) == 1


def test_a_row_that_went_away_loses_no_other() -> None:
    fill([(0, "甲")] * 4)
    first = page(("pk",), 2)
    Session.objects.filter(pk="key-001").delete()
    assert keys(page(("pk",), 2, first.next_cursor)) == ["key-002", "key-003"]


@pytest.mark.parametrize("cursor", ["nonsense", "eyJ4Ijox:abc", "\x00", "好", "a" * 5000])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        page(("pk",), 2, cursor)


def test_a_cursor_of_another_order_is_refused() -> None:
    fill([(0, "甲")] * 4)
    cursor = page(("pk",), 2).next_cursor
    with pytest.raises(BadCursor):
        page(("-pk",), 2, cursor)


def test_a_tampered_cursor_is_refused() -> None:
    fill([(0, "甲")] * 4)
    cursor = page(("pk",), 2).next_cursor
    assert cursor
    with pytest.raises(BadCursor):
        page(("pk",), 2, ("B" if cursor[0] == "A" else "A") + cursor[1:])
