"""What may stand in a cell, and the code it means.

What people read in a file is Chinese whoever exports it, so that every file can be taken in again everywhere; what
they write may be Chinese, English or the code itself.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import translation

from heluo.kernel.codes.public import codes_of

TRUE, FALSE = frozenset({"是", "有", "yes", "true", "1"}), frozenset({"否", "无", "没有", "no", "false", "0"})
"""Words for yes and no, folded."""


def folded(word: str) -> str:
    """A word as it is looked up: full and half width, upper and lower case are the same, spaces are nothing."""
    return "".join(unicodedata.normalize("NFKC", word).lower().split())


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one column."""

    of: Mapping[str, str]
    """Code → the word that files are written with."""
    codes: Mapping[str, str]
    """Any known word, folded → code."""
    spelled: Callable[[str], str] = str
    """Makes the usual spelling of unusual ones."""

    def code(self, word: str) -> str | None:
        """The code that a word means; None where it is no word of the table."""
        spoken = folded(word)
        return self.codes.get(spoken) or self.codes.get(folded(self.spelled(spoken)))


def words_of(choices: Callable[[], Iterable[tuple[str, object]]], *, spelled: Callable[[str], str] = str) -> Words:
    """The words of choices, which are asked for in each language."""
    with translation.override(None):
        chinese = {code: str(label) for code, label in choices()}
    with translation.override("en"):
        english = {code: str(label) for code, label in choices()}
    return Words(chinese, _codes(chinese, english), spelled)


def words_of_codes(key: str, *, on: date) -> Words:
    """The words of a code table on a day."""
    codes = list(codes_of(key, on=on))
    chinese = {code.value: code.name for code in codes}
    return Words(chinese, _codes(chinese, {code.value: code.name_en for code in codes if code.name_en}))


def _codes(*named: Mapping[str, str]) -> dict[str, str]:
    """Word → code; the code itself is a word too. Where two codes share a word, the first keeps it."""
    found = {folded(code): code for code in named[0]}
    for one in named:
        for code, word in one.items():
            found.setdefault(folded(word), code)
    return found
