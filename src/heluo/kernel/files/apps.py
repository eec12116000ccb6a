"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest
from heluo.kernel.files.access import Permission


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
    )
