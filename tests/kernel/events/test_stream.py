"""Live updates reach those who hold a ticket, and nobody else, through a real server."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection

from heluo.kernel.actors.enums import ActorKind
from heluo.kernel.actors.errors import NotAllowed, SignInNeeded
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.events.outbox import CHANNEL
from heluo.kernel.events.public import followable, stream_ticket
from heluo.kernel.events.stream import Broadcast, Client
from heluo.kernel.events.tickets import SALT, BadTicket, Ticket, read_ticket
from tests.server import REPOSITORY, with_database
from tests.site.platform import free_port

ANNA = Actor(kind=ActorKind.PERSON, name="安娜", person_id=uuid4())
OWN = f"person:{ANNA.person_id}"


def test_a_ticket_is_for_ones_own_affairs() -> None:
    ticket = read_ticket(stream_ticket(by=ANNA, topics=[OWN]))
    assert ticket == Ticket(person=ANNA.person_id, topics=frozenset({OWN}))


@pytest.mark.parametrize("topic", ["person:0b9f6c1e-5d0a-4c53-8a3e-0d3c4a5b6c7d", "secret:1", "person", ""])
def test_other_peoples_affairs_are_refused(topic: str) -> None:
    with pytest.raises(NotAllowed):
        stream_ticket(by=ANNA, topics=[OWN, topic])


def test_the_public_gets_no_ticket() -> None:
    with pytest.raises(SignInNeeded):
        stream_ticket(by=PUBLIC_ACTOR, topics=["person:x"])


def test_an_app_may_open_its_topics() -> None:
    followable("street")(lambda actor, key: key == "open")
    assert read_ticket(stream_ticket(by=ANNA, topics=["street:open"])).topics == {"street:open"}
    with pytest.raises(NotAllowed):
        stream_ticket(by=ANNA, topics=["street:closed"])


def test_forged_and_old_tickets_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadTicket):
        read_ticket(signing.dumps({"person": str(uuid4()), "topics": ["person:x"]}, salt="elsewhere"))
    yesterday = time.time() - 86400
    with monkeypatch.context() as past:
        past.setattr(time, "time", lambda: yesterday)
        old = signing.dumps({"person": str(uuid4()), "topics": []}, salt=SALT)
    with pytest.raises(BadTicket):
        read_ticket(old)


def test_what_is_not_yet_told_never_grows_beyond_the_topics() -> None:
    client = Client(Ticket(person=uuid4(), topics=frozenset({"a:1", "a:2"})))
    for _ in range(1000):
        client.tell(["a:1", "b:9"])
    assert client.untold == {"a:1"}


def test_the_oldest_of_too_many_connections_leaves() -> None:
    broadcast = Broadcast()
    ticket = Ticket(person=uuid4(), topics=frozenset({"a:1"}))
    clients = [Client(ticket) for _ in range(21)]
    for client in clients:
        broadcast.join(client)
    assert [client.leaving for client in clients] == [True] + [False] * 20
    for client in clients:
        broadcast.part(client)
    assert not broadcast.clients


Ask = Callable[..., http.client.HTTPResponse]


@pytest.fixture
def ask(transactional_db: None) -> Iterator[Ask]:
    """A question to a real stream server on the test database; every answer is closed in the end."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "heluo.site.serving", "stream"],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "DATABASE_URL": with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]),
            "PYTHONPATH": str(REPOSITORY / "src"),
            "STREAM_PORT": str(port),
        },
    )
    with ExitStack() as opened:

        def answer(path: str, **headers: str) -> http.client.HTTPResponse:
            session = opened.enter_context(closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)))
            session.request("GET", path, headers=headers)
            return opened.enter_context(session.getresponse())

        deadline = time.monotonic() + 120
        while True:
            assert process.poll() is None
            assert time.monotonic() < deadline
            try:
                if answer("/stream/").status == 403:
                    break
            except OSError:
                time.sleep(0.1)
        yield answer
        process.terminate()
        assert process.wait(60) in {0, -15}


def next_topic(stream: http.client.HTTPResponse) -> str:
    while not (line := stream.readline().decode()).startswith("data: "):
        assert line, "the stream ended"
    return str(json.loads(line.removeprefix("data: "))["topic"])


def tell(*topics: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(topics)])


def ticket_path(*topics: str) -> str:
    return f"/stream/?ticket={stream_ticket(by=ANNA, topics=topics)}"


@pytest.mark.slow
def test_news_reach_the_followers_of_a_topic(ask: Ask) -> None:
    assert ask("/stream/?ticket=x").status == 403
    assert ask(ticket_path(OWN), Origin="http://evil.example").status == 403
    assert ask("/").status == 404
    stream = ask(ticket_path(OWN), Origin=settings.PUBLIC_URL)
    assert stream.status == 200
    assert stream.headers["Access-Control-Allow-Origin"] == settings.PUBLIC_URL
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert stream.readline() == b"retry: 5000\n"
    tell("person:somebody-else", OWN)
    assert next_topic(stream) == OWN
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert next_topic(stream) == OWN, "after a break in listening everybody looks again"
