"""Conditions mean what Python means by the same comparison, and nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.engines.process.errors import ExpressionFailed, NotAnExpression
from heluo.engines.process.expressions import evaluate, read_expression

VALUES = {"a": 3, "b": "yes", "c": None, "d": [1, 2], "e": True}
ATOMS = st.sampled_from(["a", "b", "c", "d", "e", "1", "3", "'yes'", "true", "null", "[1, 3]", "missing"])
COMPARED = st.builds(lambda one, kind, other: f"{one} {kind} {other}", ATOMS, st.sampled_from(["==", "!="]), ATOMS)
WORDS = st.sampled_from(["and", "or"])
CONDITIONS = st.recursive(
    COMPARED,
    lambda inner: (
        st.builds(lambda one, word, other: f"({one}) {word} ({other})", inner, WORDS, inner)
        | st.builds(lambda one: f"not ({one})", inner)
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_it_decides_as_python_would(text: str) -> None:
    scope = {**VALUES, "true": True, "null": None, "missing": None, "__builtins__": {}}
    assert evaluate(text, VALUES) == eval(text, scope)  # noqa: S307  # made by us from a list of atoms


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a > 2", True),
        ("2 < a <= 3", True),
        ("a in [1, 2]", False),
        ("b not in ['no']", True),
        ("missing == null", True),
        ("missing", None),
        ("-1 < a", True),
        ("  e  ", True),
    ],
)
def test_examples(text: str, result: object) -> None:
    assert evaluate(text, VALUES) == result


@pytest.mark.parametrize("text", ["a > b", "c < 1", "a in 3", "-b"])
def test_values_that_cannot_be_compared_are_refused(text: str) -> None:
    with pytest.raises(ExpressionFailed):
        evaluate(text, VALUES)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(NotAnExpression):
        read_expression(text)
