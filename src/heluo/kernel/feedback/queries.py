"""What people said, as far as the asker may know it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from heluo.kernel.actors.public import Actor, allows, require_person, within
from heluo.kernel.clock.public import SHANGHAI, end_of_day
from heluo.kernel.feedback.access import Permission, can_moderate
from heluo.kernel.feedback.enums import CommentState, UseKind
from heluo.kernel.feedback.models import Comment, CommentReport, Favourite, Rating, UseCount
from heluo.kernel.feedback.registry import resolved
from heluo.kernel.feedback.vocabulary import SubjectRef
from heluo.kernel.pages.keyset import KeysetPage, keyset_page

SMALL_GROUP = 3
"""Numbers that come from fewer people than this are not shown: they would tell who."""
COMMENTS_SHOWN = 10
NEWEST = ("-at", "-id")


@dataclass(frozen=True, slots=True)
class Tally:
    """Public numbers about a subject. `favourites` and `mean` are unknown (None) while too few people stand behind."""

    favourites: int | None = None
    raters: int = 0
    mean: float | None = None
    comments: int = 0
    views: int = 0
    downloads: int = 0


@dataclass(frozen=True, slots=True)
class Opinion:
    """A comment as the asker sees it."""

    comment: Comment
    name: str
    is_own: bool
    may_report: bool

    @property
    def first(self) -> str:
        """What stands in the author's sign."""
        return self.name[:1]

    @property
    def is_pending(self) -> bool:
        return self.comment.state == CommentState.PENDING


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the panel under a subject shows."""

    subject: SubjectRef
    tally: Tally
    opinions: Sequence[Opinion]
    next_cursor: str | None
    previous_cursor: str | None
    stars: int | None
    is_favourite: bool
    may_give: bool
    may_rate: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """A comment that waits for a moderator, with its subject and what readers said against it."""

    comment: Comment
    subject: SubjectRef | None
    complaints: Sequence[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A favourite with its subject."""

    favourite: Favourite
    subject: SubjectRef


TALLIES = """
    SELECT wanted.uuid,
           (SELECT count(*) FROM feedback_favourite AS kept WHERE kept.kind = %(kind)s AND kept.subject = wanted.uuid),
           stars.people, stars.mean,
           (SELECT count(*) FROM feedback_comment AS said
             WHERE said.kind = %(kind)s AND said.subject = wanted.uuid AND said.state = 'shown'),
           uses.views, uses.downloads
      FROM unnest(%(uuids)s::uuid[]) AS wanted(uuid)
      CROSS JOIN LATERAL (
           SELECT count(*) AS people, avg(newest.stars)::float8 AS mean
             FROM (SELECT DISTINCT ON (given.person) given.stars
                     FROM feedback_rating AS given
                    WHERE given.kind = %(kind)s AND given.subject = wanted.uuid
                    ORDER BY given.person, given.id DESC) AS newest) AS stars
      CROSS JOIN LATERAL (
           SELECT coalesce(sum(counted.count) FILTER (WHERE counted.use = 'view'), 0)::bigint AS views,
                  coalesce(sum(counted.count) FILTER (WHERE counted.use = 'download'), 0)::bigint AS downloads
             FROM feedback_usecount AS counted
            WHERE counted.kind = %(kind)s AND counted.subject = wanted.uuid) AS uses
"""


def tallies_of(kind: str, uuids: Collection[UUID]) -> dict[UUID, Tally]:
    """Public numbers of many subjects of one kind. One query, however many."""
    if not uuids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TALLIES, {"kind": kind, "uuids": [str(uuid) for uuid in uuids]})
        return {
            uuid: Tally(
                favourites=kept if kept == 0 or kept >= SMALL_GROUP else None,
                raters=people,
                mean=round(mean, 1) if people >= SMALL_GROUP else None,
                comments=comments,
                views=views,
                downloads=downloads,
            )
            for uuid, kept, people, mean, comments, views, downloads in cursor.fetchall()
        }


@dataclass(frozen=True, slots=True)
class Totals:
    """Public numbers about many subjects together. `favourites` and `mean` are unknown (None) where they would tell."""

    favourites: int | None = None
    raters: int = 0
    mean: float | None = None
    views: int = 0
    downloads: int = 0


