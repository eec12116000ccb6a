"""Identifiers: recorded under encryption, revealed with a reason, re-encrypted under new keys."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, Subject, record, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import PersonalCodeType, formal_code
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.access import Permission, require_at_any
from heluo.kernel.people.actions.subjects import subject_of
from heluo.kernel.people.crypto import KeyRing, load_ring, make_ring, open_ring, store_ring
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import BirthdayMismatch, IdentifierTaken, RevealReasonMissing
from heluo.kernel.people.events import IdentifierRevealed
from heluo.kernel.people.identifier_rules import RULES
from heluo.kernel.people.models import Identifier, Person, Post, Reveal
from heluo.kernel.people.queries import me, paths_of

SHORTEST_REASON = 4
ROWS_AT_ONCE = 1000


def bound_to_person(uuid: UUID, kind: str) -> str:
    """What a ciphertext is bound to: moved to another person or kind, it no longer opens."""
    return f"{uuid}/{kind}"


def ring_at_hand() -> KeyRing:
    """The ring; made when there is neither a ring nor anything sealed with a lost one."""
    return (load_ring() or make_ring()) if not Identifier.objects.exists() else open_ring()


@dataclass(frozen=True, slots=True)
class NewIdentifier:
    person: Person
    kind: IdentifierKind
    value: str


@transaction.atomic
def record_identifiers(*, by: Actor, identifiers: Sequence[NewIdentifier], now: datetime) -> list[Identifier]:
    """Record or replace identifiers, or none of them if one cannot stand. Values never reach log or audit."""
    if not identifiers:
        return []
    today = local_day(now)
    people = {new.person.pk: new.person for new in identifiers}
    paths: dict[int, list[str]] = {key: [] for key in people}
    for key, path in Post.objects.filter(person__in=people).values_list("person_id", "organisation__path"):
        paths[key].append(path)
    for distinct in {tuple(found) for found in paths.values()}:
        require_at_any(by, Permission.MANAGE, distinct)
    ring = ring_at_hand()
    rows = []
    others = Q()
    for new in identifiers:
        rule = RULES[new.kind]
        read = rule.read(new.value, today)
        if read.born_on and new.person.born_on and read.born_on != new.person.born_on:
            raise BirthdayMismatch(field=new.kind, kind=new.kind.label)
        message = f"{new.kind}:{read.value}"
        rows.append(
            Identifier(
                person=new.person,
                kind=new.kind,
                ciphertext=ring.seal(read.value, bound_to=bound_to_person(new.person.uuid, new.kind)),
                key_id=ring.current,
                lookup=ring.lookup(message),
                lookup_key_id=ring.lookup_current,
                masked=rule.mask(read.value),
            )
        )
        if len(ring.lookup_keys) > 1:
            others |= Q(kind=new.kind, lookup__in=ring.lookups(message)) & ~Q(person=new.person)
    kinds = "、".join(sorted({str(new.kind.label) for new in identifiers}))
    if others and Identifier.objects.filter(others).exists():
        raise IdentifierTaken(kind=kinds)
    with refused_as(IdentifierTaken, constraint="identifier_belongs_to_one_person", kind=kinds):
        made = _kept(rows)
    deed = "people.identifiers_recorded"
    if len(made) == 1:
        record(by=by, at=now, deed=deed, subject=subject_of(made[0].person), details={"kind": made[0].kind})
    else:
        record_batch(
            by=by,
            at=now,
            deed=deed,
            subject=subject_of(made[0].person),
            differences=[Difference(subject_id=str(row.person.uuid), after={"kind": row.kind}) for row in made],
        )
    return made


_KEEP = """
    INSERT INTO people_identifier (person_id, kind, ciphertext, key_id, lookup, lookup_key_id, masked)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::text[], %s::bytea[], %s::text[], %s::text[])
        ON CONFLICT (person_id, kind) DO UPDATE
       SET ciphertext = excluded.ciphertext, key_id = excluded.key_id, lookup = excluded.lookup,
           lookup_key_id = excluded.lookup_key_id, masked = excluded.masked
    RETURNING person_id, kind, id
