"""A run reads a source page by page. How far it has come is written with the records of each page, so that whoever
goes on after a crash goes on there."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.engines.catalogue.public import withdraw_entries
from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.actions.sources import locked, subject_of
from heluo.gateways.harvesting.actions.taking import HARVESTER, Taken, count_terms, take
from heluo.gateways.harvesting.enums import NoticeKind, Rhythm, RunState, Trouble
from heluo.gateways.harvesting.errors import AlreadyRunning, NothingToDecide, Paused, SourceTroubled, TokenExpired
from heluo.gateways.harvesting.models import Arrival, Run, Source
from heluo.gateways.harvesting.protocol import Page, first_page, next_page
from heluo.gateways.harvesting.queries import going_of, is_too_much, keepers_of, withdrawable
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.jobs.public import defer
from heluo.kernel.notices.public import News, settle_notices, tell_people

RUN_TASK = "harvesting.run"
MOST_PAGES = 20_000
LONGEST = timedelta(days=3)
MOST_FAILURES = 6
MOST_RESTARTS = 3
MOST_BAD = 1000
FEW = 10
"""On a page of fewer records, many bad ones say nothing of the source."""
FIRST_WAIT = 60
"""Seconds after a failure; twice as many after each further one."""
FORSAKEN_AFTER = timedelta(minutes=15)
RETIRED_AT_ONCE = 500
RHYTHMS = {Rhythm.HOURLY: timedelta(hours=1), Rhythm.DAILY: timedelta(days=1)}
TRANSIENT = frozenset({Trouble.UNREACHABLE, Trouble.BUSY})


@transaction.atomic
def begin_run(*, by: Actor, source: Source, whole: bool = False, now: datetime) -> Run:
    """Harvest what has changed since the last complete run, or everything. Refusals: AlreadyRunning, Paused."""
    source = locked(source)
    require(by, Permission.KEEP, on=source)
    if not source.is_active:
        raise Paused(name=source.name)
    with refused_as(AlreadyRunning, constraint="one_open_harvest", name=source.name):
        run = Run.objects.create(
            source=source, started_at=now, window=None if whole else source.since, next_at=now + FORSAKEN_AFTER
        )
    defer(RUN_TASK, run_id=run.pk)
    record(by=by, at=now, deed="harvesting.run_begun", subject=subject_of(source), details={"whole": whole})
    return run


def go_on(*, run_id: int, now: datetime) -> datetime | None:
    """One step of a run: a page, or some of what goes. When to take the next one; None when it is over or waits."""
    run = Run.objects.select_related("source__organisation").filter(pk=run_id).first()
    if run is None or run.state != RunState.RUNNING:
        return None
    if run.is_read:
        return _retire_some(run, now=now)
    if trouble := _out_of_bounds(run, now):
        _fail(run, SourceTroubled(trouble), now=now)
        return None
    try:
        page = _asked(run)
    except TokenExpired:
        return _start_again(run, now=now)
    except SourceTroubled as troubled:
        if troubled.trouble in TRANSIENT:
            return _wait(run, troubled, now=now)
        _fail(run, troubled, now=now)
        return None
    return take_page(run=run, page=page, now=now)


@transaction.atomic
def take_page(*, run: Run, page: Page, now: datetime) -> datetime | None:
    """Keep the records of a page, and that it was read. A page that somebody else has taken meanwhile is let go."""
    standing = _standing(run)
    if standing is None:
        return None
    taken = take(standing.source, page.records, now=now, run=standing)
    digest = hashlib.sha256(page.token.encode()).hexdigest() if page.token else ""
    loops = bool(page.token) and (page.token == standing.token or digest == standing.mark)
    standing.pages += 1
    if standing.pages & (standing.pages - 1) == 0:  # at powers of two: so any circle is met, whatever its length
        standing.mark = digest
    standing.moment = standing.moment or page.moment
    standing.token, standing.is_read = page.token, not page.token
    standing.records += len(page.records)
    standing.new, standing.changed = standing.new + taken.new, standing.changed + taken.changed
    standing.held += taken.held
    standing.failures, standing.next_at = 0, now + FORSAKEN_AFTER
    standing.trouble = standing.detail = ""
    standing.save()
    if loops:
        _end(standing, RunState.FAILED, now=now, trouble=Trouble.LOOP)
        return None
    if _are_too_bad(standing, page, taken):
        _end(standing, RunState.FAILED, now=now, trouble=Trouble.TOO_MANY_BAD)
        return None
    if standing.is_read and (count := is_too_much(standing)):
        _ask_officers(standing, count, now=now)
        return None
    return now


@transaction.atomic
def approve_retirement(*, by: Actor, source: Source, now: datetime) -> None:
    """Let a run retire as many records as its source said. Refusals: NothingToDecide."""
    run = _waiting(by, source)
    run.state, run.is_approved, run.next_at = RunState.RUNNING, True, now + FORSAKEN_AFTER
    run.save(update_fields=["state", "is_approved", "next_at"])
    defer(RUN_TASK, run_id=run.pk)
    _decided(by, run, "harvesting.retirement_approved", now)


@transaction.atomic
def reject_retirement(*, by: Actor, source: Source, now: datetime) -> None:
    """Keep what a source wanted to retire. Refusals: NothingToDecide."""
    run = _waiting(by, source)
    going_of(run).update(going=None)
    _end(run, RunState.REJECTED, now=now)
    _decided(by, run, "harvesting.retirement_rejected", now)


def _asked(run: Run) -> Page:
    source = run.source
    if run.token:
        return next_page(source.base_url, run.token)
    return first_page(
        source.base_url,
        prefix=source.prefix,
        set_spec=source.set_spec,
        since=run.window,
        granularity=source.granularity,
    )


def _standing(run: Run) -> Run | None:
    """The run as it is now, locked, if nobody has gone on with it since it was looked at."""
    standing = (
        Run.objects.select_for_update(of=("self",)).select_related("source__organisation").filter(pk=run.pk).first()
    )
    is_same = standing is not None and (standing.state, standing.pages, standing.token) == (
        RunState.RUNNING,
        run.pages,
        run.token,
    )
    return standing if is_same else None


def _out_of_bounds(run: Run, now: datetime) -> Trouble | None:
    if not run.source.is_active:
        return Trouble.PAUSED
    if run.pages >= MOST_PAGES:
        return Trouble.TOO_MANY_PAGES
    return Trouble.TOO_LONG if now - run.started_at > LONGEST else None


def _are_too_bad(run: Run, page: Page, taken: Taken) -> bool:
    """Most of a page, or many of a run: then it is the source that is at fault, or the mapping."""
    return run.held > MOST_BAD or (len(page.records) >= FEW and taken.held * 2 > len(page.records))


@transaction.atomic
def _start_again(run: Run, *, now: datetime) -> datetime | None:
    """Its token is no longer known: read the window anew. What was taken is met again and stays as it is."""
    standing = _standing(run)
    if standing is None:
        return None
    if standing.restarts >= MOST_RESTARTS:
        _end(standing, RunState.FAILED, now=now, trouble=Trouble.EXPIRED)
        return None
    standing.token, standing.mark, standing.restarts = "", "", standing.restarts + 1
    standing.save(update_fields=["token", "mark", "restarts"])
    return now


@transaction.atomic
def _wait(run: Run, troubled: SourceTroubled, *, now: datetime) -> datetime | None:
    """Come back when the source wants it, or later and later; in the end, not at all."""
    standing = _standing(run)
    if standing is None:
        return None
    if standing.failures >= MOST_FAILURES:
        _end(standing, RunState.FAILED, now=now, trouble=troubled.trouble, detail=troubled.detail)
        return None
    seconds = troubled.seconds or FIRST_WAIT * 2**standing.failures
    standing.failures, standing.next_at = standing.failures + 1, now + timedelta(seconds=seconds)
    standing.trouble, standing.detail = troubled.trouble, troubled.detail[:300]
    standing.save(update_fields=["failures", "next_at", "trouble", "detail"])
    return standing.next_at


@transaction.atomic
def _fail(run: Run, troubled: SourceTroubled, *, now: datetime) -> None:
    standing = _standing(run)
    if standing is not None:
        _end(standing, RunState.FAILED, now=now, trouble=troubled.trouble, detail=troubled.detail)


def _end(run: Run, state: RunState, *, now: datetime, trouble: str = "", detail: str = "") -> None:
    """Only a run that has read everything moves the beginning of the next one."""
    run.state, run.ended_at, run.trouble, run.detail = state, now, trouble, detail[:300]
    run.save(update_fields=["state", "ended_at", "trouble", "detail"])
    source = run.source
    source.due_at = now + RHYTHMS[Rhythm(source.rhythm)]
    if state == RunState.FAILED:
        going_of(run).update(going=None)
    else:
        source.since = run.moment
    source.save(update_fields=["due_at", "since"])


@transaction.atomic
def _retire_some(run: Run, *, now: datetime) -> datetime | None:
    """Withdraw some of what the source told as deleted; the run is done when nothing is left."""
    standing = _standing(run)
    if standing is None:
        return None
    going = list(
        going_of(standing)
        .select_for_update(of=("self",))
        .select_related("source")
        .defer("raw")
        .order_by("pk")[:RETIRED_AT_ONCE]
    )
    if not going:
        _end(standing, RunState.DONE, now=now)
        return None
    withdrawn = retire(standing.source, going, now=now)
    Run.objects.filter(pk=standing.pk).update(retired=F("retired") + withdrawn, next_at=now + FORSAKEN_AFTER)
    return now


def retire(source: Source, going: list[Arrival], *, now: datetime) -> int:
    """Withdraw what a source told as deleted, inside the caller's transaction; how many entries that were."""
    withdrawn = sum(
        withdraw_entries(by=HARVESTER, identifiers=uuids, reason=_("来源平台已下架。"), origin=origin, now=now)
        for origin, uuids in sorted(withdrawable(going).items())
    )
    count_terms(source, _said_no_more(going))
    Arrival.objects.filter(pk__in=[one.pk for one in going]).update(
        is_gone=True, going=None, speaks=False, values=[], last_seen_at=now
    )
    return withdrawn


