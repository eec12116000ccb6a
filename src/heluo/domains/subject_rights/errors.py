"""Why something cannot be asked or decided."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, NotAllowed, Refusal


class FactNotCorrectable(Refusal):
    code = "fact_not_correctable"
    message = _("这一项不是由某个单位登记的，不能申请更正。您自己填写的内容可以在原处修改。")


class SameValue(Invalid):
    code = "same_value"
    message = _("与现在登记的内容一样。请填写正确的内容。")


class WordsNeeded(Invalid):
    code = "words_needed"
    message = _("请写明理由，不少于 {shortest} 个字。")


class AlreadyAsked(Refusal):
    code = "already_asked"
    message = _("同样的申请正在办理，请在“我的申请”里看进展。")


class GuardianAsks(Refusal):
    status = 403
    code = "guardian_asks"
    message = _("不满 {age} 周岁的，由监护人提出申请。请让家长登录后办理。")


class NobodyToAsk(Refusal):
    code = "nobody_to_ask"
    message = _("没有登记所属的单位，无法送达申请。请联系当地教育局。")


class NothingChosen(Invalid):
    code = "nothing_chosen"
    message = _("请选择要删除的内容。")


class KeptByRule(Refusal):
    code = "kept_by_rule"
    message = _("“{title}”不能删除：{why}")


class AlreadyDecided(Refusal):
    code = "request_already_decided"
    message = _("这份申请刚刚有了新的进展。请看下面的办理记录，再决定。")


class NotYourRequest(NotAllowed):
    code = "not_your_request"
    message = _("这份申请由“{place}”办理。")


class OwnRequest(Refusal):
    status = 403
    code = "own_request"
    message = _("关于您自己或您提出的申请，由别人办理。请转给同事或上级单位。")


class DecidedBefore(Refusal):
    status = 403
    code = "decided_before"
    message = _("您已经办理过这份申请，异议由上级单位的其他人复核。")


class NotYetCorrected(Refusal):
    code = "not_yet_corrected"
    message = _("登记的内容还是“{value}”。请先在来源处改正，再标记为已更正。")


class NothingAbove(Refusal):
    code = "nothing_above"
    message = _("“{place}”上面没有可以转送的单位。")


class CannotObject(Refusal):
    code = "cannot_object"
    message = _("只有未同意的申请可以提出异议，并且只能提一次。")


class CopyUnderWay(Refusal):
    code = "copy_under_way"
    message = _("上一份正在生成，请稍候。")
