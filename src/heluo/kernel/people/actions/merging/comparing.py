"""Who the lines are about, what clashes, what would change. Reads and temporary tables only; nothing is written."""

# ruff: noqa: S608  # the statements are put together of this module's own words

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.people.access import Permission
from heluo.kernel.people.actions.identifiers import ring_at_hand
from heluo.kernel.people.actions.merging.lists import Clash, Lists, Values, take_lines
from heluo.kernel.people.enums import ClashKind, Deed, IdentifierKind
from heluo.kernel.people.errors import KeysChanging
from heluo.kernel.people.models import Identifier

OPEN = "{0}.starts_on <= %(on)s AND ({0}.ends_on IS NULL OR {0}.ends_on >= %(on)s)"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What merging some lists would do. `deeds`: head line → what becomes of that person and which facts differ."""

    clashes: tuple[Clash, ...]
    deeds: Mapping[int, tuple[Deed, tuple[str, ...]]]
    heads: Mapping[int, int]
    """Line → head line."""
    here: Mapping[Role, int]
    """How many hold each role at the school now."""
    ended: Mapping[Role, tuple[UUID, ...]]
    """Who would hold it no longer."""
    counts: Mapping[str, int]
    """How many classes change, teachings and guardianships begin, change or end."""

    @property
    def errors(self) -> tuple[Clash, ...]:
        return tuple(clash for clash in self.clashes if not clash.is_warning)

    def share_ended(self, role: Role) -> float:
        """The share (0 to 1) of those who hold a role here that the lists would end."""
        return len(self.ended.get(role, ())) / self.here[role] if self.here.get(role) else 0.0


@transaction.atomic
def compare_lists(*, by: Actor, lists: Lists, on: date) -> Comparison:
    """What merging would do on a day, and what would keep it from being done."""
    require(by, Permission.MANAGE, on=lists.school)
    take_and_match(lists, on)
    return comparison_of(lists, on)


def take_and_match(lists: Lists, on: date) -> Values:
    """Fill the temporary tables: lines, and who they are about."""
    ring = ring_at_hand()
    if Identifier.objects.exclude(lookup_key_id=ring.lookup_current).exists():
        raise KeysChanging
    values = take_lines(lists.lines, ring)
    asked: dict[str, Any] = {"on": on, "school": lists.school.pk}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN)
        cursor.execute(_NUMBERED, asked)
        for step in (_GROUPED, _ALIKE):
            cursor.execute(step)
            while cursor.rowcount:
                cursor.execute(step)
        cursor.execute(_LISTED.format(open_post=OPEN.format("post")), asked)
        cursor.execute(_LISTED_IDENTIFIERS)
        cursor.execute("ANALYZE people_listed, people_listed_identifier")
    return values


_KNOWN = """
    WITH found AS (
        SELECT said.line, min(held.person_id) AS person_id
          FROM people_line_identifier said JOIN people_identifier held USING (kind, lookup)
         GROUP BY said.line HAVING count(DISTINCT held.person_id) = 1)
    UPDATE people_line line SET person_id = found.person_id FROM found WHERE found.line = line.line
"""
_NUMBERED = """
    UPDATE people_line line SET person_id = person.id FROM people_person person
     WHERE line.number <> '' AND line.person_id IS NULL AND person.number = line.number
       AND EXISTS (SELECT FROM people_post post WHERE post.person_id = person.id AND post.organisation_id = %(school)s)
"""
"""Platform numbers can be counted through, so one names nobody whom the school has not known."""
_GROUPED = """
    WITH shared AS (
        SELECT kind, lookup, min(head) AS head FROM people_line_identifier JOIN people_line USING (line)
         GROUP BY kind, lookup HAVING count(*) > 1),
    lower AS (
        SELECT line, min(head) AS head FROM people_line_identifier JOIN shared USING (kind, lookup) GROUP BY line)
    UPDATE people_line line SET head = lower.head FROM lower WHERE lower.line = line.line AND lower.head < line.head
