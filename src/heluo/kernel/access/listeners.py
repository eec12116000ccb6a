"""What allauth does, in our audit; and what must not happen behind its back."""

from collections.abc import Sequence
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from heluo.kernel.access.actions import end_sessions, end_tokens_of_systems
from heluo.kernel.access.actions.subjects import subject_of
from heluo.kernel.access.adapters import SecondFactorAdapter
from heluo.kernel.access.errors import SecondFactorKept
from heluo.kernel.access.gates import SECOND_FACTORS
from heluo.kernel.access.resolution import actor_for
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.events.public import Announcement, subscribe
from heluo.kernel.people.events import PasswordChanged
from heluo.kernel.people.models import Account


@receiver(pre_delete, sender=Authenticator)
def keep_the_last_second_factor(instance: Authenticator, origin: Any, **_more: Any) -> None:
    """allauth asks the adapter before it takes away an authenticator app, but not before a passkey."""
    asked_for = origin is instance and instance.type in SECOND_FACTORS
    if asked_for and not SecondFactorAdapter().can_delete_authenticator(instance):
        raise SecondFactorKept


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: Account, **_more: Any) -> None:
    """Who signed in, and by which ways (password, mfa, socialaccount)."""
    ways = [str(entry["method"]) for entry in get_authentication_records(request, user)]
    _note("access.signed_in", user, {"ways": ways})


@receiver(user_logged_out)
def end_what_systems_hold(request: HttpRequest, user: Account | None, **_more: Any) -> None:
    """Signing out here ends what other systems were given, and the entry in the list of devices."""
    if user is None:
        return
    UserSession.objects.filter(user=user, session_key=request.session.session_key).delete()
    end_tokens_of_systems(people=[user.person.uuid])


@subscribe(PasswordChanged)
def end_what_systems_hold_of(announcements: Sequence[Announcement[PasswordChanged]]) -> None:
    """A new password ends every other session by itself; what other systems were given ends too."""
    end_tokens_of_systems(people=[heard.event.person_id for heard in announcements])


class Devices(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth has no types
    """Where allauth asks for other devices to be signed out."""

    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        if not sessions:
            return
        account = sessions[0].user
        at = now()
        by = actor_for(account, on=local_day(at))
        end_sessions(by=by, account=account, keys=[session.session_key for session in sessions], now=at)


@receiver(authenticator_added)
def note_second_factor_added(user: Account, authenticator: Authenticator, **_more: Any) -> None:
    _note("access.second_factor_added", user, {"kind": str(authenticator.type)})


@receiver(authenticator_removed)
def note_second_factor_removed(user: Account, authenticator: Authenticator, **_more: Any) -> None:
    _note("access.second_factor_removed", user, {"kind": str(authenticator.type)})


def _note(deed: str, account: Account, details: dict[str, object]) -> None:
    at = now()
    record(by=actor_for(account, on=local_day(at)), at=at, deed=deed, subject=subject_of(account), details=details)
