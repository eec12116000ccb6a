"""From a rule and its setting to the rows that break it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from heluo.domains.quality.enums import Check
from heluo.domains.quality.models import Rule, RuleSetting
from heluo.domains.quality.queries.datasets import Rows, dataset_rows, field_of
from heluo.kernel.codes.public import codes_of


@dataclass(frozen=True, slots=True)
class Looked:
    """What a rule looks at, and what of that breaks it."""

    rows: Rows
    broken: Rows


def look(rule: Rule, setting: RuleSetting, *, below: str, on: date) -> Looked:
    """The rows of the rule's dataset below a tree path, and those that break the rule; nothing while it is off."""
    rows = dataset_rows(rule.dataset, below=below, on=on)
    if not setting.is_on:
        return Looked(rows.none(), rows.none())
    field = field_of(rule.dataset, rule.field, on=on)
    return Looked(rows, _BROKEN[Check(rule.check_kind)](rows, field, setting.parameters, on))


def _absent(rows: Rows, field: Any, _parameters: Mapping[str, Any], _on: date) -> Rows:
    named: Rows = rows.alias(looked_at=field)
    empty = Q(looked_at__isnull=True)
    is_text = named.query.annotations["looked_at"].output_field.get_internal_type() == "CharField"
    absent: Rows = named.filter(empty | Q(looked_at="") if is_text else empty)
    return absent


def _untrue(rows: Rows, field: Any, _parameters: Mapping[str, Any], _on: date) -> Rows:
    return rows.filter(~Q(field))


def _unknown_code(rows: Rows, field: Any, parameters: Mapping[str, Any], on: date) -> Rows:
    known = [code.value for code in codes_of(parameters["table"], on=on)]
    unknown: Rows = rows.alias(looked_at=field).exclude(looked_at="").exclude(looked_at__in=known)
    return unknown


def _out_of_bounds(rows: Rows, field: Any, parameters: Mapping[str, Any], _on: date) -> Rows:
    least, most = parameters["least"], parameters["most"]
    outside: Rows = rows.alias(looked_at=field).filter(Q(looked_at__lt=least) | Q(looked_at__gt=most))
    return outside


def _repeated(rows: Rows, field: Any, _parameters: Mapping[str, Any], _on: date) -> Rows:
    return rows.filter(field)


def _too_old(rows: Rows, field: Any, parameters: Mapping[str, Any], on: date) -> Rows:
    old: Rows = rows.alias(looked_at=field).filter(looked_at__lt=on - timedelta(days=parameters["days"]))
    return old


_BROKEN: Mapping[Check, Callable[[Rows, Any, Mapping[str, Any], date], Rows]] = {
    Check.PRESENT: _absent,
    Check.TRUE: _untrue,
    Check.IN_CODE_TABLE: _unknown_code,
    Check.BETWEEN: _out_of_bounds,
    Check.NOT_REPEATED: _repeated,
    Check.YOUNGER_THAN: _too_old,
}
