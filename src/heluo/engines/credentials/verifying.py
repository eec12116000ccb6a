"""Whether a text is a credential that holds: what was looked at, what was found, and what that means together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

from heluo.engines.credentials.crypto import check_proof, method_of
from heluo.engines.credentials.documents import JWT_TYPE
from heluo.engines.credentials.enums import CheckKind, Fault, Outcome, Verdict
from heluo.engines.credentials.errors import Unreadable
from heluo.engines.credentials.issuers import Issuer, own_issuer, own_issuer_id
from heluo.engines.credentials.multibase import from_base64url
from heluo.engines.credentials.reading import is_jwt, read_json, text_in
from heluo.kernel.signing.public import is_signed

BADGES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
JWT_TYPES = frozenset({JWT_TYPE, "JWT"})
"""Open Badges 3.0 (8.2.4.1) has `JWT`, VC-JOSE-COSE `vc+jwt`."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    kind: CheckKind
    outcome: Outcome
    fault: Fault
    what: str = ""

    def __str__(self) -> str:
        return str(self.fault.label).format(what=self.what)


@dataclass(frozen=True, slots=True)
class Report:
    """All that was looked at; `document` is what the credential says, where it could be read."""

    checks: Sequence[Check]
    document: dict[str, Any] | None

    @property
    def verdict(self) -> Verdict:
        if self.document is None:
            return Verdict.UNREADABLE
        outcomes = {check.outcome for check in self.checks}
        if Outcome.FAILED in outcomes:
            return Verdict.INVALID
        return Verdict.UNDECIDED if Outcome.UNKNOWN in outcomes else Verdict.VALID


