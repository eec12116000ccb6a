"""Reads of the rules of each stage."""

from django.db.models import QuerySet

from heluo.domains.students.enums import BY_THEMSELVES, ChangeKind
from heluo.domains.students.models import StageRule, StudentRecord
from heluo.kernel.actors.errors import NotFound


def rule_of(stage: str, kind: ChangeKind) -> StageRule:
    """The rule of a stage for a kind of change. A missing one is a bug: the shipped file names them all."""
    return StageRule.objects.get(stage=stage, kind=kind)


def rules_of(stage: str) -> QuerySet[StageRule]:
    """Every rule of a stage, in the order of the kinds."""
    return StageRule.objects.filter(stage=stage).order_by("id")


def offered_rules(record: StudentRecord) -> list[StageRule]:
    """The changes a clerk may register now: what the stage allows from the state the record is in."""
    return [
        rule
        for rule in rules_of(record.stage).filter(is_allowed=True, from_states__contains=[record.state])
        if rule.kind not in BY_THEMSELVES
        and (rule.kind != ChangeKind.DISCIPLINED or not record.is_disciplined)
        and (rule.kind != ChangeKind.DISCIPLINE_LIFTED or record.is_disciplined)
    ]


def rule_numbered(pk: int) -> StageRule:
    found = StageRule.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
