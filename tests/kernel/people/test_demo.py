"""The demo can be built twice and lets one person of each role in."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from heluo.kernel.clock.public import local_day
from heluo.kernel.organisations import demo as organisations_demo
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people import demo
from heluo.kernel.people.models import Account, Person
from heluo.kernel.people.public import needs_consent, wards_of

NOW = datetime(2026, 10, 9, 2, tzinfo=UTC)
USERNAMES = {
    "province1", "city1", "county1", "school1", "reviewer1", "operator1",
    "teacher1", "teacher2", "pupil1", "pupil2", "pupil3", "parent1",
}  # fmt: skip


@pytest.fixture
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def build() -> list[str]:
    said: list[str] = []
    organisations_demo.build(size="small", say=said.append, now=NOW)
    demo.build(size="small", say=said.append, now=NOW)
    return said


@pytest.mark.django_db
def test_the_demo_is_built_once_however_often_it_is_asked_for(data: Path) -> None:
    build()
    counts = Organisation.objects.count(), Person.objects.count(), Account.objects.count()
    build()
    assert (Organisation.objects.count(), Person.objects.count(), Account.objects.count()) == counts
    assert counts[0] == 175 + 8 + 1
    assert counts[2] == len(USERNAMES)


@pytest.mark.django_db
def test_the_accounts_are_listed_where_only_the_owner_reads(data: Path) -> None:
    build()
    listed = demo.demo_accounts()
    assert {account.username for account in listed} == USERNAMES
    assert stat.S_IMODE(demo.accounts_file().stat().st_mode) == 0o600
    for account in listed:
        assert Account.objects.get(username=account.username).check_password(account.password)


@pytest.mark.django_db
def test_one_child_waits_for_consent(data: Path) -> None:
    build()
    today = local_day(NOW)
    children = {name: Account.objects.get(username=name).person for name in ("pupil1", "pupil2", "pupil3")}
    assert [needs_consent(child, on=today) for child in children.values()] == [False, False, True]
    parent = Account.objects.get(username="parent1").person
    assert {row.child for row in wards_of(parent, on=today)} == {children["pupil1"], children["pupil3"]}
