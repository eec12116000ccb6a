"""Typed refusals of collections. `NotFound` of the kernel also stands for "not yours"."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class TooManyCollections(Refusal):
    code = "too_many_collections"
    message = _("一个人最多有 {most} 个资源集，请先删除不用的。")


class TooManyItems(Refusal):
    code = "too_many_items"
    message = _("一个资源集最多收 {most} 项，请另建一个。")


class AlreadyCollected(Refusal):
    code = "already_collected"
    message = _("《{title}》已经在这个资源集里。")


class NothingCollected(Invalid):
    code = "nothing_collected"
    message = _("资源集还是空的，先加入资源再公开。")


class NotPublic(Invalid):
    code = "not_public"
    message = _("其中有不能对所有人公开的内容：{titles}。请先移除。")


class ClassNeeded(Invalid):
    code = "class_needed"
    message = _("请选择一个班。")


class BeingReviewed(Refusal):
    code = "being_reviewed"
    message = _("这个资源集正在等待审核，现在不能修改；需要改动时，请先撤回申请。")


class StillPublic(Refusal):
    code = "still_public"
    message = _("这个资源集是公开的，请先停止公开再删除。")


class NewestAlready(Refusal):
    code = "newest_already"
    message = _("已经是最新的版本。")


class WithdrawalReasonNeeded(Invalid):
    code = "withdrawal_reason_needed"
    message = _("请写明理由，资源集的所有者会看到。")


class OwnCollection(Refusal):
    code = "own_collection"
    message = _("不能审核自己的资源集。")
