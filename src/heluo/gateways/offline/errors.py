"""Refusals."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class NothingChosen(Invalid):
    code = "nothing_chosen"
    message = _("没有要带走的内容：所选范围里没有公开的资源，也没有等待发出的消息。")


class SetUnknown(Invalid):
    code = "set_unknown"
    message = _("没有“{name}”这一类公开资源。")


class OrderUnknown(Invalid):
    code = "order_unknown"
    message = _("没有编号为“{order}”的调配单，或其中没有资源。编号在调配单的网址里。")


class TooMuchChosen(Invalid):
    code = "too_much_chosen"
    message = _("一个离线资源包最多放 {limit} 个文件。请分成几次导出。")


class PartSizeRefused(Invalid):
    code = "part_size_refused"
    message = _("分卷大小须在 {least} 与 {most} 之间。")


class NoAcknowledgement(Refusal):
    code = "no_acknowledgement"
    message = _("写给任何节点的包没有回执，不能只带上次以后的内容。请指明接收的节点。")


class TargetFull(Refusal):
    status = 507
    code = "target_full"
    message = _("“{folder}”写满了，已写好的分卷保留着。腾出空间后再运行一次，从断开处继续。")


class TargetGone(Refusal):
    code = "target_gone"
    message = _("写不到“{folder}”：{why}。磁盘插好后再运行一次，从断开处继续。")


class ContentLost(Refusal):
    code = "content_lost"
    message = _("本平台存储里的“{name}”缺失或已损坏，没有写进包里。请先用 heluo doctor 检查存储。")


class NotAPackage(Invalid):
    code = "not_a_package"
    message = _("“{folder}”里没有离线资源包的清单 manifest.jws：没有写完，或不是离线资源包。")


class ManifestMalformed(Invalid):
    code = "manifest_malformed"
    message = _("离线资源包的清单读不懂。请重新复制，或请对方重新导出。")


class PartMissing(Invalid):
    code = "part_missing"
    message = _("缺少第 {number} 卷（{name}，{size} 字节）。请补上后再导入；没有导入任何内容。")


class PartDamaged(Invalid):
    code = "part_damaged"
    message = _("第 {number} 卷（{name}）与清单不符，涉及：{contents}。请重新复制这一卷；没有导入任何内容。")


class ContentForged(Invalid):
    code = "content_forged"
    message = _("“{contents}”的内容与清单登记的不符。请对方重新导出；没有导入任何内容。")


class OlderPackage(Refusal):
    code = "older_package"
    message = _("这是“{domain}”的第 {number} 号包，已经导入过更新的第 {last} 号。没有导入任何内容。")


class NumberReused(Refusal):
    code = "number_reused"
    message = _("“{domain}”的第 {number} 号包已经导入过，这一个内容不同。对方可能是从备份恢复的，请对方重新导出。")


class BaseMissing(Refusal):
    code = "base_missing"
    message = _("这个包只含第 {base} 号以后的内容，而本节点没有导入过第 {base} 号。请对方导出完整的包。")


class MuchWouldGo(Refusal):
    code = "much_would_go"
    message = _(
        "这个包要下架 {gone} 条，本节点有 {here} 条来自“{domain}”。请先核实；确认后加 --allow-deletions 再导入。"
    )


class NoOrganisation(Refusal):
    code = "no_organisation"
    message = _("本节点还没有机构，不知道这些资源归在哪里。请先运行 heluo register bureaus。")
