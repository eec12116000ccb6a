"""Identifiers: sealed, masked, found by hash, revealed with a reason, and safe when keys change or are lost."""

import json
import stat
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, Refusal
from heluo.kernel.audit.models import AuditDifference, AuditRow
from heluo.kernel.codes.errors import WrongCheckDigit, WrongLength
from heluo.kernel.codes.public import resident_check
from heluo.kernel.people.crypto import CIPHERS, DIGESTS, key_file, load_ring, make_ring, open_ring
from heluo.kernel.people.crypto.algorithms import BadSeal
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import (
    BirthdayMismatch,
    IdentifierTaken,
    KeyMissing,
    KeysElsewhere,
    KeysExposed,
    KeysUnreadable,
    RevealReasonMissing,
    Tampered,
    WrongPhone,
)
from heluo.kernel.people.models import Identifier, Person, Reveal
from heluo.kernel.people.public import (
    NewIdentifier,
    NewPerson,
    find_by_identifier,
    identifiers_of,
    key_state,
    record_identifiers,
    register_people,
    reveal_identifier,
    rotate_keys,
)
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, OTHER_COUNTY, TERM_START, TODAY, actor_at, bureau, person

BOTH = [("aes-256-gcm", "hmac-sha256"), ("sm4-gcm", "hmac-sm3")]
PHONE = "10000000007"
REASON = "核对学籍信息"


def resident(serial: int = 7, born_on: date = date(2015, 5, 5)) -> str:
    first_17 = f"999999{born_on:%Y%m%d}{serial:03d}"
    return first_17 + resident_check(first_17)


def keep(owner: Person, kind: IdentifierKind = IdentifierKind.RESIDENT_ID, value: str | None = None) -> Identifier:
    [row] = record_identifiers(by=CLERK, identifiers=[NewIdentifier(owner, kind, value or resident())], now=NOON)
    return row


def said(_text: str) -> None:
    """Nobody listens."""


# -- record, find, reveal ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cipher", "digest"), BOTH)
def test_a_number_is_sealed_masked_found_and_revealed(
    small: School, settings: Settings, cipher: str, digest: str
) -> None:
    settings.IDENTIFIER_CIPHER, settings.IDENTIFIER_DIGEST = cipher, digest
    row = keep(small.pupil)
    assert row.masked == "99**************" + resident()[-2:]
    assert resident().encode() not in bytes(row.ciphertext) + bytes(row.lookup)
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    assert find_by_identifier(admin, IdentifierKind.RESIDENT_ID, resident().lower(), on=TODAY) == small.pupil
    assert find_by_identifier(admin, IdentifierKind.RESIDENT_ID, resident(8), on=TODAY) is None
    stranger = actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY), small.admin)
    assert (
        find_by_identifier(actor_at(Role.TEACHER, small.school), IdentifierKind.RESIDENT_ID, resident(), on=TODAY)
        is None
    )
    assert reveal_identifier(by=admin, identifier=row, reason=REASON, now=NOON) == resident()
    with pytest.raises(NotAllowed):
        reveal_identifier(by=stranger, identifier=row, reason=REASON, now=NOON)
    ring = open_ring()
    assert (ring.keys["k1"].algorithm, ring.lookup_keys["h1"].algorithm) == (cipher, digest)


def test_a_reveal_leaves_who_and_why_but_not_what(small: School) -> None:
    row = keep(small.pupil)
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    for reason in ("", "  看 "):
        with pytest.raises(RevealReasonMissing):
            reveal_identifier(by=admin, identifier=row, reason=reason, now=NOON)
    assert not Reveal.objects.exists()
    reveal_identifier(by=admin, identifier=row, reason=REASON, now=NOON)
    reveal = Reveal.objects.get()
    assert (reveal.by, reveal.reason, reveal.identifier) == (small.admin, REASON, row)
    logged = AuditRow.objects.get(deed="people.identifier_revealed")
    assert logged.details == {"kind": "resident_id", "reason": REASON}
    everything = str(list(AuditRow.objects.values())) + str(list(AuditDifference.objects.values()))
    assert resident() not in everything
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_reveal")


