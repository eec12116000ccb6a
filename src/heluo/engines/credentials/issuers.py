"""Who issues, and by which keys: this platform, and others whose document somebody brings. None is ever fetched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.urls import reverse

from heluo.engines.credentials.contexts import OPEN_BADGES
from heluo.engines.credentials.enums import Fault
from heluo.engines.credentials.errors import Unreadable
from heluo.engines.credentials.models import SigningKey
from heluo.engines.credentials.multibase import from_multikey, multikey
from heluo.kernel.signing.public import public_key_of

CONTROLLED_IDENTIFIERS = "https://www.w3.org/ns/cid/v1"
MOST_KEYS = 100


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A public key of an issuer; a revoked one is not believed."""

    public: Ed25519PublicKey
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose word a credential is. `keys`: verification method → key."""

    id: str
    name: str
    keys: Mapping[str, IssuerKey]


def own_issuer_id() -> str:
    """The address of this platform's controller document: the `issuer` of all its credentials."""
    return f"{settings.PUBLIC_URL}{reverse('credentials:issuer')}"


def method_of_key(key_id: str) -> str:
    """The address by which a proof names a key of this platform."""
    return f"{own_issuer_id()}#{key_id}"


def own_issuer() -> Issuer:
    """This platform, with every key it ever signed with."""
    keys = {
        method_of_key(key.key_id): IssuerKey(public_key_of(key.public), is_revoked=key.revoked_at is not None)
        for key in SigningKey.objects.order_by("pk")
    }
    return Issuer(own_issuer_id(), settings.NODE_NAME, keys)


def controller_document() -> dict[str, Any]:
    """What this platform publishes of itself (Controlled Identifiers 1.0; a Profile of Open Badges 3.0).

    Retired keys stay, so that what they signed can be verified; revoked ones are left out.
    """
    own = own_issuer()
    methods = [
        {
            "id": method,
            "type": "Multikey",
            "controller": own.id,
            "publicKeyMultibase": multikey(key.public.public_bytes_raw()),
        }
        for method, key in own.keys.items()
        if not key.is_revoked
    ]
    return {
        "@context": [CONTROLLED_IDENTIFIERS, OPEN_BADGES],
        "id": own.id,
        "type": "Profile",
        "name": own.name,
        "url": settings.PUBLIC_URL,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def issuer_in(document: dict[str, Any]) -> Issuer:
    """An issuer by the controller document somebody brings. Refusal: Unreadable."""
    named, methods = document.get("id"), document.get("verificationMethod")
    if not isinstance(named, str) or not isinstance(methods, list) or len(methods) > MOST_KEYS:
        raise Unreadable(Fault.NO_CONTROLLER)
    allowed = document.get("assertionMethod", [])
    keys: dict[str, IssuerKey] = {}
    for method in methods:
        try:
            if method["controller"] == named and method["type"] == "Multikey" and method["id"] in allowed:
                public = Ed25519PublicKey.from_public_bytes(from_multikey(method["publicKeyMultibase"]))
                keys[str(method["id"])] = IssuerKey(public, is_revoked="revoked" in method)
        except (KeyError, TypeError, ValueError):
            continue  # a key of another kind, for something else
    if not keys:
        raise Unreadable(Fault.NO_CONTROLLER)
    return Issuer(named, str(document.get("name") or named), keys)
