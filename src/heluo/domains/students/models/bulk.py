"""Bulk actions: a stored preview with one row per pupil, applied as a whole and undone as a whole."""

from django.db import models
from django.db.models import Q

from heluo.domains.students.enums import BulkKind, BulkState, ChangeKind, State
from heluo.domains.students.models.changes import StudentChange
from heluo.domains.students.models.records import StudentRecord
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import grade_label


class BulkAction(models.Model):
    """What is to be done to a year group of a school. The rows are the preview: nothing else is ever applied."""

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=BulkKind.choices)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=12, choices=Stage.choices)
    entry_year = models.PositiveSmallIntegerField()
    on = models.DateField(help_text="Effective day.")
    document = models.CharField(max_length=60, blank=True, help_text="审批文号 of all rows.")
    seed = models.CharField(max_length=40, blank=True, help_text="Of the random draw of a class division; printed.")
    state = models.CharField(max_length=10, choices=BulkState.choices, default=BulkState.DRAFT)
    by_person = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    drafted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, help_text="Applied or discarded.")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-drafted_at", "-id"]
        indexes = [models.Index(fields=["school", "-drafted_at", "-id"], name="bulk_actions_newest")]

    @property
    def access_path(self) -> str:
        return self.school.path

    def grade(self, year: SchoolYear) -> str:
        return grade_label(Stage(self.stage), self.entry_year, year)


class BulkRow(models.Model):
    """What is to happen to one pupil, and how the record stood when the preview was made."""

    bulk = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="rows")
    record = models.ForeignKey(StudentRecord, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ChangeKind.choices, blank=True, help_text="Empty: left alone.")
    to_klass = models.ForeignKey(Klass, null=True, on_delete=models.PROTECT, related_name="+")
    mark = models.DecimalField(null=True, max_digits=7, decimal_places=2, help_text="Of the list a division balances.")
    from_state = models.CharField(max_length=2, choices=State.choices)
    from_entry_year = models.PositiveSmallIntegerField()
    from_klass = models.ForeignKey(Klass, null=True, on_delete=models.PROTECT, related_name="+")
    change = models.OneToOneField(StudentChange, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["bulk", "record"], name="one_bulk_row_per_record"),
            models.CheckConstraint(
                condition=Q(change__isnull=True) | ~Q(kind=""), name="rows_left_alone_have_no_change"
            ),
        ]
