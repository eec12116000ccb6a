"""重复学籍: two entries that may be one pupil, what each county thinks of it, and what it came to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from heluo.domains.students.enums import DuplicateState, Ground
from heluo.domains.students.models.records import StudentRecord
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person


class DuplicateCase(models.Model):
    """A pair of people, once for ever: what was found to be two is not raised again."""

    uuid = models.UUIDField(unique=True, editable=False)
    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    first_record = models.ForeignKey(StudentRecord, on_delete=models.PROTECT, related_name="+")
    second_record = models.ForeignKey(StudentRecord, on_delete=models.PROTECT, related_name="+")
    grounds = ArrayField(models.CharField(max_length=20, choices=Ground.choices))
    state = models.CharField(max_length=10, choices=DuplicateState.choices, default=DuplicateState.WAITING)
    kept = models.ForeignKey(StudentRecord, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_duplicate_case_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pairs_in_order"),
            models.CheckConstraint(
                condition=Q(state=DuplicateState.SAME, kept__isnull=False)
                | (~Q(state=DuplicateState.SAME) & Q(kept__isnull=True)),
                name="merged_pairs_name_the_kept_record",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at", "id"], name="duplicates_waiting")]


class DuplicateOpinion(models.Model):
    """What a bureau said about a case. Append-only; one bureau, one opinion."""

    case = models.ForeignKey(DuplicateCase, on_delete=models.PROTECT, related_name="opinions")
    bureau = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    is_same = models.BooleanField()
    kept = models.ForeignKey(StudentRecord, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by_person = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "bureau"], name="one_opinion_per_bureau")]
