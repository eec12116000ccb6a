"""What each stage allows: data with a source, reviewed, amendable by the province."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.enums import ChangeKind, ClassEffect, GradeEffect, State
from heluo.kernel.organisations.enums import Stage

ENGLISH = "en"


class StageRule(models.Model):
    """Whether a kind of change is allowed in a stage, from which states, and what follows from it."""

    stage = models.CharField(max_length=12, choices=Stage.choices)
    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    is_allowed = models.BooleanField(_("可以办理"))
    code = models.CharField(max_length=2, blank=True, help_text="XJYDLB (JY/T 1001); empty: the standard has none.")
    from_states = ArrayField(models.CharField(max_length=2, choices=State.choices))
    to_state = models.CharField(max_length=2, choices=State.choices, blank=True, help_text="Empty: stays as it is.")
    ends_record = models.BooleanField()
    class_effect = models.CharField(max_length=8, choices=ClassEffect.choices)
    grade_effect = models.CharField(max_length=12, choices=GradeEffect.choices)
    needs_reason = models.BooleanField(_("须选原因"))
    needs_document = models.BooleanField(_("须填审批文号"))
    why_not = models.CharField(max_length=120, blank=True, help_text="A sentence for whoever asks.")
    why_not_en = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200)
    is_verified = models.BooleanField(help_text="False: nobody compared it with the published text.")
    amended_at = models.DateTimeField(null=True, blank=True, help_text="Set by the province; files no longer touch it.")
    amended_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["stage", "id"]
        constraints = [models.UniqueConstraint(fields=["stage", "kind"], name="stage_rule_once")]

    @property
    def why(self) -> str:
        """Why it is not allowed, in the reader's language where somebody wrote it."""
        english = (get_language() or "").startswith(ENGLISH)
        return (self.why_not_en if english else "") or self.why_not
