"""Giving feedback and moderating it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.feedback.access import Permission
from heluo.kernel.feedback.actions import (
    COMMENTS_AN_HOUR,
    decide_comment,
    make_comment,
    move_subtree,
    note_use,
    rate,
    report_comment,
    roll_up_uses,
    set_favourite,
    take_back_comment,
)
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
from heluo.kernel.feedback.models import Comment, CommentReport, Favourite, Rating, Use, UseCount
from heluo.kernel.feedback.public import tallies_of
from tests.kernel.feedback.conftest import ELSEWHERE, KIND, NOON, Lamps, moderator, someone

pytestmark = pytest.mark.django_db
ONE = UUID(int=1)


def said(body: str = "讲得清楚", by: Actor | None = None) -> Comment:
    return make_comment(by=by or someone(), kind=KIND, subject=ONE, body=body, now=NOON)


def shown(body: str = "讲得清楚", by: Actor | None = None) -> Comment:
    comment = said(body, by)
    return decide_comment(by=moderator(), comment_id=comment.pk, seen=CommentState.PENDING, show=True, now=NOON)


def test_a_favourite_is_kept_once_and_let_go_once(lamps: Lamps) -> None:
    teacher = someone()
    for wanted, kept in ((True, 1), (True, 1), (False, 0), (False, 0)):
        set_favourite(by=teacher, kind=KIND, subject=ONE, wanted=wanted, now=NOON)
        assert Favourite.objects.count() == kept


def test_the_newest_stars_of_a_person_count(lamps: Lamps) -> None:
    people = [someone() for _ in range(3)]
    for person in people:
        rate(by=person, kind=KIND, subject=ONE, stars=5, now=NOON)
    rate(by=people[0], kind=KIND, subject=ONE, stars=2, now=NOON)
    rate(by=people[0], kind=KIND, subject=ONE, stars=2, now=NOON)
    assert Rating.objects.count() == 4
    tally = tallies_of(KIND, [ONE])[ONE]
    assert (tally.raters, tally.mean) == (3, 4.0)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_go_from_one_to_five(lamps: Lamps, stars: int) -> None:
    with pytest.raises(StarsOutOfRange):
        rate(by=someone(), kind=KIND, subject=ONE, stars=stars, now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(kind=KIND, subject=ONE, person=ONE, stars=7, at=NOON)


def test_nobody_rates_their_own_work(lamps: Lamps) -> None:
    teacher = someone()
    lamps.owner = teacher.person_id
    with pytest.raises(OwnWork):
        rate(by=teacher, kind=KIND, subject=ONE, stars=5, now=NOON)


def test_a_comment_waits_until_a_moderator_shows_it(lamps: Lamps) -> None:
    comment = said("  很好 ")
    assert (comment.body, comment.state) == ("很好", CommentState.PENDING)
    assert tallies_of(KIND, [ONE])[ONE].comments == 0
    decide_comment(by=moderator(), comment_id=comment.pk, seen=CommentState.PENDING, show=True, now=NOON)
    assert tallies_of(KIND, [ONE])[ONE].comments == 1
    deeds = list(AuditRow.objects.order_by("seq").values_list("deed", flat=True))
    assert deeds == ["feedback.comment_made", "feedback.comment_shown"]
    assert OutboxRow.objects.get().topics == [f"feedback:{KIND}:{ONE}"]


def test_what_cannot_be_said(lamps: Lamps) -> None:
    with pytest.raises(CommentEmpty):
        said("  ")
    with pytest.raises(CommentTooLong, match="501"):
        said("长" * 501)


def test_nobody_floods(lamps: Lamps) -> None:
    chatty = someone()
    for _ in range(COMMENTS_AN_HOUR):
        said(by=chatty)
    with pytest.raises(TooManyComments):
        said(by=chatty)
    later = NOON + timedelta(hours=1, seconds=1)
    make_comment(by=chatty, kind=KIND, subject=ONE, body="过一会儿", now=later)


def test_hiding_needs_a_reason_and_the_second_moderator_is_told(lamps: Lamps) -> None:
    comment = said()
    hide = {"comment_id": comment.pk, "seen": CommentState.PENDING, "show": False, "now": NOON}
    with pytest.raises(ReasonNeeded):
        decide_comment(by=moderator(), reason=" ", **hide)  # type: ignore[arg-type]
    decide_comment(by=moderator(), reason="广告", **hide)  # type: ignore[arg-type]
    with pytest.raises(CommentAlreadyDecided, match="已隐藏"):
        decide_comment(by=moderator(), comment_id=comment.pk, seen=CommentState.PENDING, show=True, now=NOON)
    decide_comment(by=moderator(), comment_id=comment.pk, seen=CommentState.HIDDEN, show=True, now=NOON)


def test_moderators_stay_in_their_tree_and_out_of_their_own_words(lamps: Lamps) -> None:
    comment = said()
    seen = CommentState.PENDING
    for stranger in (PUBLIC_ACTOR, someone(), moderator(ELSEWHERE)):
        with pytest.raises(NotAllowed):
            decide_comment(by=stranger, comment_id=comment.pk, seen=seen, show=True, now=NOON)
    with pytest.raises(NotFound):
        decide_comment(by=moderator(), comment_id=0, seen=seen, show=True, now=NOON)
    own = moderator()
    with pytest.raises(OwnComment):
        decide_comment(by=own, comment_id=said(by=own).pk, seen=seen, show=True, now=NOON)


def test_a_report_brings_a_comment_back_once_a_reader(lamps: Lamps) -> None:
    comment = shown()
    reader = someone()
    report_comment(by=reader, comment_id=comment.pk, reason=ReportReason.ADVERT, now=NOON)
    with pytest.raises(AlreadyReported):
        report_comment(by=reader, comment_id=comment.pk, reason=ReportReason.ADVERT, now=NOON)
    comment.refresh_from_db()
    assert comment.open_reports == 1
    decide_comment(by=moderator(), comment_id=comment.pk, seen=CommentState.SHOWN, show=True, now=NOON)
    comment.refresh_from_db()
    assert comment.open_reports == 0


def test_what_cannot_be_reported(lamps: Lamps) -> None:
    author = someone()
    pending, visible = said(by=author), shown(by=author)
    with pytest.raises(NotFound):
        report_comment(by=someone(), comment_id=pending.pk, reason=ReportReason.ABUSE, now=NOON)
    with pytest.raises(OwnComment):
        report_comment(by=author, comment_id=visible.pk, reason=ReportReason.ABUSE, now=NOON)


def test_authors_take_back_their_own_words_and_nobody_elses(lamps: Lamps) -> None:
    author = someone()
    comment = shown(by=author)
    with pytest.raises(NotFound):
        take_back_comment(by=someone(), comment_id=comment.pk, now=NOON)
    take_back_comment(by=author, comment_id=comment.pk, now=NOON)
    with pytest.raises(CommentAlreadyDecided):
        take_back_comment(by=author, comment_id=comment.pk, now=NOON)
    with pytest.raises(CommentAlreadyDecided):
        decide_comment(by=moderator(), comment_id=comment.pk, seen=CommentState.TAKEN_BACK, show=True, now=NOON)


def test_what_one_may_not_see_takes_no_feedback(lamps: Lamps) -> None:
    for kind, subject in ((KIND, lamps.hidden), ("unheard_of", ONE)):
        about = {"by": someone(), "kind": kind, "subject": subject, "now": NOON}
        for act in (
            lambda about=about: set_favourite(wanted=True, **about),
            lambda about=about: rate(stars=5, **about),
            lambda about=about: make_comment(body="好", **about),
            lambda about=about: note_use(use=UseKind.VIEW, visitor="x", **about),
        ):
            with pytest.raises(NotFound):
                act()


@pytest.mark.parametrize("stranger", [PUBLIC_ACTOR, platform_actor("任务", [])])
def test_only_people_give_feedback(lamps: Lamps, stranger: Actor) -> None:
    about = {"by": stranger, "kind": KIND, "subject": ONE, "now": NOON}
    for act in (
        lambda: set_favourite(wanted=True, **about),
        lambda: rate(stars=5, **about),
        lambda: make_comment(body="好", **about),
        lambda: report_comment(by=stranger, comment_id=1, reason=ReportReason.ABUSE, now=NOON),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_visitor_counts_once_a_day_and_is_forgotten(lamps: Lamps) -> None:
    for visitor, use in (("a", UseKind.VIEW), ("a", UseKind.VIEW), ("b", UseKind.VIEW), ("a", UseKind.DOWNLOAD)):
        note_use(by=PUBLIC_ACTOR, kind=KIND, subject=ONE, use=use, visitor=visitor, now=NOON)
    assert roll_up_uses(now=NOON) == 3
    note_use(by=PUBLIC_ACTOR, kind=KIND, subject=ONE, use=UseKind.VIEW, visitor="b", now=NOON)
    assert roll_up_uses(now=NOON) == 0
    tomorrow = NOON + timedelta(days=1)
    note_use(by=PUBLIC_ACTOR, kind=KIND, subject=ONE, use=UseKind.VIEW, visitor="a", now=tomorrow)
    assert roll_up_uses(now=tomorrow) == 1
    tally = tallies_of(KIND, [ONE])[ONE]
    assert (tally.views, tally.downloads) == (3, 1)
    first, second = Use.objects.filter(use=UseKind.VIEW).order_by("id")[0], Use.objects.order_by("-id")[0]
    assert bytes(first.visitor) != bytes(second.visitor), "the same visitor looks different the next day"
    roll_up_uses(now=tomorrow + timedelta(days=2))
    assert not Use.objects.exists()
    assert tallies_of(KIND, [ONE])[ONE].views == 3


def test_comments_follow_their_subject_in_the_tree(lamps: Lamps) -> None:
    comment = said()
    assert move_subtree(by=platform_actor("机构调整", []), old="1.2.", new="1.7.8.", now=NOON) == 1
    comment.refresh_from_db()
    assert comment.path == "1.7.8.3."
    decide_comment(by=moderator("1.7."), comment_id=comment.pk, seen=CommentState.PENDING, show=True, now=NOON)


def at_once(*works: Callable[[], object]) -> list[Refusal]:
    """Run all at the same moment in threads of their own; the refusals."""
    together = threading.Barrier(len(works))
    refusals: list[Refusal] = []

    def run(work: Callable[[], object]) -> None:
        try:
            together.wait()
            work()
        except Refusal as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


@pytest.mark.django_db(transaction=True)
def test_a_double_click_keeps_one_favourite(lamps: Lamps) -> None:
    teacher = someone()
    click = lambda: set_favourite(by=teacher, kind=KIND, subject=ONE, wanted=True, now=NOON)  # noqa: E731
    assert at_once(click, click, click) == []
    assert Favourite.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_make_one_decision(lamps: Lamps) -> None:
    comment = said()
    seen = CommentState.PENDING
    refusals = at_once(
        lambda: decide_comment(by=moderator(), comment_id=comment.pk, seen=seen, show=True, now=NOON),
        lambda: decide_comment(by=moderator(), comment_id=comment.pk, seen=seen, show=False, reason="广告", now=NOON),
    )
    assert [type(refusal) for refusal in refusals] == [CommentAlreadyDecided]
    assert AuditRow.objects.filter(deed__in=["feedback.comment_shown", "feedback.comment_hidden"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_reporting_twice_at_once_is_one_report(lamps: Lamps) -> None:
    comment = shown()
    reader = someone()
    report = lambda: report_comment(by=reader, comment_id=comment.pk, reason=ReportReason.ABUSE, now=NOON)  # noqa: E731
    assert [type(refusal) for refusal in at_once(report, report)] == [AlreadyReported]
    assert CommentReport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_uses_are_counted_exactly_once_while_they_arrive(lamps: Lamps) -> None:
    def visit(first: int) -> Callable[[], None]:
        def work() -> None:
            for visitor in range(first, first + 25):
                note_use(by=PUBLIC_ACTOR, kind=KIND, subject=ONE, use=UseKind.VIEW, visitor=str(visitor), now=NOON)

        return work

    def count() -> None:
        for _ in range(10):
            roll_up_uses(now=NOON)

    assert at_once(visit(0), visit(100), count) == []
    roll_up_uses(now=NOON)
    assert UseCount.objects.get().count == 50


def test_the_rights_are_named_in_the_manifest() -> None:
    assert set(Permission) == {Permission.GIVE, Permission.MODERATE}
