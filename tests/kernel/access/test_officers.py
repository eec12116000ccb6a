"""The first officers of a platform, and a new beginning for one who is locked out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from allauth.idp.oidc.models import Client as Relying
from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from heluo.kernel.access.access import Permission as AccessPermission
from heluo.kernel.access.actions import create_officer, issue_token, reset_sign_in
from heluo.kernel.access.errors import AccountClosed, NotAnOfficer
from heluo.kernel.actors.enums import OFFICER_ROLES, Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.access import Permission
from heluo.kernel.people.errors import ActivationRefused, RoleDoesNotFit, UsernameTaken
from heluo.kernel.people.models import Account, Person, Post
from heluo.kernel.people.public import activate_account
from tests.accounts import PASSWORD, MakeAccount
from tests.register import PROVINCE, actor_at, bureau, bureaus, school

NOW = datetime.now(UTC)
MACHINE = platform_actor("heluo officer", [Permission.APPOINT, Permission.ACTIVATE, AccessPermission.RESET])
NEW = "longmen-caves-1961"


@pytest.fixture
def province(db: None) -> Organisation:
    bureaus()
    return bureau(PROVINCE)


def create(province: Organisation, *, by: Actor = MACHINE, username: str = "zhang.min", **more: object):  # type: ignore[no-untyped-def]
    wish = {"name": "张敏", "role": Role.PROVINCE_ADMIN, "organisation": province, "now": NOW} | more
    return create_officer(by=by, username=username, **wish)  # type: ignore[arg-type]


# -- a first account --------------------------------------------------------------------------------------------------


def test_an_officer_begins_with_a_post_a_code_and_no_password(province: Organisation) -> None:
    made = create(province)
    assert made.is_new
    assert not made.account.has_usable_password()
    assert not made.account.is_demo
    post = Post.objects.get(person=made.account.person)
    assert (post.role, post.organisation, post.ends_on) == (Role.PROVINCE_ADMIN, province, None)
    assert made.code not in str(list(made.account.activations.values()))
    deeds = AuditRow.objects.filter(by_name=MACHINE.name).order_by("seq").values_list("deed", flat=True)
    assert list(deeds) == ["people.people_registered", "people.activation_code_issued"]


def test_the_link_knows_the_name_and_the_officer_sets_up_a_second_factor_first(province: Organisation) -> None:
    made = create(province)
    browser = Client()
    assert 'value="zhang.min"' in browser.get("/account/activate/?username=zhang.min").content.decode()
    sent = {"username": "zhang.min", "code": f"{made.code[:4]}-{made.code[4:8]}-{made.code[8:]}"}
    answer = browser.post("/account/activate/", sent | {"password": NEW, "password_again": NEW})
    assert answer["Location"] == "/accounts/login/"
    browser.post("/accounts/login/", {"login": "zhang.min", "password": NEW})
    assert browser.get("/workbench/")["Location"] == "/accounts/2fa/"


def test_once_more_gives_a_new_code_and_no_second_person(province: Organisation) -> None:
    first, again = create(province), create(province)
    assert (first.account, again.is_new) == (again.account, False)
    assert Person.objects.count() == 1
    with pytest.raises(ActivationRefused):
        activate_account(username="zhang.min", code=first.code, password=NEW, now=NOW)
    activate_account(username="zhang.min", code=again.code, password=NEW, now=NOW)
    with pytest.raises(UsernameTaken):
        create(province)


@pytest.mark.parametrize("difference", [{"name": "李敏"}, {"role": Role.OPERATOR}])
def test_a_username_is_never_handed_to_somebody_else(province: Organisation, difference: dict[str, object]) -> None:
    create(province)
    with pytest.raises(UsernameTaken):
        create(province, **difference)


@pytest.mark.parametrize("role", sorted(set(Role) - OFFICER_ROLES))
def test_other_roles_come_from_the_register(province: Organisation, role: Role) -> None:
    with pytest.raises(NotAnOfficer):
        create(province, role=role)


def test_the_role_must_fit_the_organisation(province: Organisation) -> None:
    with pytest.raises(RoleDoesNotFit):
        create(province, role=Role.CITY_OFFICER)
    with pytest.raises(RoleDoesNotFit):
        create(province, organisation=school())
    assert not Account.objects.exists()


def test_nobody_makes_officers_without_the_right(province: Organisation) -> None:
    with pytest.raises(NotAllowed):
        create(province, by=platform_actor("heluo officer", [Permission.ACTIVATE]))
    with pytest.raises(NotAllowed):
        create(province, by=actor_at(Role.TEACHER, school()))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_account() -> None:
    bureaus()
    province = bureau(PROVINCE)

    def try_one(name: str) -> bool:
        try:
            create(province, name=name)
        except UsernameTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_one, ("张敏", "李敏"))) == [False, True]
    assert Account.objects.count() == Person.objects.count() == 1


# -- a new beginning --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Locked:
    """Somebody with every way to sign in that there is, and a browser where they are signed in."""

    account: Account
    browser: Client
    token: str


@pytest.fixture
def locked(make_account: MakeAccount) -> Locked:
    account = make_account("county1", Role.COUNTY_OFFICER)
    browser = Client()
    browser.post("/accounts/login/", {"login": "county1", "password": PASSWORD})
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=account, type=kind, data={})
    SocialAccount.objects.create(user=account, provider="outer", uid="1")
    library = Relying.objects.create(id="library", name="市图书馆")
    Token.objects.create(user=account, client=library, type=Token.Type.ACCESS_TOKEN, hash="x")
    by = platform_actor("heluo token", ())
    token = issue_token(by=by, account=account, label="x", lifetime=timedelta(days=1), now=NOW)
    return Locked(account, browser, token.secret)


def test_nothing_that_opened_the_account_opens_it_any_more(locked: Locked) -> None:
    assert locked.browser.get("/account/").status_code == 200
    done = reset_sign_in(by=MACHINE, account=locked.account, now=NOW)
    assert (done.second_factors, done.sessions, done.tokens) == (2, 1, 1)
    assert locked.browser.get("/account/").status_code == 302
    shown = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {locked.token}"})
    assert shown.json()["code"] == "token_refused"
    assert (
        "用户名或密码不对"
        in Client().post("/accounts/login/", {"login": "county1", "password": PASSWORD}).content.decode()
    )
    for left in (Authenticator, SocialAccount, Token, Session):
        assert not left.objects.exists(), left
    assert AuditRow.objects.get(deed="access.sign_in_reset").details == {
        "second_factors": 2,
        "sessions": 1,
        "tokens": 1,
    }


def test_the_code_opens_it_again_with_its_posts(locked: Locked) -> None:
    done = reset_sign_in(by=MACHINE, account=locked.account, now=NOW)
    activate_account(username="county1", code=done.code, password=NEW, now=NOW)
    browser = Client()
    assert browser.post("/accounts/login/", {"login": "county1", "password": NEW}).status_code == 302
    assert browser.get("/api/v1/me").json()["posts"] == [{"role": "county_officer", "organisation": "河洛示例小学"}]


def test_a_closed_account_stays_closed(locked: Locked) -> None:
    Account.objects.update(is_active=False)
    with pytest.raises(AccountClosed):
        reset_sign_in(by=MACHINE, account=locked.account, now=NOW)


def test_no_role_may_reset_and_a_refusal_changes_nothing(locked: Locked) -> None:
    with pytest.raises(NotAllowed):
        reset_sign_in(by=actor_at(Role.PROVINCE_ADMIN, Organisation.objects.get()), account=locked.account, now=NOW)
    assert locked.browser.get("/account/").status_code == 200
