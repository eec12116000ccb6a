"""The sealer: chains what has been committed since it last looked and signs each batch."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from heluo.kernel.audit import keys
from heluo.kernel.audit.chain import START, link_hash, sealed_text
from heluo.kernel.audit.models import AuditRow, Link, Seal
from heluo.kernel.events.public import released

SEALED_AT_ONCE = 5000
SEALER_LOCK = 0x4845_4C55_4F00_0001
"""Key of the advisory lock that keeps a second sealer out of the chain."""


class Sealer:
    """Seals batch after batch. Remembers between calls how far nothing unchained can appear any more."""

    def __init__(self) -> None:
        self._settled = 0

    @transaction.atomic
    def seal(self, *, now: datetime, limit: int = SEALED_AT_ONCE) -> int:
        """Chain and sign the rows committed so far, at most `limit`; how many there were."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
        horizon = released()  # read before the rows: every row up to it is visible to the next query
        newest = Seal.objects.order_by("-number").first()
        settled = max(self._settled, newest.settled if newest else 0)
        waiting = list(
            AuditRow.objects.filter(~Exists(Link.objects.filter(seq=OuterRef("seq"))), seq__gt=settled).order_by("seq")[
                :limit
            ]
        )
        reached = horizon if len(waiting) < limit else min(horizon, waiting[-1].seq)
        self._settled = max(settled, reached)
        if waiting:
            self._chain(waiting, newest, now)
        return len(waiting)

    def _chain(self, rows: list[AuditRow], newest: Seal | None, now: datetime) -> None:
        first = newest.last + 1 if newest else 1
        head = newest.head if newest else START
        links = []
        for number, row in enumerate(rows, start=first):
            head = link_hash(head, row)
            links.append(Link(number=number, seq=row.seq, hash=head))
        Link.objects.bulk_create(links)
        key_id, key = keys.signing_key()
        seal = Seal(
            number=newest.number + 1 if newest else 1,
            first=first,
            last=links[-1].number,
            head=head,
            settled=self._settled,
            sealed_at=now,
            key_id=key_id,
            algorithm=keys.ALGORITHM,
        )
        seal.signature = key.sign(sealed_text(seal, bytes(newest.signature) if newest else b""))
        seal.save(force_insert=True)
