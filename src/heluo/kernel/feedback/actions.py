"""Giving feedback, moderating it, and counting uses."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.feedback.access import Permission
from heluo.kernel.feedback.enums import CommentState, ReportReason, UseKind
from heluo.kernel.feedback.errors import (
    AlreadyReported,
    CommentAlreadyDecided,
    CommentEmpty,
    CommentTooLong,
    OwnComment,
    OwnWork,
    ReasonNeeded,
    StarsOutOfRange,
    TooManyComments,
)
from heluo.kernel.feedback.events import CommentDecided, CommentMade, SubjectRated
from heluo.kernel.feedback.models import Comment, CommentReport, Favourite, Rating, Use
from heluo.kernel.feedback.registry import subject_for
from heluo.kernel.holdings.public import Permission as Erasing

COMMENT_LENGTH = 500
REASON_LENGTH = 200
COMMENTS_AN_HOUR = 10
MOST_STARS = 5
DAYS_UNTIL_FORGOTTEN = 1


@transaction.atomic
def set_favourite(*, by: Actor, kind: str, subject: UUID, wanted: bool, now: datetime) -> None:
    """Keep a thing at hand, or no longer. Doing so twice, even at once, is doing it once."""
    require(by, Permission.GIVE)
    person = require_person(by)
    if not wanted:
        Favourite.objects.filter(person=person, kind=kind, subject=subject).delete()
        return
    subject_for(by, kind, subject)
    Favourite.objects.bulk_create([Favourite(person=person, kind=kind, subject=subject, at=now)], ignore_conflicts=True)


@transaction.atomic
def rate(*, by: Actor, kind: str, subject: UUID, stars: int, now: datetime) -> None:
    """Give one to five stars. A person's newest stars count; the same stars again are no new fact."""
    require(by, Permission.GIVE)
    person = require_person(by)
    found = subject_for(by, kind, subject)
    if not 1 <= stars <= MOST_STARS:
        raise StarsOutOfRange(field="stars")
    if found.owner_id == person:
        raise OwnWork
    newest = Rating.objects.filter(kind=kind, subject=subject, person=person).order_by("-id").first()
    if newest is not None and newest.stars == stars:
        return
    Rating.objects.create(kind=kind, subject=subject, person=person, stars=stars, at=now)
    announce(SubjectRated(kind=kind, subject=subject), by=by, at=now)


@transaction.atomic
def make_comment(*, by: Actor, kind: str, subject: UUID, body: str, now: datetime) -> Comment:
    """Write a comment. Others see it once a moderator has shown it."""
    require(by, Permission.GIVE)
    person = require_person(by)
    found = subject_for(by, kind, subject)
    if not (body := body.strip()):
        raise CommentEmpty(field="body")
    if len(body) > COMMENT_LENGTH:
        raise CommentTooLong(field="body", limit=COMMENT_LENGTH, length=len(body))
    if Comment.objects.filter(author=person, at__gt=now - timedelta(hours=1)).count() >= COMMENTS_AN_HOUR:
        raise TooManyComments(limit=COMMENTS_AN_HOUR)
    comment = Comment.objects.create(
        kind=kind,
        subject=subject,
        path=found.path,
        author=person,
        author_name=by.name,
        body=body,
        state=CommentState.PENDING,
        at=now,
    )
    _record(by, now, "feedback.comment_made", comment)
    announce(CommentMade(comment_id=comment.pk, kind=kind, subject=subject), by=by, at=now)
    return comment


@transaction.atomic
def take_back_comment(*, by: Actor, comment_id: int, now: datetime) -> Comment:
    """Remove one's own comment."""
    comment = _locked(comment_id)
    if comment.author != require_person(by):
        raise NotFound
    if comment.state == CommentState.TAKEN_BACK:
        raise CommentAlreadyDecided(state=CommentState(comment.state).label)
    _settle(comment, CommentState.TAKEN_BACK, by=by, reason="", now=now)
    _record(by, now, "feedback.comment_taken_back", comment)
    return comment


@transaction.atomic
def decide_comment(
    *, by: Actor, comment_id: int, seen: CommentState, show: bool, reason: str = "", now: datetime
) -> Comment:
    """Show a comment, or hide it with a reason; the reports so far are answered by that.

    `seen` is the state in which the moderator saw it: the second of two moderators is told that it is done.
    """
    comment = _locked(comment_id)
    require(by, Permission.MODERATE, on=comment)
    if comment.author == by.person_id:
        raise OwnComment
    wanted = CommentState.SHOWN if show else CommentState.HIDDEN
    is_settled = comment.state == wanted and not comment.open_reports
    if is_settled or comment.state != seen or comment.state == CommentState.TAKEN_BACK:
        raise CommentAlreadyDecided(state=CommentState(comment.state).label)
    if not show and not reason.strip():
        raise ReasonNeeded(field="reason")
    _settle(comment, wanted, by=by, reason="" if show else reason.strip()[:REASON_LENGTH], now=now)
    deed = "feedback.comment_shown" if show else "feedback.comment_hidden"
    _record(by, now, deed, comment, {"reason": comment.reason} if comment.reason else None)
    return comment


