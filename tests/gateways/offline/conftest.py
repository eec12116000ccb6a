"""Two nodes in one database: whoever writes has one domain, whoever reads has the other. They share the store only
where a test says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import EntryDraft, publish_entries, withdraw_entry
from heluo.gateways.offline.access import CARRIER
from heluo.gateways.offline.actions import Read, order_package, read_package, write_package
from heluo.gateways.offline.models import Package
from heluo.gateways.offline.protocol import LEAST_PART
from heluo.gateways.offline.selection import Chosen
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import now
from heluo.kernel.files.access import Permission as FilesPermission
from heluo.kernel.files.models import StoredFile
from heluo.kernel.files.public import store_file
from heluo.kernel.nodes.public import ANYBODY, own_fingerprint
from heluo.kernel.organisations.models import Organisation
from tests.accounts import make_account, school
from tests.engines.catalogue.conftest import tell
from tests.factories import a_school

__all__ = ["make_account", "school"]
NOW = now()
"""What the public is told is stamped by the clock of the database."""
HUB, BOX = "hub.example", "box.example"
KEEPER = platform_actor("测试", [*Permission, FilesPermission.UPLOAD])
ALL = Chosen(everything=True)


def text(number: int, size: int = 90_000) -> bytes:
    line = f"第{number}课 小数乘整数，先按整数乘法算出积，再点小数点。\n".encode()
    return (line * (size // len(line) + 1))[:size].decode("utf-8", "ignore").encode()


@dataclass(frozen=True)
class Desk:
    """Whoever sits here has a disk, and is at the hub or at the box."""

    school: Organisation
    settings: Settings
    disk: Path

    @contextmanager
    def at(self, domain: str) -> Iterator[None]:
        """At a node: its name, and its own store."""
        before = self.settings.NODE_DOMAIN, self.settings.DATA
        self.settings.NODE_DOMAIN = domain
        self.settings.DATA = self.disk.parent / domain
        (self.disk.parent / domain / "keys").mkdir(parents=True, exist_ok=True)
        self._share_keys()
        try:
            yield
        finally:
            self.settings.NODE_DOMAIN, self.settings.DATA = before

    def _share_keys(self) -> None:
        """There is one table of own keys, so both sign with the same one."""
        for key in self.disk.parent.glob("*/keys/*.pem"):
            for domain in (HUB, BOX):
                place = self.disk.parent / domain / "keys" / key.name
                if not place.exists():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(key.read_bytes())
                    place.chmod(0o600)

    def publish(self, *numbers: int, title: str = "第{}课", size: int = 90_000) -> None:
        with self.at(HUB):
            drafts = {}
            for number in numbers:
                content = text(number, size)
                file = store_file(by=KEEPER, name=f"教案{number}.txt", content=BytesIO(content), now=NOW)
                drafts[UUID(int=number)] = EntryDraft(
                    kind="resource",
                    title=title.format(number),
                    organisation_id=self.school.pk,
                    licence="CC-BY-4.0",
                    creator_name="示例教师",
                    facets={"subject": ["14"], "stage": ["primary"]},
                    payload={
                        "version": 1,
                        "files": [
                            {
                                "file": str(file.uuid),
                                "name": f"教案{number}.txt",
                                "sha256": sha256(content).hexdigest(),
                                "size": len(content),
                                "type": "text/plain",
                            }
                        ],
                    },
                )
            publish_entries(by=KEEPER, drafts=drafts, now=NOW)
            tell()

    def withdraw(self, *numbers: int) -> None:
        with self.at(HUB):
            for number in numbers:
                withdraw_entry(by=KEEPER, identifier=UUID(int=number), reason="版权争议", now=NOW)
            tell()

    def order(
        self, chosen: Chosen = ALL, *, to: str = ANYBODY, since_last: bool = False, part_size: int = LEAST_PART
    ) -> Package:
        return order_package(
            by=CARRIER, to=to, chosen=chosen, target=self.disk, part_size=part_size, since_last=since_last, now=NOW
        )

    def export(self, chosen: Chosen = ALL, *, to: str = ANYBODY, since_last: bool = False) -> Path:
        with self.at(HUB):
            return write_package(by=CARRIER, package=self.order(chosen, to=to, since_last=since_last), now=NOW)

    def take(self, folder: Path, *, trusting: bool = True, allow_deletions: bool = False) -> Read:
        with self.at(BOX):
            fingerprint = own_fingerprint(now=NOW) if trusting else ""
            return read_package(
                by=CARRIER, folder=folder, fingerprint=fingerprint, allow_deletions=allow_deletions, now=NOW
            )


@pytest.fixture
def desk(db: None, settings: Settings, tmp_path: Path) -> Desk:
    settings.STORAGE_URL = settings.CLAMD_URL = None
    return Desk(a_school(), settings, tmp_path / "disk")


def states() -> dict[str, str]:
    return dict(Entry.objects.order_by("title").values_list("title", "state"))


def stored() -> int:
    return StoredFile.objects.count()
