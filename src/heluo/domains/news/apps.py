"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.news.access import Permission
from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class NewsApp(HeluoApp):
    name = "heluo.domains.news"
    label = "news"
    manifest = Manifest(
        title=_("新闻"),
        grants={
            role: {Permission.KEEP}
            for role in (Role.PROVINCE_ADMIN, Role.CITY_OFFICER, Role.COUNTY_OFFICER, Role.SCHOOL_ADMIN)
        },
        navigation=(
            NavigationEntry(_("新闻"), "news:list", "file-text", Place.PUBLIC, Audience.PUBLIC, 5, is_of_tenants=True),
            NavigationEntry(
                _("写新闻"), "news:written", "file-text", Place.WORKBENCH, Permission.KEEP, 72, is_of_tenants=True
            ),
        ),
        kinds={"news": _("新闻")},
        deeds={
            "news.written": _("写了新闻草稿"),
            "news.changed": _("修改了新闻"),
            "news.published": _("发布了新闻"),
            "news.withdrawn": _("撤下了新闻"),
        },
    )

    def ready(self) -> None:
        from heluo.domains.news.actions import files_to_carry, rows_to_carry, take_in  # noqa: PLC0415  # models are loaded
        from heluo.kernel.tenants.public import Share, register_share  # noqa: PLC0415

        register_share(Share("news", rows=rows_to_carry, files=files_to_carry, take=take_in))
