"""What is here of a source is held against its proof of what it has told, and mended where it differs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import F, QuerySet

from heluo.engines.catalogue.public import leaves_of, tree_of
from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.actions.running import begin_run, tell_keepers
from heluo.gateways.harvesting.actions.sources import locked, subject_of
from heluo.gateways.harvesting.actions.taking import HARVESTER, take
from heluo.gateways.harvesting.enums import NoticeKind, Trouble
from heluo.gateways.harvesting.errors import AlreadyRunning, NoProofThere, Paused, SourceTroubled
from heluo.gateways.harvesting.models import Arrival, Comparison, Source
from heluo.gateways.harvesting.protocol import Listed, Proof, ProvedEntry, first_page, proof, record_of
from heluo.gateways.harvesting.queries import LEAST_TO_ASK, open_run, records_here
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.jobs.public import defer
from heluo.kernel.notices.public import settle_notices

T = TypeVar("T")
COMPARE_TASK = "harvesting.compare"
AT_ONCE = 64
"""Prefixes in one question, as many as a source takes."""
MOST_PARTS = 2048
"""Differing parts of one level, above which everything is harvested anew."""
MOST_MENDED = 5000


@dataclass(slots=True)
class Difference:
    """What a comparison found. `requests` counts what was asked."""

    told: int = 0
    requests: int = 0
    wrong: list[ProvedEntry] = field(default_factory=list)
    missing: list[ProvedEntry] = field(default_factory=list)
    surplus: int = 0


@transaction.atomic
def order_comparison(*, by: Actor, source: Source, now: datetime) -> None:
    """Have a source compared in the background. Refusals: NoProofThere, AlreadyRunning."""
    require(by, Permission.KEEP, on=source)
    if not source.proof_url:
        raise NoProofThere(name=source.name)
    if open_run(source) is not None:
        raise AlreadyRunning(name=source.name)
    defer(COMPARE_TASK, source_id=source.pk)
    record(by=by, at=now, deed="harvesting.comparison_ordered", subject=subject_of(source), details={})


def compare(*, source: Source, now: datetime) -> Comparison:
    """Compare and mend. A record that the source tells differently is asked for again; one that it told as gone, or too
    many that differ, are for a harvest from the beginning. What it does not tell of is counted and stays; where that
    is so much that it may have been emptied, officers are told. Of a source without a proof only that is looked at.
    """
    found = Difference()
    trouble = detail = ""
    mended = 0
    try:
        _look(source, found)
        mended = _mend(source, [*found.wrong, *found.missing], now=now)
    except SourceTroubled as troubled:
        trouble, detail = troubled.trouble, troubled.detail[:300]
    if trouble == Trouble.TOO_DIFFERENT or any(one.gone for one in found.wrong):
        with suppress(AlreadyRunning, Paused):
            begin_run(by=HARVESTER, source=source, whole=True, now=now)
    _sound_alarm(source, found, is_sure=not trouble, now=now)
    return Comparison.objects.create(
        source=source,
        at=now,
        told=found.told,
        wrong=len(found.wrong),
        missing=len(found.missing),
        surplus=found.surplus,
        mended=mended,
        requests=found.requests,
        trouble=trouble,
        detail=detail,
    )


@transaction.atomic
def _sound_alarm(source: Source, found: Difference, *, is_sure: bool, now: datetime) -> None:
    """Tell officers once that a source has lost what it told, without a word that it is gone, until it has it again."""
    standing = locked(source)
    lost = found.surplus if found.surplus * 100 > standing.share * records_here(standing) else 0
    if lost and (not found.told or lost >= LEAST_TO_ASK):
        if standing.emptied_at is None:
            standing.emptied_at = now
            tell_keepers(standing, NoticeKind.EMPTIED, key=_key(standing, now), count=lost, now=now)
    elif is_sure and standing.emptied_at is not None:
        settle_notices(keys=[_key(standing, standing.emptied_at)], now=now)
        standing.emptied_at = None
    standing.save(update_fields=["emptied_at"])


def _key(source: Source, since: datetime) -> str:
    return f"harvesting:emptied:{source.pk}:{since:%Y%m%d%H%M%S}"


def _look(source: Source, found: Difference) -> None:
    if not source.proof_url:
        _glance(source, found)
        return
    try:
        root = _asked(source, found, [])
    except SourceTroubled as troubled:
        if troubled.trouble == Trouble.NO_PROOF:  # nothing was told there yet, or nothing any more
            with suppress(SourceTroubled):
                _glance(source, found)
        raise
    found.told = root.root.count
    ours = {prefix: part.hash for prefix, part in tree_of(_held(source), depth=root.depth).items()}
    prefixes = [""] if ours.get("", "") != root.root.hash else []
    for _level in range(root.depth):
        prefixes = list(_differing(source, found, root, prefixes, ours))
        if len(prefixes) > MOST_PARTS:
            raise SourceTroubled(Trouble.TOO_DIFFERENT)
    for some in _by(prefixes):
        _sort_out(source, found, root, _same(root, _asked(source, found, some)), some)
    if len(found.wrong) + len(found.missing) > MOST_MENDED:
        raise SourceTroubled(Trouble.TOO_DIFFERENT)


def _glance(source: Source, found: Difference) -> None:
    """Whether a source still has what it told: where its whole list is one page, what is here and not on it."""
    found.requests += 1
    page = first_page(
        source.base_url, prefix=source.prefix, set_spec=source.set_spec, since=None, granularity=source.granularity
    )
    if not page.token:
        told = {record.identifier for record in page.records if not record.is_gone}
        found.told = len(told)
        found.surplus = _held(source).exclude(identifier__in=told).count()


def _held(source: Source) -> QuerySet[Arrival]:
    return Arrival.objects.filter(source=source, is_gone=False).annotate(uuid=F("entry"))


def _by(what: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at once as are asked for in one question."""
    return (what[start : start + AT_ONCE] for start in range(0, len(what), AT_ONCE))


