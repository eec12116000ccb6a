"""Wiring and manifest of the app."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.access import Permission
from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

OFFICER = {Permission.WITHDRAW, Permission.OVERSEE, Permission.RECOGNISE, Permission.SEE_LINKS}


class ResourcesApp(HeluoApp):
    name = "heluo.domains.resources"
    label = "resources"
    manifest = Manifest(
        title=_("资源中心"),
        grants={
            Role.TEACHER: {Permission.AUTHOR},
            Role.RESOURCE_REVIEWER: {Permission.REVIEW, Permission.SEE_LINKS},
            Role.SCHOOL_ADMIN: OFFICER,
            Role.COUNTY_OFFICER: OFFICER,
            Role.CITY_OFFICER: OFFICER,
            Role.PROVINCE_ADMIN: OFFICER,
        },
        navigation=(
            NavigationEntry(_("资源"), "resources:list", "books", Place.PUBLIC, Audience.PUBLIC, 10, on_phone=True),
            NavigationEntry(_("我的资源"), "resources:mine", "folder", Place.WORKBENCH, Permission.AUTHOR, 20),
            NavigationEntry(
                _("失效链接"), "resources:links", "plug-connected-x", Place.WORKBENCH, Permission.SEE_LINKS, 62
            ),
        ),
        actors={"resources": _("资源有效期")},
        kinds={"resource": _("教学资源"), "resources": _("一批教学资源")},
        deeds={
            "resources.started": _("新建了资源草稿"),
            "resources.started_version": _("新建了资源的新版本"),
            "resources.derived": _("以别人的资源为基础新建了草稿"),
            "resources.sheet_opened": _("用批量表新建了资源草稿"),
            "resources.described": _("修改了资源的描述"),
            "resources.attached": _("给资源添加了文件"),
            "resources.removed_file": _("移除了资源的文件"),
            "resources.reordered_files": _("调整了资源文件的顺序"),
            "resources.submitted": _("提交资源审核"),
            "resources.approved": _("审核通过并发布了资源"),
            "resources.taken_back": _("收回了提交审核的资源"),
            "resources.taken_over": _("整批入库并发布了资源"),
            "resources.returned": _("退回了资源"),
            "resources.withdrawn": _("下架了资源"),
            "resources.expired": _("下架了有效期已满的资源"),
            "resources.restored": _("恢复发布了资源"),
            "resources.prolonged": _("延长了资源的有效期"),
            "resources.recognised": _("推荐了资源"),
        },
    )

    def ready(self) -> None:
        from heluo.domains.packages.public import opens  # noqa: PLC0415
        from heluo.domains.resources.actions import (  # noqa: PLC0415  # models are loaded
            RECOGNISING,
            bring_back,
            publish_submission,
            recognise_resource,
            register_submission,
            return_submission,
            take_back_submission,
            take_down_by_order,
            take_down_resource,
        )
        from heluo.domains.resources.pages.reviewing import panel  # noqa: PLC0415
        from heluo.domains.resources.queries import (  # noqa: PLC0415
            KIND,
            catalogue_facets,
            feedback_subjects,
            openable_copies,
            openable_files,
        )
        from heluo.engines.catalogue.public import Keeper, register_facets, register_keeper  # noqa: PLC0415
        from heluo.engines.process.public import register_panel, register_service  # noqa: PLC0415
        from heluo.kernel.feedback.public import subjects_of  # noqa: PLC0415

        for level in RECOGNISING:
            register_service(f"resources.recognise_{level.value}", partial(recognise_resource, level=level))
        register_service("resources.submit", register_submission)
        register_service("resources.publish", publish_submission)
        register_service("resources.send_back", return_submission)
        register_service("resources.take_back", take_back_submission)
        register_service("resources.take_down", take_down_resource)
        register_panel(KIND, panel)
        register_facets(catalogue_facets())
        register_keeper(KIND, Keeper(take_down=take_down_by_order, bring_back=bring_back))
        subjects_of(KIND, feedback_subjects)
        opens(openable_files)
        opens(openable_copies)