"""
"""Lines that share an identifier get the lowest head; again until nothing moves, for chains of them."""
_ALIKE = """
    WITH person AS (
        SELECT person_id, min(head) AS head FROM people_line WHERE person_id IS NOT NULL GROUP BY person_id),
    moved AS (
        SELECT line.head AS from_head, min(person.head) AS head FROM people_line line JOIN person USING (person_id)
         GROUP BY line.head)
    UPDATE people_line line SET head = moved.head FROM moved
     WHERE moved.from_head = line.head AND moved.head < line.head
"""
"""Lines with different identifiers of the same registered person are about one person too."""
_LISTED = """
    INSERT INTO people_listed (head, person_id, name, sex, born_on, klass_id, is_new, keeps_facts, is_listed)
    SELECT head, person_id, name, sex, born_on, klass_id, person_id IS NULL,
           person_id IS NOT NULL AND EXISTS (
               SELECT 1 FROM people_post post
                WHERE post.person_id = told.person_id AND post.organisation_id <> %(school)s AND {open_post}),
           is_listed
      FROM (
        SELECT head, min(person_id) AS person_id,
               coalesce((array_agg(name ORDER BY line) FILTER (WHERE name <> '' AND NOT is_reference))[1], '') AS name,
               coalesce((array_agg(sex ORDER BY line) FILTER (WHERE sex <> '' AND NOT is_reference))[1], '') AS sex,
               (array_agg(born_on ORDER BY line)
                   FILTER (WHERE born_on IS NOT NULL AND NOT is_reference))[1] AS born_on,
               (array_agg(klass_id ORDER BY line) FILTER (WHERE klass_id IS NOT NULL))[1] AS klass_id,
               bool_or(NOT is_reference) AS is_listed
          FROM people_line GROUP BY head) told
"""
_LISTED_IDENTIFIERS = """
    INSERT INTO people_listed_identifier (head, kind, lookup, line, differs)
    SELECT DISTINCT ON (line.head, said.kind) line.head, said.kind, said.lookup, said.line,
           held.id IS NULL OR held.lookup <> said.lookup
      FROM people_line_identifier said
      JOIN people_line line USING (line)
      JOIN people_listed listed ON listed.head = line.head
      LEFT JOIN people_identifier held ON held.person_id = listed.person_id AND held.kind = said.kind
     WHERE NOT line.is_reference
     ORDER BY line.head, said.kind, said.line
