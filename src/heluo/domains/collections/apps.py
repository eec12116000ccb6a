"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.collections.access import Permission
from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

STAFF = {Permission.KEEP, Permission.SHARE}
OFFICER = STAFF | {Permission.WITHDRAW}


class CollectionsApp(HeluoApp):
    name = "heluo.domains.collections"
    label = "collections"
    manifest = Manifest(
        title=_("资源集"),
        grants={
            Role.PUPIL: {Permission.KEEP},
            Role.GUARDIAN: {Permission.KEEP},
            Role.TEACHER: STAFF,
            Role.RESOURCE_REVIEWER: STAFF | {Permission.REVIEW},
            Role.SCHOOL_ADMIN: OFFICER,
            Role.COUNTY_OFFICER: OFFICER,
            Role.CITY_OFFICER: OFFICER,
            Role.PROVINCE_ADMIN: OFFICER,
        },
        navigation=(
            NavigationEntry(_("资源集"), "collections:list", "folders", Place.PUBLIC, Audience.PUBLIC, 14),
            NavigationEntry(_("我的资源集"), "collections:mine", "folders", Place.WORKBENCH, Permission.KEEP, 22),
        ),
        kinds={"collection": _("资源集")},
        deeds={
            "collections.started": _("新建了资源集"),
            "collections.described": _("修改了资源集的名称或说明"),
            "collections.collected": _("把资源加入了资源集"),
            "collections.removed": _("从资源集移除了资源"),
            "collections.reordered": _("调整了资源集的顺序"),
            "collections.annotated": _("修改了资源集里的备注"),
            "collections.renewed": _("把资源集里的资源换成了新版本"),
            "collections.shared": _("改变了资源集的分享范围"),
            "collections.proposed": _("申请公开资源集"),
            "collections.published": _("公开了资源集"),
            "collections.withdrawn": _("让资源集不再公开"),
            "collections.deleted": _("删除了资源集"),
        },
    )

    def ready(self) -> None:
        from heluo.domains.collections.actions import publish_collection  # noqa: PLC0415  # models are loaded
        from heluo.domains.collections.enums import KIND  # noqa: PLC0415
        from heluo.domains.collections.pages import panel  # noqa: PLC0415
        from heluo.domains.collections.queries import feedback_subjects  # noqa: PLC0415
        from heluo.engines.catalogue.public import EntryDeed, register_entry_deed  # noqa: PLC0415
        from heluo.engines.process.public import register_panel, register_service  # noqa: PLC0415
        from heluo.kernel.feedback.public import subjects_of  # noqa: PLC0415

        register_entry_deed(
            EntryDeed(_("加入资源集"), icon="folder-plus", route="collections:collect", may=Permission.KEEP)
        )
        register_service("collections.publish", publish_collection)
        register_panel(KIND, panel)
        subjects_of(KIND, feedback_subjects)
