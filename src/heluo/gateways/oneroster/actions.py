"""What is written: clients come and go, what they read is counted, bulk files are ordered and made."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO

from allauth.idp.oidc.models import Client, Token
from django.db import connection, transaction

from heluo.gateways.oneroster.access import Permission
from heluo.gateways.oneroster.enums import ExportState, Scope
from heluo.gateways.oneroster.errors import AlreadyRevoked, ClientNameMissing, ExportUnderWay, NoScopes
from heluo.gateways.oneroster.events import ClientAdded, ClientRevoked, ExportMade
from heluo.gateways.oneroster.models import Export, RosterClient
from heluo.kernel.actors.enums import ActorKind
from heluo.kernel.actors.errors import NotAllowed, refused_as
from heluo.kernel.actors.public import Actor, platform_actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.enums import FileKind
from heluo.kernel.files.public import store_file
from heluo.kernel.jobs.public import defer
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.public import me

NAME_LENGTH = 60
SECRET_BYTES = 32
EXPORT_TASK = "oneroster.export"
KEPT_FOR = timedelta(days=7)
"""How long a bulk file lies ready: it is a copy of children's data."""
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


@transaction.atomic
def keep_export(*, export: Export, content: IO[bytes], name: str, now: datetime) -> None:
    """Put a written file where the one who ordered it can fetch it."""
    platform = platform_actor("oneroster", [FilePermission.UPLOAD])
    file = store_file(by=platform, name=name, content=content, wanted=(FileKind.PACKAGE,), now=now)
    fresh = Export.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=export.pk)
    if fresh.state != ExportState.WAITING:
        return
    fresh.state, fresh.file, fresh.done_at = ExportState.READY, file, now
    fresh.save(update_fields=["state", "file", "done_at"])
    record(by=platform, at=now, deed="oneroster.export_made", subject=_export_subject(fresh))
    announce(ExportMade(export_id=fresh.pk), by=platform, at=now)


@transaction.atomic
def give_up_export(*, export_id: int, now: datetime) -> None:
    """Say that a file could not be made; another may then be ordered."""
    Export.objects.filter(pk=export_id, state=ExportState.WAITING).update(state=ExportState.FAILED, done_at=now)


@transaction.atomic
def expire_exports(*, now: datetime) -> int:
    """Let go of the files that lay ready long enough; the store discards what nobody points to. How many."""
    ready = Export.objects.filter(state=ExportState.READY, done_at__lte=now - KEPT_FOR)
    return ready.update(state=ExportState.EXPIRED, file=None)


@transaction.atomic
def note_download(*, by: Actor, export: Export, now: datetime) -> None:
    """Put into the audit log that somebody fetched a bulk file."""
    require(by, Permission.EXPORT, on=export.organisation)
    record(by=by, at=now, deed="oneroster.export_fetched", subject=_export_subject(export))


def _export_subject(export: Export) -> Subject:
    organisation = export.organisation
    return Subject(kind="roster_export", id=str(export.pk), title=organisation.name, path=organisation.path)
