"""Bureaus, schools and teaching points as orgs."""

from heluo.gateways.oneroster.tables.keys import uuid_in
from heluo.gateways.oneroster.tables.table import BASE_FIELDS, BASE_NAMES, Field, Part, Table, once_past

# A bureau has no code of its own: the region's says which it is. A teaching point has none at all.
STATEMENT = f"""
SELECT o.uuid::text AS "sourcedId",
       CASE WHEN o.closed_on <= %(today)s THEN 'tobedeleted' ELSE 'active' END AS status,
       greatest(o.changed_at, {once_past("o.closed_on")}) AS "dateLastModified",
       o.name AS name,
       CASE WHEN o.kind <> 'bureau' THEN 'school'
            WHEN o.level = 'province' THEN 'state'
            WHEN o.level = 'city' THEN 'local'
            ELSE 'district' END AS type,
       coalesce(o.code, CASE WHEN o.kind = 'bureau' THEN r.code END, o.uuid::text) AS identifier,
       u.uuid::text AS parent,
       o.id AS _id, o.path AS _path
  FROM organisations_organisation o
  JOIN organisations_region r ON r.id = o.region_id
  LEFT JOIN organisations_organisation u ON u.id = o.parent_id AND u.path LIKE %(scope)s
 WHERE o.path LIKE %(scope)s AND (o.closed_on IS NULL OR o.closed_on > %(kept_from)s) $orgs
"""


def find(sourced_id: str) -> Part | None:
    uuid = uuid_in(sourced_id)
    return Part({"orgs": "AND o.uuid = %(one)s"}, values={"one": uuid}) if uuid else None


ORGS = Table(
    plural="orgs",
    single="org",
    statement=STATEMENT,
    fields={
        **BASE_FIELDS,
        "name": Field("name"),
        "type": Field("type"),
        "identifier": Field("identifier"),
        "parent.sourcedId": Field("parent"),
    },
    names=(*BASE_NAMES, "name", "type", "identifier", "parent", "children"),
    find=find,
)
SCHOOLS = Part(rows="type = 'school'")
