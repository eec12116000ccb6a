"""What the rest of the house calls: vectors, questions, fit, capped counts and highlights."""

from heluo.kernel.search.highlights import excerpt, highlighted
from heluo.kernel.search.matching import (
    COUNT_CAP,
    Alternatives,
    CappedCount,
    Weight,
    WordsQuery,
    capped_count,
    fit,
    name_query_of,
    name_vector_text,
    query_of,
    vector_of,
    vector_text,
)
from heluo.kernel.search.segmentation import asked_in, fold, segment

__all__ = [
    "COUNT_CAP",
    "Alternatives",
    "CappedCount",
    "Weight",
    "WordsQuery",
    "asked_in",
    "capped_count",
    "excerpt",
    "fit",
    "fold",
    "highlighted",
    "name_query_of",
    "name_vector_text",
    "query_of",
    "segment",
    "vector_of",
    "vector_text",
]
