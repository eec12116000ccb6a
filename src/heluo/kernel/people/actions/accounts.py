"""Passwords and first sign-in."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.audit.public import record
from heluo.kernel.events.public import announce
from heluo.kernel.people.access import Permission, require_at_any
from heluo.kernel.people.actions.subjects import subject_of
from heluo.kernel.people.errors import ActivationRefused, WeakPassword
from heluo.kernel.people.events import PasswordChanged
from heluo.kernel.people.models import Account, Activation
from heluo.kernel.people.queries import paths_of

ACTIVATION_LASTS = timedelta(days=14)
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1: codes are read out and copied by hand."""
CODE_LENGTH = 12
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
    """A one-time code with which the holder sets a password. An older code stops working; the code is shown once."""
    require_at_any(by, Permission.ACTIVATE, paths_of(account.person))
    locked = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account.pk)
    code = "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))
    Activation.objects.filter(account=locked, used_at=None).delete()
    Activation.objects.create(account=locked, code_hash=_hash_of(code), expires_at=now + ACTIVATION_LASTS)
    record(by=by, at=now, deed="people.activation_code_issued", subject=subject_of(locked.person))
    return code


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
