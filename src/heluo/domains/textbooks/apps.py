"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.enums import CHAPTER_FACET, POINT_FACET
from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class TextbooksApp(HeluoApp):
    name = "heluo.domains.textbooks"
    label = "textbooks"
    manifest = Manifest(
        title=_("教材目录"),
        grants={Role.PROVINCE_ADMIN: {Permission.KEEP}},
        navigation=(
            NavigationEntry(_("按教材找"), "textbooks:list", "book", Place.PUBLIC, Audience.PUBLIC, 12),
            NavigationEntry(
                _("教材目录管理"), "textbooks:keep", "table-import", Place.WORKBENCH, Permission.KEEP, order=64
            ),
        ),
        kinds={
            "textbook": _("教材"),
            "textbook_file": _("教材目录文件"),
        },
        deeds={
            "textbooks.imported": _("导入了教材目录"),
            "textbooks.withdrawn": _("停用了教材"),
            "textbooks.restored": _("恢复了停用的教材"),
        },
        actors={
            "heluo textbooks import": _("命令行：导入教材目录"),
        },
    )

    def ready(self) -> None:
        from heluo.domains.textbooks.queries.browsing import titles_of_chapters, titles_of_points  # noqa: PLC0415  # models are loaded
        from heluo.engines.catalogue.enums import Meaning  # noqa: PLC0415
        from heluo.engines.catalogue.public import Facet, register_facets  # noqa: PLC0415

        register_facets(
            (
                Facet(
                    CHAPTER_FACET,
                    pgettext_lazy("facet", "教材章节"),
                    order=80,
                    named=titles_of_chapters,
                    meaning=Meaning.DISCIPLINE,
                    local=True,
                ),
                Facet(
                    POINT_FACET,
                    pgettext_lazy("facet", "知识点"),
                    order=81,
                    named=titles_of_points,
                    meaning=Meaning.IDEA,
                    local=True,
                ),
            )
        )
