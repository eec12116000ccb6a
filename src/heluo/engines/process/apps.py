"""Wiring and manifest of the app."""

from typing import Any

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

OVERSEES = {Permission.OVERSEE, Permission.TROUBLE}
OFFICERS = OVERSEES | {Permission.PAUSE, Permission.POOLS}


class ProcessApp(HeluoApp):
    name = "heluo.engines.process"
    label = "process"
    manifest = Manifest(
        title=_("流程"),
        grants={
            Role.SCHOOL_ADMIN: OVERSEES,
            **dict.fromkeys((Role.COUNTY_OFFICER, Role.CITY_OFFICER), OFFICERS),
            Role.PROVINCE_ADMIN: OFFICERS | {Permission.REPAIR, Permission.CHANGE},
            Role.OPERATOR: {Permission.TROUBLE, Permission.REPAIR, Permission.PAUSE, Permission.CHANGE},
        },
        navigation=(
            NavigationEntry(_("我的待办"), "process:work", "inbox", Place.WORKBENCH, order=5),
            NavigationEntry(
                _("受阻的流程"), "process:trouble", "alert-triangle", Place.WORKBENCH, Permission.TROUBLE, order=90
            ),
            NavigationEntry(_("办理组"), "process:pools", "users-group", Place.WORKBENCH, Permission.POOLS, order=89),
            NavigationEntry(
                _("流程设置"), "process:definitions", "settings", Place.OPERATIONS, Permission.CHANGE, order=45
            ),
        ),
        actors={"process": _("流程的定时事件")},
        kinds={
            "process": _("流程"),
            "processes": _("一批流程"),
            "process_definition": _("流程设置"),
            "process_pool": _("办理组"),
        },
        deeds={
            "process.change_proposed": _("提出修改流程设置"),
            "process.change_approved": _("批准了流程设置的修改"),
            "process.change_refused": _("没有批准流程设置的修改"),
            "process.change_withdrawn": _("撤回了流程设置的修改"),
            "process.started": _("发起了流程"),
            "process.done": _("办理了流程的一步"),
            "process.claimed": _("领取了流程的一步"),
            "process.released": _("退回了领取的一步"),
            "process.delegated": _("转交了流程的一步"),
            "process.commented": _("在流程中留言"),
            "process.fired": _("流程的定时事件到时"),
            "process.recounted": _("按新的工作日历重算了办理期限"),
            "process.finished": _("流程办结"),
            "process.withdrawn": _("撤回了流程"),
            "process.reassigned": _("改派了流程的一步"),
            "process.retried": _("重试了流程的定时事件"),
            "process.ended": _("终止了流程"),
            "process.paused": _("暂停了流程"),
            "process.pool_made": _("建立了办理组"),
            "process.member_added": _("把人加入了办理组"),
            "process.member_removed": _("把人移出了办理组"),
            "process.place_added": _("把单位加入了办理组"),
            "process.place_removed": _("把单位移出了办理组"),
            "process.resumed": _("恢复了流程"),
        },
    )

    def ready(self) -> None:
        super().ready()
        post_migrate.connect(self.load, sender=self)

    def load(self, **_signal: Any) -> None:
        """Publish the processes that the apps ship, after each migration."""
        from heluo.engines.process.loading import load_processes  # noqa: PLC0415  # models exist only once ready
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        load_processes(now=now())
