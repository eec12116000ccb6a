"""Numbers with a check character: how each is laid out, checked and read.

Every `parse_...` takes what a person typed, returns the parts, and refuses with a sentence that names the fault.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.codes.errors import (
    UnknownPersonalCodeType,
    WrongCharacters,
    WrongCheckDigit,
    WrongDate,
    WrongLength,
)

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
PLATFORM_PREFIX = "P"
PLATFORM_DIGITS = 10
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""Quasigroup of order 10 by H. M. Damm (2004): finds every wrong digit and every swap of neighbours."""


def _shaped(text: str, number: str | Promise, length: int, pattern: str) -> str:
    """What was typed without spaces and in capitals, if it has the right length and characters."""
    value = re.sub(r"[\s-]", "", text).upper()
    if len(value) != length:
        raise WrongLength(number=number, expected=length, found=len(value))
    if not re.fullmatch(pattern, value, re.ASCII):
        raise WrongCharacters(number=number)
    return value


def _birthday(digits: str, number: str | Promise, today: date) -> date:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise WrongDate(number=number) from None
    if day > today:
        raise WrongDate(number=number)
    return day


class Sex(StrEnum):
    """GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


# -- 公民身份号码, GB 11643-1999 --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A resident identity number, read."""

    value: str
    region_code: str
    born_on: date
    sex: Sex


def resident_check(first_17: str) -> str:
    """Check character of a resident number (GB 11643-1999, ISO 7064 MOD 11-2).

    Not read in the published text; worked through on the well-known sample 11010519491231002X.
    """
    total = sum(weight * int(digit) for weight, digit in zip(RESIDENT_WEIGHTS, first_17, strict=True))
    return RESIDENT_CHECKS[total % 11]


def parse_resident_id(text: str, *, today: date) -> ResidentId:
    """Read an 18-character resident number; refuses wrong length, characters, birthday or check character."""
    number = _("居民身份证号")
    value = _shaped(text, number, 18, r"[1-9]\d{16}[\dX]")
    born_on = _birthday(value[6:14], number, today)
    if resident_check(value[:17]) != value[17]:
        raise WrongCheckDigit(number=number)
    return ResidentId(value, value[:6], born_on, Sex.MALE if int(value[16]) % 2 else Sex.FEMALE)


# -- 统一社会信用代码, GB 32100-2015, with 组织机构代码, GB 11714 inside -----------------------------------------------


