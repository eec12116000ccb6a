"""Bearer tokens of the API, how often somebody knocked, and where the sealed parts of second factors lie."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

SECRET_OF = {Authenticator.Type.TOTP.value: "secret", Authenticator.Type.RECOVERY_CODES.value: "seed"}
"""Type of authenticator → the sealed part of its data, as `key id:base64`. Passkeys keep public keys only."""


def sealed_under(key_id: str) -> Q:
    """Authenticators whose secret lies under one key of the ring."""
    found = Q()
    for kind, part in SECRET_OF.items():
        found |= Q(**{"type": kind, f"data__{part}__startswith": f"{key_id}:"})
    return found


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def in_force(self, at: datetime) -> "AccessTokenQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=at)


class AccessToken(models.Model):
    """A bearer token of one account: only its hash is kept, and its first characters so that people know it again."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=60, help_text="What the person calls it, e.g. the program that uses it.")
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the token, in hex.")
    scopes = ArrayField(
        models.CharField(max_length=80), null=True, blank=True, help_text="Permissions it carries; null carries all."
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True, help_text="By day, so that use does not mean a write each.")

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_it_starts")
        ]
        indexes = [models.Index(fields=["account", "-created_at"], name="token_of_account")]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class Knock(models.Model):
    """Requests of one caller in one window of time. An unlogged table: lost in a crash, and no loss."""

    caller = models.CharField(max_length=80)
    window = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "window"], name="knock_once_per_window")]
        indexes = [models.Index(fields=["window"], name="knock_by_window")]

    def __str__(self) -> str:
        return f"{self.caller} × {self.count}"
