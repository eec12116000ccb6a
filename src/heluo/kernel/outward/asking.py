"""One request to an address that somebody else wrote down."""

import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

from heluo.kernel.outward.enums import Trouble
from heluo.kernel.outward.errors import Unreachable
from heluo.kernel.outward.guard import Network, reachable

SECONDS = 15.0
MOST_REDIRECTS = 5
MOST_BYTES = 64 * 1024
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEPT = "/%:@!$&'()*+,;=~-._?"
"""Of a path or a query, what stands as it was written; anything else is percent-encoded."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `address` is where the redirects led, `body` no more than was asked for."""

    status: int
    address: str
    headers: Mapping[str, str]
    body: bytes


def ask(
    address: str,
    *,
    purpose: str,
    method: str = "GET",
    body: bytes | None = None,
    media_type: str = "application/octet-stream",
    most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS,
    headers: Mapping[str, str] | None = None,
    follow: bool = True,
    allowed: Collection[Network] | None = None,
) -> Answer:
    """Send one request and follow its redirects, each after a look at where it leads. Raises `Unreachable`.

    A request with a body follows none: what it carries was meant for the one who was asked. Say the same with
    `follow` of one whose own `headers` are nobody else's business.
    `allowed` are the networks that may be reached although they are not public; those of the settings if not given.
    """
    networks = settings.OUTWARD_NETWORKS if allowed is None else allowed
    until = time.monotonic() + seconds
    sent = {
        **(headers or {}),
        "User-Agent": f"Heluo ({purpose}; +{settings.PUBLIC_URL})",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if body is not None:
        sent["Content-Type"] = media_type
    for _hop in range(MOST_REDIRECTS + 1):
        parts = _parts(address)
        host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
        line = _Line(host, port, reachable(_ascii(host), port, allowed=networks), secure=parts.scheme == "https")
        with _hung_up(line, until):
            line.request(method, _path(parts), body=body, headers=sent)
            with line.getresponse() as response:
                leads_to = response.getheader("Location") if response.status in REDIRECTS else None
                if leads_to is None or body is not None or not follow:
                    return _answer(response, address, most_bytes)
        address = urljoin(address, leads_to)
    raise Unreachable(Trouble.TOO_MANY_REDIRECTS)


def _answer(response: HTTPResponse, address: str, most_bytes: int) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(status=response.status, address=address, headers=headers, body=response.read(most_bytes))


class _Line(HTTPConnection):
    """A connection to addresses that were looked at, under the name that was asked for."""

    def __init__(self, host: str, port: int, addresses: list[str], *, secure: bool) -> None:
        super().__init__(_ascii(host), port)
        self.default_port = PORTS["https" if secure else "http"]
        self._addresses = addresses
        self._secure = secure
        self._wire: socket.socket | None = None
        self.was_hung_up = False

    def connect(self) -> None:
        """Try one address after the other, within the time that is left."""
        for number, address in enumerate(self._addresses, 1):
            try:
                self.sock = self._wire = socket.create_connection((address, self.port), self.timeout)
            except OSError:
                if number == len(self._addresses) or self.was_hung_up:
                    raise
            else:
                break
        if self._secure:
            self.sock = self._wire = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def hang_up(self) -> None:
        """End whatever waits for the other side; `sock` is no longer ours once an answer has begun."""
        self.was_hung_up = True
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


@contextmanager
def _hung_up(line: _Line, until: float) -> Iterator[None]:
    """Close the line at the end, and end a conversation that takes too long, even one that never stands still."""
    left = until - time.monotonic()
    if left <= 0:
        raise Unreachable(Trouble.TOO_SLOW)
    line.timeout = left
    watch = threading.Timer(left, line.hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield
        if line.was_hung_up:  # an answer without a stated length looks whole then
            raise Unreachable(Trouble.TOO_SLOW)
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(Trouble.BAD_CERTIFICATE) from error
    except TimeoutError as error:
        raise Unreachable(Trouble.TOO_SLOW) from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(Trouble.TOO_SLOW if line.was_hung_up else Trouble.NO_ANSWER) from error
    finally:
        watch.cancel()
        line.close()


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise Unreachable(Trouble.MALFORMED) from None
    if not is_whole or parts.username is not None:
        raise Unreachable(Trouble.MALFORMED)
    return parts


def _ascii(host: str) -> str:
    """A host as the network writes it; names in Chinese have a spelling in ASCII."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise Unreachable(Trouble.MALFORMED) from None


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=KEPT)
    return f"{path}?{quote(parts.query, safe=KEPT)}" if parts.query else path
