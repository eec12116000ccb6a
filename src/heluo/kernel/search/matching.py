"""Search vectors and questions as database expressions, and counts that stop at a cap.

The vector is written as a literal, not by PostgreSQL's own parser, which knows neither Chinese words nor our tags and
behaves differently under other locales. It is what the 'simple' configuration would make of our tokens.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Expression, F, FloatField, Func, IntegerField, Model, QuerySet, Value
from django.db.models.functions import Cast

from heluo.kernel.search.segmentation import Term, phrases_of, runs_of, terms_of, tokens_of

Weight = Literal["A", "B", "C"]
"""How much a field counts. D, the least, is kept for pairs of characters that are no word."""

INDEXED_CHARACTERS = 16_000
"""PostgreSQL numbers positions up to 16,383; what lies behind is not indexed."""
FIELD_GAP = 10
TAG_LENGTH = 400
TYPED_CHARACTERS = 200
TERMS = 24
WEIGHTS = "{0.05, 0.2, 0.4, 1.0}"
"""Of D, C, B, A."""
FIT_SCALE = 100_000
COUNT_CAP = 1000


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _tag(tag: str) -> str:
    storable = tag[:TAG_LENGTH].replace("\x00", "").encode("utf-8", "replace").decode()
    return _quoted("=" + storable)


def vector_text(weighted: Mapping[Weight, str], tags: Iterable[str] = ()) -> str:
    """The literal of a search vector, for COPY and other set-based writes."""
    places: dict[str, list[str]] = defaultdict(list)
    base = 1
    for weight, text in weighted.items():
        kept = text[: max(0, INDEXED_CHARACTERS - base)]
        end = base
        for token in tokens_of(kept):
            end = base + token.position
            if end > INDEXED_CHARACTERS:
                break
            places[token.text].append(f"{end}{weight if token.is_word else ''}")
        base = end + FIELD_GAP
    lexemes = [f"{_quoted(token)}:{','.join(where)}" for token, where in places.items()]
    return " ".join([*lexemes, *(_tag(tag) for tag in tags)])


def vector_of(weighted: Mapping[Weight, str], tags: Iterable[str] = ()) -> Expression:
    """The search vector of a row: texts by weight (title A, keywords B, description C) and tags to filter by."""
    return Cast(Value(vector_text(weighted, tags)), SearchVectorField())


def name_vector_text(name: str) -> str:
    """The literal of a search vector for a person's name: pairs, and words of another script. It is written for every
    person there is, so neither places nor weights are kept.
    """
    tokens: list[str] = []
    for run, is_han in runs_of(name):
        tokens += [run[at : at + 2] for at in range(len(run))] if is_han else [run]
    return " ".join(_quoted(token) for token in dict.fromkeys(tokens))


class WordsQuery(SearchQuery):
    """A question in PostgreSQL's own notation. `words` says whether there is anything to rank by."""

    def __init__(self, notation: str) -> None:
        super().__init__(Value(notation), search_type="raw")
        self.notation = notation

    def as_sql(  # type: ignore[no-untyped-def,override]  # only Django calls it
        self, compiler, connection, function=None, template=None
    ):
        return super().as_sql(compiler, connection, template="%(expressions)s::tsquery")


def _notation(term: Term, only: str) -> str:
    marks = only + ("*" if term.is_prefix or (term.is_han and len(term.text) == 1) else "")
    mark = f":{marks}" if marks else ""
    if not term.is_han or len(term.text) == 1:
        return _quoted(term.text) + mark
    pairs = [_quoted(term.text[at : at + 2]) + mark for at in range(len(term.text) - 1)]
    return pairs[0] if len(pairs) == 1 else f"({' <-> '.join(pairs)})"


Alternatives = Mapping[str, Sequence[str]]
"""What is typed → what will do as well: words, or several that must all be there."""
NO_ALTERNATIVES: Alternatives = {}


def query_of(
    text: str, tags: Sequence[Sequence[str]] = (), *, only: str = "", otherwise: Alternatives = NO_ALTERNATIVES
) -> WordsQuery | None:
    """What a typed line asks for: every word of it, and of each group of tags at least one. None if that is nothing.

    Never a syntax error, whatever is typed. A group without tags matches nothing. `only` narrows to words
    of some weights, e.g. "A" for titles; pairs across the border of two words have D in every field and are left out.
    `otherwise` says what will do instead of a run or a word of it, by the names of `asked_in`.
    """
    parts = list(dict.fromkeys(_asked(text[:TYPED_CHARACTERS], only, otherwise)))[:TERMS]
    for group in tags:
        choices = [_tag(tag) for tag in group] or [_tag("")]
        parts.append(choices[0] if len(choices) == 1 else f"({' | '.join(choices)})")
    return WordsQuery(" & ".join(parts)) if parts else None


def _asked(text: str, only: str, otherwise: Alternatives) -> Iterator[str]:
    for phrase in phrases_of(text):
        words = [_either(_notation(term, only), otherwise.get(term.text, ()), only) for term in phrase.terms]
        if len(words) > 1 and phrase.text in otherwise:
            yield _either(f"({' & '.join(words)})", otherwise[phrase.text], only)
        else:
            yield from words


def _either(notation: str, alternatives: Sequence[str], only: str) -> str:
    """A part of a question, or what will do as well."""
    others = [" & ".join(_notation(term, only) for term in terms_of(text)) for text in alternatives]
    choices = dict.fromkeys([notation, *(f"({other})" for other in others if other)])
    return f"({' | '.join(choices)})" if len(choices) > 1 else notation


def name_query_of(text: str) -> WordsQuery | None:
    """What finds a name by a part of it, in vectors of `name_vector_text`. None if nothing is asked for.

    Every pair must be there, wherever it stands: names are too short for that to make a difference. A lone character
    and a word of another script are asked for as beginnings.
    """
    parts: list[str] = []
    for run, is_han in runs_of(text[:TYPED_CHARACTERS]):
        if is_han and len(run) > 1:
            parts += [_quoted(run[at : at + 2]) for at in range(len(run) - 1)]
        else:
            parts.append(f"{_quoted(run)}:*")
    return WordsQuery(" & ".join(parts)) if parts else None


def fit(field: str, query: WordsQuery) -> Expression:
    """How well a row's vector fits a question, as a whole number, so that a page can continue after it exactly."""
    rank = Func(
        F(field),
        query,
        template=f"ts_rank('{WEIGHTS}'::real[], %(expressions)s)",
        output_field=FloatField(),
    )
    return Cast(rank * FIT_SCALE, IntegerField())


@dataclass(frozen=True, slots=True)
class CappedCount:
    """A number of rows, counted no further than the cap."""

    value: int
    is_capped: bool

    def __str__(self) -> str:
        return f"{self.value}+" if self.is_capped else str(self.value)


def capped_count(*querysets: "QuerySet[Model, Any]", cap: int = COUNT_CAP) -> CappedCount:
    """Count the rows, but stop at the cap: `1000+`. One query for each queryset; they have no common rows."""
    seen = sum(queryset.order_by()[: cap + 1].count() for queryset in querysets)
    return CappedCount(value=min(seen, cap), is_capped=seen > cap)
