"""The grade of a class follows from its stage, its entry year and the school year."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import Stage

GRADES: dict[Stage, tuple[Promise | str, ...]] = {
    Stage.PRESCHOOL: (_("小班"), _("中班"), _("大班")),
    Stage.PRIMARY: (_("一年级"), _("二年级"), _("三年级"), _("四年级"), _("五年级"), _("六年级")),
    Stage.JUNIOR: (_("七年级"), _("八年级"), _("九年级")),
    Stage.SENIOR: (_("高一"), _("高二"), _("高三")),
    Stage.VOCATIONAL: (_("中职一年级"), _("中职二年级"), _("中职三年级")),
    Stage.HIGHER: (_("大一"), _("大二"), _("大三"), _("大四")),
}
"""Names of the years of each stage in the six-three-three system."""


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
