"""A transfer that is killed again and again goes on where it was, against a server of this machine."""

import os
import random
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from heluo.kernel.files import spool
from heluo.kernel.transfers import asking
from heluo.kernel.transfers.asking import Failed, Source
from heluo.kernel.transfers.enums import Trouble
from heluo.kernel.transfers.receiving import receive
from tests.kernel.transfers.conftest import hashed

PIECE = 64 * 1024
SIZE = 160 * PIECE + 12_345
KILLS = 100


class Provider:
    """Gives a content in ranges, and ends whoever reads it at offsets that were drawn before."""

    def __init__(self, content: bytes, ends_at: list[int]) -> None:
        self.content = content
        self.ends_at = ends_at
        self.lost: list[int] = []
        """Of each end: how many bytes were sent in vain."""
        self.begun_at = 0
        self.ended_at: int | None = None
        self.reader = 0
        self.port = 0
        self.ranges = True

    def begin(self, first: int) -> None:
        if self.ended_at is not None:
            self.lost.append(self.ended_at - first)
            self.ended_at = None

    def end(self, at: int) -> None:
        """By turns the reader dies, and the line."""
        self.ends_at.pop(0)
        self.ended_at = at
        if len(self.ends_at) % 2:
            os.kill(self.reader, signal.SIGKILL)


@contextmanager
def providing(content: bytes, ends_at: list[int]) -> Iterator[Provider]:
    provider = Provider(content, ends_at)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = len(content)
            first, last = 0, size - 1
            if provider.ranges and (asked := self.headers.get("Range")):
                first, last = (int(text) for text in asked.removeprefix("bytes=").split("-"))
            provider.begin(first)
            self.send_response(206 if provider.ranges else 200)
            self.send_header("Content-Length", str(last - first + 1))
            if provider.ranges:
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            self.end_headers()
            stop = provider.ends_at[0] if provider.ends_at and provider.ends_at[0] <= last else None
            self.wfile.write(content[first : last + 1 if stop is None else stop])
            self.wfile.flush()
            if stop is not None:
                provider.end(stop)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield provider
        finally:
            server.shutdown()


@pytest.fixture(autouse=True)
def _near(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTWARD_NETWORKS = (ip_network("127.0.0.0/8"),)
    monkeypatch.setattr(asking, "PIECE", PIECE)


def test_a_transfer_killed_at_a_hundred_offsets_sends_less_than_a_piece_again_each_time() -> None:
    drawn = random.Random(20261128)  # noqa: S311  # offsets, not secrets
    content = drawn.randbytes(SIZE)
    place = uuid4()
    spool.begin(place)
    tries = 0
    with providing(content, sorted(drawn.sample(range(SIZE), KILLS))) as provider:
        source = Source(f"http://127.0.0.1:{provider.port}/content")
        while not _transferred(provider, source, hashed(content), place):
            tries += 1
            assert tries <= KILLS
    assert tries == KILLS == len(provider.lost)
    assert all(0 <= lost < PIECE for lost in provider.lost)
    with spool.held(place) as spooled:
        assert spooled.sha256() == hashed(content)


def _transferred(provider: Provider, source: Source, sha256: str, place: Any) -> bool:
    """One try in a process of its own, which may be killed; whether it came to the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the server is a thread of this process
        child = os.fork()
    if not child:
        done = 1
        try:
            provider.reader = os.getpid()
            with spool.held(place) as spooled:
                whole = receive(
                    spooled,
                    size=SIZE,
                    piece=lambda offset: source.piece(sha256, offset=offset, size=SIZE),
                    pieces=SIZE,
                )
            done = 0 if whole else 1
        finally:
            os._exit(done)
    provider.reader = child
    _pid, status = os.waitpid(child, 0)
    return status == 0


def test_a_server_without_ranges_gives_a_small_content_whole_and_no_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    content = os.urandom(3 * PIECE)
    with providing(content, []) as provider:
        provider.ranges = False
        source = Source(f"http://127.0.0.1:{provider.port}/content")
        assert source.piece(hashed(content), offset=0, size=len(content)) == content
        with pytest.raises(Failed) as failed:
            source.piece(hashed(content), offset=PIECE, size=len(content))
        assert failed.value.trouble == Trouble.NO_RANGES
        monkeypatch.setattr(asking, "WHOLE", PIECE)
        with pytest.raises(Failed):
            source.piece(hashed(content), offset=0, size=len(content))


def test_a_content_of_another_length_is_another_content() -> None:
    with providing(b"x" * 1000, []) as provider, pytest.raises(Failed) as failed:
        Source(f"http://127.0.0.1:{provider.port}/").piece("", offset=0, size=900)
    assert failed.value.trouble == Trouble.WRONG_BYTES


def test_the_inner_network_is_never_asked(settings: Settings) -> None:
    settings.OUTWARD_NETWORKS = ()
    with providing(b"x" * 1000, []) as provider, pytest.raises(Failed) as failed:
        Source(f"http://127.0.0.1:{provider.port}/").piece("", offset=0, size=1000)
    assert failed.value.trouble == Trouble.UNREACHABLE
