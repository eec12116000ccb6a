"""The rules of the stages: brought in from the reviewed file, amended by the province."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from heluo.domains.students.access import Permission
from heluo.domains.students.errors import SourceNeeded, WhyNotNeeded
from heluo.domains.students.models import StageRule
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.codes.public import rows_of, yes

DATA = Path(__file__).resolve().parents[1] / "data" / "stage_rules.csv"


@transaction.atomic
def load_stage_rules() -> None:
    """Insert or refresh every shipped rule that the province has not amended. Run after every migration."""
    amended = set(StageRule.objects.filter(amended_at__isnull=False).values_list("stage", "kind"))
    StageRule.objects.bulk_create(
        [
            StageRule(
                stage=row["stage"],
                kind=row["kind"],
                is_allowed=yes(row["allowed"]),
                code=row["code"],
                from_states=row["from_states"].split(),
                to_state=row["to_state"],
                ends_record=yes(row["ends"]),
                class_effect=row["class"],
                grade_effect=row["grade"],
                needs_reason=yes(row["needs_reason"]),
                needs_document=yes(row["needs_document"]),
                why_not=row["why_not"],
                why_not_en=row["why_not_en"],
                source=row["source"],
                is_verified=yes(row["verified"]),
            )
            for row in rows_of(DATA)
            if (row["stage"], row["kind"]) not in amended
        ],
        update_conflicts=True,
        unique_fields=["stage", "kind"],
        update_fields=[
            "is_allowed",
            "code",
            "from_states",
            "to_state",
            "ends_record",
            "class_effect",
            "grade_effect",
            "needs_reason",
            "needs_document",
            "why_not",
            "why_not_en",
            "source",
            "is_verified",
        ],
    )


@transaction.atomic
def amend_rule(
    *,
    by: Actor,
    rule: StageRule,
    is_allowed: bool,
    needs_reason: bool,
    needs_document: bool,
    why_not: str,
    source: str,
    now: datetime,
) -> StageRule:
    """Set what a stage allows, with the document it rests on. From then on the shipped file no longer touches it."""
    require(by, Permission.AMEND_RULES)
    fresh = StageRule.objects.select_for_update().get(pk=rule.pk)
    source, why_not = source.strip(), why_not.strip()
    if not source:
        raise SourceNeeded(field="source")
    if not is_allowed and not why_not:
        raise WhyNotNeeded(field="why_not")
    before = {"allowed": fresh.is_allowed, "reason": fresh.needs_reason, "document": fresh.needs_document}
    fresh.is_allowed, fresh.needs_reason, fresh.needs_document = is_allowed, needs_reason, needs_document
    if why_not != fresh.why_not:
        fresh.why_not, fresh.why_not_en = why_not, ""
    fresh.source, fresh.is_verified = source, True
    fresh.amended_at, fresh.amended_by = now, by.name
    fresh.save()
    record_batch(
        by=by,
        at=now,
        deed="students.rule_amended",
        subject=Subject(kind="stage_rule", id=f"{fresh.stage}/{fresh.kind}", title=source, path=""),
        differences=[
            Difference(
                subject_id=f"{fresh.stage}/{fresh.kind}",
                before=before,
                after={"allowed": is_allowed, "reason": needs_reason, "document": needs_document},
            )
        ],
    )
    return fresh
