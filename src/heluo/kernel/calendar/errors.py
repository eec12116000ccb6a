"""Refusals of the calendar."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class SourceNeeded(Refusal):
    status = 422
    code = "calendar_source_needed"
    message = _("请写明依据或原因，例如通知的名称和文号。")


class NameNeeded(Refusal):
    status = 422
    code = "calendar_name_needed"
    message = _("请写明这一天叫什么，例如节日名称。")


class DayChangesNothing(Refusal):
    """A make-up day on a weekday, or a change to what the day already is."""

    status = 422
    code = "calendar_day_changes_nothing"
    message = _("{day} 本来就是这样，不用改。")


class TooManyHolidays(Refusal):
    status = 422
    code = "calendar_too_many_holidays"
    message = _("{year} 年放假的周一至周五有 {count} 天，最多 {most} 天。请核对。")


class YearOutOfReach(Refusal):
    status = 422
    code = "calendar_year_out_of_reach"
    message = _("只能录入 {first} 年到 {last} 年。")


class TableInvalid(Refusal):
    """A table of a year with wrong cells; the first is named here, all of them on the page."""

    status = 422
    code = "calendar_table_invalid"
    message = _("表格有 {count} 处需要修改，第一处：第 {row} 行“{column}”，{problem}")


class ChangedMeanwhile(Refusal):
    code = "calendar_changed_meanwhile"
    message = _("{year} 年的年历在您核对之后又有人改过。请重新上传并核对。")
