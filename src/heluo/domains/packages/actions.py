"""Keeping how far somebody is with an item of a package."""

import json
import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from heluo.domains.packages.enums import Completion, Success
from heluo.domains.packages.errors import ScoreOutOfBounds, StateTooLarge
from heluo.domains.packages.models import FinishedAttempt, Progress
from heluo.domains.packages.queries import package_file
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.feedback.public import UseKind, note_use
from heluo.kernel.holdings.public import Permission
from heluo.kernel.people.models import Person

LARGEST_STATE = 512 * 1024
"""Bytes of what a package may keep of one person and item: SCORM 2004 allows 64,000 characters, and interactions."""
LARGEST_SCORE = 1e9
LONGEST_SECONDS = 1000 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a package says of an attempt. `seconds`: since the last report."""

    completion: Completion = Completion.INCOMPLETE
    success: Success = Success.UNKNOWN
    scaled: float | None = None
    raw: float | None = None
    least: float | None = None
    most: float | None = None
    seconds: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    is_finished: bool = False
    """The attempt is over: the next one begins anew."""

    def measure(self) -> float | None:
        """The score from 0 to 1, to compare by."""
        if self.scaled is not None:
            return self.scaled
        if self.raw is None:
            return None
        span = (self.most or 0) - (self.least or 0)
        return (self.raw - (self.least or 0)) / span if span > 0 else self.raw


@transaction.atomic
def keep_progress(*, by: Actor, file: UUID, item: int, report: Report, now: datetime) -> Progress:
    """Remember what a package says of the actor's attempt at one of its items.

    The best over all attempts stays: what was completed or passed does not become undone. A note for oneself, written
    often: it is not audited and announces nothing.
    Raises `SignInNeeded`, `NotFound`, `StateTooLarge`, `ScoreOutOfBounds`.
    """
    person = Person.objects.get(uuid=require_person(by))
    stored, place = package_file(by, file)
    manifest = stored.blob.courseware
    if manifest is None or manifest.item(item) is None:
        raise NotFound
    _require_sane(report)
    Progress.objects.bulk_create(
        [Progress(person=person, content=stored.blob, item=item, started_at=now, attempt_began_at=now, last_at=now)],
        ignore_conflicts=True,
    )
    progress = Progress.objects.select_for_update().get(person=person, content=stored.blob, item=item)
    before = Report(scaled=progress.scaled, raw=progress.raw, least=progress.least, most=progress.most).measure()
    reached = report.measure()
    if reached is not None and (before is None or reached >= before):
        progress.scaled, progress.raw, progress.least, progress.most = (
            report.scaled,
            report.raw,
            report.least,
            report.most,
        )
    if report.completion == Completion.COMPLETED:
        if place and place.subject and progress.completion != Completion.COMPLETED:
            kind, subject = place.subject
            note_use(by=by, kind=kind, subject=subject, use=UseKind.FINISH, visitor=str(person.uuid), now=now)
        progress.completion = Completion.COMPLETED
    if report.success != Success.UNKNOWN and progress.success != Success.PASSED:
        progress.success = report.success
    progress.seconds = min(progress.seconds + report.seconds, LONGEST_SECONDS)
    progress.state, progress.last_at = report.state, now
    if report.is_finished:
        _finish(progress, report, now=now)
    progress.save()
    return progress


def _finish(progress: Progress, report: Report, *, now: datetime) -> None:
    progress.attempts += 1
    FinishedAttempt.objects.create(
        person_id=progress.person_id,
        content_id=progress.content_id,
        item=progress.item,
        number=progress.attempts,
        completion=report.completion,
        success=report.success,
        scaled=report.scaled,
        raw=report.raw,
        least=report.least,
        most=report.most,
        seconds=min(max(0, round((now - progress.attempt_began_at).total_seconds())), LONGEST_SECONDS),
        started_at=progress.attempt_began_at,
        finished_at=now,
    )
    progress.state, progress.attempt_began_at = {}, now


def _require_sane(report: Report) -> None:
    size = len(json.dumps(report.state, ensure_ascii=False).encode())
    if size > LARGEST_STATE:
        raise StateTooLarge(size=size // 1024, limit=LARGEST_STATE // 1024)
    scores = [score for score in (report.scaled, report.raw, report.least, report.most) if score is not None]
    if any(not math.isfinite(score) or abs(score) > LARGEST_SCORE for score in scores):
        raise ScoreOutOfBounds
    if report.scaled is not None and abs(report.scaled) > 1:
        raise ScoreOutOfBounds


def erase_progress(*, by: Actor, person: UUID, now: datetime) -> int:
    """Forget how far somebody is with any package, and what they reached. The decision was made elsewhere."""
    require(by, Permission.ERASE)
    finished = FinishedAttempt.objects.filter(person__uuid=person).delete()[0]
    return finished + Progress.objects.filter(person__uuid=person).delete()[0]
