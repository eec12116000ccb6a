"""What is wrong with a value, in words: pydantic's kinds of error as sentences for people."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "missing": _("缺少这一项。"),
    "extra_forbidden": _("没有这一项，请删去。"),
    "string_type": _("应为文字。"),
    "string_too_short": _("太短，至少 {min_length} 个字。"),
    "string_too_long": _("太长，最多 {max_length} 个字。"),
    "string_pattern_mismatch": _("格式不对。"),
    "int_type": _("应为整数。"),
    "int_parsing": _("应为整数。"),
    "int_parsing_size": _("数字太大。"),
    "int_from_float": _("应为整数，不带小数。"),
    "float_type": _("应为数字。"),
    "float_parsing": _("应为数字。"),
    "finite_number": _("应为有限的数字。"),
    "bool_type": _("应为 true 或 false。"),
    "bool_parsing": _("应为 true 或 false。"),
    "greater_than": _("应大于 {gt}。"),
    "greater_than_equal": _("不能小于 {ge}。"),
    "less_than": _("应小于 {lt}。"),
    "less_than_equal": _("不能大于 {le}。"),
    "uuid_type": _("编号格式不对（应为 UUID）。"),
    "uuid_parsing": _("编号格式不对（应为 UUID）。"),
    "date_type": _("应为日期，如 2026-09-01。"),
    "date_parsing": _("应为日期，如 2026-09-01。"),
    "date_from_datetime_parsing": _("应为日期，如 2026-09-01。"),
    "datetime_type": _("应为时间，如 2026-09-01T08:00:00+08:00。"),
    "datetime_parsing": _("应为时间，如 2026-09-01T08:00:00+08:00。"),
    "datetime_from_date_parsing": _("应为时间，如 2026-09-01T08:00:00+08:00。"),
    "enum": _("只能是：{expected}。"),
    "literal_error": _("只能是：{expected}。"),
    "list_type": _("应为列表。"),
    "too_short": _("至少要有 {min_length} 项。"),
    "too_long": _("最多 {max_length} 项。"),
    "dict_type": _("应为一组名称和值。"),
    "model_attributes_type": _("应为一组名称和值。"),
    "url_parsing": _("网址格式不对。"),
    "url_scheme": _("网址格式不对。"),
}
OTHERWISE = _("这一项的值不对。")


def sentence_of(fault: dict[str, Any]) -> str:
    """The sentence for one of pydantic's errors (`type`, and `ctx` with the limits it names)."""
    try:
        return str(SENTENCES.get(fault["type"], OTHERWISE)).format(**fault.get("ctx", {}))
    except KeyError:
        return str(OTHERWISE)
