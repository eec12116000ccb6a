"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.audit.access import Permission as AuditPermission
from heluo.portal.operations.access import Permission


class OperationsApp(HeluoApp):
    name = "heluo.portal.operations"
    label = "operations"
    manifest = Manifest(
        title=_("运维"),
        grants={Role.OPERATOR: set(Permission)},
        navigation=(
            NavigationEntry(_("运行状况"), "operations:overview", "activity", Place.OPERATIONS, Permission.VIEW, 10),
            NavigationEntry(_("后台任务"), "operations:jobs", "list-check", Place.OPERATIONS, Permission.VIEW, 20),
            NavigationEntry(_("审计日志"), "operations:audit", "history", Place.OPERATIONS, AuditPermission.VIEW, 30),
            NavigationEntry(_("审计链"), "operations:chain", "lock", Place.OPERATIONS, AuditPermission.VERIFY, 40),
        ),
        deeds={
            "operations.job_retried": _("重试了后台任务"),
            "operations.job_cancelled": _("取消了后台任务"),
        },
        kinds={"job": pgettext_lazy("kind", "后台任务")},
    )
