"""Range headers against the examples and rules of RFC 9110, section 14."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.kernel.files.ranges import ByteRange, Unsatisfiable, asked_range


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-499", 0, 499),
        ("bytes=500-999", 500, 999),
        ("bytes=-500", 9500, 9999),
        ("bytes=9500-", 9500, 9999),
        ("bytes=0-0", 0, 0),
        ("bytes=9999-20000", 9999, 9999),
        ("bytes=-20000", 0, 9999),
        ("Bytes = 1-2", 1, 2),
        ("bytes=0-0,20000-20001", 0, 0),
        ("bytes= ,0-0,", 0, 0),
    ],
)
def test_one_range(header: str, first: int, last: int) -> None:
    assert asked_range(header, 10_000) == ByteRange(first, last)


@pytest.mark.parametrize(
    "header",
    [
        "bytes=0-0,-1",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=",
        "bytes",
        "pages=1-2",
        "bytes=-",
        "bytes=1-2-3",
        "bytes=0-1;2-3",
        "bytes=" + "0-0," * 40,
    ],
)
def test_what_cannot_be_answered_in_one_part_gets_the_whole(header: str) -> None:
    assert asked_range(header, 10_000) is None


@pytest.mark.parametrize("header", ["bytes=10000-", "bytes=20000-30000", "bytes=-0", "bytes=10000-,-0"])
def test_what_does_not_exist_is_unsatisfiable(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        asked_range(header, 10_000)


@given(size=st.integers(1, 10**12), first=st.integers(0, 10**13), length=st.integers(1, 10**13))
def test_a_range_never_leaves_the_content(size: int, first: int, length: int) -> None:
    try:
        asked = asked_range(f"bytes={first}-{first + length - 1}", size)
    except Unsatisfiable:
        assert first >= size
    else:
        assert asked is not None
        assert asked.first == first
        assert first <= asked.last < size
        assert len(asked) <= length


@given(header=st.text(), size=st.integers(1, 10**6))
def test_no_header_breaks_the_parser(header: str, size: int) -> None:
    for text in (header, f"bytes={header}"):
        try:
            asked = asked_range(text, size)
        except Unsatisfiable:
            continue
        assert asked is None or 0 <= asked.first <= asked.last < size
