"""What operators do with other systems that sign people in here."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client
from django.db import transaction

from heluo.kernel.access.access import Permission
from heluo.kernel.access.errors import AddressNotSecure
from heluo.kernel.access.events import SystemConnected, SystemRemoved
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import WHOLE_TREE, Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce


@dataclass(frozen=True, slots=True)
class NewSystem:
    """A system just connected, with its secret: shown once, kept as a hash."""

    system: Client
    secret: str


@transaction.atomic
def connect_system(*, by: Actor, name: str, callbacks: Sequence[str], now: datetime) -> NewSystem:
    """Let another system sign people in here (OpenID Connect, code flow with a secret). Refusal: AddressNotSecure.

    People are asked before their name and posts are told; the consent is never skipped.
    """
    require(by, Permission.CONNECT_SYSTEMS)
    for address in callbacks:
        if not _is_secure(address):
            raise AddressNotSecure(field="callbacks", address=address)
    secret = secrets.token_urlsafe(32)
    system = Client(name=name, type=Client.Type.CONFIDENTIAL, created_at=now)
    system.set_scopes(["openid", "profile", "roles"])
    system.set_redirect_uris(list(callbacks))
    system.set_secret(secret)
    system.save(force_insert=True)
    record(by=by, at=now, deed="access.system_connected", subject=_system(system), details={"callbacks": [*callbacks]})
    announce(SystemConnected(system_id=system.pk), by=by, at=now)
    return NewSystem(system=system, secret=secret)


@transaction.atomic
def remove_system(*, by: Actor, system_id: str, now: datetime) -> None:
    """Stop a system from signing people in; its tokens die with it. Refusal: NotFound."""
    require(by, Permission.CONNECT_SYSTEMS)
    system = Client.objects.select_for_update().filter(pk=system_id).first()
    if system is None:
        raise NotFound
    record(by=by, at=now, deed="access.system_removed", subject=_system(system))
    announce(SystemRemoved(system_id=system.pk), by=by, at=now)
    system.delete()


def _is_secure(address: str) -> bool:
    parts = urlsplit(address)
    is_local = parts.scheme == "http" and parts.hostname == "localhost"
    return (parts.scheme == "https" or is_local) and bool(parts.hostname) and not set("#* \\") & set(address)


def _system(system: Client) -> Subject:
    return Subject(kind="system", id=system.pk, title=system.name, path=WHOLE_TREE)
