"""Collections, and the versions they hold in their order."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heluo.domains.collections.enums import SharedWith
from heluo.engines.catalogue.models import Entry, EntryVersion
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.models import Person

MOST_COLLECTIONS = 200
"""That one person may keep."""
MOST_ITEMS = 200


class Collection(models.Model):
    """Resources that somebody has put in an order, with notes, for themselves or for others.

    A class and a place see it as it stands. The public sees the edition that was reviewed: the catalogue's version.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    title = models.CharField(_("名称"), max_length=100)
    description = models.TextField(_("说明"), max_length=1000, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reach = models.CharField(max_length=10, choices=SharedWith.choices, default=SharedWith.PRIVATE)
    klass = models.ForeignKey(Klass, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True, help_text="When the public edition was made.")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reach=SharedWith.KLASS, klass__isnull=False)
                | (~Q(reach=SharedWith.KLASS) & Q(klass__isnull=True)),
                name="collection_of_a_class_names_it",
            ),
            models.CheckConstraint(
                condition=Q(reach=SharedWith.PUBLIC, published_at__isnull=False)
                | (~Q(reach=SharedWith.PUBLIC) & Q(published_at__isnull=True)),
                name="public_collection_has_an_edition",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="collection_has_a_title"),
        ]
        indexes = [
            models.Index(fields=["owner", "-changed_at", "-id"], name="collection_by_owner"),
            models.Index(
                fields=["klass", "-changed_at", "-id"], condition=Q(reach="klass"), name="collection_for_class"
            ),
            models.Index(
                fields=["organisation", "-changed_at", "-id"], condition=Q(reach="place"), name="collection_for_place"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def access_path(self) -> str:
        return self.organisation.path

    @property
    def has_changed_since(self) -> bool:
        """Whether the public still sees an earlier edition."""
        return self.published_at is not None and self.changed_at > self.published_at


class CollectionItem(models.Model):
    """A version of an entry at its place in a collection. It stays that one until a newer is taken."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(EntryVersion, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("备注"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["collection", "entry"], name="entry_once_in_a_collection"),
            models.UniqueConstraint(
                fields=["collection", "position"],
                name="one_item_at_a_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
