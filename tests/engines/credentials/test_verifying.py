"""A credential holds or does not: each reason by its name, in both formats, by keys that stay or are revoked."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from heluo.engines.credentials.access import Permission
from heluo.engines.credentials.actions import rotate_signing_key, sample, secured
from heluo.engines.credentials.crypto import proven
from heluo.engines.credentials.documents import document_of, jwt_of
from heluo.engines.credentials.enums import CheckKind, Fault, Format, Outcome, Verdict
from heluo.engines.credentials.errors import SigningKeyMissing, Unreadable
from heluo.engines.credentials.issuers import controller_document, issuer_in, method_of_key, own_issuer_id
from heluo.engines.credentials.keys import key_in_use
from heluo.engines.credentials.models import SigningKey
from heluo.engines.credentials.multibase import base64url, from_base64url, multikey
from heluo.engines.credentials.verifying import Report, verify
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR, platform_actor
from heluo.site.commands.credentials import in_a_line
from tests.engines.credentials.test_documents import CONTENT

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 10, tzinfo=UTC)
KEEPER = platform_actor("测试", [*Permission])
FORMATS = pytest.mark.parametrize("form", list(Format))


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"


def issued(form: Format = Format.DATA_INTEGRITY, **changes: Any) -> str:
    content = replace(CONTENT, issuer=own_issuer_id(), valid_from=NOW, valid_until=NOW + timedelta(days=30))
    return secured(replace(content, **changes), form=form, now=NOW)


def wrong(report: Report) -> set[Fault]:
    return {check.fault for check in report.checks if check.outcome != Outcome.PASSED}


def rewritten(jwt: str, part: int, **changes: Any) -> str:
    """A JWT with other words under the same signature."""
    parts = jwt.split(".")
    parts[part] = base64url(json.dumps(json.loads(from_base64url(parts[part])) | changes).encode())
    return ".".join(parts)


@FORMATS
def test_what_was_issued_here_holds(form: Format) -> None:
    report = verify(issued(form), now=NOW)
    assert report.verdict == Verdict.VALID, [str(check) for check in report.checks]
    assert {check.kind for check in report.checks} == set(CheckKind) - {CheckKind.STATUS}


@FORMATS
def test_a_sample_certifies_nothing_and_holds(form: Format) -> None:
    text = sample(form=form, now=NOW)
    report = verify(text.encode(), now=NOW)
    assert report.verdict == Verdict.VALID
    assert report.document is not None
    assert "不证明任何事" in report.document["name"]


@FORMATS
def test_dates_are_looked_at(form: Format) -> None:
    text = issued(form)
    assert wrong(verify(text, now=NOW - timedelta(seconds=1))) == {Fault.NOT_YET}
    assert wrong(verify(text, now=NOW + timedelta(days=30))) == {Fault.EXPIRED}
    assert verify(issued(form, valid_until=None), now=NOW + timedelta(days=3650)).verdict == Verdict.VALID


def test_one_word_altered_is_seen_in_either_format() -> None:
    document = json.loads(issued())
    document["credentialSubject"]["achievement"]["name"] = "另一门课程"
    assert wrong(verify(json.dumps(document), now=NOW)) == {Fault.FORGED}
    assert Fault.FORGED in wrong(verify(rewritten(issued(Format.JWT), 1, name="另一门课程"), now=NOW))


@pytest.mark.parametrize(
    ("part", "changes", "fault"),
    [
        (0, {"alg": "none"}, Fault.ALGORITHM),
        (0, {"alg": "HS256"}, Fault.ALGORITHM),
        (0, {"crit": ["x"]}, Fault.JWT_BROKEN),
        (0, {"typ": "at+jwt"}, Fault.JWT_BROKEN),
        (0, {"typ": [], "kid": {}}, Fault.JWT_BROKEN),
        (0, {"alg": ["EdDSA"]}, Fault.ALGORITHM),
        (0, {"kid": "https://elsewhere.example/key"}, Fault.KEY_UNKNOWN),
        (1, {"iss": "https://elsewhere.example"}, Fault.CLAIMS_DIFFER),
        (1, {"exp": 99999999999}, Fault.CLAIMS_DIFFER),
    ],
)
def test_a_jwt_that_was_tampered_with_is_refused_by_name(part: int, changes: dict[str, Any], fault: Fault) -> None:
    report = verify(rewritten(issued(Format.JWT), part, **changes), now=NOW)
    assert fault in wrong(report)
    assert report.verdict == Verdict.INVALID


@pytest.mark.parametrize("text", ["", "no credential", "a.b.c", "{", "[1]", '{"a": 1, "a": 2}', "[" * 5000])
def test_what_is_no_credential_is_unreadable(text: str) -> None:
    assert verify(text, now=NOW).verdict == Verdict.UNREADABLE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", ["VerifiableCredential"]),
        ("type", [{}]),
        ("issuer", {"name": "x"}),
        ("validFrom", "yesterday"),
        ("validFrom", "0001-01-01T00:00:00+23:59"),
        ("validUntil", "9999-12-31T23:59:59-23:59"),
        ("validUntil", 7),
        ("credentialSubject", []),
    ],
)
def test_what_a_badge_must_say_is_asked_for(name: str, value: object) -> None:
    document = json.loads(issued()) | {name: value}
    assert wrong(verify(json.dumps(document), now=NOW)) == {Fault.SHAPE}


@FORMATS
def test_a_retired_key_is_believed_and_a_revoked_one_is_not(form: Format) -> None:
    before = issued(form)
    rotate_signing_key(by=KEEPER, now=NOW)
    assert verify(before, now=NOW).verdict == Verdict.VALID
    second = issued(form)
    made = rotate_signing_key(by=KEEPER, revoke=True, now=NOW)
    assert wrong(verify(second, now=NOW)) == {Fault.KEY_REVOKED}
    assert verify(before, now=NOW).verdict == Verdict.VALID
    named = controller_document()["assertionMethod"]
    assert method_of_key(made.key_id) in named
    assert len(named) == 2, "the revoked one is left out"


def test_only_keepers_change_the_key_and_one_is_in_use() -> None:
    with pytest.raises(NotAllowed):
        rotate_signing_key(by=PUBLIC_ACTOR, now=NOW)
    kept, _private = key_in_use(now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningKey.objects.create(key_id="0" * 16, public=kept.public, made_at=NOW)


def test_a_key_whose_file_is_gone_is_named(settings: Settings) -> None:
    kept, _private = key_in_use(now=NOW)
    place = settings.DATA / "keys" / f"credentials-{kept.key_id}.pem"
    assert place.stat().st_mode & 0o077 == 0
    place.unlink()
    with pytest.raises(SigningKeyMissing, match=kept.key_id):
        issued()


def a_foreign_issuer(key: Ed25519PrivateKey, **changes: Any) -> dict[str, Any]:
    method = {
        "id": "https://other.example/issuer#1",
        "type": "Multikey",
        "controller": "https://other.example/issuer",
        "publicKeyMultibase": multikey(key.public_key().public_bytes_raw()),
    }
    document = {"id": "https://other.example/issuer", "name": "别处的学校", "verificationMethod": [method]}
    return document | {"assertionMethod": [method["id"]]} | changes


@FORMATS
def test_anothers_credential_is_undecided_until_somebody_brings_its_keys(form: Format) -> None:
    key, method = Ed25519PrivateKey.generate(), "https://other.example/issuer#1"
    content = replace(CONTENT, issuer="https://other.example/issuer", valid_from=NOW, valid_until=None)
    text = (
        jwt_of(content, key=key, method=method)
        if form == Format.JWT
        else json.dumps(proven(document_of(content), key=key, method=method, now=NOW))
    )
    alone = verify(text, now=NOW)
    assert alone.verdict == Verdict.UNDECIDED
    assert wrong(alone) == {Fault.FOREIGN_ISSUER, Fault.NO_KEY}
    brought = [issuer_in(a_foreign_issuer(key))]
    assert verify(text, now=NOW, others=brought).verdict == Verdict.VALID
    assert wrong(verify(text, now=NOW, others=[issuer_in(a_foreign_issuer(Ed25519PrivateKey.generate()))])) == {
        Fault.FORGED
    }


def test_a_key_of_one_issuer_does_not_sign_for_another() -> None:
    key = Ed25519PrivateKey.generate()
    content = replace(CONTENT, issuer=own_issuer_id(), valid_from=NOW, valid_until=None)
    text = jwt_of(content, key=key, method="https://other.example/issuer#1")
    report = verify(text, now=NOW, others=[issuer_in(a_foreign_issuer(key))])
    assert wrong(report) == {Fault.WRONG_ISSUER}


@pytest.mark.parametrize("changes", [{"id": 1}, {"verificationMethod": []}, {"assertionMethod": []}])
def test_a_file_without_usable_keys_is_no_issuer(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        issuer_in(a_foreign_issuer(Ed25519PrivateKey.generate(), **changes))


def test_the_public_reads_who_issues_here(client: Client) -> None:
    kept, _private = key_in_use(now=NOW)
    told = client.get("/credentials/issuer")
    assert told.headers["Content-Type"].startswith("application/json")
    assert issuer_in(told.json()).keys.keys() == {method_of_key(kept.key_id)}


def test_anybody_verifies_what_they_paste_or_upload(client: Client) -> None:
    page = client.post("/credentials/verify/", {"text": sample(form=Format.JWT, now=datetime.now(UTC))})
    assert "证书有效" in page.content.decode()
    assert "样例证书" in page.content.decode()
    file = SimpleUploadedFile("证书.json", issued(valid_until=NOW + timedelta(seconds=1)).encode())
    assert "已过期" in client.post("/credentials/verify/", {"file": file}).content.decode()
    assert client.post("/credentials/verify/", {}).status_code == 422
    broken = {"text": "x", "issuer": SimpleUploadedFile("issuer.json", b"{}")}
    assert client.post("/credentials/verify/", broken).status_code == 422
    assert "不是 JSON" in client.post("/credentials/verify/", {"text": "x"}).content.decode()


def test_findings_are_told_in_both_languages() -> None:
    (check,) = verify("", now=NOW).checks
    assert in_a_line(check) == "没有内容 / There is nothing in it"
