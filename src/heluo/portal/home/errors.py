"""Refusals about home pages."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class LineNotUnderstood(Refusal):
    status = 422
    code = "line_not_understood"
    message = _("第 {number} 行看不懂：“{line}”。资源和资源集请粘贴它们页面的网址，栏目入口请写“名称 网址”。")


class NothingToShow(Refusal):
    status = 422
    code = "nothing_to_show"
    message = _("请至少填写一行。")


class TooManyBlocks(Refusal):
    code = "too_many_blocks"
    message = _("首页最多 {most} 个模块。请先移除一个。")
