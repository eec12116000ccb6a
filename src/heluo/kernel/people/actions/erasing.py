"""What the register may forget about a person. The decision was made elsewhere; no record of schooling is touched."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.clock.public import local_day
from heluo.kernel.holdings.public import Permission
from heluo.kernel.people.actions.identifiers import bound_to_person, ring_at_hand
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import AccountStillUsed
from heluo.kernel.people.models import Account, Identifier, Post, Reveal, in_period

UNGUESSABLE = 16
"""Bytes that stand where a number was."""


def erase_account(*, by: Actor, person: UUID, now: datetime) -> int:
    """Delete the account of somebody who left, with its codes, tokens and sessions. Refusal: AccountStillUsed."""
    require(by, Permission.ERASE)
    if Post.objects.filter(in_period(local_day(now)), person__uuid=person).exists():
        raise AccountStillUsed
    rows = Account.objects.filter(person__uuid=person)
    count = rows.count()
    rows.delete()
    return count


def erase_phone(*, by: Actor, person: UUID, now: datetime) -> int:
    """Forget a phone number. One that somebody revealed leaves its row, without the number: the log points to it."""
    require(by, Permission.ERASE)
    phones = Identifier.objects.filter(person__uuid=person, kind=IdentifierKind.PHONE).exclude(masked="")
    seen = list(phones.filter(Exists(Reveal.objects.filter(identifier=OuterRef("pk")))))
    count = phones.exclude(pk__in=[row.pk for row in seen]).delete()[0]
    for row in seen:
        ring = ring_at_hand()
        nothing = secrets.token_hex(UNGUESSABLE)
        row.ciphertext = ring.seal(nothing, bound_to=bound_to_person(person, row.kind))
        row.lookup = ring.lookup(f"{row.kind}:{nothing}")
        row.key_id, row.lookup_key_id, row.masked = ring.current, ring.lookup_current, ""
        row.save(update_fields=["ciphertext", "lookup", "key_id", "lookup_key_id", "masked"])
    return count + len(seen)
