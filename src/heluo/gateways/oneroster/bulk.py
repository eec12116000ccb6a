"""The bulk form: a ZIP of CSV files (OneRoster 1.2 CSV binding, section 4), written as it is read.

Values stand as they are. A cell that begins with `=` stays so: the reader is a program, and a changed value would be a
wrong one. Whoever wants a table for a spreadsheet exports a class list instead.
"""

import csv
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection, transaction

from heluo.gateways.oneroster import shapes
from heluo.gateways.oneroster.queries import Row, View, each_of
from heluo.gateways.oneroster.shapes import Shape
from heluo.gateways.oneroster.tables import (
    CLASSES,
    COURSES,
    DEMOGRAPHICS,
    ENROLLMENTS,
    ORGS,
    SESSIONS,
    USERS,
    Table,
)

FILES = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
)
"""Every file the standard knows; the manifest says of each whether it is here."""
SEPARATOR = ","
Line = Sequence[str]
BASE = ("sourcedId", "status", "dateLastModified")


def _id(shape: Shape, name: str) -> str:
    return str(shape[name]["sourcedId"]) if name in shape else ""


def _ids(shape: Shape, name: str) -> str:
    return SEPARATOR.join(link["sourcedId"] for link in shape.get(name, ()))


def _head(_shape: Shape) -> tuple[str, str, str]:
    # A file of the bulk kind tells everything there is, so the standard wants both columns empty.
    return _shape["sourcedId"], "", ""


class Layout:
    """One file: its columns, and the lines an object makes."""

    def __init__(self, name: str, table: Table, columns: str, lines: Callable[[Shape], list[Line]]) -> None:
        self.name = name
        self.table = table
        self.columns = (*BASE, *columns.split())
        self.lines = lines


def _session(shape: Shape) -> list[Line]:
    parent = _id(shape, "parent")
    named = (shape["title"], shape["type"], shape["startDate"], shape["endDate"], parent, shape["schoolYear"])
    return [(*_head(shape), *named)]


def _class(shape: Shape) -> list[Line]:
    return [
        (
            *_head(shape),
            shape["title"],
            SEPARATOR.join(shape["grades"]),
            _id(shape, "course"),
            shape["classCode"],
            shape["classType"],
            "",
            _id(shape, "school"),
            _ids(shape, "terms"),
            SEPARATOR.join(shape["subjects"]),
            SEPARATOR.join(shape["subjectCodes"]),
            "",
        )
    ]


def _course(shape: Shape) -> list[Line]:
    subjects = SEPARATOR.join(shape["subjects"])
    codes = SEPARATOR.join(shape["subjectCodes"])
    return [(*_head(shape), "", shape["title"], shape["courseCode"], "", _id(shape, "org"), subjects, codes)]


def _demographics(shape: Shape) -> list[Line]:
    return [(*_head(shape), shape.get("birthDate", ""), shape["sex"], *[""] * 11)]


def _enrollment(shape: Shape) -> list[Line]:
    return [
        (
            *_head(shape),
            _id(shape, "class"),
            _id(shape, "school"),
            _id(shape, "user"),
            shape["role"],
            shape.get("primary", ""),
            shape.get("beginDate", ""),
            shape.get("endDate", ""),
        )
    ]


def _org(shape: Shape) -> list[Line]:
    return [(*_head(shape), shape["name"], shape["type"], shape["identifier"], _id(shape, "parent"))]


def _roles(shape: Shape) -> list[Line]:
    """One line for each role of a user; a role has an id only here."""
    return [
        (
            f"{shape['sourcedId']}-{number}",
            "",
            "",
            shape["sourcedId"],
            role["roleType"],
            role["role"],
            role["beginDate"],
            role.get("endDate", ""),
            role["org"]["sourcedId"],
            "",
        )
        for number, role in enumerate(shape["roles"], start=1)
    ]


def _user(shape: Shape) -> list[Line]:
    ids = SEPARATOR.join(f"{{{one['type']}:{one['identifier']}}}" for one in shape["userIds"])
    return [
        (
            *_head(shape),
            shape["enabledUser"],
            shape["username"],
            ids,
            shape["givenName"],
            shape["familyName"],
            "",
            shape["identifier"],
            "",
            "",
            "",
            _ids(shape, "agents"),
            SEPARATOR.join(shape["grades"]),
            "",
            shape["userMasterIdentifier"],
            "",
            "",
            "",
            _id(shape, "primaryOrg"),
            "",
        )
    ]


LAYOUTS = (
    Layout("academicSessions", SESSIONS, "title type startDate endDate parentSourcedId schoolYear", _session),
    Layout(
        "classes",
        CLASSES,
        "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds subjects subjectCodes"
        " periods",
        _class,
    ),
    Layout(
        "courses", COURSES, "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes", _course
    ),
    Layout(
        "enrollments",
        ENROLLMENTS,
        "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate",
        _enrollment,
    ),
    Layout("orgs", ORGS, "name type identifier parentSourcedId", _org),
    Layout(
        "users",
        USERS,
        (
            "enabledUser username userIds givenName familyName middleName identifier email sms phone agentSourcedIds"
            " grades password userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName"
            " primaryOrgSourcedId pronouns"
        ),
        _user,
    ),
    Layout("roles", USERS, "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId", _roles),
)
DEMOGRAPHICS_LAYOUT = Layout(
    "demographics",
    DEMOGRAPHICS,
    "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white"
    " demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth"
    " publicSchoolResidenceStatus",
    _demographics,
)


def write_bulk(view: View, target: IO[bytes], *, with_demographics: bool, system: str) -> None:
    """Write the whole register below an organisation, all of it as it stood at one instant. Needs no open transaction.

    Only what holds is told: the bulk form has no room for what is over.
    """
    layouts = (*LAYOUTS, DEMOGRAPHICS_LAYOUT) if with_demographics else LAYOUTS
    with transaction.atomic(durable=True), ZipFile(target, "w", ZIP_DEFLATED) as archive:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _write(archive, "manifest", ("propertyName", "value"), _manifest(layouts, system))
        for layout in layouts:
            _write_layout(view, archive, layout)


def _manifest(layouts: Sequence[Layout], system: str) -> list[Line]:
    here = {layout.name for layout in layouts}
    return [
        ("manifest.version", "1.0"),
        ("oneroster.version", "1.2"),
        *((f"file.{name}", "bulk" if name in here else "absent") for name in FILES),
        ("source.systemName", system),
        ("source.systemCode", "heluo"),
    ]


def _write(archive: ZipFile, name: str, columns: Line, lines: Sequence[Line]) -> None:
    with archive.open(f"{name}.csv", "w") as raw, TextIOWrapper(raw, "utf-8", newline="") as text:
        csv.writer(text).writerows([columns, *lines])


def _write_layout(view: View, archive: ZipFile, layout: Layout) -> None:
    with (
        archive.open(f"{layout.name}.csv", "w", force_zip64=True) as raw,
        TextIOWrapper(raw, "utf-8", newline="") as text,
    ):
        out: Any = csv.writer(text)
        out.writerow(layout.columns)

        def take(rows: list[Row]) -> None:
            holding = [row for row in rows if row["status"] == "active"]
            for shape in shapes.shaped(view, layout.table.plural, holding, ()):
                out.writerows(layout.lines(shape))

        each_of(view, layout.table, take=take)
