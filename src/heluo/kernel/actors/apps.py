"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class ActorsApp(HeluoApp):
    name = "heluo.kernel.actors"
    label = "actors"
    manifest = Manifest(title=_("角色与权限"), actors={"demo": _("演示数据")})
