"""Announcements become jobs only where somebody listens, in batches, after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.events.outbox import announce, dispatch, hear, messages
from heluo.kernel.events.public import Announcement, Event, subscribe

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Event):
    name: ClassVar[str] = "tests.lamp_lit"
    lamp: UUID
    on: date

    def topics(self) -> tuple[str, ...]:
        return (f"lamp:{self.lamp}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyCares(Event):
    name: ClassVar[str] = "tests.nobody_cares"
    count: int


heard: list[Announcement[LampLit]] = []


@subscribe(LampLit)
def note_lamps(announcements: Sequence[Announcement[LampLit]]) -> None:
    heard.extend(announcements)


@pytest.mark.django_db
def test_an_event_nobody_listens_to_costs_no_row() -> None:
    announce(NobodyCares(count=1), by=PUBLIC_ACTOR, at=NOON)
    assert not OutboxRow.objects.exists()


@pytest.mark.django_db
def test_announcements_become_one_job_per_listener_and_batch() -> None:
    for _ in range(450):
        announce(LampLit(lamp=uuid4(), on=date(2026, 9, 1)), by=PUBLIC_ACTOR, at=NOON)
    assert dispatch() == 450
    jobs = list(ProcrastinateJob.objects.filter(task_name="events.hear").order_by("id"))
    assert [len(job.args["announcements"]) for job in jobs] == [200, 200, 50]
    assert not OutboxRow.objects.exists()


@pytest.mark.django_db
def test_a_listener_hears_the_event_as_it_was_announced() -> None:
    heard.clear()
    lit = LampLit(lamp=uuid4(), on=date(2026, 9, 1))
    announce(lit, by=PUBLIC_ACTOR, at=NOON)
    dispatch()
    job = ProcrastinateJob.objects.get(task_name="events.hear")
    hear(**job.args)
    assert heard == [Announcement(event=lit, by=None, at=NOON)]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_action_announces_nothing() -> None:
    with transaction.atomic():
        announce(LampLit(lamp=uuid4(), on=date(2026, 9, 1)), by=PUBLIC_ACTOR, at=NOON)
        transaction.set_rollback(True)
    assert dispatch() == 0


def test_topics_are_packed_below_the_limit_of_a_message() -> None:
    topics = [f"lamp:{uuid4()}" for _ in range(1000)]
    packed = list(messages(topics))
    assert all(len(message.encode()) < 8000 for message in packed)
    assert len(packed) < 12
