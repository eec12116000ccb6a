"""Who sits in a class and who teaches it.

A pupil has a place in the homeroom and in each class of a subject that is taught while they are there; a class leader
leads the homeroom; whoever teaches a subject is enrolled in its class alone.
"""

from heluo.gateways.oneroster.tables.classes import KLASSES, LESSONS
from heluo.gateways.oneroster.tables.keys import HOMEROOM, enrollment_key
from heluo.gateways.oneroster.tables.table import BASE_FIELDS, BASE_NAMES, Field, Kind, Part, Table, once_past

KEPT = "({0}.ends_on IS NULL OR {0}.ends_on >= %(kept_from)s)"
HOLDS = "({0}.ends_on IS NULL OR {0}.ends_on >= %(today)s)"
OVER = once_past("{0}.ends_on + 1")
CLASS_OVER = once_past("k.gone_on")


def _status(*conditions: str) -> str:
    return f"CASE WHEN {' AND '.join(conditions)} THEN 'active' ELSE 'tobedeleted' END"


STATEMENT = f"""
WITH {KLASSES}, {LESSONS},
members AS (
    SELECT m.id, m.starts_on, m.ends_on, {HOLDS.format("m")} AND k.holds AS holds, n.uuid AS person, m.klass_id,
           greatest(m.changed_at, {OVER.format("m")}, {CLASS_OVER}) AS stamp, k.uuid AS klass, k.school
      FROM people_classmembership m
      JOIN klasses k ON k.id = m.klass_id
      JOIN people_person n ON n.id = m.person_id
     WHERE {KEPT.format("m")} $members
),
tasks AS (
    SELECT t.id, t.subject, t.is_homeroom, t.starts_on, t.ends_on, {HOLDS.format("t")} AND k.holds AS holds,
           n.uuid AS person, greatest(t.changed_at, {OVER.format("t")}, {CLASS_OVER}) AS stamp,
           k.uuid AS klass, k.school,
           NOT EXISTS (SELECT FROM people_teaching e
                        WHERE e.klass_id = t.klass_id AND e.subject = t.subject
                          AND (e.starts_on, e.id) < (t.starts_on, t.id) AND {HOLDS.format("e")}) AS is_first
      FROM people_teaching t
      JOIN klasses k ON k.id = t.klass_id
      JOIN people_person n ON n.id = t.person_id
     WHERE {KEPT.format("t")} $tasks
)
SELECT 'membership-' || m.id AS "sourcedId", {_status("m.holds")} AS status, m.stamp AS "dateLastModified",
       m.person::text AS "user", m.klass::text AS class, m.school::text AS school, 'student' AS role,
       NULL AS "primary", m.starts_on AS "beginDate", m.ends_on + 1 AS "endDate"
  FROM members m
UNION ALL
SELECT 'membership-' || m.id || '-' || l.subject, {_status("m.holds", "l.taught")}, greatest(m.stamp, l.stamp),
       m.person::text, m.klass || '-' || l.subject, m.school::text, 'student', NULL,
       greatest(m.starts_on, l.first_day), least(m.ends_on, l.last_day) + 1
  FROM members m
  JOIN lessons l ON l.klass_id = m.klass_id
   AND (m.ends_on IS NULL OR m.ends_on >= l.first_day) AND (l.last_day IS NULL OR l.last_day >= m.starts_on)
UNION ALL
SELECT 'teaching-' || t.id || '-{HOMEROOM}', {_status("t.holds")}, t.stamp, t.person::text, t.klass::text,
       t.school::text, 'teacher', 'true', t.starts_on, t.ends_on + 1
  FROM tasks t WHERE t.is_homeroom
UNION ALL
SELECT 'teaching-' || t.id, {_status("t.holds")}, t.stamp, t.person::text, t.klass || '-' || t.subject,
       t.school::text, 'teacher', CASE WHEN t.is_first AND t.holds THEN 'true' ELSE 'false' END, t.starts_on,
       t.ends_on + 1
  FROM tasks t WHERE t.subject <> ''
"""


def find(sourced_id: str) -> Part | None:
    key = enrollment_key(sourced_id)
    if key is None:
        return None
    source, column, other = ("members", "m", "tasks") if key.is_membership else ("tasks", "t", "members")
    table = "people_classmembership" if key.is_membership else "people_teaching"
    return Part(
        {
            source: f"AND {column}.id = %(one)s",
            other: "AND false",
            "klasses": f"AND k.id = (SELECT klass_id FROM {table} WHERE id = %(one)s)",
        },
        rows='"sourcedId" = %(one_id)s',
        values={"one": key.key, "one_id": sourced_id},
    )


ENROLLMENTS = Table(
    plural="enrollments",
    single="enrollment",
    statement=STATEMENT,
    fields={
        **BASE_FIELDS,
        "user.sourcedId": Field('"user"'),
        "class.sourcedId": Field("class"),
        "school.sourcedId": Field("school"),
        "role": Field("role"),
        "primary": Field('"primary"'),
        "beginDate": Field('"beginDate"', Kind.DAY),
        "endDate": Field('"endDate"', Kind.DAY),
    },
    names=(*BASE_NAMES, "user", "class", "school", "role", "primary", "beginDate", "endDate"),
    find=find,
)
