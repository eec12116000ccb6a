"""Credentials built from plain values: signed whole in both formats."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from heluo.engines.credentials.crypto import check_proof, proven
from heluo.engines.credentials.documents import Content, document_of, jwt_of
from heluo.engines.credentials.errors import Unreadable
from heluo.engines.credentials.multibase import from_base64url

NOW = datetime(2026, 9, 1, tzinfo=UTC)
METHOD = "https://heluo.example/credentials/issuer#key-1"
CONTENT = Content(
    number="https://heluo.example/credentials/1",
    issuer="https://heluo.example/credentials/issuer",
    issuer_name="示例省教育厅",
    achievement="https://heluo.example/credentials/achievements/1",
    name="示范课程结业",
    description="完成全部课程。",
    criteria="通过考核。",
    holder="演示甲",
    valid_from=NOW,
    valid_until=NOW + timedelta(days=365),
)


def test_a_document_is_signed_whole() -> None:
    key = Ed25519PrivateKey.generate()
    signed = proven(document_of(CONTENT), key=key, method=METHOD, now=NOW)
    check_proof(signed, public=key.public_key())
    with pytest.raises(Unreadable):
        check_proof(signed, public=Ed25519PrivateKey.generate().public_key())
    other = document_of(replace(CONTENT, holder="演示乙"))
    with pytest.raises(Unreadable):
        check_proof({**other, "proof": signed["proof"]}, public=key.public_key())


def test_a_jwt_says_what_the_document_says() -> None:
    key = Ed25519PrivateKey.generate()
    signed, _, signature = jwt_of(CONTENT, key=key, method=METHOD).rpartition(".")
    key.public_key().verify(from_base64url(signature), signed.encode())
    header, claims = (json.loads(from_base64url(part)) for part in signed.split("."))
    assert header == {"alg": "EdDSA", "typ": "vc+jwt", "kid": METHOD}
    assert document_of(CONTENT).items() <= claims.items()
    assert (claims["iss"], claims["jti"]) == (CONTENT.issuer, CONTENT.number)
    assert claims["exp"] - claims["nbf"] == 365 * 24 * 3600
    with pytest.raises(InvalidSignature):
        key.public_key().verify(from_base64url(signature), signed.encode() + b"A")