@pytest.mark.parametrize(
    ("kind", "value", "refusal"),
    [
        (IdentifierKind.RESIDENT_ID, resident()[:-1] + ("1" if resident()[-1] != "1" else "2"), WrongCheckDigit),
        (IdentifierKind.RESIDENT_ID, "4103", WrongLength),
        (IdentifierKind.STUDENT_NUMBER, "G" + resident()[:-1], WrongLength),
        (IdentifierKind.PHONE, "12345", WrongPhone),
        (IdentifierKind.PHONE, "电话号码电话号码电话号", WrongPhone),
    ],
)
def test_a_wrong_number_is_refused_with_a_sentence(
    small: School, kind: IdentifierKind, value: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as caught:
        keep(small.pupil, kind, value)
    assert "{" not in str(caught.value)
    assert not Identifier.objects.exists()


def test_a_number_agrees_with_the_birthday(small: School) -> None:
    child = person(Role.PUPIL, small.school, born_on=date(2015, 5, 6))
    with pytest.raises(BirthdayMismatch):
        keep(child)
    keep(child, value=resident(born_on=date(2015, 5, 6)))


def test_a_number_belongs_to_one_person_and_may_be_corrected(small: School) -> None:
    keep(small.pupil)
    with pytest.raises(IdentifierTaken, match="居民身份证号"):
        keep(small.teacher)
    keep(small.pupil, value=resident(9))
    assert identifiers_of(small.pupil).get().masked.endswith(resident(9)[-2:])
    keep(small.teacher)


def test_masks_show_no_more_than_their_rule(small: School) -> None:
    assert keep(small.pupil, IdentifierKind.PHONE, "100-0000 0007").masked == "100****0007"
    assert keep(small.pupil, IdentifierKind.STUDENT_NUMBER, "G" + resident()).masked.count("*") == 14


def test_thousands_are_recorded_in_sets(small: School, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    pupils = register_people(
        by=CLERK,
        people=[
            NewPerson(name="示例人", posts=((Role.PUPIL, small.school),), starts_on=TERM_START) for _row in range(1500)
        ],
        now=NOON,
    )
    new = [NewIdentifier(pupil, IdentifierKind.PHONE, f"1{place:010d}") for place, pupil in enumerate(pupils)]
    with django_assert_max_num_queries(16):
        assert len(record_identifiers(by=CLERK, identifiers=new, now=NOON)) == 1500


def test_strangers_record_nothing(small: School) -> None:
    with pytest.raises(NotAllowed):
        record_identifiers(
            by=actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY)),
            identifiers=[NewIdentifier(small.pupil, IdentifierKind.PHONE, PHONE)],
            now=NOON,
        )


# -- rotation ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cipher", "digest"), BOTH)
def test_a_rotation_seals_everything_anew(small: School, settings: Settings, cipher: str, digest: str) -> None:
    row = keep(small.pupil)
    before = bytes(row.ciphertext)
    settings.IDENTIFIER_CIPHER, settings.IDENTIFIER_DIGEST = cipher, digest
    rotation = rotate_keys(by=CLERK, say=said, now=NOON)
    row.refresh_from_db()
    assert (rotation.rows, rotation.key_id, rotation.resumed) == (1, "k2", False)
    assert (row.key_id, open_ring().keys["k2"].algorithm) == ("k2", cipher)
    assert bytes(row.ciphertext) != before
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    assert reveal_identifier(by=admin, identifier=row, reason=REASON, now=NOON) == resident()
    assert find_by_identifier(admin, IdentifierKind.RESIDENT_ID, resident(), on=TODAY) == small.pupil
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert "k1" in open_ring().keys


def test_an_interrupted_rotation_is_finished_without_a_third_key(small: School, settings: Settings) -> None:
    for owner, serial in ((small.pupil, 1), (small.teacher, 2), (small.admin, 3)):
        keep(owner, value=resident(serial))
    settings.IDENTIFIER_DIGEST = "hmac-sm3"

    class Interrupted(Exception):
        """The plug was pulled."""

    def stop_after_the_first_batch(text: str) -> None:
        if text == "1":
            raise Interrupted

    with pytest.raises(Interrupted):
        rotate_keys(by=CLERK, say=stop_after_the_first_batch, batch=1, now=NOON)
    assert sorted(Identifier.objects.values_list("key_id", flat=True)) == ["k1", "k1", "k2"]
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    for owner, serial in ((small.pupil, 1), (small.teacher, 2), (small.admin, 3)):
        assert find_by_identifier(admin, IdentifierKind.RESIDENT_ID, resident(serial), on=TODAY) == owner
    with pytest.raises(IdentifierTaken):
        keep(person(Role.PUPIL, small.school), value=resident(3))
    rotation = rotate_keys(by=CLERK, say=said, batch=1, now=NOON)
    assert (rotation.rows, rotation.key_id, rotation.resumed) == (2, "k2", True)
    assert set(Identifier.objects.values_list("key_id", "lookup_key_id")) == {("k2", "h2")}


