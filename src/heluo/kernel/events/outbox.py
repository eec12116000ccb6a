"""From an announcement to the listeners' jobs and the browsers' topics."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import Actor
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.events.registry import Announcement, Event, event_type_named, listeners_of
from heluo.kernel.jobs.public import Plain, arguments_from_plain, task, to_plain

CHANNEL = "heluo_live"
"""PostgreSQL channel of the live topics. A message is a JSON list of topics."""
LARGEST_MESSAGE = 7000
"""Bytes; PostgreSQL takes less than 8000."""
TAKEN_AT_ONCE = 3000
HEARD_AT_ONCE = 200


def announce(event: Event, *, by: Actor, at: datetime) -> None:
    """Say inside the action's transaction what happened. Costs nothing where nobody listens or follows."""
    topics = event.topics()
    if topics or listeners_of(event.name):
        OutboxRow.objects.create(
            name=event.name, payload=payload_of(event), topics=list(topics), by=by.person_id, at=at
        )


def payload_of(event: Event) -> dict[str, Plain]:
    return {field.name: to_plain(getattr(event, field.name)) for field in fields(event)}


def event_from(name: str, payload: Mapping[str, Any]) -> Event:
    event_type = event_type_named(name)
    return event_type(**arguments_from_plain(event_type, payload))


@task(name="events.hear", title=_("把发生的事告诉关心它的应用"), idempotent=True, retries=5)
def hear(*, event: str, listener: str, announcements: list[dict[str, Any]]) -> None:
    """Hand a batch of announcements to one listener."""
    heard = [
        Announcement(
            event=event_from(event, item["event"]),
            by=UUID(item["by"]) if item["by"] else None,
            at=datetime.fromisoformat(item["at"]),
        )
        for item in announcements
    ]
    listeners_of(event)[listener](heard)


@transaction.atomic
def dispatch() -> int:
    """Turn waiting announcements into one job per listener and batch, tell the topics; how many were taken."""
    taken = (
        OutboxRow.objects.select_for_update(skip_locked=True, of=("self",))
        .order_by("id")
        .values_list("id")[:TAKEN_AT_ONCE]
    )
    rows = list(OutboxRow.objects.filter(id__in=[row for (row,) in taken]).order_by("id"))
    if not rows:
        return 0
    batches: dict[tuple[str, str], list[dict[str, Plain]]] = defaultdict(list)
    topics: dict[str, None] = {}
    for row in rows:
        topics |= dict.fromkeys(row.topics)
        item: dict[str, Plain] = {"event": row.payload, "by": to_plain(row.by), "at": to_plain(row.at)}
        for listener in listeners_of(row.name):
            batches[row.name, listener].append(item)
    hear.defer_many(
        {"event": event, "listener": listener, "announcements": items[start : start + HEARD_AT_ONCE]}
        for (event, listener), items in batches.items()
        for start in range(0, len(items), HEARD_AT_ONCE)
    )
    with connection.cursor() as cursor:
        for message in messages(topics):
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])
    OutboxRow.objects.filter(id__in=[row.id for row in rows]).delete()
    return len(rows)


def messages(topics: Iterable[str]) -> Iterator[str]:
    """Topics packed into as few messages as PostgreSQL takes."""
    batch: list[str] = []
    size = 2
    for topic in topics:
        length = len(json.dumps(topic)) + 2
        if batch and size + length > LARGEST_MESSAGE:
            yield json.dumps(batch)
            batch, size = [], 2
        batch.append(topic)
        size += length
    if batch:
        yield json.dumps(batch)