"""


def comparison_of(lists: Lists, on: date) -> Comparison:
    """Read what `take_and_match` laid out."""
    asked: dict[str, Any] = {
        "on": on,
        "school": lists.school.pk,
        "complete": sorted(lists.complete),
        "complete_teachings": lists.complete_teachings,
        "complete_guardianships": lists.complete_guardianships,
        "phone": IdentifierKind.PHONE,
        **{role.name: str(role) for role in (Role.PUPIL, Role.TEACHER, Role.GUARDIAN)},
    }
    with connection.cursor() as cursor:
        clashes: list[Clash] = []
        for kind, query in _CLASHES.items():
            cursor.execute(query.format(open_post=OPEN.format("post")), asked)
            clashes += [Clash(line, kind, other, said or "") for line, other, said in cursor.fetchall()]
        cursor.execute(_DEEDS.format(open_post=OPEN.format("post"), open_seat=OPEN.format("seat")), asked)
        deeds = {head: (Deed(deed), tuple(fields)) for head, deed, fields in cursor.fetchall()}
        cursor.execute("SELECT line, head FROM people_line")
        heads = dict(cursor.fetchall())
        cursor.execute(_HERE.format(open_post=OPEN.format("post")), asked)
        here = {Role(role): count for role, count in cursor.fetchall()}
        cursor.execute(ENDED_POSTS.format(wanted="post.role, person.uuid", open_post=OPEN.format("post")), asked)
        ended: dict[Role, list[UUID]] = {}
        for role, uuid in cursor.fetchall():
            ended.setdefault(Role(role), []).append(uuid)
        counts: Counter[str] = Counter()
        for name, query in CHANGES.items():
            cursor.execute(f"SELECT count(*) FROM ({query}) AS found", asked)
            counts[name] = cursor.fetchone()[0]
    return Comparison(
        clashes=tuple(sorted(clashes, key=lambda clash: (clash.line, clash.kind))),
        deeds=deeds,
        heads=heads,
        here=here,
        ended={role: tuple(uuids) for role, uuids in ended.items()},
        counts=counts,
    )


_CLASHES: dict[ClashKind, str] = {
    ClashKind.SEVERAL_PEOPLE: """
        SELECT said.line, NULL::bigint, NULL::text
          FROM people_line_identifier said JOIN people_identifier held USING (kind, lookup)
         GROUP BY said.line HAVING count(DISTINCT held.person_id) > 1
        UNION
        SELECT line.line, NULL::bigint, NULL::text FROM people_line line
          JOIN (SELECT head FROM people_line GROUP BY head HAVING count(DISTINCT person_id) > 1) torn USING (head)
        UNION
        SELECT said.line, other.line, NULL FROM people_line_identifier said
          JOIN people_line line USING (line)
          JOIN people_listed_identifier other ON other.head = line.head AND other.kind = said.kind
         WHERE other.lookup <> said.lookup AND NOT line.is_reference
        UNION
        SELECT line.line, NULL, NULL FROM people_line line JOIN people_person person USING (number)
         WHERE person.id <> line.person_id
    """,
    ClashKind.OTHER_NAME: """
        SELECT line.line, NULL::bigint, person.name
          FROM people_line line JOIN people_listed listed USING (head) JOIN people_person person
            ON person.id = listed.person_id
         WHERE NOT line.is_reference AND line.name <> '' AND line.name <> person.name
           AND NOT EXISTS (
               SELECT 1 FROM people_line_identifier said JOIN people_line own USING (line)
                 JOIN people_identifier held USING (kind, lookup)
                WHERE own.head = line.head AND held.person_id = listed.person_id AND said.kind <> %(phone)s)
           AND NOT EXISTS (SELECT 1 FROM people_line own WHERE own.head = line.head AND own.number = person.number)
        UNION
        SELECT line.line, first.line, first.name
          FROM people_line line JOIN people_line first ON first.head = line.head AND first.line < line.line
         WHERE NOT line.is_reference AND NOT first.is_reference AND line.name <> '' AND first.name <> ''
           AND line.name <> first.name
    """,
    ClashKind.LISTED_TWICE: """
        SELECT line.line, min(first.line), NULL
          FROM people_line line JOIN people_line first
            ON first.head = line.head AND first.role = line.role AND first.line < line.line
         WHERE line.role <> %(GUARDIAN)s AND NOT line.is_reference AND NOT first.is_reference
         GROUP BY line.line
    """,
    ClashKind.PUPIL_ELSEWHERE: """
        SELECT line.line, NULL::bigint, min(place.path)
          FROM people_line line JOIN people_listed listed USING (head)
          JOIN people_post post ON post.person_id = listed.person_id AND post.role = %(PUPIL)s
          JOIN organisations_organisation place ON place.id = post.organisation_id
         WHERE line.role = %(PUPIL)s AND NOT line.is_reference AND post.organisation_id <> %(school)s AND {open_post}
         GROUP BY line.line
    """,
    ClashKind.NOT_HERE: """
        SELECT line.line, NULL::bigint, NULL::text FROM people_line line
         WHERE line.is_reference AND NOT line.ends
           AND NOT EXISTS (
               SELECT 1 FROM people_line other
                WHERE other.head = line.head AND other.role = line.role AND NOT other.is_reference)
           AND NOT EXISTS (
               SELECT 1 FROM people_post post
                WHERE post.person_id = line.person_id AND post.organisation_id = %(school)s AND post.role = line.role
                  AND {open_post})
    """,
    ClashKind.NUMBER_UNKNOWN: """
        SELECT line.line, NULL::bigint, NULL::text FROM people_line line
         WHERE line.number <> '' AND line.person_id IS NULL AND NOT line.is_reference
           AND NOT EXISTS (SELECT 1 FROM people_line_identifier said WHERE said.line = line.line)
    """,
    ClashKind.OWN_GUARDIAN: """
        SELECT said.guardian, NULL::bigint, NULL::text FROM people_line_guardianship said
          JOIN people_line guardian ON guardian.line = said.guardian
          JOIN people_line child ON child.line = said.child
         WHERE guardian.head = child.head
    """,
    ClashKind.FACTS_KEPT: """
        SELECT line.line, NULL::bigint, person.name
          FROM people_line line JOIN people_listed listed USING (head)
          JOIN people_person person ON person.id = listed.person_id
         WHERE NOT line.is_reference AND listed.keeps_facts
           AND ((line.name <> '' AND line.name <> person.name) OR (line.sex <> '' AND line.sex <> person.sex)
                OR (line.born_on IS NOT NULL AND line.born_on IS DISTINCT FROM person.born_on)
                OR EXISTS (SELECT 1 FROM people_line_identifier said JOIN people_listed_identifier listed_one
                                ON listed_one.head = line.head AND listed_one.kind = said.kind
                            WHERE said.line = line.line AND listed_one.differs))
    """,
    ClashKind.TEACHES_ELSEWHERE: """
        SELECT line.line, NULL::bigint, min(place.path)
          FROM people_line line JOIN people_listed listed USING (head)
          JOIN people_post post ON post.person_id = listed.person_id AND post.role = %(TEACHER)s
          JOIN organisations_organisation place ON place.id = post.organisation_id
         WHERE line.role = %(TEACHER)s AND NOT line.is_reference AND post.organisation_id <> %(school)s
           AND {open_post}
         GROUP BY line.line
    """,
}
"""Each gives the line, the other line or null, and what the register says (a name, or the path of a place)."""

_DEEDS = """
    SELECT head,
           CASE WHEN is_new THEN 'new' WHEN lacks_post THEN 'returns' WHEN cardinality(fields) > 0 THEN 'changed'
                ELSE 'same' END,
           fields
      FROM (
        SELECT listed.head, listed.is_new,
               EXISTS (SELECT 1 FROM people_line line
                        WHERE line.head = listed.head AND NOT line.is_reference AND NOT EXISTS (
                            SELECT 1 FROM people_post post
                             WHERE post.person_id = listed.person_id AND post.organisation_id = %(school)s
                               AND post.role = line.role AND {open_post})) AS lacks_post,
               array_remove(ARRAY[
                   CASE WHEN NOT keeps_facts AND listed.name <> '' AND listed.name <> person.name THEN 'name' END,
                   CASE WHEN NOT keeps_facts AND listed.sex <> '' AND listed.sex <> person.sex THEN 'sex' END,
                   CASE WHEN NOT keeps_facts AND listed.born_on IS DISTINCT FROM person.born_on
                             AND listed.born_on IS NOT NULL THEN 'born_on' END,
                   CASE WHEN listed.klass_id IS NOT NULL AND NOT EXISTS (
                             SELECT 1 FROM people_classmembership seat
                              WHERE seat.person_id = listed.person_id AND seat.klass_id = listed.klass_id
                                AND {open_seat}) THEN 'class' END
               ], NULL) || ARRAY(
                   SELECT own.kind FROM people_listed_identifier own
                    WHERE own.head = listed.head AND own.differs AND NOT keeps_facts ORDER BY own.kind) AS fields
          FROM people_listed listed LEFT JOIN people_person person ON person.id = listed.person_id
         WHERE listed.is_listed) AS told
