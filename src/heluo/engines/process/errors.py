"""Refusals of the process engine."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class NotAnExpression(Refusal):
    """A condition that is not of the whitelisted language."""

    status = 422
    code = "not_an_expression"
    message = _("条件“{text}”不能使用：{problem}。只能用比较（== != < <= > >= in）、and、or、not、括号和字面值。")


class ExpressionFailed(Refusal):
    """A condition that cannot be decided with the values at hand."""

    code = "expression_failed"
    message = _("条件“{text}”算不出结果：{problem}。")


class NotADuration(Refusal):
    status = 422
    code = "not_a_duration"
    message = _("“{text}”不是 ISO 8601 时长。请写成 P7D（7 天）、PT48H（48 小时）、P1M（1 个月）这样的形式。")


class NotADiagram(Refusal):
    """Bytes that are no BPMN or DMN file at all, or one that is not safe to read."""

    status = 422
    code = "not_a_diagram"
    message = _("文件“{file}”不能作为流程使用：{problem}")
