"""When a row last changed: the database writes it, whoever writes the row."""

from datetime import date

import pytest

from heluo.kernel.clock.public import Term
from heluo.kernel.organisations.models import Klass, Organisation, TermPlan
from heluo.kernel.organisations.public import plan_term, rename_organisation
from tests.register import CLERK, NOON, TERM_START, TODAY, bureaus, klass, school

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> Organisation:
    bureaus()
    return school()


def test_a_new_row_has_one(one: Organisation) -> None:
    assert Organisation.objects.get(pk=one.pk).changed_at is not None
    assert klass(one).changed_at is not None


def test_a_change_moves_it_and_no_other_row(one: Organisation) -> None:
    before = dict(Organisation.objects.values_list("pk", "changed_at"))
    rename_organisation(by=CLERK, organisation=one, name="改名小学", reason="更名", now=NOON)
    after = dict(Organisation.objects.values_list("pk", "changed_at"))
    assert [key for key in after if after[key] != before[key]] == [one.pk]
    assert after[one.pk] > before[one.pk]


def test_a_set_based_write_cannot_forget_it(one: Organisation) -> None:
    rooms = [klass(one, number=number) for number in (1, 2)]
    before = dict(Klass.objects.values_list("pk", "changed_at"))
    Klass.objects.filter(school=one).update(closed_on=TERM_START)
    assert all(changed > before[key] for key, changed in Klass.objects.values_list("pk", "changed_at"))
    assert len(before) == len(rooms)


def test_writing_the_same_again_changes_nothing(one: Organisation) -> None:
    room = klass(one)
    before = Klass.objects.get(pk=room.pk).changed_at
    Klass.objects.filter(pk=room.pk).update(number=room.number)
    room.save()
    assert Klass.objects.get(pk=room.pk).changed_at == before


def test_nobody_else_writes_it(one: Organisation) -> None:
    before = Organisation.objects.get(pk=one.pk).changed_at
    Organisation.objects.filter(pk=one.pk).update(changed_at=NOON)
    assert Organisation.objects.get(pk=one.pk).changed_at == before


def test_a_replanned_term_has_changed(one: Organisation) -> None:
    def plan(last: int) -> TermPlan:
        ends = date(2027, 1, last)
        return plan_term(by=CLERK, organisation=one, term=Term.on(TODAY), starts_on=TERM_START, ends_on=ends, now=NOON)

    before = TermPlan.objects.get(pk=plan(20).pk).changed_at
    assert TermPlan.objects.get(pk=plan(22).pk).changed_at > before
