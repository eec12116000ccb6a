"""A subject of a made-up domain, and people around it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from heluo.kernel.actors.enums import ActorKind
from heluo.kernel.actors.public import Actor, Grant
from heluo.kernel.feedback import registry
from heluo.kernel.feedback.access import Permission
from heluo.kernel.feedback.public import SubjectRef, subjects_of

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
KIND = "lamp"
HIDDEN = UUID(int=9)
SCHOOL, COUNTY, ELSEWHERE = "1.2.3.", "1.2.", "1.4."


def someone(name: str = "张示例", path: str = SCHOOL, *more: Permission) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        name=name,
        person_id=uuid4(),
        grants=frozenset(Grant(permission=permission, path=path) for permission in (Permission.GIVE, *more)),
    )


def moderator(path: str = COUNTY) -> Actor:
    return someone("审核员", path, Permission.MODERATE)


@dataclass
class Lamps:
    """The domain: three lamps, of which one is hidden from everybody."""

    shown: list[UUID] = field(default_factory=lambda: [UUID(int=1), UUID(int=2)])
    hidden: UUID = HIDDEN
    owner: UUID | None = None
    asked: int = 0

    def resolve(self, _actor: Actor, uuids: Collection[UUID]) -> Mapping[UUID, SubjectRef]:
        self.asked += 1
        return {
            uuid: SubjectRef(
                kind=KIND, uuid=uuid, path=SCHOOL, title=f"路灯{uuid.int}", url=f"/lamps/{uuid}/", owner_id=self.owner
            )
            for uuid in uuids
            if uuid in self.shown
        }


@pytest.fixture
def lamps(monkeypatch: pytest.MonkeyPatch) -> Lamps:
    known = Lamps()
    monkeypatch.setattr(registry, "_resolvers", {})
    subjects_of(KIND, known.resolve)
    return known
