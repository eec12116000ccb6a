"""Conditions in diagrams and decision tables: a small language, read by Python's parser and decided by us, never by
`eval`.

Comparisons of names and literals (`==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`), joined by `and`, `or`, `not` and
parentheses; text in quotes, numbers, `true`, `false`, `null`, lists. No calls, no attributes, no arithmetic: nothing
that can reach beyond the values of the process. A name without a value is `null`.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.errors import ExpressionFailed, NotAnExpression

LONGEST = 500
"""Characters."""
DEEPEST = 20
WORDS = {"true": True, "false": False, "null": None}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}


@lru_cache(maxsize=1024)
def read_expression(text: str) -> ast.expr:
    """The expression behind a text. Raises `NotAnExpression`, which says what does not belong."""
    if len(text) > LONGEST:
        raise NotAnExpression(text=text[:40] + "…", problem=format_lazy(_("超过 {most} 个字符"), most=LONGEST))
    if "${" in text:
        raise NotAnExpression(text=text, problem=_("直接写条件，不用 ${ }"))
    try:
        expression = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotAnExpression(text=text, problem=_("写法不完整或有误")) from None
    _check(expression, text, 0)
    return expression


def evaluate(text: str, values: Mapping[str, object]) -> Any:
    """What an expression comes to. Raises `ExpressionFailed` where values cannot be compared."""
    try:
        return _value(read_expression(text), values)
    except TypeError:
        raise ExpressionFailed(text=text, problem=_("比较的两个值类型不同")) from None


def names_in(text: str) -> list[str]:
    """The values an expression reads, in their order."""
    found = (node.id for node in ast.walk(read_expression(text)) if isinstance(node, ast.Name))
    return [name for name in dict.fromkeys(found) if name not in WORDS]


def compared_texts(text: str) -> set[tuple[str, str]]:
    """Each name of an expression with each text it is compared with."""
    found = set()
    for node in ast.walk(read_expression(text)):
        if isinstance(node, ast.Compare):
            for one, other in pairwise([node.left, *node.comparators]):
                found |= {(name, said) for name in _names(one) for said in _texts(other)}
                found |= {(name, said) for name in _names(other) for said in _texts(one)}
    return found


def _names(side: ast.expr) -> list[str]:
    return [side.id] if isinstance(side, ast.Name) else []


def _texts(side: ast.expr) -> list[str]:
    parts = side.elts if isinstance(side, ast.List | ast.Tuple) else [side]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _check(node: ast.expr, text: str, depth: int) -> None:
    if depth > DEEPEST:
        raise NotAnExpression(text=text, problem=_("层次太深"))
    match node:
        case ast.BoolOp(values=inner) | ast.List(elts=inner) | ast.Tuple(elts=inner):
            parts = inner
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            parts = [operand]
        case ast.Compare(left=left, ops=kinds, comparators=others) if all(type(kind) in COMPARISONS for kind in kinds):
            parts = [left, *others]
        case ast.Constant(value=bool() | int() | float() | str() | None) | ast.Name():
            parts = []
        case _:
            shown = ast.get_source_segment(text.strip(), node) or text
            raise NotAnExpression(text=text, problem=format_lazy(_("“{part}”不属于条件语言"), part=shown))
    for part in parts:
        _check(part, text, depth + 1)


def _value(node: ast.expr, values: Mapping[str, object]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return WORDS[name] if name in WORDS else values.get(name)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [_value(part, values) for part in parts]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, values)
        case ast.UnaryOp(operand=operand):
            return -_value(operand, values)
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(part, values) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_value(part, values) for part in parts)
        case ast.Compare(left=left, ops=kinds, comparators=others):
            chain = [_value(part, values) for part in (left, *others)]
            return all(
                COMPARISONS[type(kind)](one, other)
                for kind, one, other in zip(kinds, chain[:-1], chain[1:], strict=True)
            )
    raise AssertionError(node)  # `_check` lets nothing else pass