@transaction.atomic
def report_comment(*, by: Actor, comment_id: int, reason: ReportReason, now: datetime) -> None:
    """Tell the moderators that a shown comment is unfit, once a person."""
    require(by, Permission.GIVE)
    person = require_person(by)
    comment = Comment.objects.select_for_update().filter(pk=comment_id, state=CommentState.SHOWN).first()
    if comment is None:
        raise NotFound
    subject_for(by, comment.kind, comment.subject)
    if comment.author == person:
        raise OwnComment
    _report, is_new = CommentReport.objects.get_or_create(
        comment=comment, person=person, defaults={"reason": reason, "at": now}
    )
    if not is_new:
        raise AlreadyReported
    Comment.objects.filter(pk=comment.pk).update(open_reports=F("open_reports") + 1)
    _record(by, now, "feedback.comment_reported", comment, {"reason": reason})


@transaction.atomic
def note_use(*, by: Actor, kind: str, subject: UUID, use: UseKind, visitor: str, now: datetime) -> None:
    """Note that somebody looked at or took a thing they may see; one visitor counts once a day.

    `visitor` is whatever tells visitors apart (a session key, an address); only a hash of it is kept, for that day.
    """
    subject_for(by, kind, subject)
    day = local_day(now)
    told_apart = blake2b(
        f"{day}|{visitor}".encode(errors="replace"), key=settings.SECRET_KEY.encode()[:64], digest_size=16
    ).digest()
    Use.objects.bulk_create(
        [Use(kind=kind, subject=subject, use=use, day=day, visitor=told_apart)], ignore_conflicts=True
    )


def roll_up_uses(*, now: datetime) -> int:
    """Add what came since the last time to the counts of days, forget the visitors of past days; how many were added.

    One statement: a use is counted exactly once, whatever happens in between.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROLL_UP)
        (counted,) = cursor.fetchone()
        Use.objects.filter(is_counted=True, day__lt=local_day(now) - timedelta(days=DAYS_UNTIL_FORGOTTEN)).delete()
    return int(counted)


ROLL_UP = """
    WITH fresh AS (
        UPDATE feedback_use SET is_counted = true WHERE NOT is_counted RETURNING kind, subject, use, day
    ), days AS (
        INSERT INTO feedback_usecount AS known (kind, subject, use, day, count)
        SELECT kind, subject, use, day, count(*) FROM fresh GROUP BY kind, subject, use, day
        ON CONFLICT (kind, subject, use, day) DO UPDATE SET count = known.count + excluded.count
    )
    SELECT count(*) FROM fresh
"""


@transaction.atomic
def move_subtree(*, by: Actor, old: str, new: str, now: datetime) -> int:
    """Follow an organisation that moved in the management tree; called by its action, in its transaction."""
    moved = Comment.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    if moved:
        subject = Subject(kind="comments", id=new, title=new, path=new)
        record(by=by, at=now, deed="feedback.comments_moved", subject=subject, details={"count": moved})
    return moved


def _locked(comment_id: int) -> Comment:
    comment = Comment.objects.select_for_update().filter(pk=comment_id).first()
    if comment is None:
        raise NotFound
    return comment


def _settle(comment: Comment, state: CommentState, *, by: Actor, reason: str, now: datetime) -> None:
    comment.state = state
    comment.reason = reason
    comment.open_reports = 0
    comment.decided_by = by.person_id
    comment.decided_at = now
    comment.save(update_fields=["state", "reason", "open_reports", "decided_by", "decided_at"])
    told = CommentDecided(comment_id=comment.pk, kind=comment.kind, subject=comment.subject, state=state)
    announce(told, by=by, at=now)


def _record(by: Actor, now: datetime, deed: str, comment: Comment, details: Mapping[str, object] | None = None) -> None:
    subject = Subject(kind="comment", id=str(comment.pk), title=comment.body[:40], path=comment.path)
    record(by=by, at=now, deed=deed, subject=subject, details=details)


# -- erasing what a person said: the decision was made elsewhere ----------------------------------------------------


def erase_favourites(*, by: Actor, person: UUID, now: datetime) -> int:
    """Delete what a person kept at hand. `now` is for erasers that need it."""
    require(by, Erasing.ERASE)
    return Favourite.objects.filter(person=person).delete()[0]


def erase_ratings(*, by: Actor, person: UUID, now: datetime) -> int:
    """Delete all stars a person gave."""
    require(by, Erasing.ERASE)
    return Rating.objects.filter(person=person).delete()[0]


def erase_comments(*, by: Actor, person: UUID, now: datetime) -> int:
    """Delete what a person wrote, with what others reported about it."""
    require(by, Erasing.ERASE)
    rows = Comment.objects.filter(author=person)
    count = rows.count()
    rows.delete()
    return count


def erase_reports(*, by: Actor, person: UUID, now: datetime) -> int:
    """Delete who reported; how many reports a comment has stays."""
    require(by, Erasing.ERASE)
    return CommentReport.objects.filter(person=person).delete()[0]
