"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import OFFICER_ROLES, Role
from heluo.kernel.actors.public import HeluoApp, Manifest
from heluo.kernel.audit.access import Permission


class AuditApp(HeluoApp):
    name = "heluo.kernel.audit"
    label = "audit"
    manifest = Manifest(
        title=_("审计"),
        grants={
            **{role: {Permission.VIEW} for role in OFFICER_ROLES},
            Role.OPERATOR: {Permission.VIEW, Permission.VIEW_PLATFORM, Permission.VERIFY},
        },
        deeds={"audit.verification_ordered": _("要求核对审计链")},
        kinds={"audit_chain": _("审计链")},
    )
