"""Fold a text to one spelling and cut it into the tokens that are indexed and the terms that are asked for."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import rjieba

TOKEN_LENGTH = 64
"""Longest token in characters; longer ones are cut, in texts and questions alike."""

HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_RUNS = re.compile(rf"(?P<han>[{HAN}]+)|(?P<other>(?:(?![{HAN}])[^\W_])+)")


class _Spelling(dict[int, str]):
    """Code point → its one spelling; filled as characters are met, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        spelled = chr(code)
        while (again := _spell(spelled)) != spelled:
            spelled = again
        self[code] = spelled
        return spelled


def _spell(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")


_SPELLING = _Spelling()


def fold(text: str) -> str:
    """One spelling: full-width and compatibility forms resolved (NFKD), lower case, without accents.

    Character by character, so that `fold(a + b) == fold(a) + fold(b)` and places in it can be traced back.
    """
    return text.translate(_SPELLING)


@dataclass(frozen=True, slots=True)
class Token:
    """Something indexed: a pair of Han characters, the last one of a run, or a word of another script.

    `position` counts folded characters from 0. `is_word` is false for a pair that crosses the border of two words.
    """

    text: str
    position: int
    is_word: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question. `is_prefix` asks for words that begin like it."""

    text: str
    is_han: bool
    is_prefix: bool = False


def runs_of(text: str) -> Iterator[tuple[str, bool]]:
    """The folded text in runs: Han characters side by side (true), or a word of another script (false)."""
    for run in _RUNS.finditer(fold(text)):
        yield (run["han"], True) if run["han"] else (run["other"][:TOKEN_LENGTH], False)


def segment(text: str) -> list[str]:
    """The words of a text in order, folded, with the shorter words inside longer ones; no punctuation."""
    words: list[str] = []
    for run in _RUNS.finditer(fold(text)):
        if run["han"]:
            words.extend(word for word, _start, _end in rjieba.tokenize(run["han"], "search"))
        else:
            words.append(run["other"][:TOKEN_LENGTH])
    return words


def tokens_of(text: str) -> Iterator[Token]:
    """Everything to index in a text, in order of position."""
    for run in _RUNS.finditer(fold(text)):
        if run["other"]:
            yield Token(run["other"][:TOKEN_LENGTH], run.start(), is_word=True)
            continue
        han = run["han"]
        word_of: list[int] = []
        for number, word in enumerate(rjieba.cut(han)):
            word_of += [number] * len(word)
        last = len(han) - 1
        for at in range(last):
            yield Token(han[at : at + 2], run.start() + at, is_word=word_of[at] == word_of[at + 1])
        stands_alone = last == 0 or word_of[last] != word_of[last - 1]
        yield Token(han[last], run.start() + last, is_word=stands_alone)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of a question as it was typed, folded, with the words it is cut into."""

    text: str
    terms: tuple[Term, ...]


@lru_cache(maxsize=1024)
def phrases_of(text: str) -> tuple[Phrase, ...]:
    """What a typed line asks for, run by run: its words, the last word of another script as a beginning.

    Single characters beside a longer word of the same run (的, 和) are not asked for; a run of nothing but single
    characters is asked for as it stands.
    """
    phrases: list[Phrase] = []
    runs = list(_RUNS.finditer(fold(text)))
    for run in runs:
        if run["other"]:
            word = run["other"][:TOKEN_LENGTH]
            term = Term(word, is_han=False, is_prefix=run is runs[-1] and len(word) > 1)
            phrases.append(Phrase(word, (term,)))
            continue
        words = [word for word in rjieba.cut(run["han"]) if len(word) > 1] or [run["han"]]
        terms = tuple(Term(word[:TOKEN_LENGTH], is_han=True) for word in words)
        phrases.append(Phrase(run["han"], terms))
    return tuple(phrases)


def terms_of(text: str) -> tuple[Term, ...]:
    """Every word that a typed line asks for, once."""
    return tuple(dict.fromkeys(term for phrase in phrases_of(text) for term in phrase.terms))


def asked_in(text: str) -> list[str]:
    """What may have alternatives in a typed line: each run, and each word of it, folded."""
    phrases = phrases_of(text)
    return list(dict.fromkeys([*(one.text for one in phrases), *(term.text for one in phrases for term in one.terms)]))
