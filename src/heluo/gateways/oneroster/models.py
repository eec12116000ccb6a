"""Programs that may read the register, how often they did, and bulk files."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from heluo.kernel.files.enums import OrderState
from heluo.kernel.files.models import OrderedFile
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person


class RosterClient(models.Model):
    """A program and the organisation below which it may read. Its secret and its tokens are the OAuth provider's."""

    client_id = models.CharField(max_length=100, unique=True, editable=False)
    name = models.CharField(max_length=60)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def access_path(self) -> str:
        return self.organisation.path


class Reading(models.Model):
    """What one client read at one endpoint within one hour: counted here, audited once."""

    client = models.ForeignKey(RosterClient, on_delete=models.PROTECT, related_name="readings")
    endpoint = models.CharField(max_length=60)
    hour = models.DateTimeField()
    requests = models.PositiveIntegerField()
    objects_given = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "endpoint", "hour"], name="reading_once_per_hour")]

    def __str__(self) -> str:
        return f"{self.client} {self.endpoint}"


class Export(OrderedFile):
    """A bulk file of one organisation, made by a job."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    with_demographics = models.BooleanField(default=False)

    class Meta(OrderedFile.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state=OrderState.WAITING), name="one_export_under_way"
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.READY) | Q(file__isnull=False), name="ready_export_has_its_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.asked_at:%Y-%m-%d}"

    @property
    def title(self) -> str:
        return self.organisation.name

    @property
    def notes(self) -> list[str]:
        return [gettext("含出生日期和性别")] if self.with_demographics else []
