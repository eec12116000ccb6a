"""Sources are looked at, added, changed, paused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from heluo.engines.catalogue.access import Permission as CataloguePermission
from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.enums import Rhythm
from heluo.gateways.harvesting.errors import OurOwn, SourceKnown
from heluo.gateways.harvesting.models import Source
from heluo.gateways.harvesting.protocol import Identity, identify
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.jobs.public import defer
from heluo.kernel.organisations.models import Organisation

READ_AGAIN_TASK = "harvesting.read_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What an officer says of a source."""

    name: str
    licence: str
    share: int
    rhythm: Rhythm


def look_at(*, by: Actor, base_url: str) -> Identity:
    """Ask a provider what it is, before it is added. Refusals: SourceTroubled, OurOwn."""
    require(by, Permission.KEEP)
    if base_url.rstrip("/") == f"{settings.PUBLIC_URL}/oai":
        raise OurOwn(field="base_url")
    return identify(base_url)


def domain_of(identity: Identity, base_url: str) -> str:
    """What its own identifiers are made of."""
    return identity.domain or (urlsplit(base_url).hostname or "").lower()


@transaction.atomic
def add_source(
    *,
    by: Actor,
    identity: Identity,
    base_url: str,
    set_spec: str,
    organisation: Organisation,
    kept: Kept,
    now: datetime,
) -> Source:
    """Have a provider harvested, as it was found when it was looked at. Refusals: SourceKnown, OurOwn."""
    require_right(by, organisation)
    origin = domain_of(identity, base_url)
    if origin == settings.NODE_DOMAIN.lower():
        raise OurOwn(field="base_url")
    with refused_as(SourceKnown, constraint="harvest_source_once", field="base_url"):
        source = Source.objects.create(
            uuid=uuid4(),
            name=kept.name,
            base_url=base_url,
            set_spec=set_spec,
            prefix=identity.prefix,
            granularity=identity.granularity,
            organisation=organisation,
            origin=origin,
            proof_url=identity.proof_url,
            licence=kept.licence,
            share=kept.share,
            rhythm=kept.rhythm,
            due_at=now,
            added_at=now,
        )
    record(by=by, at=now, deed="harvesting.source_added", subject=subject_of(source), details={"address": base_url})
    return source


@transaction.atomic
def change_source(*, by: Actor, source: Source, kept: Kept, now: datetime) -> None:
    """Say something else of a source; its records are read again where that changes them."""
    source = locked(source)
    require_right(by, source.organisation)
    shows_otherwise = (source.name, source.licence) != (kept.name, kept.licence)
    before = _said(source)
    source.name, source.licence, source.share, source.rhythm = kept.name, kept.licence, kept.share, kept.rhythm
    if before == _said(source):
        return
    source.save(update_fields=["name", "licence", "share", "rhythm"])
    if shows_otherwise:
        defer(READ_AGAIN_TASK, source_id=source.pk, value="", after=0)
    details = {"before": before, "after": _said(source)}
    record(by=by, at=now, deed="harvesting.source_changed", subject=subject_of(source), details=details)


@transaction.atomic
def pause_source(*, by: Actor, source: Source, is_active: bool, now: datetime) -> None:
    """Stop harvesting, or go on with it; what is here stays here. A run under way stops before its next page."""
    source = locked(source)
    require_right(by, source.organisation)
    if source.is_active == is_active:
        return
    source.is_active = is_active
    source.save(update_fields=["is_active"])
    details = {"is_on": is_active}
    record(by=by, at=now, deed="harvesting.source_changed", subject=subject_of(source), details=details)


def locked(source: Source) -> Source:
    return Source.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=source.pk)


def subject_of(source: Source) -> Subject:
    return Subject(kind="harvest_source", id=str(source.uuid), title=source.name, path=source.organisation.path)


def require_right(by: Actor, organisation: Organisation) -> None:
    """Whoever has records of others come in must be allowed to receive them there."""
    require(by, Permission.KEEP, on=organisation)
    require(by, CataloguePermission.RECEIVE, on=organisation)


def _said(source: Source) -> Mapping[str, object]:
    return {name: getattr(source, name) for name in ("name", "licence", "share", "rhythm")}
