"""Signed texts: JSON Web Signatures (RFC 7515) with Ed25519 (RFC 8037), in PyJWT's hands."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.types import Options
from pydantic import ValidationError

from heluo.kernel.nodes.enums import Fault, TokenType
from heluo.kernel.nodes.errors import ExchangeRefused
from heluo.kernel.nodes.vocabulary import Claims
from heluo.kernel.signing.public import public_key_of

ALGORITHM = "EdDSA"
UNPROVEN: Options = {"verify_signature": False}
OURS_TO_CHECK: Options = {"verify_iat": False, "verify_exp": False, "verify_nbf": False}
"""Times are looked at by whoever knows what time it is."""
C = TypeVar("C", bound=Claims)


def signed(claims: Mapping[str, Any], *, kind: TokenType, key_id: str, key: Ed25519PrivateKey) -> str:
    return jwt.encode(dict(claims), key, algorithm=ALGORITHM, headers={"kid": key_id, "typ": kind.value})


def key_id_in(token: str, *, kind: TokenType) -> str:
    """Which key a text says it was signed with. Refuses a text that is no such thing."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise ExchangeRefused(Fault.MALFORMED) from None
    key_id = header.get("kid")
    if header.get("typ") != kind or header.get("alg") != ALGORITHM or not isinstance(key_id, str):
        raise ExchangeRefused(Fault.MALFORMED)
    return key_id


def unproven(token: str, shape: type[C]) -> C:
    """What a text says, before anybody knows who wrote it. Refuses what has not the shape."""
    try:
        return _shaped(jwt.decode(token, options=UNPROVEN), shape)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise ExchangeRefused(Fault.MALFORMED) from None


def proven(token: str, shape: type[C], *, public: str, audience: str | None = None) -> C:
    """What a text says, once the signature is that of a key and the text is meant for whoever reads it."""
    try:
        claims = jwt.decode(
            token,
            public_key_of(public),
            algorithms=[ALGORITHM],
            audience=audience,
            options={**OURS_TO_CHECK, "verify_aud": audience is not None},
        )
    except jwt.InvalidSignatureError:
        raise ExchangeRefused(Fault.FORGED) from None
    except (jwt.InvalidAudienceError, jwt.MissingRequiredClaimError):
        raise ExchangeRefused(Fault.WRONG_AUDIENCE) from None
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise ExchangeRefused(Fault.MALFORMED) from None
    return _shaped(claims, shape)


def is_storable(values: Mapping[str, Any]) -> bool:
    """Whether PostgreSQL and every other node can hold these values: no NUL, no half characters, no NaN."""
    try:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return r"\u0000" not in text


def _shaped(claims: dict[str, Any], shape: type[C]) -> C:
    if not is_storable(claims):
        raise ExchangeRefused(Fault.MALFORMED)
    try:
        return shape.model_validate(claims)
    except ValidationError:
        raise ExchangeRefused(Fault.MALFORMED) from None
