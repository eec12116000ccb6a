"""The nginx example of the documentation, in front of a platform: nginx itself reads it, and it does what it says."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from heluo.site.certificates import make_certificate
from heluo.site.environment import STREAM_STEP
from tests.server import REPOSITORY
from tests.site.platform import Platform, free_port

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
EXAMPLE = REPOSITORY / "docs" / "nginx.conf"
SITE, CONTENT = "edu.example.cn", "content-edu.example.cn"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("nginx"),
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed: docs/nginx.conf is NOT tested"),
]


class Front:
    """nginx on ports of its own, by the example."""

    def __init__(self, folder: Path, platform: Platform, *, plain: int, safe: int) -> None:
        self.plain, self.safe = plain, safe
        certificate, key, self.authority = make_certificate(
            folder, [SITE, CONTENT], node="edu.example.cn", now=datetime.now(UTC)
        )
        said = EXAMPLE.read_text()
        for pattern, instead in (
            (r"listen \[::\]:[^;]+;", ""),
            (r"listen 80;", f"listen 127.0.0.1:{plain};"),
            (r"listen 443", f"listen 127.0.0.1:{safe}"),
            (r"127\.0\.0\.1:8000", f"127.0.0.1:{platform.port}"),
            (r"127\.0\.0\.1:9000", f"127.0.0.1:{platform.port + STREAM_STEP}"),
            (r"/etc/ssl/\S+\.pem", str(certificate)),
            (r"/etc/ssl/\S+\.key", str(key)),
        ):
            said, count = re.subn(pattern, instead, said)
            assert count, pattern
        temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/errors;\n"
            f"events {{}} http {{ access_log off; {temporary}\n{said}\n}}"
        )
        self.process = subprocess.Popen([str(NGINX), "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"])
        self.errors = folder / "errors"

    def wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.process.poll() is None, self.errors.read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.safe)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("nginx does not listen")

    def get(self, host: str, path: str, **headers: str) -> HTTPResponse:
        """An answer over TLS, checked as a browser checks it."""
        context = ssl.create_default_context(cafile=self.authority)
        line = HTTPConnection("127.0.0.1", self.safe, timeout=60)
        line.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", self.safe), 60), server_hostname=host)
        with closing(line):
            line.request("GET", path, headers={"Host": host, **headers})
            answer = line.getresponse()
            answer.read()
            return answer


TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    plain, safe = free_port(), free_port()
    platform = Platform(
        folder / "data",
        PUBLIC_URL=f"https://{SITE}",
        STREAM_URL=f"https://{SITE}",
        CONTENT_URL=f"https://{CONTENT}",
        SECURE="1",
        TRUSTED_PROXIES="1",
    )
    try:
        platform.wait_until_ready()
        found = Front(folder, platform, plain=plain, safe=safe)
        try:
            found.wait()
            yield found
        finally:
            found.process.terminate()
            found.process.wait(30)
    finally:
        platform.stop()


def test_whoever_comes_without_tls_is_sent_to_it(front: Front) -> None:
    with closing(HTTPConnection("127.0.0.1", front.plain, timeout=60)) as line:
        line.request("GET", "/resources/?q=x", headers={"Host": SITE})
        answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{SITE}/resources/?q=x")


def test_pages_come_under_the_public_address_and_know_that_they_are_safe(front: Front) -> None:
    answer = front.get(SITE, "/resources/")
    assert answer.status == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    signing_in = front.get(SITE, "/accounts/login/")
    assert "Secure" in signing_in.headers["Set-Cookie"]


def test_live_updates_have_the_same_origin_and_want_their_ticket(front: Front) -> None:
    assert front.get(SITE, "/stream/").status in {400, 401, 403}


def test_figures_stay_inside(front: Front) -> None:
    assert front.get(SITE, "/metrics").status == 404
    assert front.get(SITE, "/healthz").status == 200


def test_the_content_host_serves_content_alone(front: Front) -> None:
    answer = front.get(CONTENT, "/resources/", Cookie="sessionid=stolen")
    assert answer.status == 404
    assert "Set-Cookie" not in answer.headers
