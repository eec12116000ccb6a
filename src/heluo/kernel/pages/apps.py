"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.pages.access import Permission


class PagesApp(HeluoApp):
    name = "heluo.kernel.pages"
    label = "pages"
    manifest = Manifest(
        title=_("页面"),
        grants={Role.OPERATOR: {Permission.VIEW_STYLEGUIDE}},
        navigation=(
            NavigationEntry(
                title=_("样式库"),
                route="pages:styleguide",
                icon="palette",
                place=Place.OPERATIONS,
                may=Permission.VIEW_STYLEGUIDE,
                order=95,
            ),
        ),
        kinds={"list": _("列表")},
        deeds={"pages.list_exported": _("导出了一个列表")},
    )
