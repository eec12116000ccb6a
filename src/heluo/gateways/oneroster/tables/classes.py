"""A class of the register as a homeroom, and as one class for each subject it is taught; courses above them.

`KLASSES` and `LESSONS` are shared with enrollments: the classes in the client's part of the tree, and which subject is
taught in which.
"""

from django.utils.translation import override

from heluo.gateways.oneroster.tables.keys import HOMEROOM, subject_key
from heluo.gateways.oneroster.tables.table import BASE_FIELDS, BASE_NAMES, Field, Kind, Part, Table, moment, once_past
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import GRADES

GRADE_CODES: dict[Stage, tuple[str, ...]] = {
    Stage.PRESCHOOL: ("PR", "PK", "KG"),
    Stage.PRIMARY: ("01", "02", "03", "04", "05", "06"),
    Stage.JUNIOR: ("07", "08", "09"),
    Stage.SENIOR: ("10", "11", "12"),
    Stage.VOCATIONAL: ("10", "11", "12"),
    Stage.HIGHER: ("PS", "PS", "PS", "PS"),
}
"""Grades in the words of CEDS (Entry Grade Level), which the standard's vocabulary suggests; see docs/oneroster.md."""


def _grade_rows() -> str:
    with override("zh-hans"):
        rows = [
            f"('{stage.value}', {number}, '{label}', '{code}')"
            for stage, codes in GRADE_CODES.items()
            for number, (label, code) in enumerate(zip(GRADES[stage], codes, strict=True), start=1)
        ]
    return ", ".join(rows)


SPANS = ", ".join(f"('{stage.value}', {len(codes)})" for stage, codes in GRADE_CODES.items())
YEAR = "least(greatest(%(year)s, k.entry_year), k.entry_year + spans.years - 1)"
GONE = "least(k.closed_on, make_date(k.entry_year + spans.years, 9, 1))"

KLASSES = f"""
klasses AS (
    SELECT k.id, k.uuid, k.entry_year, k.number, o.uuid AS school, o.path, {YEAR} AS year, {GONE} AS gone_on,
           grades.label || '（' || k.number || '）班' AS title, grades.code AS grade, k.changed_at,
           {GONE} > %(today)s AS holds,
           greatest(k.changed_at, {once_past(GONE)}, {once_past(f"make_date({YEAR}, 9, 1)")}) AS stamp
      FROM organisations_klass k
      JOIN organisations_organisation o ON o.id = k.school_id
      JOIN (VALUES {SPANS}) AS spans(stage, years) ON spans.stage = k.stage
      JOIN (VALUES {_grade_rows()}) AS grades(stage, number, label, code)
        ON grades.stage = k.stage AND grades.number = {YEAR} - k.entry_year + 1
     WHERE o.path LIKE %(scope)s AND {GONE} > %(kept_from)s $klasses
)"""
LESSONS = f"""
lessons AS (
    SELECT t.klass_id, t.subject, bool_or({"{held}"}) AS taught, min(t.starts_on) AS first_day,
           CASE WHEN bool_and(t.ends_on IS NOT NULL) THEN max(t.ends_on) END AS last_day,
           CASE WHEN bool_or({"{held}"}) THEN min(t.changed_at) FILTER (WHERE {"{held}"})
                ELSE max(greatest(t.changed_at, {once_past("t.ends_on + 1")})) END AS stamp
      FROM people_teaching t
     WHERE t.subject <> '' AND t.klass_id IN (SELECT id FROM klasses)
       AND (t.ends_on IS NULL OR t.ends_on >= %(kept_from)s)
     GROUP BY t.klass_id, t.subject
)""".format(held="(t.ends_on IS NULL OR t.ends_on >= %(today)s)")
SUBJECT_NAME = "coalesce((SELECT c.name FROM codes_code c WHERE c.code_set_id = %(subjects)s AND c.value = {0}), {0})"

