"""转学: a case with one decision of each school and each bureau, every one with a day it is due.

The steps are a small table of their own until the process engine has its calendar of working days.
"""

from django.db import models
from django.db.models import Q

from heluo.domains.students.enums import Party, TransferState
from heluo.domains.students.models.changes import StudentChange
from heluo.domains.students.models.records import StudentRecord
from heluo.kernel.organisations.models import Klass, Organisation


class TransferCase(models.Model):
    """A pupil asks to go from one school to another of the same stage."""

    uuid = models.UUIDField(unique=True, editable=False)
    record = models.ForeignKey(StudentRecord, on_delete=models.PROTECT, related_name="+")
    from_school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to_school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    to_klass = models.ForeignKey(Klass, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.OPEN)
    change = models.OneToOneField(StudentChange, null=True, on_delete=models.PROTECT, related_name="+")
    by_person = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(state=TransferState.OPEN), name="one_open_transfer_per_record"
            ),
            models.CheckConstraint(
                condition=Q(state=TransferState.APPROVED, change__isnull=False)
                | (~Q(state=TransferState.APPROVED) & Q(change__isnull=True)),
                name="approved_transfers_have_their_change",
            ),
        ]


class TransferStep(models.Model):
    """One decision of a transfer. Steps come one after the other; the first without a decision is the current one."""

    case = models.ForeignKey(TransferCase, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=12, choices=Party.choices)
    place = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="Who decides.")
    due_on = models.DateField(null=True, help_text="Set when the step before is decided.")
    is_approved = models.BooleanField(null=True)
    comment = models.CharField(max_length=200, blank=True)
    by_person = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="transfer_step_once")]

    @property
    def access_path(self) -> str:
        return self.place.path
