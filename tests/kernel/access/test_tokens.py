"""Bearer tokens: issued once, kept as a hash, narrowed by scopes, refused all in one way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.access.actions import LONGEST_LIFETIME, TOKENS_AT_ONCE, issue_token, revoke_token
from heluo.kernel.access.errors import LifetimeTooLong, NotYourPermission, TooManyTokens
from heluo.kernel.access.models import AccessToken
from heluo.kernel.access.resolution import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.people.models import Account
from tests.accounts import MakeAccount

ME = "/api/v1/me"
NOW = datetime.now(UTC)
MONTH = timedelta(days=30)


def as_themselves(account: Account) -> Actor:
    return actor_for(account, on=NOW.date())


def secret_of(account: Account, **more: object) -> str:
    wish = {"label": "测试", "lifetime": MONTH, "now": NOW} | more
    return issue_token(by=as_themselves(account), account=account, **wish).secret  # type: ignore[arg-type]


def ask(client: Client, secret: str, path: str = ME):  # type: ignore[no-untyped-def]
    return client.get(path, headers={"Authorization": f"Bearer {secret}"})


def test_a_token_speaks_for_its_person(client: Client, teacher: Account) -> None:
    answer = ask(client, secret_of(teacher))
    assert answer.status_code == 200
    assert answer.json()["person_id"] == str(teacher.person.uuid)
    assert answer.json()["posts"] == [{"role": "teacher", "organisation": "河洛示例小学"}]


def test_chinese_is_sent_as_it_is_written(client: Client, teacher: Account) -> None:
    assert "河洛示例小学".encode() in ask(client, secret_of(teacher)).content


def test_two_at_once_do_not_exceed_the_limit(make_account: MakeAccount, transactional_db: None) -> None:
    account = make_account("teacher7")
    for _token in range(TOKENS_AT_ONCE - 1):
        secret_of(account)

    def try_one(_number: int) -> bool:
        try:
            secret_of(account)
        except TooManyTokens:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_one, range(4))) == 1
    assert AccessToken.objects.count() == TOKENS_AT_ONCE


def test_only_the_hash_is_kept_and_the_deed_is_audited(teacher: Account) -> None:
    secret = secret_of(teacher)
    kept = AccessToken.objects.get()
    assert secret not in str(vars(kept))
    assert secret.startswith(kept.prefix)
    row = AuditRow.objects.get(deed="access.token_issued")
    assert secret not in str(vars(row))


def test_a_token_costs_three_queries_and_no_write_but_the_first_of_the_day(
    client: Client, teacher: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    secret = secret_of(teacher)
    ask(client, secret)
    assert AccessToken.objects.get().last_used_on is not None
    with django_assert_num_queries(3):  # token with person, posts, the knock
        ask(client, secret)


@pytest.mark.parametrize("secret", ["", "heluo_nonsense", "x" * 5000, "\N{SNOWMAN}"])
def test_nonsense_is_refused_as_a_problem(client: Client, db: None, secret: str) -> None:
    answer = client.get(ME, headers={"Authorization": f"Bearer {secret}".encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_expired_revoked_and_stopped_read_like_unknown(client: Client, teacher: Account) -> None:
    def refused(secret: str) -> bytes:
        answer = ask(client, secret)
        assert answer.status_code == 401
        return answer.content

    unknown = refused("heluo_unknown")
    expired = secret_of(teacher, now=NOW - MONTH * 2)
    revoked = secret_of(teacher)
    revoke_token(by=as_themselves(teacher), token_id=AccessToken.objects.latest("pk").pk, now=NOW)
    assert refused(expired) == refused(revoked) == unknown
    living = secret_of(teacher)
    Account.objects.filter(pk=teacher.pk).update(is_active=False)
    assert refused(living) == unknown


def test_scopes_narrow_and_never_widen(client: Client, teacher: Account) -> None:
    held = sorted({grant.permission for grant in as_themselves(teacher).grants})
    assert ask(client, secret_of(teacher)).json()["permissions"] == held
    assert ask(client, secret_of(teacher, scopes=[])).json()["permissions"] == []
    with pytest.raises(NotYourPermission):
        secret_of(teacher, scopes=["people.reveal_everything"])


def test_a_right_lost_is_lost_to_the_token_too(client: Client, teacher: Account) -> None:
    secret = secret_of(teacher)
    teacher.person.posts.update(ends_on=NOW.date() - timedelta(days=2))
    assert ask(client, secret).json()["posts"] == []


def test_a_token_in_the_address_is_refused_even_when_it_is_right(client: Client, teacher: Account) -> None:
    answer = client.get(f"{ME}?access_token={secret_of(teacher)}")
    assert (answer.status_code, answer.json()["code"]) == (400, "token_in_address")


def test_a_token_opens_no_page(client: Client, teacher: Account) -> None:
    assert ask(client, secret_of(teacher), "/account/").status_code == 302


def test_nobody_issues_or_revokes_for_others_but_the_platform(make_account: MakeAccount) -> None:
    mine, theirs = make_account("teacher1"), make_account("teacher2")
    with pytest.raises(NotFound):
        issue_token(by=as_themselves(mine), account=theirs, label="x", lifetime=MONTH, now=NOW)
    issued = issue_token(by=platform_actor("cli", ()), account=theirs, label="x", lifetime=MONTH, now=NOW)
    with pytest.raises(NotFound):
        revoke_token(by=as_themselves(mine), token_id=issued.token.pk, now=NOW)
    with pytest.raises(NotFound):
        revoke_token(by=as_themselves(mine), token_id=issued.token.pk + 1, now=NOW)


def test_revoking_twice_is_one_deed(teacher: Account) -> None:
    secret_of(teacher)
    token_id = AccessToken.objects.get().pk
    for _time in range(2):
        revoke_token(by=as_themselves(teacher), token_id=token_id, now=NOW)
    assert AuditRow.objects.filter(deed="access.token_revoked").count() == 1


@pytest.mark.parametrize("lifetime", [LONGEST_LIFETIME + timedelta(seconds=1), timedelta(0), timedelta(days=-1)])
def test_lifetimes_have_limits(teacher: Account, lifetime: timedelta) -> None:
    with pytest.raises(LifetimeTooLong):
        secret_of(teacher, lifetime=lifetime)


def test_tokens_have_a_number_limit(teacher: Account) -> None:
    for _token in range(TOKENS_AT_ONCE):
        secret_of(teacher)
    with pytest.raises(TooManyTokens):
        secret_of(teacher)


def test_a_token_does_not_slip_past_the_gates(client: Client, make_account: MakeAccount) -> None:
    officer = make_account("county9", Role.COUNTY_OFFICER, is_demo=False)
    answer = ask(client, secret_of(officer))
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")
