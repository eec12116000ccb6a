"""学籍异动: what happened to a record. Append-only; the database refuses anything else."""

from django.db import models
from django.db.models import F, Q

from heluo.domains.students.enums import ChangeKind, State
from heluo.domains.students.models.records import StudentRecord
from heluo.kernel.organisations.models import Klass, Organisation


class StudentChange(models.Model):
    """One fact, from what to what. A correction is a new fact that names the one it undoes."""

    record = models.ForeignKey(StudentRecord, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    code = models.CharField(max_length=2, blank=True, help_text="XJYDLB (JY/T 1001) on that day; empty where none.")
    reason = models.CharField(max_length=2, blank=True, help_text="XJYDYY (JY/T 1001).")
    on = models.DateField(help_text="Effective day.")
    from_school = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    to_school = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    from_klass = models.ForeignKey(Klass, null=True, on_delete=models.PROTECT, related_name="+")
    to_klass = models.ForeignKey(Klass, null=True, on_delete=models.PROTECT, related_name="+")
    from_entry_year = models.PositiveSmallIntegerField(null=True)
    to_entry_year = models.PositiveSmallIntegerField(null=True)
    from_state = models.CharField(max_length=2, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=2, choices=State.choices, blank=True)
    document = models.CharField(max_length=60, blank=True, help_text="审批文号.")
    note = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    by_person = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.CORRECTED, reverses__isnull=False)
                | (~Q(kind=ChangeKind.CORRECTED) & Q(reverses__isnull=True)),
                name="corrections_alone_name_what_they_undo",
            ),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="no_change_undoes_itself"),
        ]
        indexes = [models.Index(fields=["record", "-id"], name="changes_newest_first")]
