"""What the gateway refuses."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid, Refusal


class PackageUnderWay(Refusal):
    code = "jyt1002_package_under_way"
    message = _("{organisation}已有一份数据包正在生成，请稍后再试。")


class NotConfirmed(Invalid):
    code = "jyt1002_not_confirmed"
    message = _("请勾选确认，或改为导出脱敏的数据包。")
