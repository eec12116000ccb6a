"""Live updates: server-sent events from PostgreSQL NOTIFY, ids only, to browsers that hold a ticket.

One LISTEN connection per process. What a client has not been sent yet is a set of its own topics, so a slow client
costs no more memory than a quick one; one that takes nothing for half a minute is dropped.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import connections
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from heluo.kernel.events.outbox import CHANNEL
from heluo.kernel.events.tickets import BadTicket, Ticket, read_ticket

log = structlog.get_logger(__name__)

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the connection."""
SEND_PATIENCE = 30.0
"""Seconds a client may leave a message untaken before it is dropped."""
LONGEST_LIFE = 1800.0
"""Seconds after which a client must come back with a fresh ticket: rights may have changed."""
MOST_CLIENTS = 20_000
MOST_OF_ONE_PERSON = 20
RECONNECT_AFTER = 1.0


class Client:
    """One open connection: the topics it follows and those it has not been told about."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.untold: set[str] = set()
        self.news = asyncio.Event()
        self.leaving = False

    def tell(self, topics: Iterable[str]) -> None:
        self.untold |= self.ticket.topics & set(topics)
        self.news.set()

    def leave(self) -> None:
        self.leaving = True
        self.news.set()

    async def next_lines(self) -> str:
        """What to send next: news, or a sign of life after a silence."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.news.wait(), HEARTBEAT)
        topics, self.untold = sorted(self.untold), set()
        self.news.clear()
        return "".join(f"data: {json.dumps({'topic': topic})}\n\n" for topic in topics) or ": alive\n\n"


class Broadcast:
    """All clients of this process, by topic."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self._followers: dict[str, set[Client]] = defaultdict(set)
        self._of_person: dict[UUID, list[Client]] = defaultdict(list)

    def join(self, client: Client) -> None:
        self.clients.add(client)
        for topic in client.ticket.topics:
            self._followers[topic].add(client)
        theirs = self._of_person[client.ticket.person]
        theirs.append(client)
        if len(theirs) > MOST_OF_ONE_PERSON:
            theirs[0].leave()

    def part(self, client: Client) -> None:
        self.clients.discard(client)
        for topic in client.ticket.topics:
            self._followers[topic].discard(client)
            if not self._followers[topic]:
                del self._followers[topic]
        theirs = self._of_person[client.ticket.person]
        theirs.remove(client)
        if not theirs:
            del self._of_person[client.ticket.person]

    def tell(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for client in self._followers.get(topic, ()):
                client.tell((topic,))

    def tell_all_to_look_again(self) -> None:
        """After a break in listening, nobody knows what was missed."""
        for client in self.clients:
            client.tell(client.ticket.topics)

    def close(self) -> None:
        for client in self.clients:
            client.leave()


class EventStream(Response):
    """The response of one client: lives until the client, the server or the clock ends it."""

    media_type = "text/event-stream"

    def __init__(self, client: Client, broadcast: Broadcast, headers: dict[str, str]) -> None:
        self.client = client
        self.broadcast = broadcast
        super().__init__(
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **headers}, media_type=self.media_type
        )
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.broadcast.join(self.client)
        sending = asyncio.create_task(self._send(send))
        gone = asyncio.create_task(self._wait_until_gone(receive))
        try:
            await asyncio.wait({sending, gone}, timeout=LONGEST_LIFE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.broadcast.part(self.client)
            for task in (sending, gone):
                task.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)
            with suppress(Exception):
                await asyncio.wait_for(send({"type": "http.response.body", "body": b"", "more_body": False}), 1)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        lines = "retry: 5000\n\n"
        while not self.client.leaving:
            body = {"type": "http.response.body", "body": lines.encode(), "more_body": True}
            await asyncio.wait_for(send(body), SEND_PATIENCE)
            lines = await self.client.next_lines()

    @staticmethod
    async def _wait_until_gone(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


def _connection_parameters() -> dict[str, Any]:
    parameters = connections["default"].get_connection_params()
    return {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}


async def listen(broadcast: Broadcast) -> None:
    """Hear the topics for ever, through any loss of the database."""
    while True:
        try:
            parameters = {**_connection_parameters(), "autocommit": True}
            async with await psycopg.AsyncConnection.connect(**parameters) as session:
                await session.execute(f"LISTEN {CHANNEL}")
                broadcast.tell_all_to_look_again()
                async for message in session.notifies():
                    broadcast.tell(json.loads(message.payload))
        except (psycopg.Error, OSError) as error:
            log.warning("stream_lost_the_database", error=str(error))
        await asyncio.sleep(RECONNECT_AFTER)


def is_of_our_pages(origin: str) -> bool:
    """Whether pages live under an origin: the platform's own, or one that virtual platforms may have."""
    if origin == settings.PUBLIC_URL:
        return True
    parts, own = urlsplit(origin), urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or ""
    content = urlsplit(settings.CONTENT_URL).hostname or ""
    is_content = host == content or host.endswith(f".{content}")
    below = bool(settings.TENANT_DOMAIN) and host.endswith(f".{settings.TENANT_DOMAIN}")
    is_tenants = host in settings.TENANT_HOSTS or below
    return is_tenants and not is_content and (parts.scheme, parts.port) == (own.scheme, own.port)


def make_application() -> Starlette:
    """The ASGI application: one route, `/stream/?ticket=…`."""
    broadcast = Broadcast()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        listening = asyncio.create_task(listen(broadcast))
        try:
            yield
        finally:
            broadcast.close()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def stream(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and not is_of_our_pages(origin):
            return PlainTextResponse("", status_code=403)
        headers = {"Vary": "Origin"}
        if origin is not None:
            headers["Access-Control-Allow-Origin"] = origin
        try:
            ticket = read_ticket(request.query_params.get("ticket", ""))
        except BadTicket:
            return PlainTextResponse("", status_code=403, headers=headers)
        if len(broadcast.clients) >= MOST_CLIENTS:
            return PlainTextResponse("", status_code=503, headers={**headers, "Retry-After": "30"})
        return EventStream(Client(ticket), broadcast, headers)

    application = Starlette(routes=[Route("/stream/", stream, methods=["GET"])], lifespan=lifespan)
    application.state.broadcast = broadcast
    return application
