"""What a line of a package says, read for itself: names, numbers, grades, days."""

import re
import unicodedata
from collections.abc import Mapping
from uuid import UUID

from heluo.domains.rosters.enums import Fault, RowKind, Severity
from heluo.domains.rosters.queries.cells import OTHER_PLATFORM, PLATFORM, Place
from heluo.domains.rosters.queries.layout import grades
from heluo.domains.rosters.queries.oneroster.index import Known, Org
from heluo.domains.rosters.queries.package import Line
from heluo.domains.rosters.queries.reads import Oddity, Spot
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.codes.public import parse_platform_number
from heluo.kernel.organisations.public import spelled_grade
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.tables.public import Cell

ACTIVE, DELETED = "active", "tobedeleted"
KINDS: Mapping[str, RowKind] = {
    "student": RowKind.PUPIL,
    "teacher": RowKind.TEACHER,
    "guardian": RowKind.GUARDIAN,
    "parent": RowKind.GUARDIAN,
    "relative": RowKind.GUARDIAN,
}
"""Roles that a roster registers."""
GRADES: Mapping[str, tuple[str, ...]] = {
    "PR": ("小班",),
    "PK": ("中班",),
    "KG": ("大班",),
    **{f"0{place}": (f"{digit}年级",) for place, digit in enumerate("一二三四五六七八九", start=1)},
    "10": ("高一", "中职一年级"),
    "11": ("高二", "中职二年级"),
    "12": ("高三", "中职三年级"),
}
"""Grades of CEDS, as the template writes them: which of two depends on what the school teaches."""
SEXES: Mapping[str, str] = {"male": "男", "female": "女", "unspecified": "", "other": ""}
USER_ID_TYPES: Mapping[str, str] = {
    "platformnumber": PLATFORM,
    "residentid": IdentifierKind.RESIDENT_ID,
    "studentnumber": IdentifierKind.STUDENT_NUMBER,
}
_USER_ID = re.compile(r"\{([^:{}]*):([^{}]*)\}")
_MOBILE = re.compile(r"(?:\+86)?1\d{10}")
_NUMBER = re.compile(r"\(?(\d{1,3})\)?班")
_HAN_NUMBER = re.compile(r"\(?([一二三四五六七八九]?十?[一二三四五六七八九]?)\)?班")
_CODED_NUMBER = re.compile(r"\d{4}-(\d{1,3})(?:-\w+)?")
_DIGITS = "一二三四五六七八九"
_LATIN = re.compile(r"[A-Za-z]")
EMPTY = "（空）"
RESIDENT_LENGTH, UUID_LENGTH = 18, 36
LONGEST_SURNAME = 2
"""A Chinese family name is no longer; a longer one is that of a name with a dot."""


def placed(line: Line, place: Place | None) -> tuple[str, str]:
    """Grade and number of the administrative class that a class is or belongs to, as the template writes them."""
    title = re.sub(r"\s", "", unicodedata.normalize("NFKC", line["title"]))
    found = _NUMBER.search(title) or _HAN_NUMBER.search(title)
    number = _counted(found[1]) if found else ""
    if not number and (coded := _CODED_NUMBER.fullmatch(line["classCode"])):
        number = coded[1]
    codes = listed_in(line["grades"])
    labels = GRADES.get(codes[0].upper(), ()) if len(codes) == 1 else ()
    stages = place.stages if place else frozenset()
    known = grades()
    grade = next((label for label in labels if known[label][0] in stages), labels[0] if labels else "")
    if not grade and found:
        word = title[: found.start()]
        grade = next((one for one in (spelled_grade(word), f"{word}年级") if one in known), "")
    return grade, number


def _counted(text: str) -> str:
    """A number in digits, or in Chinese up to 99, in digits."""
    if text.isascii():
        return text
    tens, ten, ones = text.rpartition("十")
    if not ten and len(text) > 1:
        return ""
    value = (_DIGITS.find(tens) + 1 or 1) * 10 if ten else 0
    value += _DIGITS.find(ones) + 1 if ones else 0
    return str(value) if value else ""


