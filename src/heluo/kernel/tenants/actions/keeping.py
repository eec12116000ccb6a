"""Opening virtual platforms, and keeping them."""

import re
from datetime import datetime
from typing import IO
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.files.public import FileKind, StoredFile, store_file
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.tenants.access import Permission
from heluo.kernel.tenants.colours import ENOUGH, readability, readable_like
from heluo.kernel.tenants.enums import TenantState
from heluo.kernel.tenants.errors import (
    ColourUnreadable,
    HostNotOurs,
    HostTaken,
    LabelReserved,
    LabelTaken,
    LogoTooLarge,
    MovedToItself,
    NewAddressNeeded,
    OneEach,
)
from heluo.kernel.tenants.models import LONGEST_SHORT_NAME, OWN_COLOUR, Tenant

KIND = "tenant"
RESERVED = frozenset({"www", "content", "stream", "api", "static", "mail", "admin", "heluo"})
LARGEST_LOGO = 512 * 1024
HOST = re.compile(r"[a-z0-9.-]+(:\d+)?")


@transaction.atomic
def open_tenant(
    *, by: Actor, organisation: Organisation, label: str, name: str, short_name: str = "", now: datetime
) -> Tenant:
    """Give an organisation a virtual platform below the platform's domain. One each."""
    require(by, Permission.GRANT, on=organisation)
    if label in RESERVED or f"{label}.{settings.TENANT_DOMAIN}" == urlsplit(settings.CONTENT_URL).hostname:
        raise LabelReserved(field="label", label=label)
    with (
        refused_as(LabelTaken, constraint="label_of_one_tenant", field="label", label=label),
        refused_as(OneEach, constraint="tenants_tenant_organisation_id_key", field="code", name=organisation.name),
    ):
        tenant = Tenant.objects.create(
            uuid=mint_identifier(KIND, str(uuid4())),
            organisation=organisation,
            label=label,
            name=name.strip(),
            short_name=short_name.strip() or name.strip()[:LONGEST_SHORT_NAME],
            colour=OWN_COLOUR,
            opened_at=now,
            changed_at=now,
        )
    _note(by, now, "tenants.opened", tenant, label=label)
    return tenant


@transaction.atomic
def describe_tenant(*, by: Actor, tenant: Tenant, name: str, short_name: str, colour: str, now: datetime) -> Tenant:
    """Its names and its colour. A colour in which words cannot be read is refused, with one that will do."""
    fresh = _to_change(by, tenant, Permission.KEEP)
    wanted = colour.lower()
    if readability(wanted) < ENOUGH:
        ratio = f"{readability(wanted):.1f}"
        raise ColourUnreadable(field="colour", ratio=ratio, instead=readable_like(wanted))
    fresh.name, fresh.short_name, fresh.colour = name.strip(), short_name.strip(), wanted
    _save(fresh, now, "name", "short_name", "colour")
    _note(by, now, "tenants.described", fresh)
    return fresh


def put_logo(*, by: Actor, tenant: Tenant, name: str, content: IO[bytes], size: int, now: datetime) -> Tenant:
    """Another logo: a picture, small enough for the head of every page."""
    require(by, Permission.KEEP, on=tenant)
    if size > LARGEST_LOGO:
        raise LogoTooLarge(field="logo", limit=f"{LARGEST_LOGO // 1024} KB")
    file = store_file(by=by, name=name, content=content, wanted=(FileKind.IMAGE,), now=now)
    return _set_logo(by, tenant, file, now)


def remove_logo(*, by: Actor, tenant: Tenant, now: datetime) -> Tenant:
    """Back to the mark of Heluo."""
    return _set_logo(by, tenant, None, now)


@transaction.atomic
def _set_logo(by: Actor, tenant: Tenant, file: StoredFile | None, now: datetime) -> Tenant:
    fresh = _to_change(by, tenant, Permission.KEEP)
    fresh.logo = file
    _save(fresh, now, "logo")
    _note(by, now, "tenants.logo_changed", fresh)
    return fresh


@transaction.atomic
def set_own_host(*, by: Actor, tenant: Tenant, host: str, now: datetime) -> Tenant:
    """A host name of its own, which the operator has let in by TENANT_HOSTS; empty takes it away."""
    fresh = _to_change(by, tenant, Permission.GRANT)
    named = host.strip().lower()
    if named and named not in settings.TENANT_HOSTS:
        raise HostNotOurs(field="host", host=named)
    fresh.own_host = named or None
    with refused_as(HostTaken, constraint="host_of_one_tenant", field="host", host=named):
        _save(fresh, now, "own_host")
    _note(by, now, "tenants.host_set", fresh, host=named)
    return fresh


@transaction.atomic
def suspend_tenant(*, by: Actor, tenant: Tenant, now: datetime) -> Tenant:
    """Nobody sees anything under its host until it is resumed; nothing is lost."""
    return _set_state(by, tenant, TenantState.SUSPENDED, "tenants.suspended", now)


@transaction.atomic
def resume_tenant(*, by: Actor, tenant: Tenant, now: datetime) -> Tenant:
    """Open again what was suspended, or has come back from elsewhere."""
    return _set_state(by, tenant, TenantState.ACTIVE, "tenants.resumed", now)


@transaction.atomic
def mark_moved(*, by: Actor, tenant: Tenant, address: str, now: datetime) -> Tenant:
    """Lead everybody who asks for it on to where it is now, page by page."""
    parts = urlsplit(address.strip().lower())
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(parts.netloc) or parts.path.strip("/"):
        raise NewAddressNeeded(field="address")
    there = f"{parts.scheme}://{parts.netloc}"
    if parts.hostname == tenant.host or there == tenant.address:
        raise MovedToItself(field="address")
    return _set_state(by, tenant, TenantState.MOVED, "tenants.moved", now, moved_to=there)


def _set_state(
    by: Actor, tenant: Tenant, state: TenantState, deed: str, now: datetime, *, moved_to: str = ""
) -> Tenant:
    fresh = _to_change(by, tenant, Permission.GRANT)
    fresh.state, fresh.moved_to = state, moved_to
    _save(fresh, now, "state", "moved_to")
    _note(by, now, deed, fresh)
    return fresh


def _to_change(by: Actor, tenant: Tenant, permission: Permission) -> Tenant:
    """The row, locked. Refuses whoever may not; what is gone is not there."""
    fresh = Tenant.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=tenant.pk).first()
    if fresh is None:
        raise NotFound
    require(by, permission, on=fresh)
    return fresh


def _save(tenant: Tenant, now: datetime, *fields: str) -> None:
    tenant.changed_at = now
    tenant.save(update_fields=[*fields, "changed_at"])


def _note(by: Actor, now: datetime, deed: str, tenant: Tenant, **details: object) -> None:
    subject = Subject(kind="tenant", id=str(tenant.uuid), title=tenant.name, path=tenant.organisation.path)
    record(by=by, at=now, deed=deed, subject=subject, details=details)