def organisation_check(first_8: str) -> str:
    """Check character of an organisation code (GB 11714). Not read in the published text."""
    total = sum(weight * int(char, 36) for weight, char in zip(ORGANISATION_WEIGHTS, first_8, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def social_credit_check(first_17: str) -> str:
    """Check character of a unified social credit code (GB 32100-2015, weights 3^i mod 31).

    Not read in the published text; worked through on its widely printed sample 91350100M000100Y43.
    """
    total = sum(pow(3, place, 31) * CREDIT_ALPHABET.index(char) for place, char in enumerate(first_17))
    return CREDIT_ALPHABET[(31 - total % 31) % 31]


def parse_social_credit_code(text: str) -> str:
    """The code in capitals; refuses wrong length, characters (I, O, S, V, Z do not occur) or check characters."""
    number = pgettext_lazy("in a sentence", "统一社会信用代码")
    value = _shaped(text, number, 18, rf"[{CREDIT_ALPHABET}]{{2}}\d{{6}}[{CREDIT_ALPHABET}]{{10}}")
    if social_credit_check(value[:17]) != value[17] or organisation_check(value[8:16]) != value[16]:
        raise WrongCheckDigit(number=number)
    return value


# -- 学校（机构）标识码 ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SchoolCode:
    """A school code, read: two digits each of class and province, six of a serial number that says nothing of order."""

    value: str
    category: str
    province: str
    serial: str

    @property
    def university_code(self) -> str | None:
        """院校代码: the serial of a university is `0` and its five digits."""
        return self.serial[1:] if self.category in {"41", "42"} else None


def parse_school_code(text: str) -> SchoolCode:
    """Read a 10-digit school code by its layout; whether the class is known is a question to the code table."""
    value = _shaped(text, _("学校（机构）标识码"), 10, r"\d{10}")
    return SchoolCode(value, value[:2], value[2:4], value[4:])


# -- 个人标识码 (学籍号) ----------------------------------------------------------------------------------------------


class PersonalCodeType(StrEnum):
    """First character of a personal code."""

    FORMAL = "G"
    """With a resident number."""
    SELF_CODED = "J"
    """Formal, for a pupil without a resident number; built like one."""
    TEMPORARY = "L"
    """Region of the school, birthday and four random characters, until it is compared nationwide."""


@dataclass(frozen=True, slots=True)
class PersonalCode:
    value: str
    type: PersonalCodeType
    region_code: str
    born_on: date


def parse_personal_code(text: str, *, today: date) -> PersonalCode:
    """Read a 19-character 个人标识码: type, then 18 characters; G and J carry the check character of GB 11643."""
    number = _("个人标识码（学籍号）")
    value = _shaped(text, number, 19, r"[A-Z][1-9]\d{13}[\dA-Z]{4}")
    if value[0] not in set(PersonalCodeType):
        raise UnknownPersonalCodeType
    kind = PersonalCodeType(value[0])
    born_on = _birthday(value[7:15], number, today)
    if kind != PersonalCodeType.TEMPORARY:
        if not re.fullmatch(r"\d{3}[\dX]", value[15:], re.ASCII):
            raise WrongCharacters(number=number)
        if resident_check(value[1:18]) != value[18]:
            raise WrongCheckDigit(number=number)
    return PersonalCode(value, kind, value[1:7], born_on)


def formal_code(resident_id: str) -> str:
    """The formal code of somebody with a resident number: `G` and the number."""
    return f"{PersonalCodeType.FORMAL}{resident_id}"


def self_coded_code(*, region_code: str, born_on: date, serial: int) -> str:
    """A formal code for somebody without a resident number: `J` and 18 characters built like one.

    `serial`: 0 to 999, the place of the pupil among those of one region and birthday; odd for boys, even for girls.
    """
    if not 0 <= serial <= 999:
        raise ValueError(f"serial {serial} does not fit three digits")
    first_17 = f"{region_code}{born_on:%Y%m%d}{serial:03d}"
    return f"{PersonalCodeType.SELF_CODED}{first_17}{resident_check(first_17)}"


def temporary_code(*, region_code: str, born_on: date, random: str) -> str:
    """A code until the nationwide comparison: `L`, the region of the school, the birthday, four random characters."""
    if not re.fullmatch(r"[\dA-Z]{4}", random, re.ASCII):
        raise ValueError(f"{random!r} is not four digits or capitals")
    return f"{PersonalCodeType.TEMPORARY}{region_code}{born_on:%Y%m%d}{random}"


# -- 平台号 -----------------------------------------------------------------------------------------------------------


def damm_check(digits: str) -> str:
    """Check digit by Damm's algorithm."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return str(interim)


def platform_number(serial: int) -> str:
    """The platform number of a serial: `P`, ten digits, one check digit."""
    digits = f"{serial:0{PLATFORM_DIGITS}d}"
    if not serial > 0 or len(digits) > PLATFORM_DIGITS:
        raise ValueError(f"serial {serial} does not fit a platform number")
    return f"{PLATFORM_PREFIX}{digits}{damm_check(digits)}"


def parse_platform_number(text: str) -> str:
    """The number in its one spelling; refuses wrong length, characters or check digit."""
    number = _("平台号")
    value = _shaped(text, number, PLATFORM_DIGITS + 2, rf"{PLATFORM_PREFIX}\d{{{PLATFORM_DIGITS + 1}}}")
    if damm_check(value[1:-1]) != value[-1]:
        raise WrongCheckDigit(number=number)
    return value
