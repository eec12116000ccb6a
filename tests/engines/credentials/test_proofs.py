"""A document is signed whole; what is altered, undefined, foreign or made to do harm is refused by name."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from heluo.engines.credentials.bits import SIZE, decoded, encoded, is_set
from heluo.engines.credentials.contexts import CREDENTIALS, OPEN_BADGES
from heluo.engines.credentials.crypto import check_proof, method_of, proven
from heluo.engines.credentials.enums import Fault
from heluo.engines.credentials.errors import Unreadable
from heluo.engines.credentials.multibase import base58, base64url, from_base58, from_multikey, multikey
from heluo.engines.credentials.reading import read_json, text_in
from tests.factories import NOON

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
METHOD = "https://heluo.example/credentials/issuer#key"


def a_badge() -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": "https://heluo.example/credentials/1/",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://heluo.example/credentials/issuer", "type": ["Profile"], "name": "示例"},
        "validFrom": "2026-09-10T04:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:6b9c4f5e-6c0b-4a5e-9d0e-0d6a1c2b3e4f",
                "type": ["Achievement"],
                "name": "信息技术培训",
                "description": "完成 50 学时",
                "criteria": {"narrative": "参加并通过考核"},
            },
        },
    }


def signed(document: dict[str, Any] | None = None) -> dict[str, Any]:
    return proven(document or a_badge(), key=KEY, method=METHOD, now=NOON)


def fault_of(call: Callable[[], object]) -> Fault:
    with pytest.raises(Unreadable) as refused:
        call()
    return refused.value.fault


def test_what_is_signed_holds() -> None:
    document = read_json(json.dumps(signed(), ensure_ascii=False))
    check_proof(document, public=KEY.public_key())
    assert method_of(document) == METHOD


def test_another_key_or_another_word_does_not_hold() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    assert fault_of(lambda: check_proof(signed(), public=other)) == Fault.FORGED
    altered = signed()
    altered["credentialSubject"]["achievement"]["name"] = "信息技术培训（优秀）"
    assert fault_of(lambda: check_proof(altered, public=KEY.public_key())) == Fault.FORGED


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"grade": "优秀"}, Fault.UNDEFINED_TERM),
        ({"https://example.org/grade": "优秀"}, Fault.UNDEFINED_TERM),
        ({"type": ["VerifiableCredential", "Unheard"]}, Fault.UNDEFINED_TERM),
        ({"@context": [CREDENTIALS, "https://example.org/mine"]}, Fault.UNKNOWN_CONTEXT),
        ({"@context": [CREDENTIALS, {"name": "https://example.org/name"}]}, Fault.UNKNOWN_CONTEXT),
        ({"evidence": [{"@context": {}, "type": ["Evidence"]}]}, Fault.UNKNOWN_CONTEXT),
        ({"evidence": [{"type": ["Evidence"]}] * 500}, Fault.TOO_COMPLEX),
    ],
)
def test_what_a_signature_would_not_cover_is_not_signed(change: dict[str, Any], fault: Fault) -> None:
    assert fault_of(lambda: signed({**a_badge(), **change})) == fault


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"cryptosuite": "none"}, Fault.UNKNOWN_SUITE),
        ({"proofPurpose": "authentication"}, Fault.WRONG_PURPOSE),
        ({"proofValue": "z0"}, Fault.FORGED),
        ({"verificationMethod": 1}, Fault.NO_PROOF),
    ],
)
def test_proofs_of_another_kind_are_refused(change: dict[str, Any], fault: Fault) -> None:
    document = signed()
    document["proof"].update(change)
    assert fault_of(lambda: check_proof(document, public=KEY.public_key())) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        (" " * 300_000, Fault.TOO_LARGE),
        (b"\xff\xfe", Fault.NOT_TEXT),
        (b"%PDF-1.7 nothing", Fault.PDF_BROKEN),
        ("[" * 1000, Fault.TOO_DEEP),
        ("{", Fault.NOT_JSON),
        ("[]", Fault.NOT_AN_OBJECT),
        ('{"a": 1, "a": 2}', Fault.DUPLICATE_KEY),
        ('{"a": NaN}', Fault.BAD_NUMBER),
        ('{"a": 1e999}', Fault.BAD_NUMBER),
    ],
)
def test_hostile_texts_are_refused_by_name(text: str | bytes, fault: Fault) -> None:
    assert fault_of(lambda: read_json(text_in(text))) == fault


@given(st.binary(max_size=80))
def test_base58_there_and_back(content: bytes) -> None:
    assert from_base58(base58(content)) == content


def test_a_multikey_is_that_of_the_standard() -> None:
    """The public key of the example in Data Integrity EdDSA Cryptosuites v1.0, appendix B."""
    written = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    assert multikey(from_multikey(written)) == written


@given(st.sets(st.integers(0, SIZE - 1), max_size=20), st.integers(0, SIZE - 1))
def test_a_status_list_there_and_back(indexes: set[int], other: int) -> None:
    bits = decoded(encoded(indexes))
    assert all(is_set(bits, index) for index in indexes)
    assert is_set(bits, other) == (other in indexes)


def test_a_list_that_unfolds_too_far_is_refused() -> None:
    with pytest.raises(ValueError, match="status list"):
        decoded("u" + base64url(gzip.compress(bytes(64 * 1024 * 1024))))
