"""A web server on this machine that answers as a test wants it to."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread
from typing import Any


class Site:
    """What it answers: path → (status, headers) for every method, or for one as `"HEAD /path"`."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.bodies: list[tuple[str, bytes]] = []
        """Type and content of what was sent along."""
        self.silent: set[str] = set()
        self.stuck: set[str] = set()
        """Paths that are answered with a beginning and no end."""
        self.closing = Event()
        self.port = 0

    def at(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def served(tls: SSLContext | None = None) -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            site.asked.append(f"{self.command} {self.path}")
            site.agents.append(self.headers["User-Agent"])
            if length := int(self.headers.get("Content-Length") or 0):
                site.bodies.append((self.headers["Content-Type"], self.rfile.read(length)))
            if self.path in site.silent:
                site.closing.wait()
                return
            answer = site.answers.get(f"{self.command} {self.path}") or site.answers.get(self.path)
            status, headers = answer or (404, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(b"x" * 1000)
            if self.path in site.stuck:
                self.wfile.flush()
                site.closing.wait()

        do_GET = do_HEAD = do_POST = _answer  # noqa: N815  # the names http.server calls

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield site
        finally:
            site.closing.set()
            server.shutdown()
