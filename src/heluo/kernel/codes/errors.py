"""Refusals about numbers and codes. Each sentence names the number and what is wrong with it."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid


class WrongLength(Invalid):
    code = "wrong_length"
    message = _("{number}应为 {expected} 位，填写的是 {found} 位。请对照证件检查。")


class WrongCharacters(Invalid):
    code = "wrong_characters"
    message = _("{number}中有不该出现的字符。请对照证件检查。")


class WrongDate(Invalid):
    code = "wrong_date"
    message = _("{number}里的出生日期不存在或晚于今天。请对照证件检查。")


class WrongCheckDigit(Invalid):
    code = "wrong_check_digit"
    message = _("{number}的校验码不对，其中可能有一位写错或两位颠倒。请对照证件检查。")


class UnknownCodeClass(Invalid):
    code = "unknown_code_class"
    message = _("学校（机构）标识码的前两位 {found} 不是已知的类别。请对照发码通知检查。")


class UnknownPersonalCodeType(Invalid):
    code = "unknown_personal_code_type"
    message = _("个人标识码应以 G、J 或 L 开头。请对照学籍系统检查。")


class UnknownCode(Invalid):
    code = "unknown_code"
    message = _("“{found}”不是代码表“{title}”中的代码。请从表中选择。")
