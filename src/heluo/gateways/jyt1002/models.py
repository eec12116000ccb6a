"""Packages that were ordered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from heluo.kernel.files.enums import OrderState
from heluo.kernel.files.models import OrderedFile
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person


class Package(OrderedFile):
    """The register of one organisation and of all below it, in the layout of JY/T 1002."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    in_clear = models.BooleanField(default=False, help_text="Holds identity numbers in clear.")
    reason = models.CharField(max_length=200, blank=True, help_text="Why they must be in clear.")
    records = models.PositiveIntegerField(default=0)
    problems = models.PositiveIntegerField(default=0, help_text="Values that lack or are too long.")

    class Meta(OrderedFile.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "asked_by"], condition=Q(state=OrderState.WAITING), name="one_package_under_way"
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.READY) | Q(file__isnull=False), name="ready_package_has_its_file"
            ),
            models.CheckConstraint(condition=Q(in_clear=False) | ~Q(reason=""), name="numbers_in_clear_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.asked_at:%Y-%m-%d}"

    @property
    def title(self) -> str:
        return self.organisation.name

    @property
    def notes(self) -> list[str]:
        said = [_("身份证件号为原文") if self.in_clear else _("身份证件号已脱敏")]
        if self.state == OrderState.READY:
            said.append(_("{records} 条记录，{problems} 处待补").format(records=self.records, problems=self.problems))
        return said
