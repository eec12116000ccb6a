"""People to sign in as."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from heluo.kernel.actors.enums import Role
from heluo.kernel.organisations.enums import Level, OrganisationKind
from heluo.kernel.organisations.models import Organisation, Region
from heluo.kernel.people.models import Account, Person, Post

PASSWORD = "huanghe-luoshui-2026"
MakeAccount = Callable[..., Account]


@pytest.fixture(autouse=True)
def _fresh_counters(db: None) -> None:
    """Rate limits of one test do not reach into the next."""
    cache.clear()


@pytest.fixture
def school(db: None) -> Organisation:
    region = Region.objects.get(code="410305")
    return Organisation.objects.create(
        uuid=uuid4(),
        kind=OrganisationKind.SCHOOL,
        level=Level.SCHOOL,
        name="河洛示例小学",
        name_sort="heluo",
        code="2141980001",
        school_type="211",
        region=region,
        path="1.2.3.",
        parent_source="test",
        opened_on=date(2000, 9, 1),
    )


@pytest.fixture
def make_account(school: Organisation) -> MakeAccount:
    """An account with one post, ready to use: password changed, of the demo."""

    def make(
        username: str = "teacher1",
        role: Role | None = Role.TEACHER,
        *,
        must_change_password: bool = False,
        is_demo: bool = True,
        born_on: date | None = None,
    ) -> Account:
        number = f"{Person.objects.count():012d}"
        person = Person.objects.create(
            uuid=uuid4(),
            number=number,
            name=f"测试{username}",
            name_sort=username,
            born_on=born_on,
            created_at=datetime.now(UTC),
        )
        account = Account(person=person, username=username, must_change_password=must_change_password, is_demo=is_demo)
        account.set_password(PASSWORD)
        account.save()
        if role:
            Post.objects.create(person=person, organisation=school, role=role, starts_on=date(2020, 9, 1))
        return account

    return make


@pytest.fixture
def teacher(make_account: MakeAccount) -> Account:
    return make_account()


@pytest.fixture
def signed_in(client: Client, teacher: Account) -> Client:
    """A browser in which the teacher signed in with a password, as people do."""
    client.post("/accounts/login/", {"login": teacher.username, "password": PASSWORD})
    return client
