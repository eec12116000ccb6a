"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.rosters.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

CLERK = {Permission.IMPORT, Permission.PRINT}


class RostersApp(HeluoApp):
    name = "heluo.domains.rosters"
    label = "rosters"
    manifest = Manifest(
        title=_("名册"),
        grants={Role.SCHOOL_ADMIN: CLERK, Role.COUNTY_OFFICER: CLERK},
        navigation=(
            NavigationEntry(
                _("名册导入"), "rosters:batches", "table-import", Place.WORKBENCH, Permission.IMPORT, order=62
            ),
            NavigationEntry(_("激活码"), "rosters:activation", "key", Place.WORKBENCH, Permission.PRINT, order=63),
        ),
        actors={"rosters": _("名册核对")},
        kinds={"roster_batch": _("名册批次")},
        deeds={
            "rosters.batch_opened": _("上传了名册"),
            "rosters.batch_checked_again": _("重新核对了名册"),
            "rosters.batch_confirmed": _("确认导入名册"),
            "rosters.batch_cancelled": _("取消了名册导入"),
            "rosters.batch_imported": _("导入了名册"),
        },
    )
