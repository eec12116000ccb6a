"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.engines.catalogue.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

OFFICER = (Permission.PUBLISH, Permission.VIEW, Permission.OVERLAY)
GRANTS = {
    Role.PROVINCE_ADMIN: (*OFFICER, Permission.RECEIVE, Permission.KEEP_SYNONYMS),
    Role.CITY_OFFICER: (*OFFICER, Permission.RECEIVE),
    Role.COUNTY_OFFICER: OFFICER,
    Role.SCHOOL_ADMIN: OFFICER,
    Role.RESOURCE_REVIEWER: OFFICER,
    Role.TEACHER: (Permission.PUBLISH,),
}


class CatalogueApp(HeluoApp):
    name = "heluo.engines.catalogue"
    label = "catalogue"
    manifest = Manifest(
        title=_("目录"),
        grants={role: (Permission.SAVE_SEARCH, *GRANTS.get(role, ())) for role in Role},
        navigation=(
            NavigationEntry(
                _("我的搜索"), "catalogue:searches", "bookmark", Place.WORKBENCH, Permission.SAVE_SEARCH, order=59
            ),
            NavigationEntry(
                _("检索同义词"),
                "catalogue:synonyms",
                "arrows-exchange",
                Place.WORKBENCH,
                Permission.KEEP_SYNONYMS,
                order=66,
            ),
        ),
        deeds={
            "catalogue.synonyms_kept": _("修改了检索同义词"),
            "catalogue.entry_published": _("在目录中公布"),
            "catalogue.entries_published": _("在目录中成批公布"),
            "catalogue.entry_overlaid": _("修改了外来条目的本地补充"),
            "catalogue.entry_withdrawn": _("从目录中下架"),
            "catalogue.entries_withdrawn": _("从目录中成批下架"),
        },
        kinds={"entry": _("目录条目"), "entries": _("一批目录条目"), "synonyms": _("检索同义词")},
    )

    def ready(self) -> None:
        from heluo.engines.catalogue.queries import shown_to_everybody  # noqa: PLC0415  # models are loaded
        from heluo.kernel.transfers.public import register_giver  # noqa: PLC0415

        register_giver(shown_to_everybody)
