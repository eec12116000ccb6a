"""Requests to addresses that somebody else wrote down: bounded, and never into the platform's own network."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from heluo.kernel.outward.guard import may_reach
from heluo.kernel.outward.public import Trouble, Unreachable, ask
from tests.kernel.outward.server import Site, served

HERE = [ip_network("127.0.0.1/32")]


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        yield site


def trouble(address: str, **how: Any) -> Trouble:
    with pytest.raises(Unreachable) as refused:
        ask(address, purpose="test", **{"allowed": HERE, **how})
    return refused.value.trouble


def test_it_says_who_asks_and_reads_no_more_than_wanted(site: Site) -> None:
    site.answers["/a"] = (200, {"X-Said": "yes"})
    answer = ask(site.at("/a"), purpose="test", most_bytes=10, allowed=HERE)
    assert (answer.status, answer.headers["x-said"], answer.body) == (200, "yes", b"x" * 10)
    assert site.agents[0].startswith("Heluo (test; +http")


def test_a_body_is_sent_with_its_type(site: Site) -> None:
    site.answers["POST /a"] = (200, {})
    answer = ask(site.at("/a"), purpose="test", method="POST", body=b"abc", media_type="application/jose", allowed=HERE)
    assert answer.status == 200
    assert site.bodies == [("application/jose", b"abc")]


@pytest.mark.parametrize("status", [302, 307, 308])
def test_a_body_is_carried_nowhere_else(site: Site, status: int) -> None:
    site.answers |= {"/a": (status, {"Location": "/b"}), "/b": (200, {})}
    assert ask(site.at("/a"), purpose="test", method="POST", body=b"abc", allowed=HERE).status == status
    assert site.asked == ["POST /a"]


def test_a_body_reaches_no_private_network(site: Site) -> None:
    assert trouble(site.at("/a"), method="POST", body=b"abc", allowed=()) == Trouble.FORBIDDEN
    assert site.asked == []


def test_a_head_has_no_body(site: Site) -> None:
    site.answers["/a"] = (200, {})
    assert ask(site.at("/a"), purpose="test", method="HEAD", allowed=HERE).body == b""
    assert site.asked == ["HEAD /a"]


def test_chinese_in_an_address_is_written_as_the_web_writes_it(site: Site) -> None:
    site.answers["/%E8%AF%BE%E4%BB%B6?q=%E5%88%86%E6%95%B0&a=%20"] = (200, {})
    assert ask(site.at("/课件?q=分数&a=%20#页"), purpose="test", allowed=HERE).status == 200


@pytest.mark.parametrize("status", [404, 500])
def test_an_answer_is_an_answer_whatever_it_says(site: Site, status: int) -> None:
    site.answers["/a"] = (status, {})
    assert ask(site.at("/a"), purpose="test", allowed=HERE).status == status


def test_redirects_are_followed_and_end(site: Site) -> None:
    site.answers |= {"/a": (302, {"Location": "/b"}), "/b": (301, {"Location": "c?d=1"}), "/c?d=1": (200, {})}
    assert ask(site.at("/a"), purpose="test", allowed=HERE).address == site.at("/c?d=1")
    site.answers |= {"/x": (302, {"Location": "/y"}), "/y": (302, {"Location": "/x"})}
    assert trouble(site.at("/x")) == Trouble.TOO_MANY_REDIRECTS
    assert len(site.asked) == 3 + 6


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("http://10.0.0.1/", Trouble.FORBIDDEN),
        ("http://169.254.169.254/latest/meta-data/", Trouble.FORBIDDEN),
        ("http://[::1]:{port}/", Trouble.FORBIDDEN),
        ("file:///etc/passwd", Trouble.MALFORMED),
        ("http://127.0.0.1:22/", Trouble.FORBIDDEN),
    ],
)
def test_a_redirect_leads_nowhere_the_address_itself_may_not(site: Site, to: str, expected: Trouble) -> None:
    site.answers["/a"] = (302, {"Location": to.replace("{port}", str(site.port))})
    assert trouble(site.at("/a")) == expected


def test_without_being_allowed_this_machine_is_not_asked(site: Site) -> None:
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"):  # noqa: S104
        assert trouble(site.at("/a", host), allowed=[]) == Trouble.FORBIDDEN, host
    assert site.asked == []


def test_what_a_name_is_resolved_to_later_does_not_count(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to a public address when it is looked at and to this machine when it is connected to."""
    asked: list[str] = []
    connected: list[Any] = []

    def resolve(host: str, port: int, **_how: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))]

    def connect(address: Any, *_args: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert trouble(site.at("/a", "rebinding.example"), allowed=[]) == Trouble.NO_ANSWER
    assert asked == ["rebinding.example"]
    assert connected == [("93.184.216.34", site.port)]


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),
        ("168.63.129.16", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # asked about, not bound to
        ("::1", False),
        ("fe80::1", False),
        ("fd00:ec2::254", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False),
    ],
)
def test_only_public_addresses_are_reached(address: str, is_public: bool) -> None:
    assert may_reach(ip_address(address), allowed=[]) == is_public


def test_a_network_that_is_allowed_is_reached_and_its_neighbours_are_not() -> None:
    allowed = [ip_network("10.20.0.0/16")]
    assert may_reach(ip_address("10.20.3.4"), allowed=allowed)
    assert not may_reach(ip_address("10.21.3.4"), allowed=allowed)


def test_who_does_not_answer_is_waited_for_so_long_and_no_longer(site: Site) -> None:
    site.silent.add("/never")
    assert trouble(site.at("/never"), seconds=0.3) == Trouble.TOO_SLOW


def test_an_answer_that_does_not_end_is_cut_off(site: Site) -> None:
    site.answers["/stuck"] = (200, {})
    site.stuck.add("/stuck")
    assert trouble(site.at("/stuck"), seconds=0.3) == Trouble.TOO_SLOW
    assert ask(site.at("/stuck"), purpose="test", most_bytes=1000, allowed=HERE).status == 200


def a_certificate(folder: Path) -> Path:
    """Key and certificate of `localhost`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    return path


def test_https_is_asked_under_the_name_and_only_with_a_certificate_that_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = a_certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    with served(server) as site:
        site.answers["/a"] = (200, {})
        address = site.at("/a", "localhost").replace("http:", "https:")
        assert trouble(address) == Trouble.BAD_CERTIFICATE
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert ask(address, purpose="test", allowed=HERE).status == 200
        assert trouble(address.replace("localhost", "127.0.0.1")) == Trouble.BAD_CERTIFICATE


def test_a_closed_port_and_an_unknown_name_have_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert trouble(f"http://127.0.0.1:{port}/") == Trouble.NO_ANSWER
    assert trouble("http://nobody.invalid/") == Trouble.UNKNOWN_HOST


@pytest.mark.parametrize(
    "address",
    ["", "/a", "ftp://example.org/", "http://", "http://[::1", "http://user:secret@example.org/", "http://a:b/"],
)
def test_what_is_no_address_of_the_web_is_not_asked(address: str) -> None:
    assert trouble(address) == Trouble.MALFORMED
