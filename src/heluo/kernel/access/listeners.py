"""What must not happen behind allauth's back."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from heluo.kernel.access.adapters import SecondFactorAdapter
from heluo.kernel.access.errors import SecondFactorKept
from heluo.kernel.access.gates import SECOND_FACTORS


@receiver(pre_delete, sender=Authenticator)
def keep_the_last_second_factor(instance: Authenticator, origin: Any, **_more: Any) -> None:
    """allauth asks the adapter before it takes away an authenticator app, but not before a passkey."""
    asked_for = origin is instance and instance.type in SECOND_FACTORS
    if asked_for and not SecondFactorAdapter().can_delete_authenticator(instance):
        raise SecondFactorKept
