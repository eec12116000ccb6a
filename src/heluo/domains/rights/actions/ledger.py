"""The ledger of rights: what happened to works, in rows whose hash stands in the audit chain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from heluo.domains.rights.enums import EventKind
from heluo.domains.rights.models import Progress, RightsEvent
from heluo.engines.catalogue.enums import Deed as ChangeDeed
from heluo.engines.catalogue.models import Change, Entry
from heluo.engines.catalogue.public import DERIVED_FROM
from heluo.kernel.actors.public import WHOLE_TREE, Actor, platform_actor
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.clock.public import end_of_day
from heluo.kernel.events.public import below_horizon
from heluo.kernel.feedback.enums import UseKind
from heluo.kernel.feedback.models import UseCount

LEDGER = platform_actor("rights", ())
READ_AT_ONCE = 1000
LEDGER_LOCK = 0x4845_4C55_4F00_0050
"""Key of the advisory lock under which events are noted: a fact that two tell at once is noted once."""
COUNTED = {UseKind.DOWNLOAD: EventKind.DOWNLOADED, UseKind.COLLECT: EventKind.ADOPTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something that happened to a work. `source` names the fact, so that it stands once."""

    entry: UUID
    kind: EventKind
    at: datetime
    source: str
    node: str = ""
    count: int = 1
    other: UUID | None = None
    amount: int = 0


@transaction.atomic
def note_events(*, by: Actor = LEDGER, noted: Iterable[Noted], now: datetime) -> int:
    """Write down what is not there yet, and its content into the audit trail, which is chained and signed; how many."""
    told = {one.source: one for one in noted}
    if not told:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
    known = set(RightsEvent.objects.filter(source__in=told).values_list("source", flat=True))
    fresh = [
        RightsEvent(
            entry=one.entry,
            kind=one.kind,
            at=one.at,
            node=one.node or settings.NODE_DOMAIN,
            count=one.count,
            other=one.other,
            amount=one.amount,
            source=one.source,
        )
        for one in told.values()
        if one.source not in known
    ]
    if not fresh:
        return 0
    row = record_batch(
        by=by,
        at=now,
        deed="rights.noted",
        subject=Subject(kind="rights_ledger", id=str(fresh[0].entry), title="", path=WHOLE_TREE),
        differences=[Difference(str(event.entry), after=event.facts()) for event in fresh],
    )
    for position, event in enumerate(fresh):
        event.row, event.position = row, position
    RightsEvent.objects.bulk_create(fresh, batch_size=READ_AT_ONCE)
    return len(fresh)


@transaction.atomic
def note_purchase(*, by: Actor, entry: UUID, number: str, fen: int, now: datetime) -> None:
    """Write down that somebody acquired a work: for whoever sells. `number` is that of the order there."""
    sale = Noted(entry=entry, kind=EventKind.PURCHASED, at=now, source=f"purchase:{number}", amount=fen)
    note_events(by=by, noted=[sale], now=now)


@transaction.atomic
def follow_catalogue(*, now: datetime) -> int:
    """Write down what this node's works saw in the catalogue since the last time; how many lines were read."""
    progress = _progress()
    lines = list(
        below_horizon(Change.objects.filter(seq__gt=progress.seq))
        .select_related("entry")
        .defer("entry__words")
        .order_by("seq")[:READ_AT_ONCE]
    )
    note_events(noted=[one for line in lines for one in _said_by(line)], now=now)
    if lines:
        progress.seq = lines[-1].seq
        progress.save(update_fields=["seq"])
    return len(lines)


def _said_by(line: Change) -> list[Noted]:
    entry = line.entry
    if entry.origin != settings.NODE_DOMAIN:
        return []
    is_published = line.deed == ChangeDeed.PUBLISHED
    kind = EventKind.PUBLISHED if is_published else EventKind.WITHDRAWN
    noted = [Noted(entry=entry.uuid, kind=kind, at=line.at, source=f"change:{line.seq}")]
    if is_published:
        noted += [
            Noted(
                entry=source,
                kind=EventKind.DERIVED,
                at=line.at,
                source=f"derived:{entry.uuid}:{source}",
                other=entry.uuid,
            )
            for source in _sources(entry)
        ]
    return noted


def _sources(entry: Entry) -> list[UUID]:
    """The works an entry says it was adapted from."""
    said = entry.payload.get(DERIVED_FROM)
    try:
        return [UUID(str(said["identifier"]))] if isinstance(said, dict) else []
    except (KeyError, ValueError):
        return []


def note_uses(*, day: date, now: datetime) -> int:
    """Write down how often this node's works were downloaded and adopted here on a day that is over."""
    rows = UseCount.objects.filter(
        day=day,
        use__in=COUNTED,
        subject__in=Entry.objects.filter(origin=settings.NODE_DOMAIN).values("uuid"),
    ).values_list("subject", "use", "count")
    noted = [
        Noted(
            entry=subject,
            kind=COUNTED[UseKind(use)],
            at=end_of_day(day),
            source=f"{use}:{subject}:{day}",
            count=count,
        )
        for subject, use, count in rows.iterator(chunk_size=READ_AT_ONCE)
    ]
    return sum(note_events(noted=batch, now=now) for batch in _batches(noted))


def _batches(noted: Sequence[Noted]) -> Iterable[Sequence[Noted]]:
    for start in range(0, len(noted), READ_AT_ONCE):
        yield noted[start : start + READ_AT_ONCE]


def _progress() -> Progress:
    """How far things have come, locked."""
    found = Progress.objects.select_for_update().first()
    return found or Progress.objects.create()
