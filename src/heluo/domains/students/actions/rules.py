"""The rules of the stages: brought in from the reviewed file, amended by the province."""

from pathlib import Path

from django.db import transaction

from heluo.domains.students.models import StageRule
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
