"""Data Integrity proofs of the suite `eddsa-rdfc-2022` (W3C Data Integrity EdDSA Cryptosuites v1.0)."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from heluo.engines.credentials.canon import canonical
from heluo.engines.credentials.enums import Fault
from heluo.engines.credentials.errors import Unreadable
from heluo.engines.credentials.multibase import BASE58, base58, from_base58
from heluo.kernel.signing.public import is_signed

SUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
LONGEST_PROOF = 100


def proven(document: dict[str, Any], *, key: Ed25519PrivateKey, method: str, now: datetime) -> dict[str, Any]:
    """A document with a proof. `method` is the address of the key's public half. Refusal: Unreadable."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
    }
    signature = key.sign(_hashed(document, proof))
    return {**document, "proof": {**proof, "proofValue": BASE58 + base58(signature)}}


def method_of(document: dict[str, Any]) -> str:
    """The key a document says it was signed with. Refusal: Unreadable."""
    return str(_proof_of(document)["verificationMethod"])


def check_proof(document: dict[str, Any], *, public: Ed25519PublicKey) -> None:
    """Refuse a document that this key did not sign as it is. Refusal: Unreadable."""
    proof = _proof_of(document)
    value = proof.get("proofValue")
    if not isinstance(value, str) or value[:1] != BASE58 or len(value) > LONGEST_PROOF:
        raise Unreadable(Fault.FORGED)
    try:
        signature = from_base58(value[1:])
    except ValueError:
        raise Unreadable(Fault.FORGED) from None
    unsigned = {name: content for name, content in document.items() if name != "proof"}
    config = {name: content for name, content in proof.items() if name != "proofValue"}
    if not is_signed(public, signature, _hashed(unsigned, config)):
        raise Unreadable(Fault.FORGED)


def _hashed(document: dict[str, Any], proof: dict[str, Any]) -> bytes:
    """What is signed: the hash of the canonical proof, then that of the canonical document."""
    config = {"@context": document.get("@context"), **proof}
    return b"".join(hashlib.sha256(canonical(part).encode()).digest() for part in (config, document))


def _proof_of(document: dict[str, Any]) -> dict[str, Any]:
    proof = document.get("proof")
    if isinstance(proof, list):
        raise Unreadable(Fault.MANY_PROOFS)
    if not isinstance(proof, dict) or not isinstance(proof.get("verificationMethod"), str):
        raise Unreadable(Fault.NO_PROOF)
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != SUITE:
        raise Unreadable(Fault.UNKNOWN_SUITE, str(proof.get("cryptosuite") or proof.get("type"))[:80])
    if proof.get("proofPurpose") != PURPOSE:
        raise Unreadable(Fault.WRONG_PURPOSE)
    return proof
