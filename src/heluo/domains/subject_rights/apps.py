"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class SubjectRightsApp(HeluoApp):
    name = "heluo.domains.subject_rights"
    label = "subject_rights"
    manifest = Manifest(
        title=_("个人信息权利"),
        navigation=(NavigationEntry(_("我的信息"), "subject_rights:mine", "user-shield", Place.WORKBENCH, order=80),),
    )
