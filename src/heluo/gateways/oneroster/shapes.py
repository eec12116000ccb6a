"""Objects as OneRoster 1.2 writes them (Rostering Service REST binding, section 5), made of the rows of a page."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings

from heluo.gateways.oneroster import queries
from heluo.gateways.oneroster.queries import HeldRole, Row, View
from heluo.gateways.oneroster.tables.classes import GRADE_CODES
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import grade_number

BASE = "/ims/oneroster/rostering/v1p2"
Shape = dict[str, Any]
PLATFORM_NUMBER = "platformNumber"
ONE_DAY = timedelta(days=1)


def shaped(view: View, plural: str, rows: Sequence[Row], fields: Sequence[str]) -> list[Shape]:
    """The objects of some rows, with only the named fields if any are named."""
    shapes = SHAPES[plural](view, rows)
    return [{name: shape[name] for name in fields if name in shape} for shape in shapes] if fields else shapes


def reference(kind: str, plural: str, sourced_id: str) -> Shape:
    """A link to another object."""
    return {"href": f"{settings.PUBLIC_URL}{BASE}/{plural}/{sourced_id}", "sourcedId": sourced_id, "type": kind}


def org_reference(sourced_id: str) -> Shape:
    return reference("org", "orgs", sourced_id)


def session_reference(sourced_id: str) -> Shape:
    return reference("academicSession", "academicSessions", sourced_id)


def user_reference(sourced_id: str) -> Shape:
    return reference("user", "users", sourced_id)


def instant(at: datetime) -> str:
    """In UTC, to the microsecond that is stored, so that it can be given back in a filter."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def grade_of(place: tuple[str, int], view: View) -> str | None:
    """The code of the grade a class is in."""
    stage, entry_year = Stage(place[0]), place[1]
    number = grade_number(stage, entry_year, SchoolYear(view.year))
    return GRADE_CODES[stage][number - 1] if number else None


def _base(row: Row) -> Shape:
    return {
        "sourcedId": row["sourcedId"],
        "status": row["status"],
        "dateLastModified": instant(row["dateLastModified"]),
    }


def _days(row: Row) -> Shape:
    return {name: row[name].isoformat() for name in ("beginDate", "endDate") if row[name] is not None}


def orgs(view: View, rows: Sequence[Row]) -> list[Shape]:
    children = queries.children_of_orgs(view, rows)
    return [
        {
            **_base(row),
            "name": row["name"],
            "type": row["type"],
            "identifier": row["identifier"],
            **({"parent": org_reference(row["parent"])} if row["parent"] else {}),
            "children": [org_reference(child) for child in children.get(row["_id"], ())],
        }
        for row in rows
    ]


def sessions(view: View, rows: Sequence[Row]) -> list[Shape]:
    children = queries.children_of_sessions(view, rows)
    return [
        {
            **_base(row),
            "title": row["title"],
            "startDate": row["startDate"].isoformat(),
            "endDate": row["endDate"].isoformat(),
            "type": row["type"],
            **({"parent": session_reference(row["parent"])} if row["parent"] else {}),
            "children": [session_reference(child) for child in children.get(row["sourcedId"], ())],
            "schoolYear": row["schoolYear"],
        }
        for row in rows
    ]


def courses(_view: View, rows: Sequence[Row]) -> list[Shape]:
    return [
        {
            **_base(row),
            "title": row["title"],
            "courseCode": row["courseCode"],
            "subjects": [row["subjectName"]] if row["subject"] else [],
            "org": org_reference(row["org"]),
            "subjectCodes": [row["subject"]] if row["subject"] else [],
        }
        for row in rows
    ]


def classes(_view: View, rows: Sequence[Row]) -> list[Shape]:
    terms = queries.terms_of(rows)
    return [
        {
            **_base(row),
            "title": row["title"],
            "classCode": row["classCode"],
            "classType": row["classType"],
            "grades": [row["grade"]],
            "subjects": [row["subjectName"]] if row["subject"] else [],
            "course": reference("course", "courses", row["course"]),
            "school": org_reference(row["school"]),
            "terms": [session_reference(term) for term in terms[row["_path"], row["_year"]]],
            "subjectCodes": [row["subject"]] if row["subject"] else [],
        }
        for row in rows
    ]


def enrollments(_view: View, rows: Sequence[Row]) -> list[Shape]:
    return [
        {
            **_base(row),
            "user": user_reference(row["user"]),
            "class": reference("class", "classes", row["class"]),
            "school": org_reference(row["school"]),
            "role": row["role"],
            **({"primary": row["primary"]} if row["primary"] else {}),
            **_days(row),
        }
        for row in rows
    ]


def users(view: View, rows: Sequence[Row]) -> list[Shape]:
    roles = queries.roles_of(view, rows)
    agents = queries.agents_of(view, rows)
    places = queries.classes_of_pupils(view, rows)
    return [
        {
            **_base(row),
            "userMasterIdentifier": row["username"],
            "username": row["username"],
            "userIds": [{"type": PLATFORM_NUMBER, "identifier": row["username"]}],
            "enabledUser": row["enabledUser"],
            "givenName": row["givenName"],
            "familyName": row["familyName"],
            "roles": [_role(held) for held in roles[row["_id"]]],
            "primaryOrg": org_reference(roles[row["_id"]][0].org),
            "identifier": row["username"],
            "agents": [user_reference(agent) for agent in agents.get(row["_id"], ())],
            "grades": _grades(places, row, view),
        }
        for row in rows
    ]


def _grades(places: Mapping[object, tuple[str, int]], row: Row, view: View) -> list[str]:
    place = places.get(row["_id"])
    grade = grade_of(place, view) if place else None
    return [grade] if grade else []


def _role(held: HeldRole) -> Shape:
    return {
        "roleType": "primary" if held.is_primary else "secondary",
        "role": held.role,
        "org": org_reference(held.org),
        "beginDate": held.begins_on.isoformat(),
        **({"endDate": _day_after(held.ends_on)} if held.ends_on else {}),
    }


def _day_after(day: date) -> str:
    """The standard's last days are excluded, ours included."""
    return (day + ONE_DAY).isoformat()


def demographics(_view: View, rows: Sequence[Row]) -> list[Shape]:
    return [
        {
            **_base(row),
            **({"birthDate": row["birthDate"].isoformat()} if row["birthDate"] else {}),
            "sex": row["sex"],
        }
        for row in rows
    ]


SHAPES: dict[str, Callable[[View, Sequence[Row]], list[Shape]]] = {
    "orgs": orgs,
    "academicSessions": sessions,
    "courses": courses,
    "classes": classes,
    "enrollments": enrollments,
    "users": users,
    "demographics": demographics,
}