TOTALS = """
    WITH wanted AS (SELECT unnest(%(uuids)s::uuid[]) AS subject),
    kept AS (
        SELECT subject, person FROM feedback_favourite JOIN wanted USING (subject) WHERE kind = %(kind)s
    ), rated AS (
        SELECT DISTINCT ON (subject, person) subject, person, stars
          FROM feedback_rating JOIN wanted USING (subject)
         WHERE kind = %(kind)s
         ORDER BY subject, person, id DESC
    ), used AS (
        SELECT coalesce(sum(count) FILTER (WHERE use = 'view'), 0)::bigint AS views,
               coalesce(sum(count) FILTER (WHERE use = 'download'), 0)::bigint AS downloads
          FROM feedback_usecount JOIN wanted USING (subject)
         WHERE kind = %(kind)s
    )
    SELECT (SELECT count(*) FROM kept),
           (SELECT count(DISTINCT person) FROM kept WHERE subject IN
                   (SELECT subject FROM kept GROUP BY subject HAVING count(*) < %(few)s)),
           (SELECT count(DISTINCT person) FROM rated),
           (SELECT avg(stars)::float8 FROM rated),
           (SELECT count(DISTINCT person) FROM rated WHERE subject IN
                   (SELECT subject FROM rated GROUP BY subject HAVING count(*) < %(few)s)),
           used.views, used.downloads
      FROM used
"""


def totals_of(kind: str, uuids: Collection[UUID]) -> Totals:
    """Public numbers of many subjects of one kind together. One query, however many.

    Each favourite and each person's newest stars count once. What the tally of a single subject hides must not come
    out by subtracting the others from the sum: so the sum is told only where nothing is hidden, or where enough people
    stand behind all that is hidden together.
    """
    if not uuids:
        return Totals(favourites=0)
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, {"kind": kind, "uuids": [str(uuid) for uuid in uuids], "few": SMALL_GROUP})
        kept, hidden_keepers, raters, mean, hidden_raters, views, downloads = cursor.fetchone()
    return Totals(
        favourites=None if 0 < hidden_keepers < SMALL_GROUP else kept,
        raters=raters,
        mean=None if mean is None or 0 < hidden_raters < SMALL_GROUP else round(mean, 1),
        views=views,
        downloads=downloads,
    )


def panel_of(*, actor: Actor, subject: SubjectRef, cursor: str | None = None) -> Panel:
    """The panel of a subject the actor may see. At most four queries."""
    page = comments_on(actor=actor, subject=subject, cursor=cursor)
    is_moderator = can_moderate(actor, subject)
    may_give = actor.person_id is not None and allows(actor, Permission.GIVE)
    mine = {"kind": subject.kind, "subject": subject.uuid, "person": actor.person_id}
    newest = Rating.objects.filter(**mine).order_by("-id").first() if may_give else None
    return Panel(
        subject=subject,
        tally=tallies_of(subject.kind, [subject.uuid])[subject.uuid],
        opinions=[_opinion(comment, actor, unmasked=is_moderator, may_give=may_give) for comment in page.items],
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        stars=newest.stars if newest else None,
        is_favourite=may_give and Favourite.objects.filter(**mine).exists(),
        may_give=may_give,
        may_rate=may_give and subject.owner_id != actor.person_id,
    )


def comments_on(
    *, actor: Actor, subject: SubjectRef, cursor: str | None = None, size: int = COMMENTS_SHOWN
) -> KeysetPage[Comment]:
    """Shown comments, newest first, and the actor's own that still wait."""
    visible = Q(state=CommentState.SHOWN)
    if actor.person_id is not None:
        visible |= Q(state=CommentState.PENDING, author=actor.person_id)
    comments = Comment.objects.filter(visible, kind=subject.kind, subject=subject.uuid)
    return keyset_page(comments, order=NEWEST, cursor=cursor, size=size)


def _opinion(comment: Comment, actor: Actor, *, unmasked: bool, may_give: bool) -> Opinion:
    is_own = comment.author == actor.person_id
    return Opinion(
        comment=comment,
        name=comment.author_name if is_own or unmasked else masked(comment.author_name),
        is_own=is_own,
        may_report=may_give and not is_own and comment.state == CommentState.SHOWN,
    )


def masked(name: str) -> str:
    """All but the first character hidden: 张** ."""
    return f"{name[:1]}**"


def comments_to_moderate(actor: Actor) -> QuerySet[Comment]:
    """Comments that wait for this moderator: new ones, and shown ones that readers report. Not their own."""
    waiting = Q(state=CommentState.PENDING) | Q(state=CommentState.SHOWN, open_reports__gt=0)
    own = Q(author=actor.person_id) if actor.person_id else Q(pk__in=())
    return Comment.objects.filter(waiting, ~own, within(actor, Permission.MODERATE, field="path"))


def matters_of(actor: Actor, comments: Sequence[Comment]) -> list[Matter]:
    """Comments with their subjects and complaints. One query for the complaints and one per kind of subject."""
    complaints: dict[int, list[str]] = {}
    unanswered = Q(comment__decided_at__isnull=True) | Q(at__gt=F("comment__decided_at"))
    reports = CommentReport.objects.filter(unanswered, comment__in=comments, comment__open_reports__gt=0)
    for report in reports.order_by("id"):
        complaints.setdefault(report.comment_id, []).append(report.get_reason_display())
    subjects = subjects_among(actor, ((comment.kind, comment.subject) for comment in comments))
    return [
        Matter(
            comment=comment,
            subject=subjects.get((comment.kind, comment.subject)),
            complaints=complaints.get(comment.pk, ()),
        )
        for comment in comments
    ]


