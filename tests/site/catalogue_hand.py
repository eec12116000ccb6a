"""A hand inside a running platform, for tests that watch it from outside. Run as a process, with its variables.

python -m tests.site.catalogue_hand publish FIRST COUNT | source NAME ADDRESS | told | state | write SECONDS
"""

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand


class Hand:
    """Does to the catalogue of one node what its people and its pulses would."""

    def __init__(self) -> None:
        from django.conf import settings  # noqa: PLC0415  # needs Django set up

        from heluo.engines.catalogue.access import Permission as CataloguePermission  # noqa: PLC0415
        from heluo.gateways.harvesting.access import Permission  # noqa: PLC0415
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
        from heluo.kernel.clock.public import now  # noqa: PLC0415
        from heluo.kernel.organisations.access import Permission as OrganisationPermission  # noqa: PLC0415

        self.by = platform_actor("测试", [*Permission, *CataloguePermission, *OrganisationPermission])
        self.node: str = settings.NODE_DOMAIN
        self.now = now

    @property
    def bureau(self) -> Any:
        from heluo.kernel.actors.errors import NotFound  # noqa: PLC0415
        from heluo.kernel.clock.public import local_day  # noqa: PLC0415
        from heluo.kernel.organisations.public import bureau_of, found_bureaus  # noqa: PLC0415

        try:
            return bureau_of("410300", on=local_day(self.now()))
        except NotFound:
            found_bureaus(by=self.by, now=self.now())
            return bureau_of("410300", on=local_day(self.now()))

    def publish(self, first: str, count: str) -> None:
        self._publish(range(int(first), int(first) + int(count)), turn=0)

    def _publish(self, numbers: range, *, turn: int) -> None:
        from heluo.engines.catalogue.public import EntryDraft, publish_entries  # noqa: PLC0415

        bureau = self.bureau.pk
        drafts = {
            uuid5(UUID(int=0), f"{self.node} {number}"): EntryDraft(
                kind="resource",
                title=f"{self.node} 第{number}个，改{turn}次",
                organisation_id=bureau,
                licence="CC-BY-4.0",
                creator_name="示例教师",
                payload={"version": turn + 1},
            )
            for number in numbers
        }
        publish_entries(by=self.by, drafts=drafts, now=self.now())

    def write(self, seconds: str) -> None:
        """Insert, change and withdraw without a pause, for so long."""
        from heluo.engines.catalogue.errors import AlreadyWithdrawn  # noqa: PLC0415
        from heluo.engines.catalogue.public import withdraw_entry  # noqa: PLC0415

        draw = random.Random(7)  # noqa: S311  # no secret
        until = time.monotonic() + float(seconds)
        turn, newest = 0, 1000
        while time.monotonic() < until:
            turn += 1
            self._publish(range(newest, newest + 5), turn=0)
            newest += 5
            self._publish(range(chosen := draw.randrange(1000, newest), chosen + 1), turn=turn)
            gone = uuid5(UUID(int=0), f"{self.node} {draw.randrange(1000, newest)}")
            with suppress(AlreadyWithdrawn):
                withdraw_entry(by=self.by, identifier=gone, reason="版权争议", now=self.now())

    def source(self, name: str, address: str) -> None:
        """Added, and harvested by nobody but `heluo harvest`."""
        from django.db import transaction  # noqa: PLC0415

        from heluo.gateways.harvesting.enums import Rhythm  # noqa: PLC0415
        from heluo.gateways.harvesting.models import Source  # noqa: PLC0415
        from heluo.gateways.harvesting.public import Kept, add_source, look_at  # noqa: PLC0415

        identity = look_at(by=self.by, base_url=address)
        with transaction.atomic():
            source = add_source(
                by=self.by,
                identity=identity,
                base_url=address,
                set_spec="",
                organisation=self.bureau,
                kept=Kept(name=name, licence="CC-BY-4.0", share=20, rhythm=Rhythm.DAILY),
                now=self.now(),
            )
            Source.objects.filter(pk=source.pk).update(due_at=self.now() + timedelta(days=1))

    def told(self) -> None:
        """Bring the public face up to the newest line of the change log, as the pulses do."""
        from heluo.engines.catalogue.public import tell_public  # noqa: PLC0415
        from heluo.kernel.events.public import advance_horizon  # noqa: PLC0415

        for _turn in range(3):
            advance_horizon()
            tell_public()

    def state(self) -> None:
        """All entries, read from the change log, and how many came back to where they are from."""
        from heluo.engines.catalogue.models import Change  # noqa: PLC0415
        from heluo.gateways.harvesting.models import Arrival  # noqa: PLC0415

        entries = {
            f"oai:{line.entry.origin}:{line.entry.uuid}": line.entry.title if line.entry.state == "published" else None
            for line in Change.objects.select_related("entry").order_by("seq")
        }
        json.dump({"entries": entries, "echoes": Arrival.objects.filter(is_echo=True).count()}, sys.stdout)


def main() -> None:
    deed, *arguments = sys.argv[1:]
    with platform_at_hand(read_environment(), lambda _said: None):
        done: Callable[..., None] = getattr(Hand(), deed)
        done(*arguments)


if __name__ == "__main__":
    main()
