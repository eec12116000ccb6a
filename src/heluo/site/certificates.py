"""A certificate of its own for a box that no public authority can reach: a small authority, kept beside the other keys,
and one for the names and addresses under which phones find the box.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LASTS = timedelta(days=3650)
LASTS = timedelta(days=397)
"""The longest that phones believe."""
EARLIER = timedelta(days=1)
"""By which the clock of a phone may be behind."""


def make_certificate(folder: Path, names: list[str], *, node: str, now: datetime) -> tuple[Path, Path, Path]:
    """Files of a fresh certificate for some names and addresses, its key, and the authority that phones are to trust.

    The authority is made once and used again, so that phones trust the next certificate, too.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority, key = _authority(folder, node, now)
    own = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begun(f"Heluo {node}", authority.subject, own.public_key(), now, LASTS)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    place, key_place = folder / "tls.pem", folder / "tls-key.pem"
    _write(key_place, _private(own))
    _write(place, _public(certificate) + _public(authority), mode=0o644)
    return place, key_place, folder / "tls-authority.pem"


def _authority(folder: Path, node: str, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    place, key_place = folder / "tls-authority.pem", folder / "tls-authority-key.pem"
    if place.exists() and key_place.exists():
        key = serialization.load_pem_private_key(key_place.read_bytes(), None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return x509.load_pem_x509_certificate(place.read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Heluo {node} CA"[:64])])
    certificate = (
        _begun(f"Heluo {node} CA", name, key.public_key(), now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    _write(key_place, _private(key))
    _write(place, _public(certificate), mode=0o644)
    return certificate, key


def _begun(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now - EARLIER + lasts)
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(place: Path, content: bytes, *, mode: int = 0o600) -> None:
    draft = place.with_name(f".{place.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=mode)
    draft.write_bytes(content)
    draft.replace(place)
