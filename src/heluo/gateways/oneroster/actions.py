"""What is written: clients come and go, what they read is counted, bulk files are ordered and made."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.idp.oidc.models import Client, Token
from django.db import connection, transaction

from heluo.gateways.oneroster.access import Permission
from heluo.gateways.oneroster.enums import Scope
from heluo.gateways.oneroster.errors import AlreadyRevoked, ClientNameMissing, ExportUnderWay, NoScopes
from heluo.gateways.oneroster.events import ClientAdded, ClientRevoked, ExportMade
from heluo.gateways.oneroster.models import Export, RosterClient
from heluo.kernel.actors.enums import ActorKind
from heluo.kernel.actors.errors import NotAllowed, refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce
from heluo.kernel.jobs.public import defer
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.public import me

NAME_LENGTH = 60
SECRET_BYTES = 32
EXPORT_TASK = "oneroster.export"
COUNT = """
    INSERT INTO oneroster_reading (client_id, endpoint, hour, requests, objects_given) VALUES (%s, %s, %s, 1, %s)
    ON CONFLICT (client_id, endpoint, hour) DO UPDATE
       SET requests = oneroster_reading.requests + 1,
           objects_given = oneroster_reading.objects_given + excluded.objects_given
    RETURNING requests
"""


# -- clients ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client just added, with its secret: shown once, kept as a hash."""

    client: RosterClient
    secret: str


@transaction.atomic
def add_client(
    *, by: Actor, name: str, organisation: Organisation, scopes: Collection[Scope], now: datetime
) -> NewClient:
    """Let a program read the register below an organisation. Refusals: ClientNameMissing, NoScopes.

    It is a client of the platform's own OAuth provider that may do nothing but ask for a token with these scopes.
    """
    require(by, Permission.CONNECT, on=organisation)
    title = " ".join(name.split())
    if not title or len(title) > NAME_LENGTH:
        raise ClientNameMissing(field="name", longest=NAME_LENGTH)
    if not scopes:
        raise NoScopes(field="scopes")
    granted = sorted(scope.value for scope in scopes)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    outer = Client(name=title, type=Client.Type.CONFIDENTIAL, grant_types="client_credentials", created_at=now)
    outer.response_types = ""
    outer.set_scopes(granted)
    outer.set_default_scopes(granted)
    outer.set_secret(secret)
    outer.save(force_insert=True)
    client = RosterClient.objects.create(client_id=outer.pk, name=title, organisation=organisation, created_at=now)
    record(
        by=by,
        at=now,
        deed="oneroster.client_added",
        subject=_subject(client),
        details={"scopes": [one.rpartition("/")[2] for one in granted], "organisation": organisation.name},
    )
    announce(ClientAdded(client=client.client_id), by=by, at=now)
    return NewClient(client=client, secret=secret)


@transaction.atomic
def revoke_client(*, by: Actor, client: RosterClient, now: datetime) -> None:
    """Stop a program for good; its tokens end at once. Refusal: AlreadyRevoked."""
    fresh = RosterClient.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=client.pk)
    require(by, Permission.CONNECT, on=fresh)
    if fresh.revoked_at is not None:
        raise AlreadyRevoked
    fresh.revoked_at = now
    fresh.save(update_fields=["revoked_at"])
    Token.objects.filter(client_id=fresh.client_id).delete()
    Client.objects.filter(pk=fresh.client_id).delete()
    record(by=by, at=now, deed="oneroster.client_revoked", subject=_subject(fresh))
    announce(ClientRevoked(client=fresh.client_id), by=by, at=now)


@transaction.atomic
def note_reading(*, client: RosterClient, endpoint: str, given: int, now: datetime) -> None:
    """Count one request of a client; the first at an endpoint in an hour goes into the audit log."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [client.pk, endpoint, hour, given])
        (requests,) = cursor.fetchone()
    if requests == 1:
        record(
            by=Actor(kind=ActorKind.PLATFORM, name=client.name),  # named by whoever let it in, not by the platform
            at=now,
            deed="oneroster.register_read",
            subject=_subject(client),
            details={"endpoint": endpoint},
        )


def _subject(client: RosterClient) -> Subject:
    return Subject(kind="roster_client", id=client.client_id, title=client.name, path=client.access_path)


# -- bulk files -------------------------------------------------------------------------------------------------------


@transaction.atomic
def order_export(*, by: Actor, organisation: Organisation, with_demographics: bool, now: datetime) -> Export:
    """Have the register of an organisation and of all below it written into a bulk file. Refusal: ExportUnderWay."""
    require(by, Permission.EXPORT, on=organisation)
    if not by.is_person:
        raise NotAllowed
    with refused_as(ExportUnderWay, constraint="one_export_under_way", organisation=organisation.name):
        export = Export.objects.create(
            organisation=organisation, asked_by=me(by), with_demographics=with_demographics, asked_at=now
        )
    defer(EXPORT_TASK, export_id=export.pk)
    record(
        by=by,
        at=now,
        deed="oneroster.export_ordered",
        subject=_export_subject(export),
        details={"with_demographics": with_demographics},
    )
    return export


def export_made(*, export: Export, by: Actor, now: datetime) -> None:
    """Tell that a file lies ready; inside the transaction that put it there."""
    record(by=by, at=now, deed="oneroster.export_made", subject=_export_subject(export))
    announce(ExportMade(export_id=export.pk), by=by, at=now)


@transaction.atomic
def note_download(*, by: Actor, export: Export, now: datetime) -> None:
    """Put into the audit log that somebody fetched a bulk file."""
    require(by, Permission.EXPORT, on=export.organisation)
    record(by=by, at=now, deed="oneroster.export_fetched", subject=_export_subject(export))


def _export_subject(export: Export) -> Subject:
    organisation = export.organisation
    return Subject(kind="roster_export", id=str(export.pk), title=organisation.name, path=organisation.path)
