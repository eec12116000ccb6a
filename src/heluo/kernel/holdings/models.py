"""Who looked at whom."""

from typing import ClassVar

from django.db import models

from heluo.kernel.holdings.enums import Sight


class Look(models.Model):
    """Somebody opened a page about somebody else on a day, the first time. Append-only. Persons by uuid."""

    subject = models.UUIDField()
    viewer = models.UUIDField()
    sight = models.CharField(max_length=10, choices=Sight.choices)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "day", "viewer", "sight"], name="look_once_a_viewer_a_day")
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "-at"], name="looks_at_somebody")]
