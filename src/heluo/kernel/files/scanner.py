"""The virus scanner: clamd's INSTREAM, over a socket or TCP (`man clamd`).

Our own twenty lines instead of a client library, because a video needs pieces of a megabyte, IPv6 and an answer that
can tell "infected" from "too large to scan" and "scanner away".
"""

import re
import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.limits import SCAN_SECONDS

DEFAULT_PORT = 3310
PIECE = 256 * 1024
_ANSWER = re.compile(r"stream: (?:(?P<signature>.+) )?(?P<word>FOUND|OK|ERROR)$")


class ScannerTrouble(RuntimeError):
    """The scanner is away or did not answer as it should; the scan is tried again later."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner said. `note` is the signature's name, or why there was no scan."""

    state: ScanState
    note: str = ""


def connect(url: str, seconds: float) -> socket.socket:
    """A connection to `unix:/path` or `tcp://host:port`. Raises `ScannerTrouble`, and ValueError on another address."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix" and parts.path:
            return _unix_connection(unquote(parts.path), seconds)
        if parts.scheme == "tcp" and parts.hostname:
            return socket.create_connection((parts.hostname, parts.port or DEFAULT_PORT), timeout=seconds)
    except OSError as error:
        raise ScannerTrouble(f"clamd at {url}: {error}") from error
    raise ValueError("CLAMD_URL must read unix:/path or tcp://host:port")


def _unix_connection(path: str, seconds: float) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(seconds)
    try:
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line


def scan(pieces: Iterable[bytes], *, url: str, seconds: float = SCAN_SECONDS) -> Verdict:
    """Ask clamd about a content. Raises `ScannerTrouble`."""
    with closing(connect(url, seconds)) as line:
        try:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for start in range(0, len(piece), PIECE):
                    part = piece[start : start + PIECE]
                    line.sendall(struct.pack("!L", len(part)) + part)
            line.sendall(struct.pack("!L", 0))
        except OSError as error:
            # clamd hangs up as soon as it has seen enough; what it said still waits to be read.
            answer = _read(line)
            if not answer:
                raise ScannerTrouble(f"clamd at {url}: {error}") from error
        else:
            answer = _read(line)
    return _verdict(answer, url)


def ping(url: str) -> bool:
    """Whether a scanner answers."""
    try:
        with closing(connect(url, 5)) as line:
            line.sendall(b"zPING\0")
            return _read(line) == "PONG"
    except (ScannerTrouble, OSError):
        return False


def _read(line: socket.socket) -> str:
    answer = b""
    try:
        while not answer.endswith(b"\0") and (piece := line.recv(4096)):
            answer += piece
    except OSError:
        return ""
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _verdict(answer: str, url: str) -> Verdict:
    if "size limit exceeded" in answer:
        return Verdict(ScanState.UNSCANNED, "size limit of the scanner")
    match = _ANSWER.search(answer)
    if match is None or match["word"] == "ERROR":
        raise ScannerTrouble(f"clamd at {url}: {answer or 'no answer'}")
    if match["word"] == "FOUND":
        return Verdict(ScanState.INFECTED, match["signature"][:200])
    return Verdict(ScanState.CLEAN)
