"""Typed refusals of the textbook tree. `NotFound` of the kernel also stands for "withdrawn" where only use counts."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class NothingToImport(Refusal):
    code = "nothing_to_import"
    message = _("这个文件已经导入或放弃了，请重新上传。")


class TreeMoved(Refusal):
    code = "tree_moved"
    message = _("核对之后目录已有变化，下面是现在会发生的改动，请再看一遍后确认。")


class UnknownNode(Invalid):
    code = "unknown_node"
    message = _("所选的{kind}不存在或已停用，请从目录里重新选择。")


class AlreadyWithdrawn(Refusal):
    code = "already_withdrawn"
    message = _("这本教材已经停用了。")


class InUse(Refusal):
    code = "in_use"
    message = _("这本教材正在使用，不用恢复。")