"""
_HERE = """
    SELECT post.role, count(DISTINCT post.person_id) FROM people_post post
     WHERE post.organisation_id = %(school)s AND {open_post} GROUP BY post.role
"""
ENDED_POSTS = """
    SELECT {wanted} FROM people_post post JOIN people_person person ON person.id = post.person_id
     WHERE post.organisation_id = %(school)s AND {open_post}
       AND NOT EXISTS (
           SELECT 1 FROM people_listed listed JOIN people_line line USING (head)
            WHERE listed.person_id = post.person_id AND line.role = post.role AND NOT line.is_reference)
       AND (post.role = ANY(%(complete)s) OR EXISTS (
           SELECT 1 FROM people_line line
            WHERE line.person_id = post.person_id AND line.role = post.role AND line.ends))
"""
"""Posts that a complete list does not name, or of which a line says that they end."""

SAID_TEACHINGS = """
    SELECT listed.person_id, listed.head, said.klass_id, said.subject, bool_or(said.is_homeroom) AS is_homeroom
      FROM people_line_teaching said JOIN people_line line ON line.line = said.teacher
      JOIN people_listed listed USING (head)
     WHERE NOT said.ends
     GROUP BY listed.person_id, listed.head, said.klass_id, said.subject
"""
SAID_GUARDIANSHIPS = """
    SELECT guardian.person_id AS guardian_id, guardian.head AS guardian_head, child.person_id AS child_id,
           child.head AS child_head, max(said.relation) AS relation
      FROM people_line_guardianship said
      JOIN people_line guardian_line ON guardian_line.line = said.guardian
      JOIN people_listed guardian ON guardian.head = guardian_line.head
      JOIN people_line child_line ON child_line.line = said.child
      JOIN people_listed child ON child.head = child_line.head
     GROUP BY 1, 2, 3, 4
