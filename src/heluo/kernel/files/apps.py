"""Wiring and manifest of the app."""

from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest
from heluo.kernel.files.access import Permission
from heluo.kernel.files.hosts import check_hosts


class FilesApp(HeluoApp):
    name = "heluo.kernel.files"
    label = "files"
    manifest = Manifest(
        title=_("文件"),
        grants={
            role: {Permission.UPLOAD}
            for role in (
                Role.PROVINCE_ADMIN,
                Role.CITY_OFFICER,
                Role.COUNTY_OFFICER,
                Role.SCHOOL_ADMIN,
                Role.RESOURCE_REVIEWER,
                Role.TEACHER,
            )
        },
        deeds={
            "files.file_stored": _("上传了文件"),
            "files.file_quarantined": _("隔离了带病毒的文件"),
            "files.files_discarded": _("清理了无人使用的文件"),
        },
        kinds={"file": pgettext_lazy("kind", "文件"), "content": _("文件内容")},
        actors={"files": _("文件检查")},
    )

    def ready(self) -> None:
        register(check_hosts, Tags.security)
