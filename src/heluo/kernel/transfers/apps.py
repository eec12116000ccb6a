"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest
from heluo.kernel.transfers.access import Permission


class TransfersApp(HeluoApp):
    name = "heluo.kernel.transfers"
    label = "transfers"
    manifest = Manifest(
        title=_("文件传送"),
        grants={
            role: {Permission.FETCH}
            for role in (
                Role.PROVINCE_ADMIN,
                Role.CITY_OFFICER,
                Role.COUNTY_OFFICER,
                Role.SCHOOL_ADMIN,
                Role.OPERATOR,
            )
        },
        deeds={"transfers.contents_wanted": _("安排从其他平台取回文件")},
        kinds={"contents": _("其他平台的文件")},
        actors={"transfers": _("文件传送")},
    )
