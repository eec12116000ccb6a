"""Reads of the audit log, narrowed to the reader's own tree."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.access import visible_rows
from heluo.kernel.audit.models import AuditRow, Link, Seal, Verification
from heluo.kernel.clock.public import SHANGHAI


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What a reader of the log looks for; every part may be left open.

    `name` and `title` (part of a subject's title) have no index: give them a `day` or a first day, `since`.
    """

    person: UUID | None = None
    name: str = ""
    deed: str = ""
    day: date | None = None
    since: date | None = None
    title: str = ""
    subject_kind: str = ""
    subject_id: str = ""


def audit_rows(actor: Actor, wanted: AuditFilter) -> QuerySet[AuditRow]:
    """The rows a reader may see, newest first."""
    rows = AuditRow.objects.filter(visible_rows(actor))
    if wanted.person:
        rows = rows.filter(by=wanted.person)
    if wanted.name:
        rows = rows.filter(by_name=wanted.name)
    if wanted.deed:
        rows = rows.filter(deed=wanted.deed)
    if wanted.day:
        starts = datetime.combine(wanted.day, datetime.min.time(), SHANGHAI)
        rows = rows.filter(at__gte=starts, at__lt=starts + timedelta(days=1))
    if wanted.since:
        rows = rows.filter(at__gte=datetime.combine(wanted.since, datetime.min.time(), SHANGHAI))
    if wanted.title:
        rows = rows.filter(subject_title__icontains=wanted.title)
    if wanted.subject_kind:
        rows = rows.filter(subject_kind=wanted.subject_kind)
    if wanted.subject_id:
        rows = rows.filter(subject_id=wanted.subject_id)
    return rows.order_by("-seq")


def rows_about(kind: str, subject_id: str, deeds: Collection[str]) -> QuerySet[AuditRow]:
    """Some deeds done to one thing, newest first. The caller holds the right to know them."""
    return AuditRow.objects.filter(subject_kind=kind, subject_id=subject_id, deed__in=deeds).order_by("-seq")


def audit_row(actor: Actor, seq: int) -> AuditRow:
    """One row a reader may see; `NotFound` for any other."""
    row = AuditRow.objects.filter(visible_rows(actor), pk=seq).first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class ChainState:
    """The chain as it stands, unchecked."""

    links: int
    seals: int
    sealed_at: datetime | None
    unsealed: int


def chain_state() -> ChainState:
    newest = Seal.objects.order_by("-number").first()
    unsealed = AuditRow.objects.filter(
        ~Exists(Link.objects.filter(seq=OuterRef("seq"))), seq__gt=newest.settled if newest else 0
    ).count()
    return ChainState(
        links=newest.last if newest else 0,
        seals=newest.number if newest else 0,
        sealed_at=newest.sealed_at if newest else None,
        unsealed=unsealed,
    )


def latest_verification() -> Verification | None:
    return Verification.objects.order_by("-id").first()
