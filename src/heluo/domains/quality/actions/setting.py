"""Rules: loaded as they are shipped, set by operators."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from heluo.domains.quality.access import Permission
from heluo.domains.quality.errors import BoundsCrossed, NotOfThisRule, ReasonNeeded, SettingUnchanged
from heluo.domains.quality.models import SHORTEST_REASON, Rule, RuleSetting
from heluo.domains.quality.queries import settings_in_force
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import now as current_time
from heluo.kernel.codes.public import rows_of

DATA = Path(__file__).parents[1] / "data" / "rules.csv"
SHIPPED_REASON = "随平台提供的初始设置"
FIELDS = (
    "dataset", "dimension", "check_kind", "field", "name", "name_en", "problem", "problem_en", "advice", "advice_en",
    "source", "position",
)  # fmt: skip


@transaction.atomic
def load_rules() -> None:
    """Insert or refresh the shipped rules; a rule that is new gets its shipped setting, others keep theirs."""
    rows = list(rows_of(DATA))
    rules = Rule.objects.bulk_create(
        [
            Rule(
                key=row["key"],
                dataset=row["dataset"],
                dimension=row["dimension"],
                check_kind=row["check"],
                field=row["field"],
                name=row["name"],
                name_en=row["name_en"],
                problem=row["problem"],
                problem_en=row["problem_en"],
                advice=row["advice"],
                advice_en=row["advice_en"],
                source=row["source"],
                position=position,
            )
            for position, row in enumerate(rows, 1)
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=FIELDS,
    )
    known = set(RuleSetting.objects.values_list("rule_id", flat=True))
    RuleSetting.objects.bulk_create(
        RuleSetting(
            rule=rule,
            is_on=True,
            parameters=json.loads(row["parameters"]),
            weight=int(row["weight"]),
            due_days=int(row["due_days"]),
            reason=SHIPPED_REASON,
            at=current_time(),
        )
        for rule, row in zip(rules, rows, strict=True)
        if rule.pk not in known
    )


@transaction.atomic
def set_rule(
    *,
    by: Actor,
    rule: Rule,
    is_on: bool,
    parameters: Mapping[str, int | str],
    weight: int,
    due_days: int,
    reason: str,
    now: datetime,
) -> RuleSetting:
    """Set a rule anew from now on. What it finds changes at the next check; what was decided stays written."""
    require(by, Permission.RULE)
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReasonNeeded(field="reason", shortest=SHORTEST_REASON)
    locked = Rule.objects.select_for_update().get(pk=rule.pk)
    before = settings_in_force()[locked.pk]
    if strange := set(parameters) ^ set(before.parameters):
        raise NotOfThisRule(names="、".join(sorted(strange)))
    if "least" in parameters and int(parameters["least"]) > int(parameters["most"]):
        raise BoundsCrossed(field="least", least=parameters["least"], most=parameters["most"])
    fresh = RuleSetting(
        rule=locked,
        is_on=is_on,
        parameters=dict(parameters),
        weight=weight,
        due_days=due_days,
        reason=reason,
        by_person=by.person_id,
        by_name=by.name,
        at=now,
    )
    if _words(fresh) == _words(before):
        raise SettingUnchanged
    fresh.save()
    record(
        by=by,
        at=now,
        deed="quality.rule_set",
        subject=Subject(kind="quality_rule", id=locked.key, title=locked.name, path=""),
        details={"before": _words(before), "after": _words(fresh), "reason": reason},
    )
    return fresh


def _words(setting: RuleSetting) -> dict[str, object]:
    """What operators can change, as the audit log shows it."""
    return {
        "is_on": setting.is_on,
        "weight": setting.weight,
        "due_days": setting.due_days,
        **{name: bound for name, bound in setting.parameters.items() if isinstance(bound, int)},
    }
