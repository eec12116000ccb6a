"""An `OpenBadgeCredential` (Open Badges 3.0, Verifiable Credentials 2.0) from plain values, and as a VC-JWT."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from heluo.engines.credentials.contexts import CREDENTIALS, OPEN_BADGES
from heluo.engines.credentials.multibase import base64url

JWT_TYPE = "vc+jwt"


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a credential says."""

    number: str
    """The address of this credential: its `id`, and `jti` of the JWT."""
    issuer: str
    issuer_name: str
    achievement: str
    """The address of what was achieved."""
    name: str
    description: str
    criteria: str
    holder: str
    valid_from: datetime
    valid_until: datetime | None = None


def document_of(content: Content) -> dict[str, Any]:
    """The credential without a proof. The holder is named in plain text, as on paper."""
    document: dict[str, Any] = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": content.number,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": content.issuer, "type": ["Profile"], "name": content.issuer_name},
        "name": content.name,
        "validFrom": _instant(content.valid_from),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": content.holder,
                    "identityType": "name",
                }
            ],
            "achievement": {
                "id": content.achievement,
                "type": ["Achievement"],
                "name": content.name,
                "description": content.description,
                "criteria": {"narrative": content.criteria},
            },
        },
    }
    if content.valid_until is not None:
        document["validUntil"] = _instant(content.valid_until)
    return document


def jwt_of(content: Content, *, key: Ed25519PrivateKey, method: str) -> str:
    """The credential as a compact JWS (VC-JOSE-COSE): its members are claims, beside the registered ones."""
    claims = document_of(content) | {
        "iss": content.issuer,
        "jti": content.number,
        "nbf": int(content.valid_from.timestamp()),
    }
    if content.valid_until is not None:
        claims["exp"] = int(content.valid_until.timestamp())
    header = {"alg": "EdDSA", "typ": JWT_TYPE, "kid": method}
    signed = ".".join(base64url(json.dumps(part, ensure_ascii=False).encode()) for part in (header, claims))
    return f"{signed}.{base64url(key.sign(signed.encode()))}"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