"""


def _kept(rows: list[Identifier]) -> list[Identifier]:
    """Insert or replace in one statement, whose cost does not grow with the compiling of a clause per row."""
    columns = ("person_id", "kind", "ciphertext", "key_id", "lookup", "lookup_key_id", "masked")
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [[getattr(row, name) for row in rows] for name in columns])
        keys = {(person, kind): key for person, kind, key in cursor.fetchall()}
    for row in rows:
        row.pk = keys[row.person_id, row.kind]
    return rows


@transaction.atomic
def reveal_identifier(*, by: Actor, identifier: Identifier, reason: str, now: datetime) -> str:
    """An identifier in clear, for a reason that is kept for ever."""
    person = identifier.person
    require_at_any(by, Permission.REVEAL, paths_of(person))
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise RevealReasonMissing(field="reason", shortest=SHORTEST_REASON)
    value = open_ring().unseal(
        bytes(identifier.ciphertext), key_id=identifier.key_id, bound_to=bound_to_person(person.uuid, identifier.kind)
    )
    Reveal.objects.create(identifier=identifier, by=me(by), reason=reason, at=now)
    record(
        by=by,
        at=now,
        deed="people.identifier_revealed",
        subject=subject_of(person),
        details={"kind": identifier.kind, "reason": reason},
    )
    announce(IdentifierRevealed(person_id=person.uuid, kind=identifier.kind), by=by, at=now)
    return value


@transaction.atomic
def reveal_identifiers(
    *, by: Actor, below: Organisation, kind: IdentifierKind, people: Collection[int], reason: str, now: datetime
) -> dict[int, str]:
    """One kind of identifier of many in clear, for an export: person key → value, each noted as looked at.

    Of those people only who hold or held a post below a place where the actor may reveal.
    """
    require(by, Permission.REVEAL, on=below)
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise RevealReasonMissing(field="reason", shortest=SHORTEST_REASON)
    there = Post.objects.filter(organisation__path__startswith=below.path, person=OuterRef("person_id"))
    rows = list(Identifier.objects.filter(Exists(there), kind=kind, person__in=people).select_related("person"))
    if not rows:
        return {}
    ring, actor = open_ring(), me(by)
    Reveal.objects.bulk_create(
        [Reveal(identifier=row, by=actor, reason=reason, at=now) for row in rows], batch_size=ROWS_AT_ONCE
    )
    record_batch(
        by=by,
        at=now,
        deed="people.identifiers_revealed",
        subject=Subject(kind="organisation", id=str(below.uuid), title=below.name, path=below.path),
        differences=[Difference(subject_id=str(row.person.uuid), after={"kind": row.kind}) for row in rows],
        details={"reason": reason},
    )
    return {row.person_id: _opened(ring, row) for row in rows}


# -- rotation ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: rows sealed anew, the key they are under, whether it finished an interrupted one."""

    rows: int
    key_id: str
    resumed: bool


def _behind(ring: KeyRing) -> Q:
    return ~Q(key_id=ring.current) | ~Q(lookup_key_id=ring.lookup_current)


def rotate_keys(
    *,
    by: Actor,
    say: Callable[[str], None],
    batch: int = ROWS_AT_ONCE,
    unfinished: bool = False,
    now: datetime,
) -> Rotation:
    """Seal every identifier under a new key, in batches that each commit.

    Interrupted, it goes on where it stopped when called again: as long as rows lie under older keys (or the caller says
    that something else under this ring is `unfinished`) no further key is made. The new key takes the configured
    algorithm, so this is also how a node changes its algorithm. Older keys stay in the ring for older backups.
    """
    require(by, Permission.ROTATE_KEYS)
    ring = ring_at_hand()
    resumed = unfinished or Identifier.objects.filter(_behind(ring)).exists()
    if not resumed:
        ring = ring.with_new_keys()
        store_ring(ring)
    say(f"{ring.current} ({ring.keys[ring.current].algorithm})")
    done = 0
    while count := _reseal(ring, batch):
        done += count
        say(f"{done}")
    with transaction.atomic():
        record(
            by=by,
            at=now,
            deed="people.keys_rotated",
            subject=Subject(kind="key", id=ring.current, title=ring.current, path=""),
            details={"rows": done, "resumed": resumed, "algorithm": ring.keys[ring.current].algorithm},
        )
    return Rotation(done, ring.current, resumed)


