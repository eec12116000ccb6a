"""Audit rows, their differences, the chain over them and the seals. The database refuses to change any of them."""

from typing import ClassVar

from django.db import models

from heluo.kernel.events.public import CommitOrdered


class AuditRow(CommitOrdered):
    """One deed of one actor. Written once, by `record`; names are kept as they were on that day."""

    at = models.DateTimeField()
    by = models.UUIDField(null=True, help_text="Person; none for the platform and the public.")
    by_name = models.CharField(max_length=120)
    deed = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    subject_title = models.CharField(max_length=200)
    path = models.CharField(max_length=255, db_collation="C", help_text="Tree path of the subject's organisation.")
    details = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    ip = models.GenericIPAddressField(null=True)
    differences_count = models.PositiveIntegerField(default=0)
    differences_hash = models.CharField(max_length=80, blank=True, help_text="`algorithm:hex` over all differences.")

    class Meta(CommitOrdered.Meta):
        indexes: ClassVar = [
            models.Index(fields=["by", "seq"], name="audit_by"),
            models.Index(fields=["subject_kind", "subject_id", "seq"], name="audit_subject"),
            models.Index(fields=["deed", "seq"], name="audit_deed"),
            models.Index(fields=["path", "seq"], name="audit_path"),
            models.Index(fields=["at", "seq"], name="audit_at"),
        ]


class AuditDifference(models.Model):
    """What a batch changed in one of its things."""

    row = models.ForeignKey(AuditRow, on_delete=models.PROTECT, related_name="differences")
    position = models.PositiveIntegerField()
    subject_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["row", "position"], name="audit_difference_place")]


class Link(models.Model):
    """One link of the chain: numbered without gaps, holding the hash of its row and of the link before."""

    number = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(unique=True, help_text="The audit row. No foreign key: a missing row must show.")
    hash = models.CharField(max_length=80, help_text="`algorithm:hex`.")


class Seal(models.Model):
    """A signature over the chain up to a link."""

    number = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField(help_text="Number of the first link of the batch.")
    last = models.BigIntegerField(help_text="Number of the last link of the batch.")
    head = models.CharField(max_length=80, help_text="Hash of the last link.")
    settled = models.BigIntegerField(help_text="Every audit row up to this `seq` is in the chain.")
    sealed_at = models.DateTimeField()
    key_id = models.CharField(max_length=32)
    algorithm = models.CharField(max_length=20)
    signature = models.BinaryField()


class Verification(models.Model):
    """One ordered check of the whole chain, with its progress and its result."""

    by_name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    checked = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    intact = models.BooleanField(null=True)
    sentence = models.TextField(blank=True)