CLASSES_STATEMENT = f"""
WITH {KLASSES}, {LESSONS}
SELECT k.uuid::text AS "sourcedId", CASE WHEN k.holds THEN 'active' ELSE 'tobedeleted' END AS status,
       k.stamp AS "dateLastModified", k.title AS title, k.entry_year || '-' || k.number AS "classCode",
       'homeroom' AS "classType", k.grade AS grade, '' AS subject, '' AS "subjectName",
       k.school || '-{HOMEROOM}' AS course, k.school::text AS school, k.year AS _year, k.path AS _path, k.id AS _klass
  FROM klasses k
UNION ALL
SELECT k.uuid || '-' || l.subject, CASE WHEN k.holds AND l.taught THEN 'active' ELSE 'tobedeleted' END,
       greatest(k.stamp, l.stamp), k.title || ' ' || {SUBJECT_NAME.format("l.subject")},
       k.entry_year || '-' || k.number || '-' || l.subject,
       'scheduled', k.grade, l.subject, {SUBJECT_NAME.format("l.subject")},
       k.school || '-' || l.subject, k.school::text, k.year, k.path, k.id
  FROM klasses k JOIN lessons l ON l.klass_id = k.id
"""


def find_class(sourced_id: str) -> Part | None:
    key = subject_key(sourced_id)
    if key is None or key.subject == HOMEROOM:
        return None
    return Part(
        {"klasses": "AND k.uuid = %(one)s"},
        rows='"sourcedId" = %(one_id)s',
        values={"one": key.uuid, "one_id": sourced_id},
    )


CLASSES = Table(
    plural="classes",
    single="class",
    statement=CLASSES_STATEMENT,
    fields={
        **BASE_FIELDS,
        "title": Field("title"),
        "classCode": Field('"classCode"'),
        "classType": Field('"classType"'),
        "grades": Field("ARRAY[grade]", Kind.LIST),
        "subjects": Field("array_remove(ARRAY[\"subjectName\"], '')", Kind.LIST),
        "subjectCodes": Field("array_remove(ARRAY[subject], '')", Kind.LIST),
        "course.sourcedId": Field("course"),
        "school.sourcedId": Field("school"),
    },
    names=(
        *BASE_NAMES,
        "title",
        "classCode",
        "classType",
        "grades",
        "subjects",
        "course",
        "school",
        "terms",
        "subjectCodes",
    ),
    find=find_class,
)

# A course holds as long as one class of it does. While it does, its stamp is that of the oldest such class: a class
# more or less changes nothing in the course itself.
COURSES_STATEMENT = f"""
WITH {KLASSES}, {LESSONS}, offered AS (
    SELECT k.school, '{HOMEROOM}' AS code, '行政班' AS title, '' AS subject, k.holds, k.changed_at AS began,
           {moment("k.gone_on")} AS ended FROM klasses k
    UNION ALL
    SELECT k.school, l.subject, {SUBJECT_NAME.format("l.subject")}, l.subject, k.holds AND l.taught, l.stamp,
           greatest(CASE WHEN NOT k.holds THEN {moment("k.gone_on")} END, l.stamp)
      FROM klasses k JOIN lessons l ON l.klass_id = k.id
)
SELECT school || '-' || code AS "sourcedId", CASE WHEN bool_or(holds) THEN 'active' ELSE 'tobedeleted' END AS status,
       CASE WHEN bool_or(holds) THEN min(began) FILTER (WHERE holds) ELSE max(ended) END AS "dateLastModified",
       min(title) AS title, code AS "courseCode", subject, min(title) AS "subjectName", school::text AS org
  FROM offered GROUP BY school, code, subject
"""


def find_course(sourced_id: str) -> Part | None:
    key = subject_key(sourced_id)
    if key is None or not key.subject:
        return None
    return Part(
        {"klasses": "AND o.uuid = %(one)s"},
        rows='"sourcedId" = %(one_id)s',
        values={"one": key.uuid, "one_id": sourced_id},
    )


COURSES = Table(
    plural="courses",
    single="course",
    statement=COURSES_STATEMENT,
    fields={
        **BASE_FIELDS,
        "title": Field("title"),
        "courseCode": Field('"courseCode"'),
        "subjects": Field("CASE WHEN subject = '' THEN '{}' ELSE ARRAY[\"subjectName\"] END", Kind.LIST),
        "subjectCodes": Field("array_remove(ARRAY[subject], '')", Kind.LIST),
        "org.sourcedId": Field("org"),
    },
    names=(*BASE_NAMES, "title", "courseCode", "subjects", "org", "subjectCodes"),
    find=find_course,
)
