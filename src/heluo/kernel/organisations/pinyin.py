"""Pinyin keys of names: for sorting without a Chinese collation, and for finding by what people type."""

import csv
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from heluo.kernel.search.public import vector_text

NAMES_KEPT = 60_000
"""Names repeat: a batch of pupils holds each given name many times."""
CORRECTIONS = Path(__file__).parent / "data" / "pinyin_corrections.csv"


@lru_cache(maxsize=1)
def _reader() -> Callable[[str], list[str]]:
    """The library, taught the local readings it misses (长垣 is Changyuan, 浚县 is Xunxian).

    It holds some 50 MB, so only a process that has a name to read loads it.
    """
    from pypinyin import lazy_pinyin, load_phrases_dict  # noqa: PLC0415  # see above

    with CORRECTIONS.open(encoding="utf-8", newline="") as file:
        load_phrases_dict(
            {row["words"]: [[syllable] for syllable in row["pinyin"].split()] for row in csv.DictReader(file)}
        )
    return lazy_pinyin


@lru_cache(maxsize=NAMES_KEPT)
def _syllables(name: str) -> tuple[str, ...]:
    """Without tones, in lower case; runs of other characters stay as they are."""
    return tuple(syllable.lower() for syllable in _reader()(name))


def pinyin_key(name: str) -> str:
    """Lower-case syllables without tones, run together: 洛阳市 → `luoyangshi`."""
    return "".join(_syllables(name))


def pinyin_initials(name: str) -> str:
    """First letters: 洛阳市 → `lys`."""
    return "".join(syllable[:1] for syllable in _syllables(name))


def words_of(name: str, numbers: Iterable[str] = ()) -> str:
    """The search vector of an organisation, as a literal: its name, its pinyin and initials from each syllable on, its
    numbers. A question for the beginning of any of them (`query_of`) finds it by one index.
    """
    syllables = _syllables(name)
    typed = [
        form
        for start in range(len(syllables))
        for form in ("".join(syllables[start:]), "".join(syllable[:1] for syllable in syllables[start:]))
    ]
    return vector_text({"A": name, "B": " ".join(typed), "C": " ".join(numbers)})
