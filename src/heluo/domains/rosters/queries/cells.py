"""A row's cells as facts: every cell is read in the one spelling it has, or is found wrong with what would be right."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from heluo.domains.rosters.enums import Fault, RowKind, Severity
from heluo.domains.rosters.queries.layout import (
    COLUMNS,
    MOST_CLASSES,
    NO,
    SEXES,
    YES,
    Column,
    grades,
)
from heluo.domains.rosters.queries.reads import Oddity, Read, Spot
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.codes.public import resident_check
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import spelled_grade
from heluo.kernel.people.enums import NAME_LENGTH, IdentifierKind
from heluo.kernel.people.identifier_rules import RULES, ReadIdentifier
from heluo.kernel.tables.public import Cell, CellFault, day_of_serial

RESIDENT, STUDENT, PHONE = IdentifierKind.RESIDENT_ID, IdentifierKind.STUDENT_NUMBER, IdentifierKind.PHONE
FIRST_BIRTHDAY = date(1920, 1, 1)
RELATION_LENGTH = 20
SHOWN = 40
"""Characters of a wrong cell that a finding shows."""
SERIALS = range(7306, 73051)
"""Excel's numbers of the days from 1920 to 2099."""
ENDS = "ends"
"""Fact of a row that says that something ends."""
PLATFORM, OTHER_PLATFORM = "platform", "other_platform"
"""Cells that no sheet of the template has: the platform number of somebody, and of whom a row points to."""
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?$")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·.'’ -])*$")
_CLASS = re.compile(r"[(（]?0*(\d{1,3})[)）]?班?$")
_FAULTS = {
    "wrong_length": Fault.NUMBER_LENGTH,
    "wrong_characters": Fault.NUMBER_CHARACTERS,
    "wrong_check_digit": Fault.NUMBER_CHECK,
    "wrong_date": Fault.NUMBER_DATE,
    "unknown_personal_code_type": Fault.NUMBER_TYPE,
    "wrong_phone": Fault.PHONE,
}
"""Refusals of the identifiers' own rules, as faults of a cell."""


@dataclass(frozen=True, slots=True)
class Place:
    """A school that rows may name."""

    key: int
    name: str
    stages: frozenset[Stage]


@dataclass(frozen=True, slots=True)
class Setting:
    """What cells are judged by: the day, the schools in reach by code, the code tables."""

    today: date
    schools: Mapping[str, Place]
    only_school: Place | None
    subjects: Mapping[str, str]
    """Name → code."""
    grades: Mapping[str, tuple[Stage, int]] = field(default_factory=grades)

    @property
    def year(self) -> SchoolYear:
        return SchoolYear.on(self.today)


