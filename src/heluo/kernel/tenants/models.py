"""Virtual platforms."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q

from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.tenants.enums import TONES, TenantState

LONGEST_NAME, LONGEST_SHORT_NAME, LONGEST_LABEL = 60, 12, 40
OWN_COLOUR = "#0e6962"
"""河洛青, for whoever chooses none."""


class Tenant(models.Model):
    """A virtual platform: a host name under which an organisation shows what its tree has, in its own colours."""

    uuid = models.UUIDField(unique=True, editable=False)
    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=LONGEST_LABEL, help_text="Its name below TENANT_DOMAIN.")
    own_host = models.CharField(max_length=253, null=True, blank=True, help_text="A host name of its own, if any.")
    name = models.CharField(max_length=LONGEST_NAME)
    short_name = models.CharField(max_length=LONGEST_SHORT_NAME, help_text="For the header of a telephone.")
    logo = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    colour = models.CharField(max_length=7, default=OWN_COLOUR)
    state = models.CharField(max_length=10, choices=TenantState.choices, default=TenantState.ACTIVE)
    moved_to = models.CharField(max_length=300, blank=True, help_text="Scheme and host, where it moved.")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    carried_at = models.DateTimeField(null=True, help_text="Moment of the newest export, made here or taken in.")

    class Meta:
        ordering = ["organisation__path"]
        constraints = [
            models.UniqueConstraint(fields=["label"], name="label_of_one_tenant"),
            models.UniqueConstraint(fields=["own_host"], name="host_of_one_tenant"),
            models.CheckConstraint(condition=Q(label__regex=r"^[a-z][a-z0-9-]{1,39}$"), name="label_of_a_host_name"),
            models.CheckConstraint(condition=Q(colour__regex=r"^#[0-9a-f]{6}$"), name="colour_in_hexadecimal"),
            models.CheckConstraint(
                condition=Q(state=TenantState.MOVED) & ~Q(moved_to="") | ~Q(state=TenantState.MOVED) & Q(moved_to=""),
                name="moved_ones_say_where",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def access_path(self) -> str:
        return self.organisation.path

    @property
    def host(self) -> str:
        """The host name people are told."""
        return self.own_host or f"{self.label}.{settings.TENANT_DOMAIN}"

    @property
    def address(self) -> str:
        """Scheme, host and port, as the platform itself is reached."""
        here = urlsplit(settings.PUBLIC_URL)
        return f"{here.scheme}://{self.host}{f':{here.port}' if here.port else ''}"

    @property
    def state_tone(self) -> str:
        return TONES[TenantState(self.state)]
