"""Where the words that were asked for stand in a text, as HTML that is safe whatever the text holds."""

from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from heluo.kernel.search.segmentation import fold, terms_of

ELLIPSIS = "…"


def _spans(text: str, question: str) -> list[tuple[int, int]]:
    """Ranges of the text that hold asked-for words, in order, without overlap."""
    folded = ""
    origin: list[int] = []
    for at, character in enumerate(text):
        spelled = fold(character)
        folded += spelled
        origin += [at] * len(spelled)
    found = sorted(_occurrences(folded, question))
    spans: list[tuple[int, int]] = []
    for start, end in found:
        first, beyond = origin[start], origin[end - 1] + 1
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(beyond, spans[-1][1]))
        else:
            spans.append((first, beyond))
    return spans


def _occurrences(folded: str, question: str) -> Iterator[tuple[int, int]]:
    for term in terms_of(question[:200]):
        start = folded.find(term.text)
        while start >= 0:
            end = start + len(term.text)
            if term.is_han or _is_word(folded, start, end, is_prefix=term.is_prefix):
                yield start, end
            start = folded.find(term.text, end)


def _is_word(folded: str, start: int, end: int, *, is_prefix: bool) -> bool:
    begins = start == 0 or not folded[start - 1].isalnum() or folded[start - 1] >= "\u3400"
    ends = end == len(folded) or not folded[end].isalnum() or folded[end] >= "\u3400"
    return begins and (ends or is_prefix)


def highlighted(text: str, question: str) -> SafeString:
    """The text as HTML with `<mark>` around the words asked for; everything else escaped."""
    parts: list[str] = []
    after = 0
    for start, end in _spans(text, question):
        parts += [escape(text[after:start]), "<mark>", escape(text[start:end]), "</mark>"]
        after = end
    parts.append(escape(text[after:]))
    return mark_safe("".join(parts))  # noqa: S308  # every piece was escaped above


def excerpt(text: str, question: str, length: int = 120) -> SafeString:
    """At most `length` characters around the first word asked for, highlighted."""
    spans = _spans(text, question)
    start = max(0, spans[0][0] - length // 4) if spans else 0
    start = min(start, max(0, len(text) - length))
    piece = text[start : start + length]
    before = ELLIPSIS if start else ""
    after = ELLIPSIS if start + length < len(text) else ""
    return mark_safe(before + highlighted(piece, question) + after)  # noqa: S308  # highlighted is safe
