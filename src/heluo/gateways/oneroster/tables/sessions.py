"""School years and their terms: as the house counts them, and as an organisation planned them.

Of the plans above the client's organisation only the nearest counts, of those below it each for what lies below it.
The house's own terms stand where nobody planned any.
"""

from heluo.gateways.oneroster.tables.keys import session_key
from heluo.gateways.oneroster.tables.table import BASE_FIELDS, BASE_NAMES, Field, Kind, Part, Table, moment

# A year is listed from the beginning of the one before it.
STATEMENT = f"""
WITH years AS (SELECT generate_series(%(year)s - 1, %(year)s + 1) AS year),
plans AS (
    SELECT p.school_year AS year, p.number, p.starts_on, p.ends_on, p.changed_at, o.uuid, o.path,
           row_number() OVER (PARTITION BY p.school_year, p.number, o.path LIKE %(scope)s AND o.path <> %(top)s
                              ORDER BY length(o.path) DESC) AS nearness,
           o.path LIKE %(scope)s AND o.path <> %(top)s AS is_below
      FROM organisations_termplan p JOIN organisations_organisation o ON o.id = p.organisation_id
     WHERE p.school_year BETWEEN %(year)s - 1 AND %(year)s + 1
       AND (o.path LIKE %(scope)s OR starts_with(%(top)s, o.path))
)
SELECT y.year || '-' || (y.year + 1) AS "sourcedId", 'active' AS status,
       {moment("make_date(y.year - 1, 9, 1)")} AS "dateLastModified",
       y.year || '-' || (y.year + 1) || ' 学年' AS title, make_date(y.year, 9, 1) AS "startDate",
       make_date(y.year + 1, 9, 1) AS "endDate", 'schoolYear' AS type, NULL AS parent,
       (y.year + 1)::text AS "schoolYear", y.year AS _year
  FROM years y
UNION ALL
SELECT y.year || '-' || (y.year + 1) || '-' || n.number, 'active', {moment("make_date(y.year - 1, 9, 1)")},
       y.year || '-' || (y.year + 1) || ' 学年第' || n.label || '学期',
       CASE n.number WHEN 1 THEN make_date(y.year, 9, 1) ELSE make_date(y.year + 1, 2, 1) END,
       CASE n.number WHEN 1 THEN make_date(y.year + 1, 2, 1) ELSE make_date(y.year + 1, 9, 1) END,
       'term', y.year || '-' || (y.year + 1), (y.year + 1)::text, y.year
  FROM years y CROSS JOIN (VALUES (1, '一'), (2, '二')) AS n(number, label)
 WHERE NOT EXISTS (SELECT FROM plans p WHERE NOT p.is_below AND p.year = y.year AND p.number = n.number)
UNION ALL
SELECT p.uuid || '-' || p.year || '-' || (p.year + 1) || '-' || p.number, 'active', p.changed_at,
       p.year || '-' || (p.year + 1) || ' 学年第' || CASE p.number WHEN 1 THEN '一' ELSE '二' END || '学期',
       p.starts_on, p.ends_on + 1, 'term', p.year || '-' || (p.year + 1), (p.year + 1)::text, p.year
  FROM plans p WHERE p.is_below OR p.nearness = 1
"""


def find(sourced_id: str) -> Part | None:
    if session_key(sourced_id) is None:
        return None
    return Part(rows='"sourcedId" = %(one_id)s', values={"one_id": sourced_id})


SESSIONS = Table(
    plural="academicSessions",
    single="academicSession",
    statement=STATEMENT,
    fields={
        **BASE_FIELDS,
        "title": Field("title"),
        "startDate": Field('"startDate"', Kind.DAY),
        "endDate": Field('"endDate"', Kind.DAY),
        "type": Field("type"),
        "parent.sourcedId": Field("parent"),
        "schoolYear": Field('"schoolYear"'),
    },
    names=(*BASE_NAMES, "title", "startDate", "endDate", "type", "parent", "children", "schoolYear"),
    find=find,
)
TERMS = Part(rows="type = 'term'")
GRADING_PERIODS = Part(rows="type = 'gradingPeriod'")
