"""Checking the whole chain: the first thing that is wrong, and what is not sealed yet."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from heluo.kernel.audit import keys
from heluo.kernel.audit.chain import START, algorithm_of, digest_of_differences, link_hash, sealed_text
from heluo.kernel.audit.enums import Fault
from heluo.kernel.audit.models import AuditDifference, AuditRow, Link, Seal
from heluo.kernel.signing.public import is_signed

CHECKED_AT_ONCE = 2000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that is wrong: what, at which link, seal or row (0 where it does not apply)."""

    fault: Fault
    link: int = 0
    seal: int = 0
    seq: int = 0

    def __str__(self) -> str:
        return str(self.fault.label).format(link=self.link, seal=self.seal, seq=self.seq)


@dataclass(frozen=True, slots=True)
class Head:
    """One seal as it is kept off the machine: it pins everything before it."""

    seal: int
    last: int
    head: str
    sealed_at: str
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found."""

    links: int
    seals: int
    head: str
    broken: Broken | None
    unsealed: int
    oldest_unsealed_at: datetime | None

    @property
    def intact(self) -> bool:
        return self.broken is None

    def __str__(self) -> str:
        if self.broken is not None:
            return str(self.broken)
        sealed = _("审计链完整：{links} 条记录，{seals} 个封签。").format(links=self.links, seals=self.seals)
        if not self.unsealed:
            return sealed
        return sealed + _("另有 {count} 条新记录尚未封签。").format(count=self.unsealed)


class _Found(Exception):
    """Ends the walk at the first fault."""

    def __init__(self, broken: Broken) -> None:
        self.broken = broken


def verify(*, heads: Iterable[Head] = (), progress: Progress | None = None) -> Report:
    """Walk the chain from its first link; stop at the first thing that is wrong.

    `heads`: seals kept off the machine; each must still be there as it was. `progress(checked, total)` is called after
    every batch. Streams: memory does not grow with the chain.
    """
    newest = Seal.objects.order_by("-number").first()
    total = newest.last if newest else 0
    broken: Broken | None = None
    try:
        _check_heads(heads)
        _walk(total, progress)
        _check_beyond(newest)
    except _Found as found:
        broken = found.broken
    tail = AuditRow.objects.filter(
        ~Exists(Link.objects.filter(seq=OuterRef("seq"))), seq__gt=newest.settled if newest else 0
    ).aggregate(count=Count("seq"), oldest=Min("at"))
    return Report(
        links=total,
        seals=newest.number if newest else 0,
        head=newest.head if newest else START,
        broken=broken,
        unsealed=tail["count"],
        oldest_unsealed_at=tail["oldest"],
    )


def _seals() -> Iterator[Seal]:
    """All seals in order, each checked against the one before it."""
    trusted = keys.known_keys()
    previous_signature, last, number = b"", 0, 0
    while batch := list(Seal.objects.filter(number__gt=number).order_by("number")[:CHECKED_AT_ONCE]):
        for seal in batch:
            if seal.number != number + 1 or seal.first != last + 1 or seal.last < seal.first:
                raise _Found(Broken(Fault.SEAL_MISSING, seal=number + 1))
            key = trusted.get(seal.key_id)
            if key is None or seal.algorithm != keys.ALGORITHM:
                raise _Found(Broken(Fault.KEY_UNKNOWN, seal=seal.number))
            if not is_signed(key, bytes(seal.signature), sealed_text(seal, previous_signature)):
                raise _Found(Broken(Fault.SEAL_BROKEN, seal=seal.number))
            previous_signature, last, number = bytes(seal.signature), seal.last, seal.number
            yield seal


def _walk(total: int, progress: Progress | None) -> None:
    seals = _seals()
    seal = next(seals, None)
    head, checked = START, 0
    while checked < total:
        batch = list(Link.objects.filter(number__gt=checked, number__lte=total).order_by("number")[:CHECKED_AT_ONCE])
        if not batch:
            raise _Found(Broken(Fault.LINK_MISSING, link=checked + 1))
        rows = AuditRow.objects.in_bulk([link.seq for link in batch])
        for link in batch:
            if link.number != checked + 1:
                raise _Found(Broken(Fault.LINK_MISSING, link=checked + 1))
            _check_link(head, link, rows.get(link.seq))
            head, checked = link.hash, link.number
            if seal is not None and seal.last == checked:
                if seal.head != head:
                    raise _Found(Broken(Fault.SEAL_BROKEN, seal=seal.number))
                seal = next(seals, None)
        if progress is not None:
            progress(checked, total)


def _check_link(head: str, link: Link, row: AuditRow | None) -> None:
    if row is None:
        raise _Found(Broken(Fault.ROW_MISSING, link=link.number, seq=link.seq))
    algorithm = algorithm_of(link.hash)
    if algorithm is None or link_hash(head, row, algorithm=algorithm) != link.hash:
        raise _Found(Broken(Fault.ROW_CHANGED, link=link.number, seq=link.seq))
    if row.differences_count:
        differences = AuditDifference.objects.filter(row_id=row.seq).order_by("position")
        kept = differences.values_list("subject_id", "before", "after").iterator(chunk_size=CHECKED_AT_ONCE)
        algorithm = algorithm_of(row.differences_hash)
        if algorithm is None or digest_of_differences(kept, algorithm=algorithm) != row.differences_hash:
            raise _Found(Broken(Fault.DIFFERENCES_CHANGED, link=link.number, seq=link.seq))


def _check_beyond(newest: Seal | None) -> None:
    """Nothing may be chained above the newest seal, and nothing unchained may lie below its settled mark."""
    last, settled = (newest.last, newest.settled) if newest else (0, 0)
    stray = Link.objects.filter(number__gt=last).order_by("number").first()
    if stray is not None and not Seal.objects.filter(number__gt=newest.number if newest else 0).exists():
        raise _Found(Broken(Fault.LINK_UNSEALED, link=stray.number))
    inserted = (
        AuditRow.objects.filter(~Exists(Link.objects.filter(seq=OuterRef("seq"))), seq__lte=settled)
        .order_by("seq")
        .first()
    )
    if inserted is not None:
        raise _Found(Broken(Fault.ROW_INSERTED, seq=inserted.seq))


def _check_heads(heads: Iterable[Head]) -> None:
    for kept in sorted(heads, key=lambda head: head.seal):
        seal = Seal.objects.filter(number=kept.seal).first()
        if seal is None:
            raise _Found(Broken(Fault.TAIL_CUT, seal=kept.seal))
        if _head_of(seal) != kept:
            raise _Found(Broken(Fault.REWRITTEN, seal=kept.seal))


def _head_of(seal: Seal) -> Head:
    return Head(
        seal=seal.number,
        last=seal.last,
        head=seal.head,
        sealed_at=seal.sealed_at.isoformat(),
        key_id=seal.key_id,
        signature=bytes(seal.signature).hex(),
    )


def export_heads() -> list[Head]:
    """The last seal of each day and the newest: keep them off the machine, and nobody can shorten or rewrite it."""
    days = Seal.objects.annotate(day=TruncDate("sealed_at")).order_by("day", "-number").distinct("day")
    return [_head_of(seal) for seal in sorted(days, key=lambda seal: seal.number)]


def heads_to_text(heads: Iterable[Head]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(asdict(head)) + "\n" for head in heads)


def heads_from_text(text: str) -> list[Head]:
    return [Head(**json.loads(line)) for line in text.splitlines() if line.strip()]
