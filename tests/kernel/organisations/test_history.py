"""What was true on a day: names, superiors, classes and the way up, whatever happened since."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from heluo.kernel.actors.enums import Role
from heluo.kernel.organisations.errors import BeforeLastChange, NotYet
from heluo.kernel.organisations.models import Organisation, OrganisationState
from heluo.kernel.organisations.public import (
    children_as_of,
    close_organisation,
    move_organisation,
    organisation_as_of,
    recode_school,
    rename_organisation,
    reopen_organisation,
    search_as_of,
    search_organisations,
    states_of,
    superiors_as_of,
)
from heluo.kernel.organisations.queries import unseen_children_as_of
from tests.register import CITY, CLERK, COUNTY, NOON, PROVINCE, TERM_START, TODAY, actor_at, bureau, bureaus, school

REASON = "豫教发〔2026〕示例号"
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def one(db: None) -> Organisation:
    bureaus()
    return school()


def names_on(day: date) -> set[str]:
    return {state.name for state in search_as_of(CLERK, "示例", on=day)}


def test_an_old_name_is_found_on_the_days_it_held(one: Organisation) -> None:
    rename_organisation(by=CLERK, organisation=one, name="示例实验学校", reason=REASON, now=NOON)
    assert names_on(YESTERDAY) == {"示例小学"}
    assert names_on(TODAY) == {"示例实验学校"}
    assert names_on(TERM_START - timedelta(days=1)) == set()
    assert [found.name for found in search_organisations(CLERK, "示例小学")] == []
    was = organisation_as_of(CLERK, one.uuid, on=YESTERDAY)
    assert was is not None
    assert (was.name, was.code, was.parent) == ("示例小学", one.code, bureau(COUNTY))


def test_a_moved_county_takes_one_row_of_history_and_its_schools_none(one: Organisation) -> None:
    rows = OrganisationState.objects.count()
    move_organisation(by=CLERK, organisation=bureau(COUNTY), parent=bureau(PROVINCE), reason=REASON, now=NOON)
    assert OrganisationState.objects.count() == rows + 1
    assert [above.name for above in superiors_as_of(one, on=YESTERDAY)] == [
        bureau(PROVINCE).name,
        bureau(CITY).name,
        bureau(COUNTY).name,
    ]
    assert [above.name for above in superiors_as_of(one, on=TODAY)] == [bureau(PROVINCE).name, bureau(COUNTY).name]
    assert bureau(COUNTY).pk in {child.organisation_id for child in children_as_of(CLERK, bureau(CITY), on=YESTERDAY)}
    assert bureau(COUNTY).pk not in {child.organisation_id for child in children_as_of(CLERK, bureau(CITY), on=TODAY)}


def test_history_is_true_but_seen_with_the_rights_of_today(one: Organisation) -> None:
    county, city = bureau(COUNTY), bureau(CITY)
    move_organisation(by=CLERK, organisation=county, parent=bureau(PROVINCE), reason=REASON, now=NOON)
    officer = actor_at(Role.CITY_OFFICER, city)
    assert county.pk not in {child.organisation_id for child in children_as_of(officer, city, on=YESTERDAY)}
    assert unseen_children_as_of(officer, city, on=YESTERDAY) == 1
    assert not search_as_of(officer, "示例", on=YESTERDAY).exists()


def test_the_way_up_costs_the_same_however_high(one: Organisation) -> None:
    city = bureau(CITY)
    with CaptureQueriesContext(connection) as low:
        superiors_as_of(city, on=TODAY)
    with CaptureQueriesContext(connection) as high:
        superiors_as_of(one, on=TODAY)
    assert len(high) == len(low)


def test_a_closed_school_is_gone_until_it_comes_back(one: Organisation) -> None:
    close_organisation(by=CLERK, organisation=one, reason=REASON, on=date(2026, 9, 10), now=NOON)
    reopen_organisation(by=CLERK, organisation=one, reason=REASON, on=date(2026, 9, 20), now=NOON)
    days = [date(2026, 9, day) for day in (9, 10, 19, 20)]
    assert [organisation_as_of(CLERK, one.uuid, on=day) is not None for day in days] == [True, False, False, True]
    assert [(state.valid_from, state.valid_to) for state in states_of(one)] == [
        (date(2026, 9, 20), None),
        (TERM_START, date(2026, 9, 10)),
    ]


def test_two_changes_on_a_day_leave_the_later(one: Organisation) -> None:
    for name in ("示例一小学", "示例二小学"):
        rename_organisation(by=CLERK, organisation=one, name=name, reason=REASON, now=NOON)
    assert [state.name for state in states_of(one)] == ["示例二小学", "示例小学"]
    assert one.changes.count() == 3


def test_a_planned_end_stays_when_something_else_changes(one: Organisation) -> None:
    end = TODAY + timedelta(days=30)
    close_organisation(by=CLERK, organisation=one, reason=REASON, on=end, now=NOON)
    rename_organisation(by=CLERK, organisation=one, name="示例末届小学", reason=REASON, now=NOON)
    assert [(state.valid_from, state.valid_to) for state in states_of(one)] == [(TODAY, end), (TERM_START, TODAY)]


def test_nothing_is_registered_before_its_day_or_behind_a_later_change(one: Organisation) -> None:
    rename_organisation(by=CLERK, organisation=one, name="示例新小学", reason=REASON, now=NOON)
    with pytest.raises(BeforeLastChange, match="2026-10-09"):
        close_organisation(by=CLERK, organisation=one, reason=REASON, on=date(2026, 9, 15), now=NOON)
    with pytest.raises(NotYet):
        recode_school(
            by=CLERK,
            organisation=one,
            school_type="312",
            code="3141970002",
            reason=REASON,
            on=TODAY + timedelta(days=1),
            now=NOON,
        )


def test_the_database_refuses_two_states_at_once(one: Organisation) -> None:
    state = one.states.get()
    state.pk = None
    state.valid_from = TODAY
    with pytest.raises(IntegrityError, match="one_state_at_a_time"), transaction.atomic():
        state.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE organisations_organisationchange SET reason = 'x'")


@settings(max_examples=15)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=6))
@pytest.mark.django_db
def test_every_day_has_one_name_the_last_given_by_then(offsets: list[int]) -> None:
    """Whatever renames follow each other: on every day exactly the name holds that was given last."""
    with transaction.atomic():
        bureaus()
        named = {TERM_START: "示例小学"}
        one = school()
        for number, offset in enumerate(sorted(offsets)):
            day = TERM_START + timedelta(days=offset)
            named[day] = f"示例{number}校"
            rename_organisation(by=CLERK, organisation=one, name=named[day], reason=REASON, now=NOON - (TODAY - day))
        for offset in range(31):
            day = TERM_START + timedelta(days=offset)
            state = organisation_as_of(CLERK, one.uuid, on=day)
            assert state is not None
            assert state.name == named[max(given for given in named if given <= day)]
        transaction.set_rollback(True)
