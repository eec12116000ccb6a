"""Numbers with a check character: samples, single errors, swaps, and nonsense."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heluo.kernel.actors.errors import Invalid
from heluo.kernel.codes.check_digits import (
    CREDIT_ALPHABET,
    damm_check,
    formal_code,
    organisation_check,
    parse_personal_code,
    parse_platform_number,
    parse_resident_id,
    parse_school_code,
    parse_social_credit_code,
    platform_number,
    resident_check,
    self_coded_code,
    social_credit_check,
    temporary_code,
)
from heluo.kernel.codes.errors import (
    UnknownPersonalCodeType,
    WrongCharacters,
    WrongCheckDigit,
    WrongDate,
    WrongLength,
)
from heluo.kernel.codes.public import PersonalCodeType, Sex

TODAY = date(2026, 10, 9)
PARSERS = (
    lambda text: parse_resident_id(text, today=TODAY),
    parse_social_credit_code,
    parse_school_code,
    lambda text: parse_personal_code(text, today=TODAY),
    parse_platform_number,
)
birthdays = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)
serials = st.integers(min_value=0, max_value=999)


def resident(day: date, serial: int, region: str = "410305") -> str:
    first_17 = f"{region}{day:%Y%m%d}{serial:03d}"
    return first_17 + resident_check(first_17)


def test_the_sample_of_the_standard_is_right() -> None:
    read = parse_resident_id(" 11010519491231002x ", today=TODAY)
    assert (read.value, read.region_code, read.born_on) == ("11010519491231002X", "110105", date(1949, 12, 31))
    assert read.sex == Sex.FEMALE


@given(birthdays, serials)
def test_a_resident_number_is_read_as_it_was_made(day: date, serial: int) -> None:
    read = parse_resident_id(resident(day, serial), today=TODAY)
    assert (read.region_code, read.born_on) == ("410305", day)
    assert read.sex == (Sex.MALE if serial % 2 else Sex.FEMALE)


@given(birthdays, serials, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_of_a_resident_number_is_found(day: date, serial: int, place: int, shift: int) -> None:
    value = resident(day, serial)
    wrong = "0" if value[place] == "X" else str((int(value[place]) + shift) % 10)
    with pytest.raises(Invalid):
        parse_resident_id(value[:place] + wrong + value[place + 1 :], today=TODAY)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("4103051990010112", WrongLength),
        ("41030519900101123A", WrongCharacters),
        ("010305199001011239", WrongCharacters),
        ("410305199002300017", WrongDate),
        ("410305209001010016", WrongDate),
        ("110105194912310021", WrongCheckDigit),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", WrongCharacters),
    ],
)
def test_a_wrong_resident_number_is_told_what_is_wrong(text: str, refusal: type[Invalid]) -> None:
    with pytest.raises(refusal) as caught:
        parse_resident_id(text, today=TODAY)
    assert "居民身份证号" in str(caught.value)


def test_the_widely_printed_credit_code_is_right() -> None:
    assert social_credit_check("91350100M000100Y4") == "3"
    assert parse_social_credit_code("91350100m000100y43") == "91350100M000100Y43"


credit_codes = st.builds(
    lambda head, region, organisation: head + region + organisation + organisation_check(organisation),
    st.text(CREDIT_ALPHABET, min_size=2, max_size=2),
    st.from_regex(r"\A[0-9]{6}\Z"),
    st.text(CREDIT_ALPHABET, min_size=8, max_size=8),
).map(lambda first_17: first_17 + social_credit_check(first_17))


@given(credit_codes, st.integers(0, 17), st.sampled_from(CREDIT_ALPHABET))
def test_one_wrong_character_of_a_credit_code_is_found(value: str, place: int, wrong: str) -> None:
    assert parse_social_credit_code(value) == value
    if wrong != value[place]:
        with pytest.raises(Invalid):
            parse_social_credit_code(value[:place] + wrong + value[place + 1 :])


@given(credit_codes, st.sampled_from("IOSVZ"))
def test_letters_that_look_like_digits_do_not_occur(value: str, letter: str) -> None:
    with pytest.raises(WrongCharacters):
        parse_social_credit_code(letter + value[1:])


def test_a_school_code_is_read_by_its_layout() -> None:
    code = parse_school_code("21 41 000123")
    assert (code.category, code.province, code.serial, code.university_code) == ("21", "41", "000123", None)
    assert parse_school_code("4141010459").university_code == "10459"
    with pytest.raises(WrongLength):
        parse_school_code("214100012")
    with pytest.raises(WrongCharacters):
        parse_school_code("21410001AB")


@given(birthdays, serials)
def test_a_personal_code_is_a_type_and_a_number(day: date, serial: int) -> None:
    for letter in "GJ":
        read = parse_personal_code(letter + resident(day, serial), today=TODAY)
        assert (read.type, read.born_on, read.region_code) == (PersonalCodeType(letter), day, "410305")
    read = parse_personal_code(f"L410305{day:%Y%m%d}AB12", today=TODAY)
    assert (read.type, read.born_on) == (PersonalCodeType.TEMPORARY, day)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("X11010519491231002X", UnknownPersonalCodeType),
        ("G110105194912310021", WrongCheckDigit),
        ("G1101051949123100AB", WrongCharacters),
        ("L41030519900231AB12", WrongDate),
        ("G11010519491231002", WrongLength),
    ],
)
def test_a_wrong_personal_code_is_refused(text: str, refusal: type[Invalid]) -> None:
    with pytest.raises(refusal):
        parse_personal_code(text, today=TODAY)


@given(st.integers(1, 10**10 - 1), st.integers(0, 10), st.integers(1, 9))
def test_a_platform_number_finds_a_wrong_digit_and_a_swap(serial: int, place: int, shift: int) -> None:
    number = platform_number(serial)
    assert parse_platform_number(number.lower()) == number
    digits = number[1:]
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    with pytest.raises(WrongCheckDigit):
        parse_platform_number(f"P{wrong}")
    if place < len(digits) - 1 and digits[place] != digits[place + 1]:
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        with pytest.raises(WrongCheckDigit):
            parse_platform_number(f"P{swapped}")


def test_the_damm_digit_of_the_published_example() -> None:
    assert damm_check("572") == "4"


@pytest.mark.parametrize("serial", [0, -1, 10**10])
def test_a_serial_that_does_not_fit_is_a_bug(serial: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        platform_number(serial)


@given(st.text())
def test_nonsense_is_refused_and_never_breaks(text: str) -> None:
    for parse in PARSERS:
        with suppress(Invalid):
            parse(text)


@given(
    st.integers(0, 999),
    st.dates(date(2000, 1, 1), date(2026, 1, 1)),
    st.text("0123456789ABCXYZ", min_size=4, max_size=4),
)
def test_student_numbers_that_are_made_can_be_read(serial: int, born: date, random: str) -> None:
    made = {
        PersonalCodeType.SELF_CODED: self_coded_code(region_code="410305", born_on=born, serial=serial),
        PersonalCodeType.TEMPORARY: temporary_code(region_code="410305", born_on=born, random=random),
    }
    made[PersonalCodeType.FORMAL] = formal_code(made[PersonalCodeType.SELF_CODED][1:])
    for kind, value in made.items():
        read = parse_personal_code(value, today=date(2026, 10, 1))
        assert (read.type, read.region_code, read.born_on, read.value) == (kind, "410305", born, value)


def test_impossible_parts_make_no_student_number() -> None:
    with pytest.raises(ValueError, match="three digits"):
        self_coded_code(region_code="410305", born_on=date(2018, 1, 1), serial=1000)
    with pytest.raises(ValueError, match="four digits"):
        temporary_code(region_code="410305", born_on=date(2018, 1, 1), random="ab12")