def platform_number_in(line: Line) -> str:
    """The platform number a user's line tells, in an id of its type or in a column for ids; empty where none is one."""
    ids = _user_ids(line)
    for text in (ids.get(PLATFORM, ""), line["identifier"], line["userMasterIdentifier"]):
        try:
            if text:
                return parse_platform_number(text)
        except Refusal:
            continue
    return ""


def identity(line: Line, registered: Mapping[str, str]) -> dict[str, Cell]:
    """The numbers by which a user is found again.

    A platform number that the schools do not know may be another platform's: it counts where there is nothing else.
    """
    found = _user_ids(line)
    found.pop(PLATFORM, "")
    number = re.sub(r"\s", "", line["identifier"]).upper()
    if len(number) == RESIDENT_LENGTH and number[:-1].isdigit():
        found.setdefault(IdentifierKind.RESIDENT_ID, number)
    elif len(number) == RESIDENT_LENGTH + 1 and number[0] in "GJL":
        found.setdefault(IdentifierKind.STUDENT_NUMBER, number)
    phones = [text for text in (line["sms"], line["phone"]) if text]
    mobile = next((text for text in phones if _MOBILE.fullmatch(re.sub(r"[\s-]", "", text))), "")
    platform = platform_number_in(line)
    if mobile or (phones and not found and not platform):
        found[IdentifierKind.PHONE] = mobile or phones[0]
    if platform and (platform in registered or not found):
        found[PLATFORM] = platform
    return {str(kind): Cell(text) for kind, text in found.items()}


def _user_ids(line: Line) -> dict[str, str]:
    return {
        USER_ID_TYPES[kind.strip().lower()]: text.strip()
        for kind, text in _USER_ID.findall(line["userIds"])
        if kind.strip().lower() in USER_ID_TYPES and text.strip()
    }


def pointing(key: str, known: Known) -> dict[str, Cell]:
    """The cell by which a row points to somebody."""
    if PLATFORM in known.cells:
        return {OTHER_PLATFORM: known.cells[PLATFORM]}
    kinds = (IdentifierKind.STUDENT_NUMBER, IdentifierKind.PHONE, IdentifierKind.RESIDENT_ID)
    return next(({key: known.cells[kind]} for kind in kinds if kind in known.cells), {})


def name_of(line: Line, registered: str | None) -> str:
    """A name put together again: as the register writes it, if the parts can be put together so."""
    family, middle, given = line["familyName"], line["middleName"], line["givenName"]
    parts = [part for part in (given, middle, family) if part]
    if not family or not given:
        return "".join(parts)
    if _LATIN.search(family + given):
        ways = [family] if family == given else [" ".join(parts)]
    else:
        ways = [f"{family}{middle}{given}", f"{given}·{family}"]
        if len(family) > LONGEST_SURNAME:
            ways.reverse()
        if family == given:
            ways.append(family)
    return registered if registered in ways else ways[0]


def points_to_wrong(line: Line, column: str, kind: RowKind, file: str, number: int) -> Oddity:
    return oddity(line, column, Fault.POINTS_TO_WRONG, kind=kind, sheet=file, row=str(number))


def oddity(
    line: Line, column: str, fault: Fault, *, kind: RowKind | None = None, is_warning: bool = False, **details: str
) -> Oddity:
    severity = Severity.WARNING if is_warning else Severity.ERROR
    found = "" if fault == Fault.PASSWORD_IGNORED else line[column][:40]
    return Oddity(kind, line.file, line.number, fault, column, severity=severity, details=details, found=found)


def spot_in(line: Line, column: str) -> Spot:
    return Spot(line.file, line.number, column)


def spot_of(org: Org) -> Spot:
    return Spot("orgs.csv", org.number, "identifier")


def filled(**texts: str) -> dict[str, Cell]:
    return {key: Cell(text) for key, text in texts.items() if text}


def listed_in(text: str) -> list[str]:
    """A list in a cell: separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def is_deleted(line: Line) -> bool:
    return line["status"].lower() == DELETED
