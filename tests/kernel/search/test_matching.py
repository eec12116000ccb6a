"""What a question finds, asked of PostgreSQL itself."""

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heluo.kernel.search.matching import INDEXED_CHARACTERS
from heluo.kernel.search.public import query_of, vector_text

pytestmark = pytest.mark.django_db

HAN = st.sampled_from("河洛南大学生数平行四边形的一二三和与勾股定理证明中国我你水电𠀀々")
TITLES = st.text(alphabet=HAN, min_size=2, max_size=24)
MIXED = st.text(alphabet=st.one_of(HAN, st.sampled_from(" ,，。:《》abcXYZ019'\\-_&|!<>*()Ａ")), max_size=40)


def finds(question: str, text: str) -> bool:
    query = query_of(question)
    assert query is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector_text({"A": text}), query.notation])
        return bool(cursor.fetchone()[0])


@given(TITLES, st.data())
@settings(max_examples=300)
def test_any_two_or_more_neighbouring_characters_find_a_text(title: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(title) - 2))
    end = data.draw(st.integers(start + 2, len(title)))
    assert finds(title[start:end], title)


@given(TITLES, st.data())
def test_any_single_character_finds_a_text(title: str, data: st.DataObject) -> None:
    assert finds(title[data.draw(st.integers(0, len(title) - 1))], title)


@given(MIXED.filter(lambda text: query_of(text) is not None))
def test_a_text_finds_itself_in_mixed_scripts(text: str) -> None:
    assert finds(text, text)


@given(st.text(max_size=300))
@example("'")
@example("\\'; DROP TABLE x --")
@example("a & | ! <-> :* (")
@example("\x00\ud800")
@settings(max_examples=300)
def test_whatever_is_typed_is_a_valid_question(text: str) -> None:
    query = query_of(text, tags=[[text, "a"], [text]])
    with connection.cursor() as cursor:
        cursor.execute("SELECT ''::tsvector @@ %s::tsquery", [query.notation if query else "''"])


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=200)
def test_whatever_is_written_can_be_indexed(title: str, tag: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector", [vector_text({"A": title, "C": title}, [tag])])


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("数学函数", "数学：一次函数的图象", True),
        ("函数 数学", "数学：一次函数的图象", True),
        ("勾股定理", "勾股的故事和定理", False),
        ("les", "Unit 3 Lessons", True),
        ("les unit", "Unit 3 Lessons", False),
        ("ＵＮＩＴ　３", "unit 3 Lessons", True),
        ("mp4", "课堂实录.MP4", True),
        ("语文", "数学", False),
        ("学", "数学", True),
    ],
)
def test_what_is_found(question: str, text: str, expected: bool) -> None:
    assert finds(question, text) is expected


def test_words_do_not_reach_across_fields() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT %s::tsvector @@ %s::tsquery",
            [vector_text({"A": "平行四边", "C": "形"}), query_of("平行四边形").notation],  # type: ignore[union-attr]
        )
        assert cursor.fetchone() == (False,)


def test_a_long_text_is_indexed_as_far_as_it_says() -> None:
    text = "字" * (INDEXED_CHARACTERS + 5_000) + "黄河"
    assert not finds("黄河", text)
    assert finds("黄河", text[-INDEXED_CHARACTERS + 2 :])


def test_a_group_of_tags_asks_for_one_of_them_and_an_empty_group_finds_nothing() -> None:
    with connection.cursor() as cursor:
        for tags, expected in (([["x", "b"]], True), ([["x"]], False), ([["a"], ["b"]], True), ([[]], False)):
            query = query_of("", tags=tags)
            assert query is not None
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector_text({}, ["a", "b"]), query.notation])
            assert cursor.fetchone() == (expected,)


@pytest.mark.parametrize("question", ["四边", "平行四边形", "面积 unit"])
def test_a_question_can_be_about_titles_only(question: str) -> None:
    query = query_of(question, only="A")
    assert query is not None
    with connection.cursor() as cursor:
        for weight, expected in (("A", True), ("C", False)):
            vector = vector_text({weight: "平行四边形的面积 Unit 3"})  # type: ignore[dict-item]
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector, query.notation])
            assert cursor.fetchone() == (expected,)


def test_nothing_to_ask_is_no_question() -> None:
    assert query_of(" ?!，。") is None
