"""Typed refusals of allocations. `NotFound` of the kernel also stands for "not yours"."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class NotADraft(Refusal):
    code = "order_not_a_draft"
    message = _("这份调配单已经下达，不能再改；需要改动时，请撤销后另建一份。")


class NotStanding(Refusal):
    code = "order_not_standing"
    message = _("这份调配单不在有效期内，不需要撤销。")


class NothingToAllocate(Invalid):
    code = "nothing_to_allocate"
    message = _("调配单里还没有资源。请先加入资源。")


class NobodyToReceive(Invalid):
    code = "nobody_to_receive"
    message = _("还没有选择接收的节点。")


class TooManyItems(Invalid):
    code = "too_many_allocated"
    message = _("一份调配单最多有 {most} 个资源。请分成几份。")


class UntilIsPast(Invalid):
    code = "until_is_past"
    message = _("截止日期 {day} 已经过去。")


class NoneFound(Invalid):
    code = "no_entry_found"
    message = _("没有找到可以加入的资源：请检查编号，或确认资源已经发布。")


class CancelReasonNeeded(Invalid):
    code = "cancel_reason_needed"
    message = _("请写明撤销的原因，各节点会看到。")


class NotOurHub(Refusal):
    status = 403
    code = "not_our_hub"
    message = _("发来调配单的节点不是本节点的上级。")


class OrderMalformed(Invalid):
    code = "order_malformed"
    message = _("调配单的内容不合格式。")


class OrderUnknown(Refusal):
    code = "order_unknown"
    message = _("没有向这个节点下达过这份调配单。")
