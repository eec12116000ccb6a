"""Rosters to import: rows by sheet, written as a workbook, with whatever should be wrong about it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

from heluo.domains.rosters.actions import import_batch, open_batch, read_batch
from heluo.domains.rosters.models import RosterBatch, RosterFinding
from heluo.kernel.actors.public import Actor
from heluo.kernel.codes.public import resident_check
from heluo.kernel.files.public import store_file
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.models import Person
from tests.register import NOON

Row = Sequence[object]
PUPILS, TEACHERS, CLASSES, GUARDIANS, TEACHINGS = "学生", "教师", "班级", "监护人", "任课"
HEADINGS: Mapping[str, tuple[str, ...]] = {
    CLASSES: ("年级", "班号"),
    TEACHERS: ("姓名", "性别", "身份证号", "手机号"),
    PUPILS: ("姓名", "性别", "出生日期", "身份证号", "学籍号", "年级", "班号"),
    GUARDIANS: ("姓名", "手机号", "身份证号", "与学生关系", "学生身份证号或学籍号"),
    TEACHINGS: ("年级", "班号", "教师手机号或身份证号", "学科", "班主任"),
}
SURNAMES = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True)
class Office:
    """Who imports, and where."""

    school: Organisation
    county: Organisation
    klass: Klass
    clerk: Person
    officer: Person
    by: Actor
    county_by: Actor


def resident(serial: int, born: str = "20160101") -> str:
    """A resident number that cannot be issued; odd serials are boys, even ones girls."""
    first = f"999999{born}{serial % 1000:03}"
    return first + resident_check(first)


def name(serial: int) -> str:
    """An invented name of Chinese characters for each number."""
    return "河洛" + "".join(SURNAMES[int(digit)] for digit in f"{serial:03}")


def pupil(serial: int, **changes: object) -> list[object]:
    """A row of the sheet 学生, with cells replaced by heading."""
    row: dict[str, object] = {
        "姓名": name(serial),
        "性别": "男" if serial % 2 else "女",
        "出生日期": "2016-01-01",
        "身份证号": resident(serial),
        "学籍号": f"G{resident(serial)}",
        "年级": "三年级",
        "班号": "1",
    }
    return list((row | changes).values())


def teacher(serial: int) -> list[object]:
    return [f"嵩云{SURNAMES[serial % 10]}", "女", "", phone(serial)]


def guardian(serial: int, child: int) -> list[object]:
    return [f"伊阙{SURNAMES[serial % 10]}", phone(1000 + serial), "", "母亲", resident(child)]


def phone(serial: int) -> str:
    return f"100{serial:08}"


@dataclass
class Book:
    """A workbook to be written: rows by sheet, headings if they are not the usual ones."""

    rows: Mapping[str, Sequence[Row]]
    headings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    hidden: Sequence[str] = ()
    merged: Mapping[str, Sequence[str]] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    """Heading → number format."""

    def content(self) -> bytes:
        out = BytesIO()
        options: dict[str, Any] = {"strings_to_formulas": False, "strings_to_numbers": False, "in_memory": True}
        with xlsxwriter.Workbook(out, options) as book:
            for title, rows in self.rows.items():
                sheet = book.add_worksheet(title)
                headings = self.headings.get(title, HEADINGS.get(title, ()))
                sheet.write_row(0, 0, headings)
                for place, row in enumerate(rows, start=1):
                    for column, value in enumerate(row):
                        look = self.formats.get(headings[column]) if column < len(headings) else None
                        style = book.add_format({"num_format": look}) if look else None
                        if isinstance(value, str) and value.startswith("="):
                            sheet.write_formula(place, column, value, style, "")
                        elif value != "":
                            sheet.write(place, column, value, style)
                for block in self.merged.get(title, ()):
                    sheet.merge_range(block, rows[0][0] if rows else "")
                if title in self.hidden:
                    sheet.hide()
        return out.getvalue()


def sent(
    office: Office,
    content: bytes,
    *,
    by: Actor | None = None,
    at: Organisation | None = None,
    name: str = "名册.xlsx",
    now: datetime = NOON,
) -> RosterBatch:
    """A file brought as a roster, not read yet."""
    actor = by or office.by
    file = store_file(by=actor, name=name, content=BytesIO(content), now=now)
    return open_batch(by=actor, scope=at or office.school, file=file, now=now)


def checked(office: Office, book: Book | bytes, **more: Any) -> RosterBatch:
    """A batch read and compared."""
    batch = sent(office, book if isinstance(book, bytes) else book.content(), **more)
    read_batch(batch_id=batch.pk, now=more.get("now", NOON))
    return fresh(batch)


def imported(batch: RosterBatch, now: datetime = NOON) -> RosterBatch:
    import_batch(batch_id=batch.pk, now=now)
    return fresh(batch)


def fresh(batch: RosterBatch) -> RosterBatch:
    return RosterBatch.objects.select_related("scope").get(pk=batch.pk)


def found(batch: RosterBatch) -> set[tuple[str, int, str, str]]:
    """What was found: sheet, row, column, fault."""
    return set(RosterFinding.objects.filter(batch=batch).values_list("sheet", "number", "column", "fault"))


# -- OneRoster packages -----------------------------------------------------------------------------------------------

COLUMNS: Mapping[str, str] = {
    "orgs": "sourcedId status dateLastModified name type identifier parentSourcedId",
    "academicSessions": "sourcedId status dateLastModified title type startDate endDate parentSourcedId schoolYear",
    "courses": (
        "sourcedId status dateLastModified schoolYearSourcedId title courseCode grades orgSourcedId subjects"
        " subjectCodes"
    ),
    "classes": (
        "sourcedId status dateLastModified title grades courseSourcedId classCode classType location schoolSourcedId"
        " termSourcedIds subjects subjectCodes periods"
    ),
    "users": (
        "sourcedId status dateLastModified enabledUser username userIds givenName familyName middleName identifier"
        " email sms phone agentSourcedIds grades password userMasterIdentifier"
    ),
    "roles": "sourcedId status dateLastModified userSourcedId roleType role beginDate endDate orgSourcedId",
    "enrollments": (
        "sourcedId status dateLastModified classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate"
    ),
    "demographics": "sourcedId status dateLastModified birthDate sex",
}


@dataclass
class Parcel:
    """A OneRoster 1.2 package to be written: lines by file and column; one school, a class, its people."""

    lines: dict[str, list[dict[str, str]]]
    modes: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=lambda: {"manifest.version": "1.0", "oneroster.version": "1.2"})
    columns: dict[str, str] = field(default_factory=lambda: dict(COLUMNS))
    encoding: str = "utf-8"
    extra: dict[str, bytes] = field(default_factory=dict)
    """Further members, or others in the place of files."""

    def files(self) -> dict[str, bytes]:
        modes = {name: self.modes.get(name, "bulk") for name in self.lines}
        manifest = [*self.versions.items(), *((f"file.{name}", mode) for name, mode in modes.items())]
        files = {"manifest.csv": self.written(["propertyName", "value"], manifest)}
        for name, lines in self.lines.items():
            columns = self.columns[name].split()
            files[f"{name}.csv"] = self.written(columns, [[line.get(one, "") for one in columns] for line in lines])
        return files | self.extra

    def written(self, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> bytes:
        text = StringIO(newline="")
        csv.writer(text).writerows([columns, *lines])
        return text.getvalue().encode(self.encoding)

    def content(self) -> bytes:
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:
            for file, content in self.files().items():
                archive.writestr(file, content)
        return out.getvalue()


def parcel(office: Office, pupils: int = 3) -> Parcel:
    """A class of a school with its pupils, a leader who teaches Chinese, a teacher of maths and a mother of two."""
    people = range(1, pupils + 1)
    teachers = {"t1": ("知秋", "嵩云"), "t2": ("望舒", "伊阙")}
    return Parcel(
        {
            "orgs": [{"sourcedId": "o1", "name": "示例小学", "type": "school", "identifier": office.school.code or ""}],
            "academicSessions": [
                {
                    "sourcedId": "y1",
                    "title": "2026-2027",
                    "type": "schoolYear",
                    "startDate": "2026-09-01",
                    "endDate": "2027-09-01",
                    "schoolYear": "2027",
                }
            ],
            "courses": [
                {"sourcedId": "k1", "title": "语文", "orgSourcedId": "o1", "subjects": "语文"},
                {"sourcedId": "k2", "title": "数学", "orgSourcedId": "o1", "subjectCodes": "14"},
            ],
            "classes": [
                room("c1", "三年级（1）班", "k1", classType="homeroom"),
                room("c1-yu", "三年级（1）班 语文", "k1"),
                room("c1-shu", "三（1）班 数学", "k2"),
            ],
            "users": [
                *(user(f"p{one}", "听雨" + SURNAMES[one], "河洛", identifier=f"G{resident(one)}") for one in people),
                *(
                    user(one, given, family, sms=phone(place))
                    for place, (one, (given, family)) in enumerate(teachers.items(), start=1)
                ),
                user("g1", "长风", "伊阙", phone=phone(1001), agentSourcedIds="p1,p2"),
            ],
            "roles": [
                *(held(f"r{one}", f"p{one}", "student") for one in people),
                *(held(f"r{one}", one, "teacher") for one in teachers),
                held("rg1", "g1", "guardian"),
            ],
            "enrollments": [
                *(seat(f"e{one}", "c1", f"p{one}", "student") for one in people),
                seat("e-t1", "c1", "t1", "teacher", primary="true"),
                seat("e-t1-yu", "c1-yu", "t1", "teacher"),
                seat("e-t2-shu", "c1-shu", "t2", "teacher"),
            ],
            "demographics": [
                {"sourcedId": f"p{one}", "birthDate": "2016-01-01", "sex": "male" if one % 2 else "female"}
                for one in people
            ],
        }
    )


def room(sourced_id: str, title: str, course: str, **more: str) -> dict[str, str]:
    line = {"sourcedId": sourced_id, "title": title, "courseSourcedId": course, "classType": "scheduled"}
    return {**line, "grades": "03", "schoolSourcedId": "o1", "termSourcedIds": "y1", **more}


def user(sourced_id: str, given: str, family: str, **more: str) -> dict[str, str]:
    line = {"sourcedId": sourced_id, "enabledUser": "true", "username": sourced_id}
    return {**line, "givenName": given, "familyName": family, **more}


def held(sourced_id: str, user: str, role: str, **more: str) -> dict[str, str]:
    line = {"sourcedId": sourced_id, "userSourcedId": user, "roleType": "primary", "role": role}
    return {**line, "orgSourcedId": "o1", **more}


def seat(sourced_id: str, room: str, user: str, role: str, **more: str) -> dict[str, str]:
    line = {"sourcedId": sourced_id, "classSourcedId": room, "schoolSourcedId": "o1", "userSourcedId": user}
    return {**line, "role": role, **more}
