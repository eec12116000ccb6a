"""New keys for everything that is sealed: identifiers first, then the secrets of second factors."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from heluo.kernel.access.adapters import seal, unseal
from heluo.kernel.access.models import SECRET_OF, sealed_under
from heluo.kernel.access.queries import lost_keys_of_second_factors, second_factors
from heluo.kernel.actors.public import WHOLE_TREE, Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.people.access import Permission
from heluo.kernel.people.crypto import KeyRing, open_ring
from heluo.kernel.people.errors import KeyMissing
from heluo.kernel.people.public import rotate_keys as rotate_identifiers

ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: how many of each were sealed anew, and under which key everything lies now."""

    identifiers: int
    second_factors: int
    key_id: str


def rotate_keys(*, by: Actor, say: Callable[[str], None], batch: int = ROWS_AT_ONCE, now: datetime) -> Rotation:
    """Seal identifiers and the secrets of second factors under a new key, in batches that each commit.

    Interrupted, it goes on where it stopped when called again. Refused before anything changes while a key is missing
    under which a second factor lies. Refusals: NotAllowed, KeyMissing, KeysElsewhere and those of a broken key file.
    """
    require(by, Permission.ROTATE_KEYS)
    if missing := lost_keys_of_second_factors():
        raise KeyMissing(key="、".join(sorted(missing)))
    unfinished = second_factors().exists() and _behind(open_ring())
    identifiers = rotate_identifiers(by=by, say=say, batch=batch, unfinished=unfinished, now=now)
    ring = open_ring()
    done = 0
    while count := _reseal(ring, batch):
        done += count
        say(f"{done}")
    if done:
        with transaction.atomic():
            record(
                by=by,
                at=now,
                deed="access.second_factors_sealed",
                subject=Subject(kind="key", id=ring.current, title=ring.current, path=WHOLE_TREE),
                details={"rows": done},
            )
    return Rotation(identifiers=identifiers.rows, second_factors=done, key_id=ring.current)


def _behind(ring: KeyRing) -> bool:
    return second_factors().exclude(sealed_under(ring.current)).exists()


@transaction.atomic
def _reseal(ring: KeyRing, batch: int) -> int:
    """Seal the next secrets that lie under older keys: one read, one update of that part of the row alone."""
    rows = list(second_factors().exclude(sealed_under(ring.current)).select_for_update().order_by("pk")[:batch])
    if not rows:
        return 0
    parts = [
        json.dumps({name: seal(ring, unseal(ring, row.data[name])) for name in (SECRET_OF[row.type],)}) for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE mfa_authenticator AS old SET data = old.data || new.part
              FROM unnest(%s::bigint[], %s::jsonb[]) AS new (id, part)
             WHERE old.id = new.id
            """,
            [[row.pk for row in rows], parts],
        )
    return len(rows)
