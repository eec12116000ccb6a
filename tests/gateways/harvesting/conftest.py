"""A bureau, its officer, and a source that is read as the worker would."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from heluo.engines.catalogue.models import Entry
from heluo.gateways.harvesting.actions import Kept, add_source, begin_run, go_on, look_at
from heluo.gateways.harvesting.enums import Rhythm, RunState
from heluo.gateways.harvesting.models import Arrival, Held, Run, Source
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.organisations.models import Organisation
from tests.factories import NOON, a_bureau, a_person
from tests.gateways.harvesting.provider import Provider, serving

CITY = "410300"


@dataclass
class House:
    """Who acts, and the providers there are."""

    bureau: Organisation
    officer: Actor
    stack: ExitStack

    def provider(self, *records: str, **changes: Any) -> Provider:
        return self.stack.enter_context(serving(Provider(records=list(records), **changes)))

    def source(self, provider: Provider, **changes: Any) -> Source:
        kept = {"name": provider.name, "licence": "CC-BY-NC-4.0", "share": 20, "rhythm": Rhythm.DAILY, **changes}
        return add_source(
            by=self.officer,
            identity=look_at(by=self.officer, base_url=provider.url),
            base_url=provider.url,
            set_spec="",
            organisation=self.bureau,
            kept=Kept(**kept),
            now=NOON,
        )

    def harvest(self, source: Source, *, whole: bool = False, now: datetime = NOON) -> Run:
        """A run, until it is over or waits."""
        return ran(begin_run(by=self.officer, source=source, whole=whole, now=now), now=now)


def ran(run: Run, *, now: datetime = NOON) -> Run:
    at = go_on(run_id=run.pk, now=now)
    while at is not None and at <= now:
        at = go_on(run_id=run.pk, now=now)
    run.refresh_from_db()
    return run


def done(run: Run) -> Run:
    assert (run.state, run.trouble) == (RunState.DONE, ""), (run.trouble, run.detail)
    return run


def titles() -> dict[str, str]:
    """Title → state of every entry."""
    return dict(Entry.objects.order_by("pk").values_list("title", "state"))


def faults() -> list[tuple[str, str]]:
    return list(Held.objects.filter(dismissed_at=None).order_by("key").values_list("key", "fault"))


def uuid(number: int) -> str:
    return str(UUID(int=number))


def oai(number: int, domain: str = "a.example") -> str:
    return f"oai:{domain}:{uuid(number)}"


def arrival(identifier: str) -> Arrival:
    return Arrival.objects.get(identifier=identifier)


@pytest.fixture
def house(db: None, settings: Settings) -> Iterator[House]:
    settings.OUTWARD_NETWORKS = [ip_network("127.0.0.1/32")]
    bureau = a_bureau(CITY)
    with ExitStack() as stack:
        yield House(bureau, a_person(Role.CITY_OFFICER, bureau).actor, stack)