@dataclass(frozen=True, slots=True)
class _Jwt:
    """A compact JWS, taken apart and not yet believed."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def verify(content: str | bytes, *, now: datetime, others: Sequence[Issuer] = ()) -> Report:
    """Look at a credential: JSON with a Data Integrity proof, a VC-JWT, or a PDF that has one embedded.

    Keys are those of this platform and of `others`; nothing is fetched. Of an issuer that is not among them nobody can
    say here whether the signature is right.
    """
    try:
        text = text_in(content)
        jwt = _taken_apart(text) if is_jwt(text) else None
        document = jwt.claims if jwt else read_json(text)
    except Unreadable as refused:
        return Report([Check(CheckKind.FORM, Outcome.FAILED, refused.fault, refused.what)], None)
    issuers = {issuer.id: issuer for issuer in (own_issuer(), *others)}
    checks = [Check(CheckKind.FORM, Outcome.PASSED, Fault.READ), *_shape(document)]
    if not any(check.outcome == Outcome.FAILED for check in checks):
        issuer = issuers.get(_id_of(document["issuer"]))
        checks += [
            _issuer(document, issuer),
            _signature(document, jwt, issuer, issuers),
            *_claims(document, jwt),
            _dates(document, now),
            *_status(document),
        ]
    return Report(checks, document)


def _taken_apart(text: str) -> _Jwt:
    parts = text.split(".")
    try:
        header, claims = (read_json(from_base64url(part).decode()) for part in parts[:2])
        return _Jwt(header, claims, ".".join(parts[:2]).encode(), from_base64url(parts[2]))
    except (ValueError, UnicodeDecodeError):
        raise Unreadable(Fault.JWT_BROKEN) from None


def _shape(document: dict[str, Any]) -> Iterator[Check]:
    """What Open Badges 3.0 asks to be there."""
    types = document.get("type")
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    listed = types if isinstance(types, list) else [types]
    missing = [
        name
        for name, is_there in (
            ("type", "VerifiableCredential" in listed and any(one in BADGES for one in listed if isinstance(one, str))),
            ("issuer", bool(_id_of(document.get("issuer")))),
            ("validFrom", _instant(document.get("validFrom")) is not None),
            ("validUntil", "validUntil" not in document or _instant(document["validUntil"]) is not None),
            (
                "credentialSubject.achievement",
                isinstance(achievement, dict) and isinstance(achievement.get("name"), str),
            ),
        )
        if not is_there
    ]
    for name in missing:
        yield Check(CheckKind.SCHEMA, Outcome.FAILED, Fault.SHAPE, name)
    if not missing:
        yield Check(CheckKind.SCHEMA, Outcome.PASSED, Fault.SHAPED)


def _issuer(document: dict[str, Any], issuer: Issuer | None) -> Check:
    if issuer is None:
        return Check(CheckKind.ISSUER, Outcome.UNKNOWN, Fault.FOREIGN_ISSUER, _id_of(document["issuer"])[:200])
    own = issuer.id == own_issuer_id()
    return Check(CheckKind.ISSUER, Outcome.PASSED, Fault.OWN_ISSUER if own else Fault.GIVEN_ISSUER, issuer.name[:200])


def _signature(document: dict[str, Any], jwt: _Jwt | None, issuer: Issuer | None, issuers: dict[str, Issuer]) -> Check:
    try:
        method = _method(document, jwt)
        if issuer is None:
            return Check(CheckKind.SIGNATURE, Outcome.UNKNOWN, Fault.NO_KEY)
        if (key := issuer.keys.get(method)) is None:
            others = any(method in other.keys for other in issuers.values())
            raise Unreadable(Fault.WRONG_ISSUER if others else Fault.KEY_UNKNOWN)
        if key.is_revoked:
            raise Unreadable(Fault.KEY_REVOKED)
        if jwt is None:
            check_proof(document, public=key.public)
        elif not is_signed(key.public, jwt.signature, jwt.signed):
            raise Unreadable(Fault.FORGED)
    except Unreadable as refused:
        unknown = refused.fault == Fault.CONTEXTS_MISSING
        outcome = Outcome.UNKNOWN if unknown else Outcome.FAILED
        return Check(CheckKind.SIGNATURE, outcome, refused.fault, refused.what)
    return Check(CheckKind.SIGNATURE, Outcome.PASSED, Fault.SIGNED)


def _method(document: dict[str, Any], jwt: _Jwt | None) -> str:
    """The key a credential says it was signed with. Refusal: Unreadable."""
    if jwt is None:
        return method_of(document)
    if jwt.header.get("alg") != "EdDSA":
        raise Unreadable(Fault.ALGORITHM, str(jwt.header.get("alg"))[:40])
    if str(jwt.header.get("typ", JWT_TYPE)) not in JWT_TYPES or "crit" in jwt.header:
        raise Unreadable(Fault.JWT_BROKEN)
    return str(jwt.header.get("kid", ""))


def _claims(document: dict[str, Any], jwt: _Jwt | None) -> Iterator[Check]:
    """Registered claims that say something else than the credential does."""
    if jwt is None:
        return
    instants = {"nbf": document.get("validFrom"), "exp": document.get("validUntil")}
    said = {"iss": _id_of(document["issuer"]), "jti": document.get("id")}
    for name, text in instants.items():
        instant = _instant(text)
        said[name] = int(instant.timestamp()) if instant else None
    for name, expected in said.items():
        if name in jwt.claims and jwt.claims[name] != expected:
            yield Check(CheckKind.SCHEMA, Outcome.FAILED, Fault.CLAIMS_DIFFER, name)


def _dates(document: dict[str, Any], now: datetime) -> Check:
    begins, ends = _instant(document["validFrom"]), _instant(document.get("validUntil"))
    if begins is not None and now < begins:
        return Check(CheckKind.DATES, Outcome.FAILED, Fault.NOT_YET, document["validFrom"])
    if ends is not None and now >= ends:
        return Check(CheckKind.DATES, Outcome.FAILED, Fault.EXPIRED, document["validUntil"])
    return Check(CheckKind.DATES, Outcome.PASSED, Fault.IN_TIME)


def _status(document: dict[str, Any]) -> Iterator[Check]:
    if "credentialStatus" in document:
        yield Check(CheckKind.STATUS, Outcome.UNKNOWN, Fault.STATUS_ELSEWHERE)


def _id_of(issuer: object) -> str:
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else ""


def _instant(text: object) -> datetime | None:
    """A time of XML Schema with its zone; none where it is not one, or no zone could tell it."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    is_told = at is not None and at.tzinfo is not None and MINYEAR < at.year < MAXYEAR
    return at.astimezone(UTC) if at is not None and is_told else None
