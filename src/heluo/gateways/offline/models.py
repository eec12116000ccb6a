"""Packages that were written here and read here."""

from django.db import models
from django.db.models import Q

from heluo.gateways.offline.enums import PackageState

WRITTEN_HERE = (PackageState.WRITING, PackageState.WRITTEN, PackageState.DROPPED)
READ_HERE = (PackageState.APPLYING, PackageState.APPLIED)


class Package(models.Model):
    """A package. Of one written here `node` is whom it is for; of one read here, who wrote it."""

    uuid = models.UUIDField(editable=False)
    state = models.CharField(max_length=10, choices=PackageState.choices)
    node = models.CharField(max_length=253)
    number = models.PositiveBigIntegerField(help_text="Counted by the node that wrote it.")
    base = models.PositiveBigIntegerField(default=0, help_text="The package whose contents it leaves out; 0: none.")
    folder = models.CharField(max_length=1000, help_text="Where it lies, or lay.")
    part_size = models.PositiveBigIntegerField()
    chosen = models.JSONField(default=dict, help_text="What was asked for, to know an interrupted order again.")
    entries = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0, help_text="Entries told as withdrawn.")
    contents = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of all parts.")
    left_out = models.JSONField(default=list, help_text="Contents that could not be packed or kept: name and reason.")
    made_at = models.DateTimeField(help_text="By the clock of the node that wrote it.")
    ended_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True, help_text="When its reader told that it has taken it.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["uuid"], condition=Q(state__in=WRITTEN_HERE), name="offline_written_once"),
            models.UniqueConstraint(fields=["uuid"], condition=Q(state__in=READ_HERE), name="offline_read_once"),
            models.UniqueConstraint(
                fields=["number"], condition=Q(state__in=WRITTEN_HERE), name="offline_number_once_written"
            ),
            models.UniqueConstraint(
                fields=["node", "number"], condition=Q(state__in=READ_HERE), name="offline_number_once_read"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.number}"


class Item(models.Model):
    """What a package that was written here holds: a content by its hash, or a version of an entry (0: it is gone)."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="items")
    content = models.CharField(max_length=64, blank=True, db_collation="C")
    entry = models.UUIDField(null=True, help_text="The entry it is.")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["package", "id"], name="items_of_a_package")]
