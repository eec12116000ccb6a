"""What is shown to whom, at what cost."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.feedback.actions import (
    decide_comment,
    make_comment,
    rate,
    report_comment,
    set_favourite,
)
from heluo.kernel.feedback.enums import CommentState, ReportReason
from heluo.kernel.feedback.public import comments_to_moderate, favourites_of, panel_of, tallies_of, totals_of
from heluo.kernel.feedback.queries import comments_on, matters_of
from heluo.kernel.feedback.registry import subject_for
from tests.kernel.feedback.conftest import ELSEWHERE, KIND, NOON, Lamps, moderator, someone

pytestmark = pytest.mark.django_db
ONE, TWO = UUID(int=1), UUID(int=2)


def shown(by: Actor, subject: UUID = ONE, body: str = "讲得清楚") -> None:
    comment = make_comment(by=by, kind=KIND, subject=subject, body=body, now=NOON)
    decide_comment(by=moderator(), comment_id=comment.pk, seen=CommentState.PENDING, show=True, now=NOON)


def counted(call: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def test_numbers_of_few_people_are_not_shown(lamps: Lamps) -> None:
    assert tallies_of(KIND, [ONE])[ONE].favourites == 0
    for people in (1, 2, 3):
        person = someone()
        set_favourite(by=person, kind=KIND, subject=ONE, wanted=True, now=NOON)
        rate(by=person, kind=KIND, subject=ONE, stars=4, now=NOON)
        tally = tallies_of(KIND, [ONE])[ONE]
        assert (tally.favourites, tally.mean, tally.raters) == ((3, 4.0, 3) if people == 3 else (None, None, people))


def test_tallies_of_many_cost_one_query(lamps: Lamps) -> None:
    for count in (1, 3, 20):
        assert counted(lambda count=count: tallies_of(KIND, [uuid4() for _ in range(count)])) == 1
    assert tallies_of(KIND, []) == {}


def test_totals_count_every_subject_and_every_person_once(lamps: Lamps) -> None:
    assert totals_of(KIND, []) == totals_of(KIND, [UUID(int=77)])
    people = [someone() for _each in range(3)]
    for person in people:
        for subject in lamps.shown:
            set_favourite(by=person, kind=KIND, subject=subject, wanted=True, now=NOON)
            rate(by=person, kind=KIND, subject=subject, stars=1, now=NOON)
        rate(by=person, kind=KIND, subject=ONE, stars=5, now=NOON)
    totals = totals_of(KIND, lamps.shown)
    assert (totals.favourites, totals.mean, totals.raters) == (6, 3.0, 3)
    assert totals_of("chair", lamps.shown).favourites == 0


@pytest.mark.parametrize(("behind_the_second", "told"), [(0, True), (1, False), (2, False), (3, True)])
def test_a_sum_does_not_tell_what_a_single_tally_hides(lamps: Lamps, behind_the_second: int, *, told: bool) -> None:
    first, second = lamps.shown
    for place in range(4):
        person = someone()
        for subject in (first, second) if place < behind_the_second else (first,):
            set_favourite(by=person, kind=KIND, subject=subject, wanted=True, now=NOON)
            rate(by=person, kind=KIND, subject=subject, stars=4, now=NOON)
    totals = totals_of(KIND, lamps.shown)
    assert totals.favourites == (4 + behind_the_second if told else None)
    assert totals.mean == (4.0 if told else None)


def test_many_hidden_together_may_be_told(lamps: Lamps) -> None:
    """Two people keep one lamp and two others the second: neither is told alone, both together are."""
    for subject in lamps.shown:
        for _person in range(2):
            set_favourite(by=someone(), kind=KIND, subject=subject, wanted=True, now=NOON)
    assert [tally.favourites for tally in tallies_of(KIND, lamps.shown).values()] == [None, None]
    assert totals_of(KIND, lamps.shown).favourites == 4


def test_totals_cost_one_query(lamps: Lamps) -> None:
    assert counted(lambda: totals_of(KIND, lamps.shown[:1])) == counted(lambda: totals_of(KIND, lamps.shown)) == 1


def test_names_are_hidden_from_all_but_their_owners_and_moderators(lamps: Lamps) -> None:
    author = someone("张示例")
    shown(author)
    subject = subject_for(author, KIND, ONE)
    names = {
        who: panel_of(actor=actor, subject=subject).opinions[0].name
        for who, actor in {
            "public": PUBLIC_ACTOR,
            "reader": someone(),
            "author": author,
            "moderator": moderator(),
        }.items()
    }
    assert names == {"public": "张**", "reader": "张**", "author": "张示例", "moderator": "张示例"}


def test_a_waiting_comment_is_seen_by_its_author_alone(lamps: Lamps) -> None:
    author = someone()
    make_comment(by=author, kind=KIND, subject=ONE, body="等着", now=NOON)
    subject = subject_for(author, KIND, ONE)
    assert [opinion.is_pending for opinion in panel_of(actor=author, subject=subject).opinions] == [True]
    assert panel_of(actor=someone(), subject=subject).opinions == []
    assert panel_of(actor=PUBLIC_ACTOR, subject=subject).opinions == []


def test_the_panel_knows_what_the_actor_did_and_may_do(lamps: Lamps) -> None:
    person = someone()
    set_favourite(by=person, kind=KIND, subject=ONE, wanted=True, now=NOON)
    rate(by=person, kind=KIND, subject=ONE, stars=3, now=NOON)
    subject = subject_for(person, KIND, ONE)
    mine = panel_of(actor=person, subject=subject)
    assert (mine.stars, mine.is_favourite, mine.may_give, mine.may_rate) == (3, True, True, True)
    theirs = panel_of(actor=PUBLIC_ACTOR, subject=subject)
    assert (theirs.stars, theirs.is_favourite, theirs.may_give, theirs.may_rate) == (None, False, False, False)


def test_the_panel_costs_the_same_for_one_comment_and_for_three(lamps: Lamps) -> None:
    person = someone()
    subject = subject_for(person, KIND, ONE)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            shown(someone())
        costs.append(counted(lambda: panel_of(actor=person, subject=subject)))
    assert costs == [4, 4]


def test_comments_come_page_by_page(lamps: Lamps) -> None:
    for number in range(5):
        shown(someone(), body=f"第{number}条")
    subject = subject_for(PUBLIC_ACTOR, KIND, ONE)
    first = comments_on(actor=PUBLIC_ACTOR, subject=subject, size=3)
    rest = comments_on(actor=PUBLIC_ACTOR, subject=subject, size=3, cursor=first.next_cursor)
    assert [comment.body for comment in [*first.items, *rest.items]] == [f"第{number}条" for number in (4, 3, 2, 1, 0)]


def test_moderators_see_what_waits_in_their_tree_with_its_complaints(lamps: Lamps) -> None:
    make_comment(by=someone(), kind=KIND, subject=ONE, body="新的", now=NOON)
    shown(someone(), TWO, body="广告")
    comment_id = comments_on(actor=PUBLIC_ACTOR, subject=subject_for(PUBLIC_ACTOR, KIND, TWO)).items[0].pk
    decide_comment(by=moderator(), comment_id=comment_id, seen=CommentState.SHOWN, show=False, reason="看错", now=NOON)
    decide_comment(by=moderator(), comment_id=comment_id, seen=CommentState.HIDDEN, show=True, now=NOON)
    later = NOON.replace(hour=5)
    report_comment(by=someone(), comment_id=comment_id, reason=ReportReason.ADVERT, now=later)
    officer = moderator()
    matters = matters_of(officer, list(comments_to_moderate(officer).order_by("id")))
    assert [(m.comment.body, m.subject.title if m.subject else "", list(m.complaints)) for m in matters] == [
        ("新的", "路灯1", []),
        ("广告", "路灯2", ["广告或垃圾信息"]),
    ]
    assert not comments_to_moderate(moderator(ELSEWHERE)).exists()
    assert not comments_to_moderate(someone()).exists()


def test_matters_cost_the_same_for_one_and_for_three(lamps: Lamps) -> None:
    officer = moderator()
    costs = []
    for more in (1, 2):
        for _ in range(more):
            make_comment(by=someone(), kind=KIND, subject=ONE, body="新的", now=NOON)
        costs.append(counted(lambda: matters_of(officer, list(comments_to_moderate(officer)))))
    assert costs == [2, 2]


def test_favourites_show_only_what_may_still_be_seen(lamps: Lamps) -> None:
    person = someone()
    for subject in (ONE, TWO):
        set_favourite(by=person, kind=KIND, subject=subject, wanted=True, now=NOON)
    lamps.shown.remove(TWO)
    lamps.asked = 0
    page, kept = favourites_of(actor=person)
    assert len(page.items) == 2
    assert [item.subject.title for item in kept] == ["路灯1"]
    assert lamps.asked == 1