def favourites_of(
    *, actor: Actor, cursor: str | None = None, size: int = 20
) -> tuple[KeysetPage[Favourite], list[Kept]]:
    """The actor's favourites, newest first, with those subjects they may (still) see. One query and one per kind."""
    page = keyset_page(Favourite.objects.filter(person=require_person(actor)), order=NEWEST, cursor=cursor, size=size)
    subjects = subjects_among(actor, ((row.kind, row.subject) for row in page.items))
    kept = [
        Kept(favourite=row, subject=subjects[row.kind, row.subject])
        for row in page.items
        if (row.kind, row.subject) in subjects
    ]
    return page, kept


def subjects_among(actor: Actor, wanted: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], SubjectRef]:
    """Subjects of several kinds, as far as the actor may see them; one query per kind."""
    found: dict[tuple[str, UUID], SubjectRef] = {}
    for kind, group in groupby(sorted(set(wanted), key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        for uuid, subject in resolved(actor, kind, [uuid for _kind, uuid in group]).items():
            found[kind, uuid] = subject
    return found


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """How often things were used and rated on one day, or on several together: every part may be added up.

    `told` are those ratings that stand behind a mean which may be told, `stars` their sum: days on which fewer than a
    small group rated are in neither, so that nobody gets at them by subtracting.
    """

    day: date
    views: int = 0
    downloads: int = 0
    finishes: int = 0
    collects: int = 0
    ratings: int = 0
    told: int = 0
    stars: int = 0

    @property
    def mean(self) -> float | None:
        return mean_of(self.stars, self.told)


def mean_of(stars: int, told: int) -> float | None:
    """The mean of ratings that may be told; none where there are none."""
    return round(stars / told, 1) if told else None


RATING = "rating"
"""Stands for ratings where uses stand by their kind."""


def uses_by_day(kind: str, uuids: Collection[UUID], *, since: date) -> list[DayOfUse]:
    """The days since one on which things of a kind were used or rated, oldest first. Two queries."""
    counted = UseCount.objects.filter(kind=kind, subject__in=uuids, day__gte=since).values("day")
    totals = {use: Coalesce(Sum("count", filter=Q(use=use)), 0) for use in UseKind}
    used = counted.annotate(
        views=totals[UseKind.VIEW],
        downloads=totals[UseKind.DOWNLOAD],
        finishes=totals[UseKind.FINISH],
        collects=totals[UseKind.COLLECT],
    )
    rated = (
        _rated(kind, uuids, since=since)
        .values("day")
        .annotate(ratings=Count("id"), people=Count("person", distinct=True), sum=Sum("stars"))
    )
    days: dict[date, dict[str, Any]] = {row["day"]: dict(row) for row in used}
    for row in rated:
        is_told = row["people"] >= SMALL_GROUP
        days.setdefault(row["day"], {"day": row["day"]}).update(
            ratings=row["ratings"], told=row["ratings"] * is_told, stars=row["sum"] * is_told
        )
    return [DayOfUse(**days[day]) for day in sorted(days)]


def counted_uses(kind: str, uuids: Collection[UUID], *, since: date) -> QuerySet[Any, Any]:
    """The counts of days of things of a kind, for a file of them: day, subject, kind of use or `RATING`, how often, and
    of ratings by a group that is not small their mean.
    """
    used = UseCount.objects.filter(kind=kind, subject__in=uuids, day__gte=since).annotate(
        mean=Value(None, output_field=FloatField())
    )
    rated = (
        _rated(kind, uuids, since=since)
        .values("day", "subject")
        .annotate(
            use=Value(RATING, output_field=CharField()),
            count=Count("id"),
            mean=Case(When(count__gte=SMALL_GROUP, then=Avg("stars")), output_field=FloatField()),
        )
    )
    columns = ("day", "subject", "use", "count", "mean")
    return used.values_list(*columns).union(rated.values_list(*columns), all=True)


def _rated(kind: str, uuids: Collection[UUID], *, since: date) -> QuerySet[Any, Any]:
    """Ratings by day: of a person who thinks otherwise on the same day, the last one."""
    by_day = Rating.objects.annotate(day=TruncDate("at", tzinfo=SHANGHAI))
    same = {name: OuterRef(name) for name in ("kind", "subject", "person", "day")}
    return by_day.filter(
        ~Exists(by_day.filter(**same, id__gt=OuterRef("id"))),
        kind=kind,
        subject__in=uuids,
        at__gte=end_of_day(since - timedelta(days=1)),
    )