@transaction.atomic
def _reseal(ring: KeyRing, batch: int) -> int:
    """Seal the next rows that lie under older keys: one read, one update."""
    rows = list(
        Identifier.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(_behind(ring))
        .order_by("id")[:batch]
    )
    if not rows:
        return 0
    for row in rows:
        bound_to = bound_to_person(row.person.uuid, row.kind)
        value = ring.unseal(bytes(row.ciphertext), key_id=row.key_id, bound_to=bound_to)
        row.ciphertext = ring.seal(value, bound_to=bound_to)
        row.lookup = ring.lookup(f"{row.kind}:{value}")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE people_identifier AS old
               SET ciphertext = new.ciphertext, lookup = new.lookup, key_id = %s, lookup_key_id = %s
              FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS new (id, ciphertext, lookup)
             WHERE old.id = new.id
            """,
            [
                ring.current,
                ring.lookup_current,
                [row.pk for row in rows],
                [row.ciphertext for row in rows],
                [row.lookup for row in rows],
            ],
        )
    return len(rows)


# -- student numbers --------------------------------------------------------------------------------------------------


@transaction.atomic
def formalise_student_numbers(*, by: Actor, people: Sequence[Person], now: datetime) -> list[Person]:
    """Turn temporary student numbers into formal ones made from the resident number; who has none is left out.

    The numbers are never seen in clear outside. Raises `IdentifierTaken` where another bears the formal number.
    """
    ring = open_ring()
    rows = Identifier.objects.filter(
        person__in=people, kind__in=[IdentifierKind.STUDENT_NUMBER, IdentifierKind.RESIDENT_ID]
    ).select_related("person")
    held = {(row.person_id, row.kind): row for row in rows}
    new = []
    for person in people:
        resident = held.get((person.pk, IdentifierKind.RESIDENT_ID))
        number = held.get((person.pk, IdentifierKind.STUDENT_NUMBER))
        if resident is None or number is None or not number.masked.startswith(PersonalCodeType.TEMPORARY):
            continue
        value = formal_code(_opened(ring, resident))
        new.append(NewIdentifier(person, IdentifierKind.STUDENT_NUMBER, value))
    record_identifiers(by=by, identifiers=new, now=now)
    return [one.person for one in new]


def formal_numbers_of_others(*, after: int, size: int = ROWS_AT_ONCE) -> tuple[list[tuple[int, int]], int | None]:
    """Student numbers made from somebody else's resident number, in one batch of rows beyond a key.

    Pairs of person keys (who bears the number, whose resident number it holds), and the key to go on after; None when
    all were looked at. Hashes of the two kinds differ, so the batch is opened in memory; nothing in clear leaves it.
    """
    rows = list(
        Identifier.objects.filter(
            kind=IdentifierKind.STUDENT_NUMBER, masked__startswith=PersonalCodeType.FORMAL, pk__gt=after
        )
        .select_related("person")
        .order_by("pk")[:size]
    )
    if not rows:
        return [], None
    ring = open_ring()
    bearers: dict[bytes, int] = {}
    for row in rows:
        resident = _opened(ring, row)[1:]
        for lookup in ring.lookups(f"{IdentifierKind.RESIDENT_ID}:{resident}"):
            bearers[lookup] = row.person_id
    owners = Identifier.objects.filter(kind=IdentifierKind.RESIDENT_ID, lookup__in=list(bearers))
    pairs = [
        (bearers[bytes(lookup)], owner)
        for owner, lookup in owners.values_list("person_id", "lookup")
        if bearers[bytes(lookup)] != owner
    ]
    return pairs, rows[-1].pk if len(rows) == size else None


def hand_identifiers_over(*, kept: Person, other: Person) -> None:
    """Give the kept person of two that are one what the other is known by: what is missing, and a formal number.

    A temporary student number gives way to the other's formal one; the two are exchanged, so that the number given
    up stays taken. Called inside `merge_people`, which holds the rights and the locks.
    """
    held = {row.kind: row for row in Identifier.objects.filter(person=kept)}
    ring = ring_at_hand()
    for row in Identifier.objects.filter(person=other).select_related("person"):
        value = _opened(ring, row)
        own = held.get(row.kind)
        if own is None:
            row.person, row.ciphertext = kept, ring.seal(value, bound_to=bound_to_person(kept.uuid, row.kind))
            row.key_id = ring.current
            row.save(update_fields=["person", "ciphertext", "key_id"])
        elif own.masked.startswith(PersonalCodeType.TEMPORARY) and not row.masked.startswith(own.masked[0]):
            own.person = kept
            _exchange(ring, own, row)


def _exchange(ring: KeyRing, first: Identifier, second: Identifier) -> None:
    values = _opened(ring, first), _opened(ring, second)
    for row in (first, second):
        row.lookup = secrets.token_bytes(len(row.lookup))
        row.save(update_fields=["lookup"])
    for row, value in ((first, values[1]), (second, values[0])):
        row.ciphertext = ring.seal(value, bound_to=bound_to_person(row.person.uuid, row.kind))
        row.key_id, row.lookup_key_id = ring.current, ring.lookup_current
        row.lookup = ring.lookup(f"{row.kind}:{value}")
        row.masked = RULES[IdentifierKind(row.kind)].mask(value)
        row.save(update_fields=["ciphertext", "key_id", "lookup", "lookup_key_id", "masked"])


def _opened(ring: KeyRing, row: Identifier) -> str:
    return ring.unseal(bytes(row.ciphertext), key_id=row.key_id, bound_to=bound_to_person(row.person.uuid, row.kind))
