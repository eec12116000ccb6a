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


class NotPublishable(Refusal):
    """A process that has findings."""

    status = 422
    code = "process_not_publishable"
    message = _("流程“{process}”有 {count} 处不能使用，第一处：{first}")


class NoSuchProcess(Refusal):
    status = 404
    code = "no_such_process"
    message = _("没有名为“{key}”的流程。")


class AlreadyRunning(Refusal):
    code = "process_already_running"
    message = _("“{title}”已经在办理中，不能重复发起。")


class NobodyToAsk(Refusal):
    """A role of the process leads to no organisation, for example a county above a school that has none."""

    code = "nobody_to_ask"
    message = _("“{step}”要由“{role}”办理，但从“{organisation}”找不到这样的单位。请联系运维人员调整流程的办理人设置。")


class NoSuchPool(Refusal):
    """A definition that names a pool nobody has made."""

    code = "no_such_pool"
    message = _("“{step}”要由办理组“{pool}”办理，但还没有建立这个办理组。请联系主管部门先建立。")


class PoolExists(Refusal):
    code = "pool_exists"
    message = _("已有代号为“{key}”的办理组。请换一个代号。")


class PoolKeyInvalid(Refusal):
    status = 422
    code = "pool_key_invalid"
    message = _("代号要用小写字母、数字和下划线，以字母开头，最多 40 个字符。")


class PoolWithoutRole(Refusal):
    status = 422
    code = "pool_without_role"
    message = _("这个办理组建立时没有选角色，只能逐个添加人员。")


class NotOfThePool(Refusal):
    """Somebody who holds no post, or a place that does not lie, where the pool belongs."""

    status = 422
    code = "not_of_the_pool"
    message = _("办理组只能由“{organisation}”及其下级单位的在职人员和单位组成。")


class AlreadyInPool(Refusal):
    code = "already_in_pool"
    message = _("“{name}”已经在这个办理组里。")


class AlreadyDone(Refusal):
    code = "work_item_done"
    message = _("这一步已经办结或不再需要办理。请刷新页面查看现在的情况。")


class TakenBySomebodyElse(Refusal):
    code = "work_item_taken"
    message = _("这一步已由 {name} 领取。如需接手，请对方退回或转交。")


class NotClaimed(Refusal):
    code = "work_item_not_claimed"
    message = _("您没有领取这一步，不能退回。")


class NobodyThere(Refusal):
    """A step given to a place that is not on the way up, or where nobody holds its role."""

    status = 422
    code = "nobody_there"
    message = _("这一步不能改派到那里。请从发起单位及其上级中选择现在有人担任这一角色的单位。")


class NothingFails(Refusal):
    code = "nothing_fails"
    message = _("“{title}”没有失败的定时事件，不需要重试。")


class AnswersInvalid(Refusal):
    """What was filled in does not fit the form of the step."""

    status = 422
    code = "answers_invalid"
    message = _("“{title}”填写有误：{problem}")


class NotTogether(Refusal):
    status = 422
    code = "not_together"
    message = _("一起办理的要是同一个流程的同一步，至少选一项，最多 {limit} 项。")


class NoLongerRunning(Refusal):
    code = "process_not_running"
    message = _("“{title}”的流程已经结束。")


class Paused(Refusal):
    code = "process_paused"
    message = _("“{title}”已暂停办理。恢复之后才能继续。")


class NotPaused(Refusal):
    code = "process_not_paused"
    message = _("“{title}”没有暂停，不需要恢复。")


class PauseEndsTooSoon(Refusal):
    status = 422
    code = "pause_ends_too_soon"
    message = _("恢复的日期要在今天之后。")


class PauseTooLong(Refusal):
    status = 422
    code = "pause_too_long"
    message = _("写明恢复日期的暂停最长 {days} 天。")


class TooManyFiles(Refusal):
    status = 422
    code = "too_many_files"
    message = _("一次最多附 {limit} 个文件。")


class NothingChanges(Refusal):
    status = 422
    code = "process_nothing_changes"
    message = _("没有任何改动。")


class TableInvalid(Refusal):
    status = 422
    code = "table_invalid"
    message = _("决策表“{title}”要有 1 到 {limit} 条规则，每条的格数和表头一致。")


class FormChangeInvalid(Refusal):
    """A change of a form that is none: a field without a title, an option twice."""

    status = 422
    code = "form_change_invalid"
    message = _("“{title}”不能这样改：{problem}")


class ChangeUnderWay(Refusal):
    code = "process_change_under_way"
    message = _("“{title}”已有一项修改待批准。请等它办完，或由提出人撤回。")


class ChangeDecided(Refusal):
    code = "process_change_decided"
    message = _("这项修改已经办完。请刷新页面查看。")


class OwnChange(Refusal):
    status = 403
    code = "process_own_change"
    message = _("自己提出的修改要由另一个有权限的人批准。")


class ChangeOutdated(Refusal):
    code = "process_change_outdated"
    message = _("提出之后流程有了新版本，不能再批准。请提出人撤回，按新版本重新提出。")


class ReasonNeeded(Refusal):
    status = 422
    code = "reason_needed"
    message = _("请写明原因。")
