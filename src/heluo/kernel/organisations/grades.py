"""The grade of a class follows from its stage, its entry year and the school year; and grades as tables write them."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.tables.public import Words, words_of

GRADES: dict[Stage, tuple[Promise | str, ...]] = {
    Stage.PRESCHOOL: (_("小班"), _("中班"), _("大班")),
    Stage.PRIMARY: (_("一年级"), _("二年级"), _("三年级"), _("四年级"), _("五年级"), _("六年级")),
    Stage.JUNIOR: (_("七年级"), _("八年级"), _("九年级")),
    Stage.SENIOR: (_("高一"), _("高二"), _("高三")),
    Stage.VOCATIONAL: (_("中职一年级"), _("中职二年级"), _("中职三年级")),
    Stage.HIGHER: (_("大一"), _("大二"), _("大三"), _("大四")),
}
"""Names of the years of each stage in the six-three-three system."""
_OTHER_NAMES = {"初一": "七年级", "初二": "八年级", "初三": "九年级"}
_DIGITS = "一二三四五六七八九"


def grade_number(stage: Stage, entry_year: int, year: SchoolYear) -> int | None:
    """1 for the first year of the stage; None before entry and after the last year."""
    number = year.starts - entry_year + 1
    return number if 1 <= number <= len(GRADES[stage]) else None


def grade_label(stage: Stage, entry_year: int, year: SchoolYear) -> str:
    """The grade in words; 未入学 before the entry year, 已毕业 after the last."""
    number = grade_number(stage, entry_year, year)
    if number is not None:
        return str(GRADES[stage][number - 1])
    return str(_("未入学")) if year.starts < entry_year else str(_("已毕业"))


def entry_years(stage: Stage, year: SchoolYear) -> range:
    """Entry years of the classes that are at school in a school year."""
    return range(year.starts - len(GRADES[stage]) + 1, year.starts + 1)


def stage_words() -> Words:
    """The stages as tables write them."""
    return words_of(lambda: Stage.choices)


def grade_words() -> Words:
    """The grades as tables write them; a code is the stage and the year in it: `primary-3`."""
    return words_of(_grades, spelled=spelled_grade)


def _grades() -> Iterator[tuple[str, object]]:
    for stage, names in GRADES.items():
        for year, name in enumerate(names, 1):
            yield f"{stage.value}-{year}", name


def spelled_grade(text: str) -> str:
    """A grade in the spelling of tables: `3年级` and `小学三年级` are 三年级, `初一` is 七年级."""
    short = text.removeprefix("小学").removeprefix("初中").removeprefix("高中")
    if short[:1].isdigit() and short[1:] in {"年级", "年", ""} and short[0] in "123456789":
        short = f"{_DIGITS[int(short[0]) - 1]}年级"
    return _OTHER_NAMES.get(short, short)
