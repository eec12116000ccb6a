"""Contents of other platforms."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from heluo.kernel.files.models import StoredFile
from heluo.kernel.transfers.enums import CopyState, Trouble


class Copy(models.Model):
    """A content that somebody here wants from elsewhere, and the stored file once its bytes came and were right."""

    sha256 = models.CharField(max_length=64, unique=True, db_collation="C")
    size = models.PositiveBigIntegerField(help_text="Bytes, as told.")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100, blank=True, help_text="As told; what it is, its content says.")
    node = models.CharField(max_length=253, blank=True, help_text="Domain of the node it is asked from.")
    href = models.TextField(blank=True, help_text="Where it lies otherwise.")
    state = models.CharField(max_length=10, choices=CopyState.choices, default=CopyState.WANTED)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    wrong = models.PositiveSmallIntegerField(default=0, help_text="How often other bytes came.")
    trouble = models.CharField(max_length=20, choices=Trouble.choices, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When it is asked for next; null: never again.")
    wanted_at = models.DateTimeField()
    here_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="copy_sha256_is_hex"),
            models.CheckConstraint(
                condition=Q(state=CopyState.HERE, file__isnull=False)
                | (~Q(state=CopyState.HERE) & Q(file__isnull=True)),
                name="copy_here_has_its_file",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="copy_to_ask_for")]

    def __str__(self) -> str:
        return self.name

    @property
    def spooled_as(self) -> UUID:
        """Where its bytes lie while they arrive: named by what they are, so that whoever goes on finds them."""
        return UUID(self.sha256[:32])
