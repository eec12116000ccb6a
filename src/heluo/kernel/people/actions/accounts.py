"""Passwords and first sign-in."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.crypto import constant_time_compare, salted_hmac

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor, platform_actor, require, within
from heluo.kernel.audit.public import Difference, record, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import subject_of as organisation_subject
from heluo.kernel.people.access import EVERYDAY_ROLES, Permission, Place, require_above, require_at_any
from heluo.kernel.people.actions.subjects import subject_of
from heluo.kernel.people.errors import ActivationRefused, WeakPassword
from heluo.kernel.people.events import PasswordChanged
from heluo.kernel.people.models import Account, Activation, Post, in_period
from heluo.kernel.people.queries import paths_of, posts_of

ACTIVATION_LASTS = timedelta(days=14)
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1: codes are read out and copied by hand."""
CODE_LENGTH = 12
CODES_AT_ONCE = 2000
ACTIVATION_SALT = "heluo.people.activation"
ACTIVATOR = platform_actor("activation", ())


@transaction.atomic
def set_password(*, by: Actor, account: Account, password: str, now: datetime) -> Account:
    """The holder of an account gives it a new password. Other sessions of the account end by themselves."""
    if by.person_id != account.person.uuid:
        raise NotAllowed
    return _keep_password(by, account, password, now)


def _keep_password(by: Actor, account: Account, password: str, now: datetime) -> Account:
    try:
        validate_password(password, account)
    except ValidationError as weak:
        raise WeakPassword(field="password", problems=" ".join(weak.messages)) from None
    account.set_password(password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    record(by=by, at=now, deed="people.password_changed", subject=subject_of(account.person))
    announce(PasswordChanged(person_id=account.person.uuid), by=by, at=now)
    return account


def _hash_of(code: str) -> str:
    return salted_hmac(ACTIVATION_SALT, code.strip().upper().replace("-", ""), algorithm="sha256").hexdigest()


@transaction.atomic
def issue_activation_code(*, by: Actor, account: Account, now: datetime) -> str:
    """A one-time code with which the holder sets a password. An older code stops working; the code is shown once.

    Whoever holds a code can become the holder: it takes the right at every post they hold, and for other than everyday
    posts the right to appoint to them, so that nobody opens the account of an equal or a superior.
    """
    require_at_any(by, Permission.ACTIVATE, paths_of(account.person))
    for post in posts_of([account.person], on=local_day(now)):
        if post.role in EVERYDAY_ROLES:
            require(by, Permission.ACTIVATE, on=Place(post.organisation.path))
        else:
            require_above(by, Role(post.role), post.organisation)
    locked = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account.pk)
    code = _fresh_code()
    Activation.objects.filter(account=locked, used_at=None).delete()
    Activation.objects.create(account=locked, code_hash=_hash_of(code), expires_at=now + ACTIVATION_LASTS)
    record(by=by, at=now, deed="people.activation_code_issued", subject=subject_of(locked.person))
    return code


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code in clear, for the one moment in which it is handed over."""

    account: Account
    code: str


@transaction.atomic
def issue_activation_codes(
    *, by: Actor, organisation: Organisation, people: Collection[int], now: datetime
) -> list[IssuedCode]:
    """Codes for those of some people (primary keys) at an organisation whose account nobody has activated yet.

    Left out is who has a password, and who also holds a post out of the actor's reach: somebody above both gives them
    theirs. Older codes stop working. Four statements however many people.
    """
    require(by, Permission.ACTIVATE, on=organisation)
    held = Post.objects.filter(in_period(local_day(now)), person=OuterRef("person"))
    accounts = list(
        Account.objects.select_for_update(of=("self",))
        .filter(
            Exists(held.filter(organisation=organisation)),
            ~Exists(held.exclude(within(by, Permission.ACTIVATE))),
            person__in=people,
            is_active=True,
            password__startswith=UNUSABLE_PASSWORD_PREFIX,
        )
        .select_related("person")
        .order_by("pk")
    )
    issued = [IssuedCode(account, _fresh_code()) for account in accounts]
    Activation.objects.filter(account__in=accounts, used_at=None).delete()
    Activation.objects.bulk_create(
        [
            Activation(account=one.account, code_hash=_hash_of(one.code), expires_at=now + ACTIVATION_LASTS)
            for one in issued
        ],
        batch_size=CODES_AT_ONCE,
    )
    if issued:
        record_batch(
            by=by,
            at=now,
            deed="people.activation_codes_issued",
            subject=organisation_subject(organisation),
            differences=[Difference(str(one.account.person.uuid), after={"account": True}) for one in issued],
        )
    return issued


def _fresh_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


@transaction.atomic
def activate_account(*, username: str, code: str, password: str, now: datetime) -> Account:
    """Set the first password with a one-time code. A wrong name, a wrong and an old code are refused alike."""
    activation = (
        Activation.objects.select_for_update(of=("self",))
        .select_related("account__person")
        .filter(account__username=username.strip(), account__is_active=True, used_at=None, expires_at__gt=now)
        .first()
    )
    if activation is None or not constant_time_compare(activation.code_hash, _hash_of(code)):
        raise ActivationRefused(field="code")
    account = _keep_password(ACTIVATOR, activation.account, password, now)
    activation.used_at = now
    activation.save(update_fields=["used_at"])
    return account
