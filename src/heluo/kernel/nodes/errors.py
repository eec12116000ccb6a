"""Refusals, to people and to other nodes."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, NotFound, Refusal
from heluo.kernel.nodes.enums import Fault

STATUSES = {Fault.MALFORMED: 400, Fault.TOO_LARGE: 413, Fault.TOO_OFTEN: 429}


class ExchangeRefused(Refusal):
    """What came from another node is not taken; `fault` says why, on both sides."""

    code = "exchange_refused"
    message = _("没有接受另一个节点发来的内容：{fault}。")
    otherwise: ClassVar[int] = 403

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault=fault.label)
        self.fault = fault

    @property
    def http_status(self) -> int:
        return STATUSES.get(self.fault, self.otherwise)


class NodeUnknown(NotFound):
    code = "node_unknown"
    message = _("没有与节点“{domain}”建立往来，不能向它发消息。")


class MessageTooLarge(Invalid):
    code = "message_too_large"
    message = _("发往其他节点的一条消息最大 {limit} KiB。")


class MessageNotPlain(Invalid):
    code = "message_not_plain"
    message = _("消息里有不能传送的字符。")


class StatementRefused(Refusal):
    status = 403
    code = "statement_refused"
    message = _("转来的文件签名不对，或不是由应当签发它的节点签发的。")


class KindUnknown(Refusal):
    code = "message_kind_unknown"
    message = _("本节点还不会处理这种消息。升级后可以重试。")


class HandlerFailed(Refusal):
    code = "message_failed"
    message = _("处理时出了错，运行日志里有原因。排除后可以重试。")


class NotInTrouble(Refusal):
    code = "message_not_in_trouble"
    message = _("这条消息已经处理，不需要重试。")


class AlreadyDecided(Refusal):
    code = "join_already_decided"
    message = _("这个申请已经处理过了。")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("请写明原因，申请的节点会看到。")


class JoinRequestsFull(Refusal):
    status = 429
    code = "join_requests_full"
    message = _("等待批准的申请太多，暂时不能再申请。")


class HubUnreachable(Refusal):
    status = 502
    code = "hub_unreachable"
    message = _("没有联系上 {address}：{why}。")


class OtherFingerprint(Refusal):
    code = "other_fingerprint"
    message = _("对方密钥的指纹是 {fingerprint}，与给出的不同。没有申请接入。")


class HubKeyChanged(Refusal):
    code = "hub_key_changed"
    message = _("“{domain}”出示了另一把密钥。请先向对方核实；确属更换的，先停止与它的往来，再重新申请。")


class JoinsItself(Refusal):
    code = "joins_itself"
    message = _("这是本节点自己的地址，或对方的域名与本节点相同。请检查地址和 NODE。")


class OwnKeyMissing(Refusal):
    status = 503
    code = "own_key_missing"
    message = _("本节点的密钥 {key} 不在这台机器上。请把备份的 keys/node-{key}.pem 放回数据文件夹。")


class KeyAlreadyRevoked(Refusal):
    code = "key_already_revoked"
    message = _("这把密钥已经吊销。")


class NodeAlreadyEnded(Refusal):
    code = "node_already_ended"
    message = _("与这个节点的往来已经停止。")
