"""Wiring and manifest of the app."""

from typing import Any

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

SUPERIOR = {Permission.VIEW, Permission.DECIDE}


class StudentsApp(HeluoApp):
    name = "heluo.domains.students"
    label = "students"
    manifest = Manifest(
        title=_("学籍"),
        grants={
            Role.SCHOOL_ADMIN: {Permission.VIEW, Permission.KEEP},
            Role.COUNTY_OFFICER: SUPERIOR | {Permission.KEEP},
            Role.CITY_OFFICER: SUPERIOR,
            Role.PROVINCE_ADMIN: SUPERIOR | {Permission.AMEND_RULES},
            Role.TEACHER: {Permission.SEE_CLASS},
            Role.PUPIL: {Permission.SEE_OWN},
            Role.GUARDIAN: {Permission.SEE_OWN},
        },
        navigation=(NavigationEntry(_("学籍"), "students:list", "school", Place.WORKBENCH, Permission.VIEW, 40),),
        kinds={
            "student_record": _("学籍"),
            "student_bulk": _("学籍批量办理"),
            "student_transfer": _("转学"),
            "duplicate_case": _("疑似重复学籍"),
            "stage_rule": _("学段规则"),
        },
        actors={"students": _("学籍查重")},
        deeds={
            "students.records_opened": _("建立了学籍"),
            "students.change_registered": _("登记了学籍异动"),
            "students.change_corrected": _("更正了学籍异动"),
            "students.bulk_drafted": _("生成了学籍批量办理的预览"),
            "students.bulk_adjusted": _("手工调整了学籍批量办理的预览"),
            "students.bulk_discarded": _("放弃了学籍批量办理"),
            "students.bulk_applied": _("执行了学籍批量办理"),
            "students.bulk_undone": _("撤销了学籍批量办理"),
            "students.search_ordered": _("启动了学籍查重"),
            "students.duplicates_raised": _("发现了疑似重复的学籍"),
            "students.duplicate_judged": _("判定了疑似重复的学籍"),
            "students.number_confirmed": _("把临时学籍号转为正式号"),
            "students.rule_amended": _("修订了学段规则"),
            "students.transfer_requested": _("提出了转学"),
            "students.transfer_decided": _("办理了转学"),
            "students.transfer_withdrawn": _("撤回了转学"),
        },
    )

    def ready(self) -> None:
        post_migrate.connect(self.load, sender=self)

    def load(self, **_signal: Any) -> None:
        """Bring the shipped rules in after each migration (and after a test database was emptied)."""
        from heluo.domains.students.actions import load_stage_rules  # noqa: PLC0415  # models exist once apps are ready

        load_stage_rules()