def test_a_rotation_reads_and_writes_in_batches(
    small: School, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pupils = register_people(
        by=CLERK,
        people=[
            NewPerson(name="示例人", posts=((Role.PUPIL, small.school),), starts_on=TERM_START) for _row in range(400)
        ],
        now=NOON,
    )
    record_identifiers(
        by=CLERK,
        identifiers=[
            NewIdentifier(pupil, IdentifierKind.PHONE, f"1{place:010d}") for place, pupil in enumerate(pupils)
        ],
        now=NOON,
    )
    with django_assert_max_num_queries(24):
        assert rotate_keys(by=CLERK, say=said, batch=200, now=NOON).rows == 400


def test_only_the_platform_rotates(small: School) -> None:
    with pytest.raises(NotAllowed):
        rotate_keys(by=actor_at(Role.PROVINCE_ADMIN, bureau("410000")), say=said, now=NOON)


# -- keys lost, exposed, broken, elsewhere ----------------------------------------------------------------------------


def test_restored_without_the_key_masked_values_stay_and_the_rest_is_refused(small: School) -> None:
    row = keep(small.pupil)
    key_file().unlink()
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    assert identifiers_of(small.pupil).get().masked == row.masked
    for deed in (
        lambda: reveal_identifier(by=admin, identifier=row, reason=REASON, now=NOON),
        lambda: keep(small.teacher, value=resident(9)),
        lambda: rotate_keys(by=CLERK, say=said, now=NOON),
    ):
        with pytest.raises(KeyMissing, match="identifiers"):
            deed()
    assert not key_file().exists(), "a new ring would make the lost one look replaced"
    assert not Reveal.objects.exists()
    assert find_by_identifier(admin, IdentifierKind.RESIDENT_ID, resident(), on=TODAY) is None
    assert (key_state().missing, key_state().rows) == (frozenset({"k1"}), 1)


def test_a_ring_that_lacks_one_key_names_it(small: School) -> None:
    row = keep(small.pupil)
    ring = json.loads(key_file().read_text())
    ring["keys"]["k9"] = ring["keys"].pop("k1")
    ring["current"] = "k9"
    key_file().write_text(json.dumps(ring))
    with pytest.raises(KeyMissing, match="k1"):
        reveal_identifier(
            by=actor_at(Role.SCHOOL_ADMIN, small.school, small.admin), identifier=row, reason=REASON, now=NOON
        )


def test_a_sealed_value_moved_to_another_person_does_not_open(small: School) -> None:
    row, other = keep(small.pupil), keep(small.teacher, value=resident(9))
    Identifier.objects.filter(pk=other.pk).update(ciphertext=bytes(row.ciphertext))
    other.refresh_from_db()
    with pytest.raises(Tampered):
        reveal_identifier(
            by=actor_at(Role.SCHOOL_ADMIN, small.school, small.admin), identifier=other, reason=REASON, now=NOON
        )


def test_a_key_file_that_others_can_read_is_not_used(data: Path) -> None:
    make_ring()
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    key_file().chmod(0o644)
    with pytest.raises(KeysExposed, match="0600"):
        load_ring()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"current": "k1"}', '{"current":"k1","lookup_current":"h1","keys":{},"lookup_keys":{}}']
)
def test_a_broken_key_file_is_refused(data: Path, text: str) -> None:
    make_ring()
    key_file().write_text(text)
    with pytest.raises(KeysUnreadable):
        load_ring()


def test_two_first_starts_share_one_ring(data: Path) -> None:
    first = make_ring()
    assert make_ring() == first == open_ring()


def test_keys_from_the_environment_are_used_and_not_replaced(small: School, settings: Settings) -> None:
    text = make_ring().as_text()
    key_file().unlink()
    settings.IDENTIFIER_KEYS = text
    row = keep(small.pupil)
    assert not key_file().exists()
    with pytest.raises(KeysElsewhere, match="IDENTIFIER_KEYS"):
        rotate_keys(by=CLERK, say=said, now=NOON)
    ring = json.loads(text)
    ring["keys"]["k2"], ring["current"] = {"algorithm": "sm4-gcm", "secret": "AAAAAAAAAAAAAAAAAAAAAA=="}, "k2"
    settings.IDENTIFIER_KEYS = json.dumps(ring)
    assert rotate_keys(by=CLERK, say=said, now=NOON).rows == 1
    row.refresh_from_db()
    assert row.key_id == "k2"


# -- algorithms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CIPHERS)
def test_a_cipher_opens_what_it_sealed_and_nothing_else(name: str) -> None:
    cipher = CIPHERS[name]
    key = bytes(range(cipher.key_bytes))
    sealed = cipher.seal(key, "号码".encode(), b"owner")
    assert cipher.unseal(key, sealed, b"owner") == "号码".encode()
    assert cipher.seal(key, "号码".encode(), b"owner") != sealed
    for bad_key, bad, owner in (
        (key, sealed, b"other"),
        (key[::-1], sealed, b"owner"),
        (key, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"owner"),
        (key, sealed[:10], b"owner"),
    ):
        with pytest.raises(BadSeal):
            cipher.unseal(bad_key, bad, owner)


def test_the_national_hash_is_the_national_hash() -> None:
    """SM3 of `abc` (GB/T 32905, A.1) shows through HMAC only indirectly, so the two families must differ."""
    key = bytes(32)
    assert len({digest.of(key, b"abc") for digest in DIGESTS.values()}) == len(DIGESTS)
    assert all(len(digest.of(key, b"abc")) == 32 for digest in DIGESTS.values())
