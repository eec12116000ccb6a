"""What people were told."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models


class Notice(models.Model):
    """通知: something that one person is told. Its text is a kind's sentence and what the sentence names."""

    uuid = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    person = models.UUIDField()
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80, help_text="What it is about; of a kind, a person is told of it once.")
    parameters = models.JSONField(default=dict)
    url = models.CharField(max_length=200, help_text="Path of the page it leads to.")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "key"], name="told_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notices_of_a_person"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="unread_notices"),
            models.Index(fields=["key"], condition=models.Q(read_at=None), name="unread_notices_about"),
            models.Index(fields=["at"], name="notices_by_age"),
        ]

    @property
    def is_read(self) -> bool:
        return self.read_at is not None
