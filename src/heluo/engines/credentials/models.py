"""The keys this platform signs credentials with."""

from django.db import models
from django.db.models import Q


class SigningKey(models.Model):
    """A key of the issuer. Its private half is a file of the data folder, under the same id.

    One is in use. A retired one signs no more, and what it signed stays verifiable; of a revoked one nothing is
    believed.
    """

    key_id = models.CharField(max_length=16, unique=True)
    public = models.CharField(max_length=64, help_text="The public half, in hex.")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(retired_at=None), name="one_signing_key_in_use"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(retired_at__isnull=False), name="revoked_signing_key_is_retired"
            ),
        ]

    def __str__(self) -> str:
        return self.key_id