def _differing(
    source: Source, found: Difference, root: Proof, prefixes: Sequence[str], ours: Mapping[str, str]
) -> Iterator[str]:
    """The parts just below some prefixes that are not the same here and there."""
    for some in _by(prefixes):
        theirs = {one.prefix: one.hash for one in _same(root, _asked(source, found, some)).parts}
        for below in (f"{prefix}{digit:x}" for prefix in some for digit in range(16)):
            if ours.get(below, "") != theirs.get(below, ""):
                yield below


def _sort_out(source: Source, found: Difference, root: Proof, answer: Proof, prefixes: Sequence[str]) -> None:
    """Which records of some parts at the bottom differ. What came here by another path, or is our own, is not theirs to
    say; what they told after their proof comes with the next harvest.
    """
    told = {one.identifier: one for one in answer.entries if one.identifier.hex.startswith(tuple(prefixes))}
    own = leaves_of(_held(source), prefixes=prefixes)
    theirs_to_say = set(_held(source).filter(entry__in=own, speaks=True).values_list("entry", flat=True))
    for uuid, one in told.items():
        if one.seq > root.seq:
            continue
        if uuid not in own and not one.gone:
            found.missing.append(one)
        elif uuid in theirs_to_say and own[uuid] != one.leaf:
            found.wrong.append(one)
    found.surplus += len(own.keys() - told.keys())


def _asked(source: Source, found: Difference, prefixes: Sequence[str]) -> Proof:
    found.requests += 1
    return proof(source.proof_url, set_spec=source.set_spec, prefixes=prefixes)


def _same(root: Proof, answer: Proof) -> Proof:
    """A tree that was renewed meanwhile cannot be followed down."""
    if (answer.seq, answer.depth) != (root.seq, root.depth):
        raise SourceTroubled(Trouble.MOVING)
    return answer


def _mend(source: Source, differing: Sequence[ProvedEntry], *, now: datetime) -> int:
    """Ask for records again and take them as they are; how many are then as they were told."""
    mended = 0
    for some in _by([one for one in differing if not one.gone]):
        identifiers = [(one, f"oai:{one.origin}:{one.identifier}") for one in some]
        asked = [record_of(source.base_url, identifier, prefix=source.prefix) for _one, identifier in identifiers]
        mended += _take(source, [one for one in asked if one is not None and not one.is_gone], some, now=now)
    return mended


@transaction.atomic
def _take(source: Source, records: Sequence[Listed], wanted: Sequence[ProvedEntry], *, now: datetime) -> int:
    take(source, records, now=now, mend=True)
    leaves = leaves_of(_held(source).filter(entry__in=[one.identifier for one in wanted]))
    return sum(leaves.get(one.identifier) == one.leaf for one in wanted)
