"""Typed refusals of credentials. `NotFound` of the kernel also stands for "not yours"."""

from django.utils.translation import gettext_lazy as _

from heluo.engines.credentials.enums import Fault
from heluo.kernel.actors.errors import Invalid, Refusal


class Unreadable(Invalid):
    """A text that cannot be taken for a credential. `fault` says why."""

    code = "credential_unreadable"
    message = _("无法读取证书：{why}。")

    def __init__(self, fault: Fault, what: str = "") -> None:
        self.fault = fault
        self.what = what
        super().__init__(why=str(fault.label).format(what=what))


class SigningKeyMissing(Refusal):
    status = 500
    code = "signing_key_missing"
    message = _("颁发证书的密钥“{key}”不在数据文件夹里，请从备份恢复。")
