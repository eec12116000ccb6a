"""Whoever holds or lately held a post in the client's part of the tree, as users; their birthdays apart."""

from heluo.gateways.oneroster.tables.keys import uuid_in
from heluo.gateways.oneroster.tables.table import BASE_FIELDS, BASE_NAMES, Field, Kind, Part, Table, moment, once_past
from heluo.kernel.actors.enums import Role

ROLES: dict[Role, str] = {
    Role.PUPIL: "student",
    Role.TEACHER: "teacher",
    Role.GUARDIAN: "guardian",
    Role.SCHOOL_ADMIN: "siteAdministrator",
    Role.COUNTY_OFFICER: "districtAdministrator",
    Role.CITY_OFFICER: "districtAdministrator",
    Role.PROVINCE_ADMIN: "districtAdministrator",
    Role.OPERATOR: "systemAdministrator",
}
"""Our roles in the standard's words; one that is not here is told as `ext:<role>`."""
EXTENSION = "ext:"

_TWO_BY_TWO = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙"
    "钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里"
    "呼延东郭南门羊舌微生公户公玉梁丘左丘东门西门南荣第五"
)
COMPOUND_SURNAMES = tuple(_TWO_BY_TWO[at : at + 2] for at in range(0, len(_TWO_BY_TWO), 2))
"""Surnames of two characters. A name that begins with one and has a character more is taken apart behind it."""
_COMPOUND = ", ".join(f"'{surname}'" for surname in COMPOUND_SURNAMES)
# (`$$` is one `$`: the statement is a template.)
# 阿依古丽·买买提 and "Anna Maria Schmidt" have the family's name at the end; every other name at its beginning.
FAMILY = rf"""
CASE WHEN n.name ~ '[·•]' THEN regexp_replace(n.name, '^.*[·•]', '')
     WHEN n.name ~ '^[ -~]* [ -~]+$$' THEN regexp_replace(n.name, '^.* ', '')
     WHEN left(n.name, 2) IN ({_COMPOUND}) AND char_length(n.name) > 2 THEN left(n.name, 2)
     WHEN n.name ~ '^[ -~]+$$' THEN n.name
     ELSE left(n.name, 1) END
"""
GIVEN = rf"""
CASE WHEN n.name ~ '[·•]' THEN regexp_replace(n.name, '[·•][^·•]*$$', '')
     WHEN n.name ~ '^[ -~]* [ -~]+$$' THEN regexp_replace(n.name, ' [^ ]*$$', '')
     WHEN left(n.name, 2) IN ({_COMPOUND}) AND char_length(n.name) > 2 THEN substr(n.name, 3)
     WHEN n.name ~ '^[ -~]+$$' OR char_length(n.name) = 1 THEN n.name
     ELSE substr(n.name, 2) END
"""
ROLE = (
    "CASE p.role "
    + " ".join(f"WHEN '{ours.value}' THEN '{theirs}'" for ours, theirs in ROLES.items())
    + f" ELSE '{EXTENSION}' || p.role END"
)
HOLDS = "(p.ends_on IS NULL OR p.ends_on >= %(today)s)"

HELD = f"""
held AS (
    SELECT p.person_id, bool_or({HOLDS}) AS holds,
           array_agg(DISTINCT {ROLE}) FILTER (WHERE {HOLDS}) AS roles,
           array_agg(DISTINCT {ROLE}) AS past_roles,
           bool_or(p.role = 'pupil' AND {HOLDS}) AS is_pupil,
           max(greatest(p.changed_at, {once_past("p.ends_on + 1")})) AS stamp
      FROM people_post p
      JOIN organisations_organisation o ON o.id = p.organisation_id
     WHERE o.path LIKE %(scope)s AND (p.ends_on IS NULL OR p.ends_on >= %(kept_from)s) $people
     GROUP BY p.person_id
)"""
STATUS = "CASE WHEN h.holds THEN 'active' ELSE 'tobedeleted' END"
# What is told of a person hangs on their posts, their class (the grade, which moves every September), their family and
# their account; the newest of these is when the person changed.
STATEMENT = f"""
WITH {HELD}
SELECT n.uuid::text AS "sourcedId", {STATUS} AS status,
       greatest(n.changed_at, h.stamp,
                (SELECT a.changed_at FROM people_account a WHERE a.person_id = n.id),
                (SELECT max(greatest(g.changed_at, {once_past("g.ends_on + 1")})) FROM people_guardianship g
                  WHERE g.child_id = n.id AND (g.ends_on IS NULL OR g.ends_on >= %(kept_from)s)),
                (SELECT max(greatest(g.changed_at, {once_past("g.ends_on + 1")})) FROM people_guardianship g
                  WHERE g.guardian_id = n.id AND (g.ends_on IS NULL OR g.ends_on >= %(kept_from)s)),
                (SELECT max(greatest(m.changed_at, {once_past("m.ends_on + 1")})) FROM people_classmembership m
                  WHERE m.person_id = n.id AND (m.ends_on IS NULL OR m.ends_on >= %(kept_from)s)),
                CASE WHEN h.is_pupil THEN {moment("make_date(%(year)s, 9, 1)")} END) AS "dateLastModified",
       n.number AS username, {GIVEN} AS "givenName", {FAMILY} AS "familyName",
       coalesce((SELECT a.is_active FROM people_account a WHERE a.person_id = n.id), true)::text AS "enabledUser",
       coalesce(h.roles, h.past_roles) AS roles, h.holds AS _holds, n.id AS _id
  FROM held h JOIN people_person n ON n.id = h.person_id
"""


def find(sourced_id: str) -> Part | None:
    uuid = uuid_in(sourced_id)
    if uuid is None:
        return None
    return Part(
        {"people": "AND p.person_id = (SELECT id FROM people_person WHERE uuid = %(one)s)"}, values={"one": uuid}
    )


USERS = Table(
    plural="users",
    single="user",
    statement=STATEMENT,
    fields={
        **BASE_FIELDS,
        "username": Field("username"),
        "identifier": Field("username"),
        "userMasterIdentifier": Field("username"),
        "userIds.identifier": Field("username"),
        "enabledUser": Field('"enabledUser"'),
        "givenName": Field('"givenName"'),
        "familyName": Field('"familyName"'),
        "roles.role": Field("roles", Kind.LIST),
    },
    names=(
        *BASE_NAMES,
        "userMasterIdentifier",
        "username",
        "userIds",
        "enabledUser",
        "givenName",
        "familyName",
        "roles",
        "primaryOrg",
        "identifier",
        "agents",
        "grades",
    ),
    find=find,
)
STUDENTS = Part(rows="'student' = ANY(roles)")
TEACHERS = Part(rows="'teacher' = ANY(roles)")

DEMOGRAPHICS_STATEMENT = f"""
WITH {HELD}
SELECT n.uuid::text AS "sourcedId", {STATUS} AS status, greatest(n.changed_at, h.stamp) AS "dateLastModified",
       n.born_on AS "birthDate",
       CASE n.sex WHEN '1' THEN 'male' WHEN '2' THEN 'female' ELSE 'unspecified' END AS sex
  FROM held h JOIN people_person n ON n.id = h.person_id
"""

DEMOGRAPHICS = Table(
    plural="demographics",
    single="demographics",
    statement=DEMOGRAPHICS_STATEMENT,
    fields={**BASE_FIELDS, "birthDate": Field('"birthDate"', Kind.DAY), "sex": Field("sex")},
    names=(*BASE_NAMES, "birthDate", "sex"),
    find=find,
)
