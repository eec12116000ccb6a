"""Runs, findings, tickets and scores: what is new, what is gone, who must mend it, and what was decided."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heluo.domains.quality.actions import (
    carry_out_run,
    check_again,
    excuse_ticket,
    explain_ticket,
    order_run,
    refuse_explanation,
    set_rule,
)
from heluo.domains.quality.actions.evaluating import evaluate
from heluo.domains.quality.enums import ALL, NoteKind, RunState, TicketState
from heluo.domains.quality.errors import OwnTicket, ReasonNeeded, RunUnderWay, TicketClosed
from heluo.domains.quality.jobs import CHECKER, order_daily_run, run_checks
from heluo.domains.quality.models import Finding, Rule, Run, Score, Tally, Ticket, TicketNote
from heluo.domains.quality.queries import (
    branches_below,
    findings_of,
    points_of,
    settings_in_force,
    ticket_for,
    tickets_of,
    titles_of,
)
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.people.models import ClassMembership, Person
from tests.domains.quality.conftest import BORN, Checked, make_checked
from tests.register import NOON, TODAY, bureau, person, school

LATER = NOON + timedelta(hours=1)


def run(checked: Checked, now: datetime = NOON) -> Run:
    return carry_out_run(by=CHECKER, run=order_run(by=checked.officer, organisation=checked.county, now=now), now=now)


def ticket(key: str) -> Ticket:
    return Ticket.objects.select_related("organisation__parent", "rule").get(rule__key=key)


def give_sex(checked: Checked) -> None:
    Person.objects.filter(pk__in=[pupil.pk for pupil in checked.pupils]).update(sex="1")


def test_a_run_finds_counts_scores_and_asks_the_source(checked: Checked) -> None:
    done = run(checked)
    assert done.state == RunState.DONE
    assert done.rules_done == done.rules_total == Rule.objects.count()
    assert done.found == Finding.objects.count() > 0
    asked = ticket("pupil-has-sex")
    assert (asked.organisation, asked.findings_count, asked.state) == (checked.school, 2, TicketState.OPEN)
    assert asked.due_on == TODAY + timedelta(days=30)
    assert [note.kind for note in asked.notes.all()] == [NoteKind.OPENED]
    assert Tally.objects.get(rule__key="pupil-has-sex").broken == 2
    scores = points_of(checked.county, on=TODAY)
    assert scores[ALL].points < 100
    assert scores["uniqueness"].points == 100
    assert scores == points_of(checked.school, on=TODAY)
    assert not Score.objects.filter(organisation=checked.county.parent).exists(), "nobody checked the whole city"


def test_a_second_run_changes_only_what_changed(checked: Checked) -> None:
    run(checked)
    before = set(Finding.objects.values_list("pk", flat=True))
    Person.objects.filter(pk=checked.pupils[0].pk).update(sex="2")
    run(checked, LATER)
    assert set(Finding.objects.values_list("pk", flat=True)) == before
    gone = Finding.objects.get(rule__key="pupil-has-sex", gone_at__isnull=False)
    assert gone.subject == checked.pupils[0].uuid
    assert gone.gone_at == LATER
    assert ticket("pupil-has-sex").findings_count == 1
    assert TicketNote.objects.filter(at=LATER).count() == 0, "fewer findings are no news"


def test_what_is_mended_settles_its_ticket_and_what_breaks_again_opens_another(checked: Checked) -> None:
    run(checked)
    give_sex(checked)
    run(checked, LATER)
    settled = ticket("pupil-has-sex")
    assert settled.state == TicketState.SETTLED
    assert settled.closed_at == LATER
    assert settled.findings_count == 0
    Person.objects.filter(pk=checked.pupils[0].pk).update(sex="")
    run(checked, LATER + timedelta(days=1))
    assert sorted(Ticket.objects.filter(rule__key="pupil-has-sex").values_list("state", flat=True)) == [
        TicketState.OPEN,
        TicketState.SETTLED,
    ]


def test_more_findings_are_noted(checked: Checked) -> None:
    run(checked)
    person(Role.PUPIL, checked.school, "洛书丙", born_on=BORN, sits_in=checked.klass)
    run(checked, LATER)
    grown = ticket("pupil-has-sex")
    assert grown.findings_count == 3
    assert grown.notes.last().kind == NoteKind.GREW


def test_a_rule_switched_off_leaves_nothing_behind(checked: Checked) -> None:
    run(checked)
    rule = Rule.objects.get(key="pupil-has-sex")
    set_rule(
        by=checked.province, rule=rule, is_on=False, parameters={}, weight=2, due_days=30, reason="暂不要求",
        now=NOON,
    )  # fmt: skip
    run(checked, LATER)
    assert ticket("pupil-has-sex").state == TicketState.SETTLED
    assert not Tally.objects.filter(rule=rule).exists()


def test_a_run_goes_on_where_it_was_stopped(checked: Checked) -> None:
    ordered = order_run(by=checked.officer, organisation=checked.county, now=NOON)
    Run.objects.filter(pk=ordered.pk).update(state=RunState.RUNNING, rules_done=Rule.objects.count() - 1)
    run_checks(run=ordered.pk)
    ordered.refresh_from_db()
    assert ordered.state == RunState.DONE
    assert ordered.rules_done == Rule.objects.count()
    assert not Finding.objects.filter(rule__key="pupil-has-sex").exists(), "its first rules were done before"
    run_checks(run=ordered.pk)  # a job that comes twice
    assert Run.objects.get(pk=ordered.pk).rules_done == Rule.objects.count()


def test_one_run_at_a_time_and_only_where_one_decides(checked: Checked) -> None:
    order_run(by=checked.officer, organisation=checked.county, now=NOON)
    with pytest.raises(RunUnderWay) as refused:
        order_run(by=checked.officer, organisation=checked.county, now=NOON)
    assert checked.county.name in str(refused.value)
    for nobody in (checked.clerk, checked.stranger):
        with pytest.raises(NotAllowed):
            order_run(by=nobody, organisation=checked.county, now=NOON)


def test_the_day_begins_with_one_run_of_everything(checked: Checked) -> None:
    order_daily_run()
    order_daily_run()
    assert Run.objects.count() <= 1
    assert all(one.organisation == bureau("410000") for one in Run.objects.all())


# -- answering --------------------------------------------------------------------------------------------------------


def test_the_source_has_it_checked_again(checked: Checked) -> None:
    run(checked)
    give_sex(checked)
    done = check_again(by=checked.clerk, ticket=ticket("pupil-has-sex"), now=LATER)
    assert done.state == TicketState.SETTLED
    assert {note.kind for note in done.notes.all()} == {NoteKind.OPENED, NoteKind.SETTLED, NoteKind.CHECKED}
    assert AuditRow.objects.filter(deed="quality.ticket_checked").count() == 1
    with pytest.raises(TicketClosed):
        check_again(by=checked.clerk, ticket=done, now=LATER)


def test_an_explanation_is_accepted_and_counts_no_more(checked: Checked) -> None:
    run(checked)
    before = points_of(checked.school, on=TODAY)[ALL].points
    explained = explain_ticket(by=checked.clerk, ticket=ticket("pupil-has-sex"), reason="家长暂不同意登记", now=LATER)
    assert explained.state == TicketState.EXPLAINED
    excused = excuse_ticket(by=checked.officer, ticket=explained, reason="情况属实", now=LATER)
    assert excused.state == TicketState.EXCUSED
    assert excused.closed_at == LATER
    assert [one.title for one in findings_of(excused).order_by("title")] == sorted(
        pupil.name for pupil in checked.pupils
    )
    assert points_of(checked.school, on=TODAY)[ALL].points > before
    run(checked, LATER + timedelta(hours=1))
    assert Ticket.objects.filter(rule__key="pupil-has-sex").count() == 1, "what was excused is not asked again"


def test_a_refused_explanation_goes_back_with_new_time(checked: Checked) -> None:
    run(checked)
    explained = explain_ticket(by=checked.clerk, ticket=ticket("pupil-has-sex"), reason="家长暂不同意登记", now=LATER)
    much_later = NOON + timedelta(days=20)
    back = refuse_explanation(by=checked.officer, ticket=explained, reason="请继续联系家长", now=much_later)
    assert back.state == TicketState.OPEN
    assert back.due_on == TODAY + timedelta(days=50)


def test_who_may_not_answer(checked: Checked) -> None:
    run(checked)
    asked = ticket("pupil-has-sex")
    for nobody in (checked.officer, checked.stranger, checked.province):
        with pytest.raises(NotAllowed):
            explain_ticket(by=nobody, ticket=asked, reason="不该由我来说明", now=LATER)
    with pytest.raises(ReasonNeeded):
        explain_ticket(by=checked.clerk, ticket=asked, reason="不", now=LATER)
    explained = explain_ticket(by=checked.clerk, ticket=asked, reason="家长暂不同意登记", now=LATER)
    with pytest.raises(OwnTicket):
        excuse_ticket(by=checked.clerk, ticket=explained, reason="我自己同意", now=LATER)
    with pytest.raises(NotAllowed):
        excuse_ticket(by=checked.stranger, ticket=explained, reason="别的县同意", now=LATER)
    with pytest.raises(TicketClosed):
        explain_ticket(by=checked.clerk, ticket=explained, reason="再说明一次", now=LATER)
    with pytest.raises(NotFound):
        ticket_for(checked.stranger, asked.uuid)
    assert not tickets_of(checked.stranger).exists()
    assert tickets_of(checked.province).filter(pk=asked.pk).exists()


def test_notes_are_never_changed(checked: Checked) -> None:
    run(checked)
    with pytest.raises(IntegrityError):
        TicketNote.objects.update(text="改写")


# -- figures ----------------------------------------------------------------------------------------------------------


def test_a_check_costs_the_same_for_one_pupil_and_for_many(checked: Checked) -> None:
    rule = Rule.objects.get(key="pupil-has-sex")
    setting = settings_in_force()[rule.pk]

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            evaluate(rule, setting, below=checked.county.path, on=TODAY, now=NOON)
        return len(queries)

    first = cost()
    for name in "丙丁戊":
        person(Role.PUPIL, checked.school, f"洛书{name}", born_on=BORN)
    assert cost() == first


def test_titles_of_classes_are_said_as_people_say_them(checked: Checked) -> None:
    run(checked)
    asked = ticket("class-has-homeroom")
    assert list(titles_of(asked, findings_of(asked), on=TODAY).values()) == ["三年级（1）班"]


def test_the_tree_below_shows_the_worst_first(checked: Checked) -> None:
    better = school("2141970002", "另一示例小学")
    ClassMembership.objects.all().delete()
    run(checked)
    names = list(
        branches_below(checked.officer, checked.county).order_by("points", "pk").values_list("name", flat=True)
    )
    assert set(names) == {checked.school.name, better.name}
    assert not branches_below(checked.stranger, checked.county).exists()


@pytest.mark.django_db(transaction=True)
def test_two_checks_of_one_rule_at_once_find_everything_once() -> None:
    checked = make_checked()
    rule = Rule.objects.get(key="pupil-has-sex")
    done = []
    start = Barrier(2)

    def look() -> None:
        try:
            start.wait()
            with transaction.atomic():
                evaluate(rule, settings_in_force()[rule.pk], below=checked.county.path, on=TODAY, now=LATER)
            done.append(True)
        finally:
            connection.close()

    threads = [Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True, True]
    assert Finding.objects.filter(rule=rule, gone_at=None).count() == 2
    assert Ticket.objects.filter(rule=rule, state=TicketState.OPEN).count() == 1
