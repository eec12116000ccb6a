"""Telling people, and noting what they read."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, platform_actor, require, require_person
from heluo.kernel.events.public import announce
from heluo.kernel.holdings.public import Permission as Erasing
from heluo.kernel.notices.events import NoticesChanged
from heluo.kernel.notices.models import Notice

KEPT_FOR = timedelta(days=180)
AT_ONCE = 1000
"""Rows of one statement, people of one event."""
TELLER = platform_actor("notices", ())


@dataclass(frozen=True, slots=True)
class News:
    """What one person is to be told."""

    person: UUID
    kind: str
    key: str
    url: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def tell_people(*, news: Iterable[News], now: datetime) -> int:
    """Tell many people at once; who was told the same already is not told again. Gives how many were told.

    The app that calls knows whom it may tell: whoever may open the page that the notice leads to.
    """
    wanted = list({(one.person, one.kind, one.key): one for one in news}.values())
    told: list[Notice] = []
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        before = set(
            Notice.objects.filter(
                person__in={one.person for one in some}, key__in={one.key for one in some}
            ).values_list("person", "kind", "key")
        )
        fresh = [one for one in some if (one.person, one.kind, one.key) not in before]
        told += Notice.objects.bulk_create(
            [
                Notice(
                    person=one.person,
                    kind=one.kind,
                    key=one.key,
                    url=one.url,
                    parameters=dict(one.parameters),
                    at=now,
                )
                for one in fresh
            ],
            ignore_conflicts=True,
        )
    _say(TELLER, (one.person for one in told), now)
    return len(told)


@transaction.atomic
def settle_notices(*, keys: Collection[str], now: datetime) -> int:
    """What these are about is over: those that nobody read yet count as read. Gives how many."""
    unread = Notice.objects.select_for_update(of=("self",)).filter(key__in=keys, read_at=None).order_by("pk")
    found = dict(unread.values_list("pk", "person"))
    if found:
        Notice.objects.filter(pk__in=found).update(read_at=now)
        _say(TELLER, found.values(), now)
    return len(found)


@transaction.atomic
def read_notice(*, by: Actor, uuid: UUID, now: datetime) -> Notice:
    """Note that a person read one of theirs; reading it again changes nothing."""
    notice = Notice.objects.select_for_update(of=("self",)).filter(person=require_person(by), uuid=uuid).first()
    if notice is None:
        raise NotFound
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
        _say(by, [notice.person], now)
    return notice


@transaction.atomic
def read_all(*, by: Actor, now: datetime) -> int:
    """Note that a person read all of theirs. Gives how many."""
    person = require_person(by)
    count = Notice.objects.filter(person=person, read_at=None).update(read_at=now)
    if count:
        _say(by, [person], now)
    return count


@transaction.atomic
def forget_old(*, now: datetime, most: int = AT_ONCE) -> int:
    """Delete some of those that were kept long enough. Gives how many."""
    old = Notice.objects.filter(at__lt=now - KEPT_FOR).order_by("at").values("pk")[:most]
    return Notice.objects.filter(pk__in=old).delete()[0]


def erase_notices(*, by: Actor, person: UUID, now: datetime) -> int:
    """Delete what a person was told. `now` is for erasers that need it."""
    require(by, Erasing.ERASE)
    return Notice.objects.filter(person=person).delete()[0]


def _say(by: Actor, people: Iterable[UUID], now: datetime) -> None:
    everybody = sorted(set(people))
    for start in range(0, len(everybody), AT_ONCE):
        announce(NoticesChanged(people=tuple(everybody[start : start + AT_ONCE])), by=by, at=now)
