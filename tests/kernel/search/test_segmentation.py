"""One spelling, words and tokens."""

from hypothesis import given
from hypothesis import strategies as st

from heluo.kernel.search.public import fold, segment
from heluo.kernel.search.segmentation import TOKEN_LENGTH, terms_of, tokens_of

ANY_TEXT = st.text(max_size=80)


def test_words_come_with_the_shorter_words_inside_them() -> None:
    assert set(segment("河南大学生学习勾股定理")) >= {"河南", "大学", "学生", "大学生", "定理", "勾股定理"}


def test_full_width_capitals_and_accents_are_one_spelling() -> None:
    assert fold("ＭＰ４　Café①") == "mp4 cafe1"


def test_pairs_inside_a_word_are_told_from_pairs_across_a_border() -> None:
    assert {token.text: token.is_word for token in tokens_of("小学数学")} == {
        "小学": True,
        "学数": False,
        "数学": True,
        "学": False,
    }


def test_single_characters_beside_a_word_are_not_asked_for() -> None:
    assert [term.text for term in terms_of("证明的应用")] == ["证明", "应用"]


def test_a_run_of_single_characters_is_asked_for_as_it_stands() -> None:
    assert [term.text for term in terms_of("我他")] == ["我他"]


def test_only_the_last_latin_word_is_a_beginning() -> None:
    assert [(term.text, term.is_prefix) for term in terms_of("Unit Les")] == [("unit", False), ("les", True)]


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT, ANY_TEXT)
def test_folding_goes_character_by_character(first: str, second: str) -> None:
    assert fold(first + second) == fold(first) + fold(second)


@given(ANY_TEXT)
def test_tokens_stand_where_they_say(text: str) -> None:
    folded = fold(text)
    for token in tokens_of(text):
        assert folded.startswith(token.text, token.position)
        assert 0 < len(token.text) <= TOKEN_LENGTH
