"""Refusals about virtual platforms."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal


class NoTenant(RuntimeError):
    """Something of virtual platforms was read or written without saying which: a bug in the caller, never a refusal."""


class NoSuchPlatform(Refusal):
    status = 404
    code = "no_such_platform"
    message = _("这个网址没有开通虚拟平台。请核对网址，或联系开通它的单位。")


class PlatformSuspended(Refusal):
    status = 503
    code = "platform_suspended"
    message = _("“{name}”已暂停服务。请联系上级平台的运维人员。")


class LabelTaken(Refusal):
    code = "label_taken"
    message = _("网址前缀“{label}”已被别的虚拟平台使用。")


class LabelReserved(Refusal):
    status = 422
    code = "label_reserved"
    message = _("网址前缀“{label}”留给平台自己使用，请换一个。")


class HostTaken(Refusal):
    code = "host_taken"
    message = _("域名“{host}”已被别的虚拟平台使用。")


class HostNotOurs(Refusal):
    status = 422
    code = "host_not_ours"
    message = _("域名“{host}”还没有指向本平台：先在 TENANT_HOSTS 里写上它并重启。")


class OneEach(Refusal):
    code = "one_platform_each"
    message = _("“{name}”已经有虚拟平台了。")


class ColourUnreadable(Refusal):
    status = 422
    code = "colour_unreadable"
    message = _("用这个颜色写的字看不清（对比度 {ratio}，至少要 4.5）。改用 {instead} 就可以。")


class LogoTooLarge(Refusal):
    status = 422
    code = "logo_too_large"
    message = _("徽标不能超过 {limit}。请压缩后再上传。")


class ExportDamaged(Refusal):
    status = 422
    code = "export_damaged"
    message = _("这不是完好的虚拟平台导出文件：{part}。没有导入任何内容，请重新导出。")


class ExportOutdated(Refusal):
    code = "export_outdated"
    message = _("这里已有更新的内容（{here}），不能用更早的导出文件（{given}）覆盖。")


class OrganisationMissing(Refusal):
    code = "organisation_missing"
    message = _("本节点还没有单位“{name}”（{code}）。请先登记它，再导入。")


class NewAddressNeeded(Refusal):
    status = 422
    code = "new_address_needed"
    message = _("请填写新网址的开头，例如 https://edu.example，不带路径。")


class MovedToItself(Refusal):
    status = 422
    code = "moved_to_itself"
    message = _("新网址就是它现在的网址。")