def _said_no_more(arrivals: list[Arrival]) -> dict[str, int]:
    deltas: dict[str, int] = {}
    for value in (value for one in arrivals for value in one.values):
        deltas[value] = deltas.get(value, 0) - 1
    return deltas


def _ask_officers(run: Run, count: int, *, now: datetime) -> None:
    run.state, run.to_retire = RunState.WAITING, count
    run.save(update_fields=["state", "to_retire"])
    tell_keepers(run.source, NoticeKind.RETIREMENT, key=_key(run), count=count, now=now)


def tell_keepers(source: Source, kind: NoticeKind, *, key: str, count: int, now: datetime) -> None:
    """A notice about a source to the officers who decide on it."""
    news = [
        News(
            person=person,
            kind=kind,
            key=key,
            url=reverse("harvesting:source", args=[source.uuid]),
            parameters={"name": source.name, "count": str(count)},
        )
        for person in keepers_of(source, now=now)
    ]
    tell_people(news=news, now=now)


def _waiting(by: Actor, source: Source) -> Run:
    require(by, Permission.KEEP, on=source)
    run = (
        Run.objects.select_for_update(of=("self",))
        .select_related("source__organisation")
        .filter(source=source, state=RunState.WAITING)
        .first()
    )
    if run is None:
        raise NothingToDecide
    return run


def _decided(by: Actor, run: Run, deed: str, now: datetime) -> None:
    settle_notices(keys=[_key(run)], now=now)
    record(by=by, at=now, deed=deed, subject=subject_of(run.source), details={"count": run.to_retire})


def _key(run: Run) -> str:
    return f"harvesting:{run.pk}"
