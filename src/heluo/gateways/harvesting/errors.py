"""What the harvester refuses."""

from django.utils.translation import gettext_lazy as _

from heluo.gateways.harvesting.enums import Fault, Trouble
from heluo.kernel.actors.errors import Invalid, Refusal


class SourceTroubled(Invalid):
    """The source cannot be read; `trouble` says why."""

    code = "harvesting_source_troubled"
    message = _("{trouble}。{detail}")

    def __init__(self, trouble: Trouble, detail: str = "", *, seconds: int | None = None) -> None:
        self.trouble = trouble
        self.detail = detail
        self.seconds = seconds
        """Of a source that is busy: when to come back."""
        super().__init__(field="base_url", trouble=trouble.label, detail=detail)


class TokenExpired(Exception):
    """The source no longer knows a resumption token."""


class BadRecord(Exception):
    """A record that cannot be shown; the others can."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.detail = detail


class SourceKnown(Refusal):
    code = "harvesting_source_known"
    message = _("这个地址和集合已经是采集来源了。")


class OurOwn(Invalid):
    code = "harvesting_our_own"
    message = _("这是本平台自己的接口，不用采集。")


class AlreadyRunning(Refusal):
    code = "harvesting_already_running"
    message = _("“{name}”正在采集，请等它完成。")


class NothingToDecide(Refusal):
    code = "harvesting_nothing_to_decide"
    message = _("已经处理过了，不用再确认。")


class Paused(Refusal):
    code = "harvesting_paused"
    message = _("“{name}”已暂停，请先恢复。")


class NoProofThere(Refusal):
    code = "harvesting_no_proof_there"
    message = _("“{name}”不提供完整性证明，不能核对。")


class NoSuchValue(Invalid):
    code = "harvesting_no_such_value"
    message = _("没有这个分类值或许可。")


class DismissReasonMissing(Invalid):
    code = "harvesting_dismiss_reason_missing"
    message = _("请写明不再处理的原因。")
