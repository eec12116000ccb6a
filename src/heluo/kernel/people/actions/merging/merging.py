"""Writing what lists differ in: one transaction for one school, a fixed number of statements however many lines."""

# ruff: noqa: S608  # the statements are put together of this module's own words

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import copy_into, mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import subject_of as organisation_subject
from heluo.kernel.people.access import Permission
from heluo.kernel.people.actions.identifiers import bound_to_person, ring_at_hand
from heluo.kernel.people.actions.merging.comparing import (
    CHANGES,
    ENDED_POSTS,
    OPEN,
    Comparison,
    comparison_of,
    take_and_match,
)
from heluo.kernel.people.actions.merging.lists import Lists, Values
from heluo.kernel.people.actions.registration import found_by, reserve_numbers
from heluo.kernel.people.enums import Deed, IdentifierKind
from heluo.kernel.people.errors import IdentifierTaken, ListsClash, TooManyEnd
from heluo.kernel.people.events import ListsMerged
from heluo.kernel.people.identifier_rules import RULES

MERGE_LOCK = 0x5050
"""First half of the advisory locks of merges; the second is the school."""
WHOLE = 100
FACTS = ("name", "sex", "born_on")


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge wrote."""

    comparison: Comparison
    counts: Mapping[str, int]
    """How many people are new, returned, changed, unchanged and ended, and what became of classes and relations."""


def changes_in(counts: Mapping[str, int]) -> int:
    """How many people of some counts a merge adds, changes or ends."""
    return sum(counts.get(str(deed), 0) for deed in Deed if deed != Deed.SAME)


@transaction.atomic
def merge_lists(
    *,
    by: Actor,
    lists: Lists,
    most_ended_percent: int | None,
    deed: str = "people.lists_merged",
    details: Mapping[str, object] | None = None,
    now: datetime,
) -> Merged:
    """Write what a school's lists differ in from the register, or nothing at all.

    People are registered with an account that waits for its activation; facts, identifiers, posts, classes, teachings
    and guardianships change where they differ; what a complete list does not name gets its last day. Facts of people
    who also belong elsewhere stay as they are.

    Merges of one school wait for one another. Raises `ListsClash` where a line cannot stand, `TooManyEnd` where a
    complete list would end more than a share of a role (None: any share, a person has confirmed it),
    `IdentifierTaken` where somebody else registered a person of the lists at the same moment: try again.
    """
    require(by, Permission.MANAGE, on=lists.school)
    today = local_day(now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MERGE_LOCK, lists.school.pk % 2**31])
    values = take_and_match(lists, today)
    comparison = comparison_of(lists, today)
    if comparison.errors:
        raise ListsClash(count=len(comparison.errors))
    if most_ended_percent is not None:
        _refuse_large_endings(lists.school, comparison, most_ended_percent)
    counts = Counter(str(deed) for deed, _fields in comparison.deeds.values())
    counts.update(comparison.counts)
    asked: dict[str, Any] = {
        "on": today,
        "school": lists.school.pk,
        "now": now,
        "complete": sorted(lists.complete),
        "complete_teachings": lists.complete_teachings,
        "complete_guardianships": lists.complete_guardianships,
        **{role.name: str(role) for role in (Role.PUPIL, Role.TEACHER, Role.GUARDIAN)},
    }
    changed = _changed(comparison, asked)
    kinds = "、".join(str(kind.label) for kind in IdentifierKind)
    with refused_as(IdentifierTaken, constraint="identifier_belongs_to_one_person", kind=kinds):
        _mint()
        with connection.cursor() as cursor:
            for statement in _PEOPLE:
                cursor.execute(statement.format(open_post=OPEN.format("post")), asked)
        _seal_identifiers(values)
    with connection.cursor() as cursor:
        for name, statement in _PLACES.items():
            cursor.execute(statement.format(open_post=OPEN.format("post")), asked)
            counts[name] += cursor.rowcount
    counts[str(Deed.ENDED)] = sum(len(people) for people in comparison.ended.values())
    differences = [*_with_new_ids(changed), *_endings(comparison, today)]
    if differences:
        record_batch(
            by=by,
            at=now,
            deed=deed,
            subject=organisation_subject(lists.school),
            differences=differences,
            details={**(details or {}), "count": changes_in(counts)},
        )
    if any(counts[name] for name in counts if name != str(Deed.SAME)):
        announce(ListsMerged(school_id=lists.school.uuid), by=by, at=now)
    return Merged(comparison, dict(counts))


def _refuse_large_endings(school: Organisation, comparison: Comparison, percent: int) -> None:
    for role, people in comparison.ended.items():
        if comparison.share_ended(role) * WHOLE >= percent:
            raise TooManyEnd(
                school=school.name, ended=len(people), here=comparison.here[role], role=role.label, percent=percent
            )


# -- people -----------------------------------------------------------------------------------------------------------


def _mint() -> None:
    """Give the new ones their keys, numbers and identifiers, and names their pinyin."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT head, name FROM people_listed WHERE is_listed AND is_new ORDER BY head")
        new = cursor.fetchall()
        cursor.execute(
            "SELECT listed.head, listed.name FROM people_listed listed JOIN people_person person"
            " ON person.id = listed.person_id WHERE listed.name <> person.name AND listed.name <> ''"
        )
        renamed = cursor.fetchall()
    numbers = reserve_numbers(len(new))
    keys = reserve_ids("people_person", len(new))
    rows = [
        (
            head,
            key,
            mint_identifier("person", number),
            number,
            *found_by(name).values(),
            UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30),
        )
        for (head, name), key, number in zip(new, keys, numbers, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_MINTED)
    copy_into("people_minted (head, person_id, uuid, number, name_sort, initials, words, password)", rows)
    copy_into(
        "people_minted (head, name_sort, initials, words)", ((head, *found_by(name).values()) for head, name in renamed)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_minted")


_MINTED = """
    CREATE TEMPORARY TABLE IF NOT EXISTS people_minted (
        head bigint PRIMARY KEY, person_id bigint, uuid uuid, number text, name_sort text, initials text,
        words tsvector, password text
    ) ON COMMIT DELETE ROWS;
    TRUNCATE people_minted;
"""
_PEOPLE = (
    """
    UPDATE people_listed listed SET person_id = coalesce(minted.person_id, listed.person_id), uuid = minted.uuid,
           number = minted.number, name_sort = minted.name_sort, initials = minted.initials, words = minted.words,
           password = minted.password
      FROM people_minted minted WHERE minted.head = listed.head
    """,
    """
    INSERT INTO people_person (id, uuid, number, name, name_sort, initials, words, sex, born_on, created_at)
    SELECT person_id, uuid, number, name, name_sort, initials, words, sex, born_on, %(now)s
      FROM people_listed WHERE is_listed AND is_new
    """,
    """
    UPDATE people_person person
       SET name = CASE WHEN listed.name = '' THEN person.name ELSE listed.name END,
           name_sort = coalesce(listed.name_sort, person.name_sort),
           initials = coalesce(listed.initials, person.initials),
           words = coalesce(listed.words, person.words),
           sex = CASE WHEN listed.sex = '' THEN person.sex ELSE listed.sex END,
           born_on = coalesce(listed.born_on, person.born_on)
      FROM people_listed listed
     WHERE person.id = listed.person_id AND listed.is_listed AND NOT listed.is_new AND NOT listed.keeps_facts
       AND ((listed.name <> '' AND listed.name <> person.name) OR (listed.sex <> '' AND listed.sex <> person.sex)
            OR (listed.born_on IS NOT NULL AND listed.born_on IS DISTINCT FROM person.born_on))
    """,
    """
    INSERT INTO people_account (password, person_id, username, is_active, must_change_password, is_demo)
    SELECT password, person_id, lower(number), true, true, false FROM people_listed WHERE is_listed AND is_new
    """,
)
"""Persons and accounts. A new account has no usable password; its username is the platform number."""


def _seal_identifiers(values: Values) -> None:
    """Seal new and changed identifiers for the persons they belong to."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT own.line, own.kind, own.lookup, listed.person_id, coalesce(listed.uuid, person.uuid)
              FROM people_listed_identifier own JOIN people_listed listed USING (head)
              JOIN people_person person ON person.id = listed.person_id
             WHERE own.differs AND listed.is_listed AND NOT listed.keeps_facts
            """
        )
        wanted = cursor.fetchall()
        cursor.execute(_SEALED)
    ring = ring_at_hand()
    copy_into(
        "people_sealed (person_id, kind, ciphertext, lookup, masked)",
        (
            (
                person,
                kind,
                ring.seal(values.by_line[line, kind], bound_to=bound_to_person(uuid, kind)),
                bytes(lookup),
                RULES[IdentifierKind(kind)].mask(values.by_line[line, kind]),
            )
            for line, kind, lookup, person, uuid in wanted
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO people_identifier (person_id, kind, ciphertext, key_id, lookup, lookup_key_id, masked)
            SELECT person_id, kind, ciphertext, %s, lookup, %s, masked FROM people_sealed
                ON CONFLICT (person_id, kind) DO UPDATE
               SET ciphertext = excluded.ciphertext, key_id = excluded.key_id, lookup = excluded.lookup,
                   lookup_key_id = excluded.lookup_key_id, masked = excluded.masked
            """,
            [ring.current, ring.lookup_current],
        )


_SEALED = """
    CREATE TEMPORARY TABLE IF NOT EXISTS people_sealed (
        person_id bigint, kind text, ciphertext bytea, lookup bytea, masked text
    ) ON COMMIT DELETE ROWS;
    TRUNCATE people_sealed;
"""

# -- places -----------------------------------------------------------------------------------------------------------

_LAST_DAY = "greatest(starts_on, %(on)s::date - 1)"
"""The day before the lists hold; what began no earlier than they do ends on its first day."""
_SEATED = """
    SELECT listed.person_id, listed.klass_id FROM people_listed listed
     WHERE listed.klass_id IS NOT NULL AND listed.is_listed
"""
_PLACES: dict[str, str] = {
    "posts_begun": """
        INSERT INTO people_post (person_id, organisation_id, role, starts_on)
        SELECT DISTINCT listed.person_id, %(school)s, line.role, %(on)s::date
          FROM people_line line JOIN people_listed listed USING (head)
         WHERE NOT line.is_reference AND NOT EXISTS (
               SELECT 1 FROM people_post post
                WHERE post.person_id = listed.person_id AND post.organisation_id = %(school)s
                  AND post.role = line.role AND {open_post})
            ON CONFLICT (person_id, organisation_id, role, starts_on) DO UPDATE SET ends_on = NULL
    """,
    "posts_kept": """
        UPDATE people_post post SET ends_on = NULL
          FROM people_line line JOIN people_listed listed USING (head)
         WHERE NOT line.is_reference AND post.person_id = listed.person_id AND post.organisation_id = %(school)s
           AND post.role = line.role AND post.starts_on <= %(on)s AND post.ends_on >= %(on)s
           AND NOT EXISTS (SELECT 1 FROM people_post other WHERE other.person_id = post.person_id
                              AND other.organisation_id = post.organisation_id AND other.role = post.role
                              AND other.ends_on IS NULL)
    """,
    "classes_corrected": f"""
        UPDATE people_classmembership seat SET klass_id = said.klass_id
          FROM ({_SEATED}) said
         WHERE seat.person_id = said.person_id AND seat.ends_on IS NULL AND seat.klass_id <> said.klass_id
           AND seat.starts_on >= %(on)s
    """,
    "classes_left": f"""
        UPDATE people_classmembership seat SET ends_on = {_LAST_DAY}
          FROM ({_SEATED}) said
         WHERE seat.person_id = said.person_id AND seat.ends_on IS NULL AND seat.klass_id <> said.klass_id
    """,
    "classes_joined": f"""
        INSERT INTO people_classmembership (person_id, klass_id, starts_on)
        SELECT said.person_id, said.klass_id, %(on)s::date FROM ({_SEATED}) said
         WHERE NOT EXISTS (
               SELECT 1 FROM people_classmembership seat
                WHERE seat.person_id = said.person_id AND seat.ends_on IS NULL)
    """,
    "ended_teachings": f"""
        UPDATE people_teaching SET ends_on = {_LAST_DAY} WHERE id IN ({CHANGES["teachings_ended"]})
    """,
    "homerooms_handed_over": f"""
        UPDATE people_teaching held SET is_homeroom = false
          FROM ({CHANGES["teachings_begun"]} AND said.is_homeroom
                UNION SELECT NULL::bigint, NULL::bigint, changed.klass_id, NULL::text, NULL::boolean
                  FROM people_teaching changed
                 WHERE changed.id IN (SELECT id FROM ({CHANGES["teachings_changed"]}) moved)) said
         WHERE held.klass_id = said.klass_id AND held.is_homeroom AND held.ends_on IS NULL
    """,
    "changed_teachings": f"""
        UPDATE people_teaching teaching SET is_homeroom = said.is_homeroom
          FROM ({CHANGES["teachings_changed"]}) said WHERE teaching.id = said.id
    """,
    "begun_teachings": f"""
        INSERT INTO people_teaching (person_id, klass_id, subject, is_homeroom, starts_on)
        SELECT begun.person_id, begun.klass_id, begun.subject, coalesce(begun.is_homeroom, false), %(on)s::date
          FROM ({CHANGES["teachings_begun"]}) begun
    """,
    "ended_guardianships": f"""
        UPDATE people_guardianship SET ends_on = {_LAST_DAY} WHERE id IN ({CHANGES["guardianships_ended"]})
    """,
    "changed_guardianships": f"""
        UPDATE people_guardianship guardianship SET relation = said.relation
          FROM ({CHANGES["guardianships_changed"]}) said WHERE guardianship.id = said.id
    """,
    "begun_guardianships": f"""
        INSERT INTO people_guardianship (guardian_id, child_id, relation, starts_on)
        SELECT begun.guardian_id, begun.child_id, begun.relation, %(on)s::date
          FROM ({CHANGES["guardianships_begun"]}) begun
    """,
    "classes_of_ended": f"""
        UPDATE people_classmembership SET ends_on = {_LAST_DAY} WHERE id IN (
            SELECT seat.id FROM people_classmembership seat JOIN organisations_klass klass ON klass.id = seat.klass_id
             WHERE klass.school_id = %(school)s AND seat.ends_on IS NULL AND seat.person_id IN (
                   {ENDED_POSTS.replace("{wanted}", "post.person_id")} AND post.role = %(PUPIL)s))
    """,
    "teachings_of_ended": f"""
        UPDATE people_teaching SET ends_on = {_LAST_DAY} WHERE id IN (
            SELECT held.id FROM people_teaching held JOIN organisations_klass klass ON klass.id = held.klass_id
             WHERE klass.school_id = %(school)s AND held.ends_on IS NULL AND held.person_id IN (
                   {ENDED_POSTS.replace("{wanted}", "post.person_id")} AND post.role = %(TEACHER)s))
    """,
    "posts_ended": f"""
        UPDATE people_post SET ends_on = {_LAST_DAY} WHERE id IN ({ENDED_POSTS.replace("{wanted}", "post.id")})
    """,
    "guardians_left": f"""
        UPDATE people_post SET ends_on = {_LAST_DAY} WHERE id IN (
            SELECT post.id FROM people_post post
             WHERE post.organisation_id = %(school)s AND post.role = %(GUARDIAN)s AND {{open_post}}
               AND (%(PUPIL)s = ANY(%(complete)s) OR %(complete_guardianships)s)
               AND EXISTS (SELECT 1 FROM people_guardianship ever WHERE ever.guardian_id = post.person_id)
               AND NOT EXISTS (
                   SELECT 1 FROM people_guardianship held
                     JOIN people_post pupil ON pupil.person_id = held.child_id AND pupil.role = %(PUPIL)s
                      AND pupil.organisation_id = %(school)s AND pupil.ends_on IS NULL
                    WHERE held.guardian_id = post.person_id AND held.ends_on IS NULL))
    """,
}
"""In this order: a homeroom is handed over before the next one takes it, people end after their places."""

# -- what the audit keeps ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Changed:
    head: int
    uuid: str | None
    before: dict[str, Any]
    after: dict[str, Any]


def _changed(comparison: Comparison, asked: dict[str, Any]) -> list[_Changed]:
    """Before and after of everybody the lists change, read before anything is written. No identifier is in it."""
    touched = {head: fields for head, (deed, fields) in comparison.deeds.items() if deed != Deed.SAME}
    if not touched:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE_AND_AFTER, {**asked, "heads": list(touched)})
        rows = cursor.fetchall()
    found = []
    for head, uuid, roles, *facts, old_class, new_class in rows:
        old, new = dict(zip(FACTS, facts[:3], strict=True)), dict(zip(FACTS, facts[3:], strict=True))
        fields = touched[head]
        if uuid is None:
            found.append(_Changed(head, None, {}, {"roles": roles, "name": new["name"], "class": new_class}))
            continue
        before = {name: old[name] for name in fields if name in old}
        after = {name: new[name] for name in fields if name in new}
        if "class" in fields:
            before["class"], after["class"] = old_class, new_class
        if numbers := [name for name in fields if name in IdentifierKind.values]:
            after["identifiers"] = numbers
        if comparison.deeds[head][0] == Deed.RETURNS:
            after["roles"] = roles
        found.append(_Changed(head, str(uuid), before, after))
    return found


_BEFORE_AND_AFTER = """
    SELECT listed.head, person.uuid,
           ARRAY(SELECT DISTINCT line.role FROM people_line line WHERE line.head = listed.head AND NOT is_reference),
           person.name, person.sex, person.born_on, listed.name, listed.sex, listed.born_on,
           (SELECT klass.uuid::text FROM people_classmembership seat JOIN organisations_klass klass
                ON klass.id = seat.klass_id WHERE seat.person_id = listed.person_id AND seat.ends_on IS NULL LIMIT 1),
           (SELECT klass.uuid::text FROM organisations_klass klass WHERE klass.id = listed.klass_id)
      FROM people_listed listed LEFT JOIN people_person person ON person.id = listed.person_id
     WHERE listed.head = ANY(%(heads)s)
     ORDER BY listed.head
"""


def _with_new_ids(changed: list[_Changed]) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT head, uuid::text, number FROM people_listed WHERE is_listed AND is_new")
        minted = {head: (uuid, number) for head, uuid, number in cursor.fetchall()}
    found = []
    for one in changed:
        if one.uuid is not None:
            found.append(Difference(one.uuid, before=one.before or None, after=one.after))
        else:
            uuid, number = minted[one.head]
            found.append(Difference(uuid, after={"number": number, **one.after}))
    return found


def _endings(comparison: Comparison, today: date) -> list[Difference]:
    return [
        Difference(str(uuid), before={"role": str(role)}, after={"ends_before": today.isoformat()})
        for role, people in sorted(comparison.ended.items())
        for uuid in people
    ]
