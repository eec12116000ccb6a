"""Marks around the words asked for, safe whatever the text holds."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from heluo.kernel.search.public import excerpt, highlighted

TEXTS = st.text(alphabet=st.sampled_from("数学<>&\"'ａAbé 河洛"), max_size=40)


def test_marks_every_occurrence_in_its_own_spelling() -> None:
    assert highlighted("ＭＰ４数学课，小学数学", "数学 mp4") == ("<mark>ＭＰ４数学</mark>课，小学<mark>数学</mark>")


def test_latin_words_are_marked_whole_and_beginnings_as_asked() -> None:
    assert highlighted("unit units", "unit 一") == "<mark>unit</mark> units"
    assert highlighted("lessons", "les") == "<mark>les</mark>sons"


@given(TEXTS, TEXTS)
def test_without_the_marks_it_is_the_text_and_nothing_else(text: str, question: str) -> None:
    html = highlighted(text, question)
    bare = html.replace("<mark>", "").replace("</mark>", "")
    assert not re.search("[<>]", bare)
    assert unescape(bare) == text


def test_an_excerpt_shows_the_place() -> None:
    text = "前" * 300 + "勾股定理" + "后" * 300
    piece = excerpt(text, "勾股定理", length=80)
    assert "<mark>勾股定理</mark>" in piece
    assert piece.startswith("…")
    assert piece.endswith("…")