@dataclass(slots=True)
class CheckedRow:
    """A row read: what it says, and what is wrong with it."""

    kind: RowKind
    sheet: str
    number: int
    school: int | None = None
    name: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    klass_key: str = ""
    numbers: dict[IdentifierKind, str] = field(default_factory=dict)
    other: tuple[IdentifierKind | str, str] | None = None
    """The number of whom the row points to: a guardian's child, a class's teacher."""
    source_key: str = ""
    findings: list["Wrong"] = field(default_factory=list)

    @property
    def has_error(self) -> bool:
        return any(wrong.severity == Severity.ERROR for wrong in self.findings)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One finding, as it will be stored."""

    kind: RowKind | None
    sheet: str
    number: int
    fault: Fault
    column: str = ""
    letter: str = ""
    found: str = ""
    severity: Severity = Severity.ERROR
    details: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, oddity: Oddity) -> "Wrong":
        return cls(
            oddity.kind,
            oddity.sheet,
            oddity.number,
            oddity.fault,
            oddity.column,
            oddity.letter,
            oddity.found,
            severity=oddity.severity,
            details=oddity.details,
        )


class CellWrong(Exception):
    """A cell cannot be read."""

    def __init__(self, fault: Fault, **details: Any) -> None:
        super().__init__(fault)
        self.fault = fault
        self.details = details


def check_row(read: Read, setting: Setting) -> CheckedRow:
    """Read all cells of a row."""
    return _Checker(read, setting).checked()


class _Checker:
    def __init__(self, read: Read, setting: Setting) -> None:
        self.read = read
        self.setting = setting
        self.row = CheckedRow(read.kind, read.sheet, read.number, source_key=read.source_key)
        self.columns = {column.key: column for column in COLUMNS[read.kind]}
        self.born_on: date | None = None
        self.place: Place | None = None

    def checked(self) -> CheckedRow:
        self.row.findings += map(Wrong.of, self.read.wrongs)
        self.find_school()
        if self.read.ends:
            self.row.facts[ENDS] = ENDS
        match self.read.kind:
            case RowKind.KLASS:
                self.find_klass()
            case RowKind.TEACHER:
                self.find_person(RESIDENT, PHONE)
                self.need_one_of(RESIDENT, PHONE)
            case RowKind.PUPIL:
                self.find_person(RESIDENT, STUDENT)
                self.need_one_of(RESIDENT, STUDENT)
                self.compare_numbers()
                self.find_klass()
            case RowKind.GUARDIAN:
                self.find_person(RESIDENT, PHONE)
                if "phone" in self.read.waived:
                    self.need_one_of(RESIDENT, PHONE)
                if relation := self.text("relation"):
                    self.keep("relation", relation, most=RELATION_LENGTH)
                self.row.other = self.find_other("child", STUDENT, RESIDENT)
            case RowKind.TEACHING:
                self.find_klass()
                self.row.other = self.find_other("teacher", PHONE, RESIDENT)
                self.find_teaching()
        return self.row

    # -- cells --------------------------------------------------------------------------------------------------------

    def cell(self, key: str) -> Cell:
        return self.read.cells.get(key) or Cell("")

    def text(self, key: str) -> str:
        """A cell's text, half-width and without what cannot be seen; says what is wrong with it as a cell."""
        cell = self.cell(key)
        column = self.columns[key]
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", cell.text)).strip()
        if cell.fault is not None and (cell.fault != CellFault.LOST_DIGITS or column.number is not None):
            self.wrong(column, Fault(cell.fault.value))
            return ""
        if not text and column.is_required and key not in self.read.waived:
            self.wrong(column, Fault.REQUIRED)
        return text

    def keep(self, key: str, text: str, *, most: int) -> None:
        if len(text) > most:
            self.wrong(self.columns[key], Fault.TOO_LONG, most=most)
        else:
            self.row.facts[key] = text

    def wrong(self, column: Column, fault: Fault, *, severity: Severity = Severity.ERROR, **details: Any) -> None:
        found = self.cell(column.key).text
        spot = self.read.spots.get(column.key) or Spot(self.row.sheet, self.row.number, column.title)
        self.row.findings.append(
            Wrong(
                self.row.kind,
                spot.sheet,
                spot.number,
                fault,
                spot.column,
                self.read.letters.get(column.key, ""),
                masked(found, column.number) if column.number else found[:SHOWN],
                severity,
                details,
            )
        )

    def is_found(self, fault: Fault) -> bool:
        return any(wrong.fault == fault for wrong in self.row.findings)

    # -- facts --------------------------------------------------------------------------------------------------------

    def find_school(self) -> None:
        column = self.columns["school"]
        code = re.sub(r"\s", "", self.text("school"))
        if not code:
            self.place = self.setting.only_school
            if self.place is None:
                self.wrong(column, Fault.SCHOOL_MISSING)
        else:
            self.place = self.setting.schools.get(code)
            if self.place is None:
                self.wrong(column, Fault.SCHOOL_UNKNOWN)
        self.row.school = self.place.key if self.place else None

    def find_person(self, *kinds: IdentifierKind) -> None:
        if number := self.cell(PLATFORM).text:
            self.row.facts[PLATFORM] = number
        self.find_name()
        if "sex" in self.columns and (sex := self.text("sex")):
            code = SEXES.get(sex.removesuffix("性"))
            if code is None:
                self.wrong(self.columns["sex"], Fault.NOT_IN_TABLE, choices="、".join(SEXES))
            else:
                self.row.facts["sex"] = code
        if "born_on" in self.columns:
            self.find_birthday()
        for kind in kinds:
            self.find_number(kind)
        if self.born_on is not None:
            self.row.facts["born_on"] = self.born_on.isoformat()

    def find_name(self) -> None:
        name = re.sub(r"[•・‧．。]", "·", self.text("name"))
        if not re.search(r"[A-Za-z]", name):
            name = re.sub(r"\s", "", name)
        if not name:
            return
        if len(name) > NAME_LENGTH:
            self.wrong(self.columns["name"], Fault.TOO_LONG, most=NAME_LENGTH)
        elif not _NAME.match(name):
            self.wrong(self.columns["name"], Fault.STRANGE_NAME)
        else:
            self.row.name = name

    def find_birthday(self) -> None:
        text = self.text("born_on")
        if not text:
            return
        try:
            day = read_day(text)
        except CellWrong as wrong:
            self.wrong(self.columns["born_on"], wrong.fault, **wrong.details)
            return
        if not FIRST_BIRTHDAY <= day <= self.setting.today:
            self.wrong(self.columns["born_on"], Fault.DATE_UNLIKELY, first=FIRST_BIRTHDAY.isoformat())
        else:
            self.born_on = day

    def find_number(self, kind: IdentifierKind) -> None:
        column = self.columns[str(kind)]
        text = self.text(column.key)
        read = self.read_number(column, text, kind) if text else None
        if read is None:
            return
        self.row.numbers[kind] = read.value
        if read.born_on is not None and self.born_on is not None and read.born_on != self.born_on:
            # Two numbers that agree say it of one cell: once is enough.
            if "born_on" in self.read.cells and not self.is_found(Fault.BIRTHDAY_MISMATCH):
                self.wrong(
                    self.columns["born_on"],
                    Fault.BIRTHDAY_MISMATCH,
                    number=column.title,
                    right=read.born_on.isoformat(),
                )
        elif read.born_on is not None:
            self.born_on = read.born_on
        if kind == RESIDENT:
            self.compare_sex(read.value)

    def read_number(self, column: Column, text: str, kind: IdentifierKind) -> ReadIdentifier | None:
        try:
            return RULES[kind].read(text, self.setting.today)
        except Refusal as refusal:
            details: dict[str, Any] = {name: value for name, value in refusal.details.items() if isinstance(value, int)}
            compact = re.sub(r"[\s-]", "", text).upper()
            if refusal.code == "wrong_check_digit":
                details["check"] = resident_check(compact[-18:-1])
            self.wrong(column, _FAULTS[refusal.code], **details)
            return None

    def compare_sex(self, resident: str) -> None:
        told = self.row.facts.get("sex")
        right = "1" if int(resident[16]) % 2 else "2"
        if "sex" not in self.columns:
            return
        if told is None:
            if not self.cell("sex").text:
                self.row.facts["sex"] = right
        elif told != right:
            word = next(word for word, code in SEXES.items() if code == right)
            self.wrong(self.columns["sex"], Fault.SEX_MISMATCH, severity=Severity.WARNING, right=word)

    def compare_numbers(self) -> None:
        student, resident = self.row.numbers.get(STUDENT, ""), self.row.numbers.get(RESIDENT)
        if resident and student.startswith("G") and student[1:] != resident:
            self.wrong(self.columns["student_number"], Fault.NUMBERS_MISMATCH)

    def need_one_of(self, *kinds: IdentifierKind) -> None:
        columns = [self.columns[str(kind)] for kind in kinds]
        if PLATFORM not in self.row.facts and not any(
            self.cell(column.key).text or self.cell(column.key).fault for column in columns
        ):
            self.wrong(columns[0], Fault.NO_NUMBER, numbers="、".join(column.title for column in columns))

    def find_other(self, key: str, *kinds: IdentifierKind) -> tuple[IdentifierKind | str, str] | None:
        """Whom a row points to, by whichever of the kinds the number is; the number's length tells."""
        if number := self.cell(OTHER_PLATFORM).text:
            return PLATFORM, number
        text = self.text(key)
        if not text:
            return None
        compact = re.sub(r"[\s-]", "", text).upper()
        lengths = {RESIDENT: 18, STUDENT: 19, PHONE: 11}
        kind = min(kinds, key=lambda one: abs(lengths[one] - len(compact)))
        read = self.read_number(self.columns[key], text, kind)
        return (kind, read.value) if read else None

    def find_klass(self) -> None:
        word = re.sub(r"\s", "", self.text("grade"))
        grade = self.setting.grades.get(spelled_grade(word)) if word else None
        if word and grade is None:
            taught = self.place.stages if self.place is not None else frozenset(Stage)
            choices = [name for name, (stage, _year) in self.setting.grades.items() if stage in taught]
            self.wrong(self.columns["grade"], Fault.NOT_IN_TABLE, choices="、".join(choices))
        number = self.find_class_number()
        if grade is None or number is None:
            return
        stage, place = grade
        if self.place is not None and stage not in self.place.stages:
            self.wrong(self.columns["grade"], Fault.STAGE_NOT_TAUGHT)
            return
        self.row.klass_key = f"{stage}/{self.setting.year.starts - place + 1}/{number}"

    def find_class_number(self) -> int | None:
        text = re.sub(r"\s", "", self.text("number"))
        if not text:
            return None
        match = _CLASS.match(text)
        number = int(match[1]) if match else 0
        if not 1 <= number <= MOST_CLASSES:
            self.wrong(self.columns["number"], Fault.WHOLE_NUMBER, most=MOST_CLASSES)
            return None
        return number

    def find_teaching(self) -> None:
        subject = self.text("subject")
        if subject:
            code = self.setting.subjects.get(subject)
            if code is None:
                self.wrong(self.columns["subject"], Fault.NOT_IN_TABLE, choices="、".join(self.setting.subjects))
            else:
                self.row.facts["subject"] = code
        homeroom = self.text("is_homeroom")
        if homeroom not in {"", YES, NO}:
            self.wrong(self.columns["is_homeroom"], Fault.NOT_IN_TABLE, choices=f"{YES}、{NO}")
        elif homeroom == YES:
            self.row.facts["is_homeroom"] = YES
        elif not subject and not self.cell("subject").fault and not self.read.ends:
            self.wrong(self.columns["subject"], Fault.REQUIRED)


def read_day(text: str) -> date:
    """A day as people write it, or as Excel counts it. Raises `CellWrong`."""
    match = _DATE.match(text) or _COMPACT_DATE.match(text)
    if match is None and text.isdigit() and int(text) in SERIALS:
        return date.fromisoformat(day_of_serial(text) or "")
    try:
        if match is None:
            raise ValueError(text)
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise CellWrong(Fault.DATE_UNREADABLE) from None


def masked(text: str, kind: IdentifierKind) -> str:
    """A number that may be wrong, covered like a right one."""
    rule = RULES[kind]
    if len(text) <= rule.shown_first + rule.shown_last:
        return text[:SHOWN]
    return rule.mask(text)[:SHOWN]