"""
CHANGES: dict[str, str] = {
    "teachings_begun": f"""
        SELECT said.* FROM ({SAID_TEACHINGS}) said
         WHERE NOT EXISTS (
             SELECT 1 FROM people_teaching held
              WHERE held.person_id = said.person_id AND held.klass_id = said.klass_id
                AND held.subject = said.subject AND held.ends_on IS NULL)
    """,
    "teachings_changed": f"""
        SELECT held.id, said.is_homeroom FROM ({SAID_TEACHINGS}) said JOIN people_teaching held
            ON held.person_id = said.person_id AND held.klass_id = said.klass_id AND held.subject = said.subject
         WHERE held.ends_on IS NULL AND held.is_homeroom <> said.is_homeroom
    """,
    "teachings_ended": f"""
        SELECT held.id FROM people_teaching held
          JOIN organisations_klass klass ON klass.id = held.klass_id
         WHERE klass.school_id = %(school)s AND held.ends_on IS NULL
           AND NOT EXISTS (
               SELECT 1 FROM ({SAID_TEACHINGS}) said
                WHERE said.person_id = held.person_id AND said.klass_id = held.klass_id
                  AND said.subject = held.subject)
           AND (%(complete_teachings)s OR EXISTS (
               SELECT 1 FROM people_line_teaching said JOIN people_line line ON line.line = said.teacher
                WHERE said.ends AND line.person_id = held.person_id AND said.klass_id = held.klass_id
                  AND said.subject = held.subject))
    """,
    "guardianships_begun": f"""
        SELECT said.* FROM ({SAID_GUARDIANSHIPS}) said
         WHERE NOT EXISTS (
             SELECT 1 FROM people_guardianship held
              WHERE held.guardian_id = said.guardian_id AND held.child_id = said.child_id AND held.ends_on IS NULL)
    """,
    "guardianships_changed": f"""
        SELECT held.id, said.relation FROM ({SAID_GUARDIANSHIPS}) said JOIN people_guardianship held
            ON held.guardian_id = said.guardian_id AND held.child_id = said.child_id
         WHERE held.ends_on IS NULL AND said.relation <> '' AND held.relation <> said.relation
    """,
    "guardianships_ended": f"""
        SELECT held.id FROM people_guardianship held
         WHERE held.ends_on IS NULL AND %(complete_guardianships)s
           AND EXISTS (SELECT 1 FROM ({SAID_GUARDIANSHIPS}) said WHERE said.child_id = held.child_id)
           AND NOT EXISTS (
               SELECT 1 FROM ({SAID_GUARDIANSHIPS}) said
                WHERE said.child_id = held.child_id AND said.guardian_id = held.guardian_id)
    """,
}
"""What becomes of teachings and guardianships: the rows that would be written, by name of the change."""
