"""First passwords and new ones."""

from datetime import timedelta

import pytest

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.people.errors import ActivationRefused, WeakPassword
from heluo.kernel.people.models import Account, Activation
from heluo.kernel.people.public import activate_account, issue_activation_code, set_password
from tests.kernel.organisations.test_actions import together
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, actor_at, bureaus, person, school

STRONG = "huanghe-luoshui-2026"


def test_a_code_opens_an_account_once(small: School) -> None:
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    account = Account.objects.get(person=small.teacher)
    code = issue_activation_code(by=admin, account=account, now=NOON)
    assert code not in Activation.objects.get().code_hash
    activated = activate_account(username="t.songyun", code=f" {code.lower()} ", password=STRONG, now=NOON)
    assert activated.check_password(STRONG)
    assert not activated.must_change_password
    with pytest.raises(ActivationRefused):
        activate_account(username="t.songyun", code=code, password=STRONG, now=NOON)
    assert not AuditRow.objects.filter(details__icontains=code).exists()


def test_a_wrong_an_old_and_a_replaced_code_are_refused_alike(small: School) -> None:
    account = Account.objects.get(person=small.teacher)
    first = issue_activation_code(by=CLERK, account=account, now=NOON)
    second = issue_activation_code(by=CLERK, account=account, now=NOON)
    late = NOON + timedelta(days=14)
    for username, code, now in (
        ("t.songyun", first, NOON),
        ("t.songyun", "A" * 12, NOON),
        ("t.nobody", second, NOON),
        ("t.songyun", second, late),
    ):
        with pytest.raises(ActivationRefused):
            activate_account(username=username, code=code, password=STRONG, now=now)


def test_codes_are_handed_out_by_those_in_charge(small: School) -> None:
    with pytest.raises(NotAllowed):
        issue_activation_code(
            by=actor_at(Role.TEACHER, small.school, small.teacher),
            account=Account.objects.get(person=small.pupil),
            now=NOON,
        )


def test_a_password_is_set_by_its_holder_and_strong(small: School) -> None:
    account = Account.objects.get(person=small.teacher)
    holder = actor_at(Role.TEACHER, small.school, small.teacher)
    with pytest.raises(WeakPassword):
        set_password(by=holder, account=account, password="12345678", now=NOON)
    with pytest.raises(NotAllowed):
        set_password(
            by=actor_at(Role.SCHOOL_ADMIN, small.school, small.admin), account=account, password=STRONG, now=NOON
        )
    set_password(by=holder, account=account, password=STRONG, now=NOON)
    account.refresh_from_db()
    assert account.check_password(STRONG)


@pytest.mark.django_db(transaction=True)
def test_a_code_used_by_two_at_once_opens_once() -> None:
    bureaus()
    holder = person(Role.TEACHER, school(), username="t.race")
    code = issue_activation_code(by=CLERK, account=Account.objects.get(person=holder), now=NOON)
    results = together(
        *(lambda: activate_account(username="t.race", code=code, password=STRONG, now=NOON) for _attempt in range(2))
    )
    assert sorted(type(result).__name__ for result in results) == ["Account", "ActivationRefused"]
