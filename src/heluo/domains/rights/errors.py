"""Typed refusals of rights. `NotFound` of the kernel also stands for "not yours"."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class NotTheOrigin(Refusal):
    status = 403
    code = "not_the_origin"
    message = _("“{origin}”不是这个作品的来源节点，不能让它下架或恢复。")


class OrderMalformed(Invalid):
    code = "order_malformed"
    message = _("下架令、回执或使用情况的内容不完整。")


class NothingTakenDown(Refusal):
    code = "nothing_taken_down"
    message = _("没有收到过这张下架令，不能据此恢复。")


class AlreadyRestored(Refusal):
    code = "already_restored"
    message = _("这张下架令已经撤销。")


class TakedownReasonNeeded(Invalid):
    code = "takedown_reason_needed"
    message = _("请写明理由，作品原来的页面和其他节点都会显示。")


class ReceiptUnknown(Refusal):
    code = "receipt_unknown"
    message = _("本节点没有发出过这张下架令。")


class IsParty(Refusal):
    status = 403
    code = "is_party"
    message = _("您是投诉的一方，不能由您处理。")


class ComplaintKnown(Refusal):
    code = "complaint_known"
    message = _("这个作品已有一件投诉正在办理。办结以后可以再投诉。")


class ContactNeeded(Invalid):
    code = "contact_needed"
    message = _("请留下电话或邮箱，以便核对和答复。")


class TooManyComplaints(Refusal):
    status = 429
    code = "too_many_complaints"
    message = _("投诉提交得太频繁，请过一会儿再试。")


class NowhereToForward(Refusal):
    code = "nowhere_to_forward"
    message = _("这个作品来自“{origin}”，本节点与它没有往来，无法转交。请直接向该平台投诉。")


class NotItsWord(Refusal):
    status = 403
    code = "not_its_word"
    message = _("“{sender}”不能代“{node}”报告。")


class ComplaintClosed(Refusal):
    code = "complaint_closed"
    message = _("这件投诉已经办结。")
