"""New keys reach the secrets of second factors, and codes go on working; without the key everything says so."""

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from heluo.kernel.access.actions import rotate_keys
from heluo.kernel.access.adapters import SecondFactorAdapter
from heluo.kernel.access.public import second_factors_without_key
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.people.access import Permission
from heluo.kernel.people.crypto import key_file, open_ring
from heluo.kernel.people.errors import KeyMissing, KeysElsewhere
from heluo.kernel.people.models import Account
from tests.accounts import PASSWORD, MakeAccount
from tests.register import NOON, actor_at

BY = platform_actor("heluo register rotate-keys", [Permission.ROTATE_KEYS])
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _own_keys(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.IDENTIFIER_KEYS = None


def said(_text: str) -> None:
    """Nobody listens."""


def factors_of(account: Account) -> list[str]:
    """An authenticator app and recovery codes; the codes."""
    TOTP.activate(account, SECRET)
    return RecoveryCodes.activate(account).get_unused_codes()


def app_of(account: Account) -> Authenticator:
    return Authenticator.objects.get(user=account, type=Authenticator.Type.TOTP)


def codes_of(account: Account) -> RecoveryCodes:
    return RecoveryCodes(Authenticator.objects.get(user=account, type=Authenticator.Type.RECOVERY_CODES))


def test_a_rotation_seals_second_factors_anew_and_they_go_on_working(teacher: Account) -> None:
    before = factors_of(teacher)
    assert codes_of(teacher).validate_code(before[0])
    Authenticator.objects.create(user=teacher, type=Authenticator.Type.WEBAUTHN, data={"name": "x"})
    done = rotate_keys(by=BY, say=said, now=NOON)
    assert (done.identifiers, done.second_factors, done.key_id) == (0, 2, "k2")
    assert app_of(teacher).data["secret"].startswith("k2:")
    assert SecondFactorAdapter().decrypt(app_of(teacher).data["secret"]) == SECRET
    assert codes_of(teacher).get_unused_codes() == before[1:], "what was used stays used"
    assert not Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).data.get("secret")
    assert AuditRow.objects.get(deed="access.second_factors_sealed").details == {"rows": 2}


def test_an_interrupted_rotation_is_finished_without_a_third_key(make_account: MakeAccount) -> None:
    for number in range(3):
        TOTP.activate(make_account(f"teacher{number}"), SECRET)

    class Interrupted(Exception):
        """The plug was pulled."""

    def stop_after_the_first_batch(text: str) -> None:
        if text == "1":
            raise Interrupted

    with pytest.raises(Interrupted):
        rotate_keys(by=BY, say=stop_after_the_first_batch, batch=1, now=NOON)
    assert sorted(row.data["secret"][:3] for row in Authenticator.objects.all()) == ["k1:", "k1:", "k2:"]
    done = rotate_keys(by=BY, say=said, batch=1, now=NOON)
    assert (done.second_factors, done.key_id) == (2, "k2")
    assert list(open_ring().keys) == ["k1", "k2"]


def test_a_rotation_reads_and_writes_in_batches(
    make_account: MakeAccount, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        TOTP.activate(make_account(f"teacher{number}"), SECRET)
    with django_assert_max_num_queries(30):
        assert rotate_keys(by=BY, say=said, batch=6, now=NOON).second_factors == 12


def test_keys_of_the_environment_are_taken_up_for_second_factors_alone(teacher: Account, settings: Settings) -> None:
    factors_of(teacher)
    settings.IDENTIFIER_KEYS = open_ring().with_new_keys().as_text()
    assert rotate_keys(by=BY, say=said, now=NOON).second_factors == 2
    with pytest.raises(KeysElsewhere):
        rotate_keys(by=BY, say=said, now=NOON)


def test_only_the_platform_rotates(teacher: Account) -> None:
    factors_of(teacher)
    with pytest.raises(NotAllowed):
        rotate_keys(by=actor_at(Role.PROVINCE_ADMIN, teacher.person.posts.get().organisation), say=said, now=NOON)


# -- without the key --------------------------------------------------------------------------------------------------


def test_without_the_key_nothing_is_replaced_and_everything_says_so(teacher: Account) -> None:
    factors_of(teacher)
    assert second_factors_without_key() == 0
    kept = key_file().read_bytes()
    key_file().unlink()
    assert second_factors_without_key() == 2
    browser = Client()
    browser.post("/accounts/login/", {"login": teacher.username, "password": PASSWORD})
    answer = browser.post("/accounts/2fa/authenticate/", {"code": "123456"})
    assert answer.status_code == 503
    assert "keys/identifiers.json" in answer.content.decode()
    for deed in (lambda: rotate_keys(by=BY, say=said, now=NOON), lambda: SecondFactorAdapter().encrypt("x")):
        with pytest.raises(KeyMissing):
            deed()
    assert not key_file().exists(), "a new ring would make the lost one look replaced"
    key_file().write_bytes(kept)
    key_file().chmod(0o600)
    assert second_factors_without_key() == 0
    assert codes_of(teacher).get_unused_codes()
