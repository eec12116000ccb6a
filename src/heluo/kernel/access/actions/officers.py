"""The first officers of a platform, and a new beginning for one who is locked out: done by whoever has the machine."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction

from heluo.kernel.access.access import Permission
from heluo.kernel.access.actions.sessions import end_every_session, end_tokens_of_systems
from heluo.kernel.access.actions.subjects import subject_of
from heluo.kernel.access.errors import AccountClosed, NotAnOfficer
from heluo.kernel.access.events import SignInReset
from heluo.kernel.access.models import AccessToken
from heluo.kernel.actors.enums import OFFICER_ROLES, Role
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Account, Post, in_period
from heluo.kernel.people.public import NewPerson, issue_activation_code, register_people


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """An officer's account and the one-time code for it: shown once, kept as a keyed hash.

    `is_new` is false where the account was there and only the code is new.
    """

    account: Account
    code: str
    is_new: bool


@transaction.atomic
def create_officer(
    *, by: Actor, name: str, username: str, role: Role, organisation: Organisation, now: datetime
) -> NewOfficer:
    """Register a person with an officer's post and an account without a password, and give out its first code.

    Safe to repeat: as long as the same person never used a code, another one replaces it and nothing else happens.
    Refusals: NotAnOfficer, RoleDoesNotFit, NotAllowed, PersonNameMissing, UsernameMalformed, UsernameTaken.
    """
    if role not in OFFICER_ROLES:
        raise NotAnOfficer(field="role", role=role.label)
    account = _still_to_be_activated(name, username, role, organisation, now)
    is_new = account is None
    if account is None:
        new = NewPerson(name=name, posts=((role, organisation),), starts_on=local_day(now), username=username)
        [person] = register_people(by=by, people=[new], now=now)
        account = Account.objects.select_related("person").get(person=person)
    code = issue_activation_code(by=by, account=account, now=now)
    return NewOfficer(account=account, code=code, is_new=is_new)


def _still_to_be_activated(
    name: str, username: str, role: Role, organisation: Organisation, now: datetime
) -> Account | None:
    """The account that an earlier, equal call made and nobody has opened since."""
    posts = Post.objects.filter(in_period(local_day(now)), role=role, organisation=organisation)
    found = (
        Account.objects.filter(
            username=username,
            is_active=True,
            last_login=None,
            must_change_password=True,
            person__name=name.strip(),
            person__posts__in=posts,
        )
        .select_related("person")
        .first()
    )
    return found if found is not None and not found.has_usable_password() else None


@dataclass(frozen=True, slots=True)
class Reset:
    """The one-time code of an account that was reset, and how much opens it no more."""

    code: str
    second_factors: int
    sessions: int
    tokens: int


@transaction.atomic
def reset_sign_in(*, by: Actor, account: Account, now: datetime) -> Reset:
    """Give the holder of an account a new beginning: a one-time code, and nothing that opened the account before.

    Password, authenticator apps, passkeys, recovery codes, linked outer sign-ins, sessions, access tokens and what
    other systems hold all end: whoever asks for a reset may have lost them to somebody. Posts stay.
    Refusals: NotAllowed, AccountClosed.
    """
    require(by, Permission.RESET)
    locked = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account.pk)
    if not locked.is_active:
        raise AccountClosed(username=locked.username)
    locked.password = UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)
    locked.must_change_password = True
    locked.save(update_fields=["password", "must_change_password"])
    factors = Authenticator.objects.filter(user=locked)
    second_factors = factors.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    factors.delete()
    SocialAccount.objects.filter(user=locked).delete()
    tokens = AccessToken.objects.in_force(now).filter(account=locked).update(revoked_at=now)
    sessions = end_every_session(locked)
    end_tokens_of_systems(people=[locked.person.uuid])
    record(
        by=by,
        at=now,
        deed="access.sign_in_reset",
        subject=subject_of(locked),
        details={"second_factors": second_factors, "sessions": sessions, "tokens": tokens},
    )
    announce(SignInReset(person_id=locked.person.uuid), by=by, at=now)
    return Reset(
        code=issue_activation_code(by=by, account=locked, now=now),
        second_factors=second_factors,
        sessions=sessions,
        tokens=tokens,
    )
