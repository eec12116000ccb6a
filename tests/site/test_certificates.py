"""The certificate of a box: whoever trusts its authority believes it, for its names and no other."""

import socket
import ssl
import threading
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from heluo.site.certificates import make_certificate
from heluo.site.commands.certificate import command
from heluo.site.environment import STREAM_STEP
from tests.site.platform import Platform


def greeted(folder: Path, name: str, authority: Path) -> str | None:
    """What a phone that trusts an authority makes of a server under a name: the protocol, or an error."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "tls.pem", folder / "tls-key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            accepted, _address = listening.accept()
            try:
                with closing(server.wrap_socket(accepted, server_side=True)):
                    pass
            except ssl.SSLError:
                accepted.close()

        thread = threading.Thread(target=answer)
        thread.start()
        phone = ssl.create_default_context(cafile=authority)
        try:
            with (
                socket.create_connection(listening.getsockname(), 10) as line,
                phone.wrap_socket(line, server_hostname=name) as safe,
            ):
                return safe.version()
        finally:
            thread.join(10)


def test_a_phone_that_trusts_the_authority_believes_the_names_and_no_other(tmp_path: Path) -> None:
    place, _key, authority = make_certificate(
        tmp_path, ["box.lan", "10.0.0.1"], node="box.example", now=datetime.now(UTC)
    )
    assert place.exists()
    assert greeted(tmp_path, "box.lan", authority) == "TLSv1.3"
    assert greeted(tmp_path, "10.0.0.1", authority) == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        greeted(tmp_path, "other.lan", authority)


def test_the_authority_stays_so_that_phones_trust_the_next_certificate(tmp_path: Path) -> None:
    moment = datetime.now(UTC)
    first = make_certificate(tmp_path, ["box.lan"], node="box.example", now=moment)[2].read_bytes()
    key = (tmp_path / "tls-key.pem").read_bytes()
    second = make_certificate(tmp_path, ["new.lan"], node="box.example", now=moment)[2]
    assert second.read_bytes() == first
    assert (tmp_path / "tls-key.pem").read_bytes() != key
    assert greeted(tmp_path, "new.lan", second) == "TLSv1.3"
    assert {place.stat().st_mode & 0o077 for place in tmp_path.glob("*-key.pem")} == {0}


def test_the_command_says_what_to_set_and_refuses_what_is_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA", str(tmp_path))
    told = CliRunner().invoke(command, ["box.lan"])
    assert told.exit_code == 0
    assert f"TLS_CERTIFICATE={tmp_path}/keys/tls.pem" in told.output
    assert CliRunner().invoke(command, ["no name"]).exit_code == 1


def test_a_platform_starts_and_answers_over_tls(tmp_path: Path) -> None:
    data = tmp_path / "data"
    place, key, authority = make_certificate(data / "keys", ["localhost"], node="box.example", now=datetime.now(UTC))
    running = Platform(data, TLS_CERTIFICATE=str(place), TLS_KEY=str(key)).wait_until_ready()
    try:
        assert f"https://localhost:{running.port}" in running.said()
        phone = ssl.create_default_context(cafile=authority)
        for port in (running.port, running.port + STREAM_STEP):
            with closing(HTTPSConnection("localhost", port, timeout=60, context=phone)) as line:
                line.request("GET", "/healthz")
                assert line.getresponse().status > 0
        with closing(HTTPSConnection("localhost", running.port, timeout=60, context=phone)) as line:
            line.request("GET", "/phone/heluo-ca.crt")
            assert line.getresponse().status == 200
        assert running.get("/") == 0, "nobody answers without TLS"
    finally:
        running.stop()
