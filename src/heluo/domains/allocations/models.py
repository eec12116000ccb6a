"""Orders to other nodes with what became of them there, and orders that came from the node above."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heluo.domains.allocations.enums import Deed, FilesMode, ItemState, Mark, Obstacle, OrderState, ReceivedState
from heluo.engines.catalogue.models import Entry
from heluo.kernel.nodes.models import Node
from heluo.kernel.organisations.models import Organisation

MOST_ITEMS = 20_000
"""Of one order."""


class Told(models.Model):
    """What an order says, on both sides."""

    uuid = models.UUIDField(editable=False)
    title = models.CharField(max_length=100)
    note = models.CharField(max_length=1000, blank=True)
    mark = models.CharField(max_length=12, choices=Mark.choices)
    until = models.DateField(null=True, blank=True, help_text="The last day; null: until it is cancelled.")
    files = models.CharField(max_length=10, choices=FilesMode.choices, default=FilesMode.ON_DEMAND)
    most_items = models.PositiveIntegerField(null=True, blank=True, help_text="That one node takes.")
    most_bytes = models.PositiveBigIntegerField(null=True, blank=True, help_text="Of files fetched ahead, per node.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Order(Told):
    """These resources to these nodes. Once issued it is never changed, only cancelled."""

    uuid = models.UUIDField(unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.DRAFT)
    made_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="order_has_a_title")]
        indexes = [
            models.Index(fields=["until"], condition=Q(state=OrderState.ISSUED), name="order_to_end"),
        ]

    @property
    def access_path(self) -> str:
        return self.organisation.path


class OrderItem(models.Model):
    """An entry in an order, at its place: where a quota is smaller, the first ones count."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["order", "entry"], name="entry_once_in_an_order")]


class Recipient(models.Model):
    """A node that an order is for, and the last receipt from there."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="recipients")
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When it went into the outbox.")
    receipt_at = models.DateTimeField(null=True, blank=True, help_text="When the receipt was signed there.")
    received_at = models.DateTimeField(null=True, blank=True, help_text="When all of it had come there.")
    applied = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    obstacle = models.CharField(max_length=12, choices=Obstacle.choices, blank=True)
    files = models.PositiveIntegerField(default=0, help_text="Contents that are there.")
    bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "node"], name="node_once_in_an_order")]
        indexes = [
            models.Index(fields=["order"], condition=Q(sent_at__isnull=True), name="recipient_to_send_to"),
        ]


class Step(models.Model):
    """One line of the history of an order; only ever added."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="steps")
    deed = models.CharField(max_length=10, choices=Deed.choices)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]


class Received(Told):
    """An order of the node above, as its parts arrive here."""

    sender = models.CharField(max_length=253, help_text="Domain of the node that issued it.")
    state = models.CharField(max_length=10, choices=ReceivedState.choices, default=ReceivedState.ARRIVING)
    parts = models.PositiveSmallIntegerField(default=0, help_text="Messages it is told in.")
    arrived = ArrayField(models.PositiveSmallIntegerField(), default=list, help_text="Numbers of those that came.")
    came_at = models.DateTimeField()
    whole_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was cancelled.")
    obstacle = models.CharField(max_length=12, choices=Obstacle.choices, blank=True)
    receipt_due = models.BooleanField(default=False, help_text="Something changed since the last receipt.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "uuid"], name="received_once")]
        indexes = [models.Index(fields=["id"], condition=Q(receipt_due=True), name="receipt_to_send")]

    def stands_on(self, day: date) -> bool:
        return self.state == ReceivedState.STANDING and (self.until is None or self.until >= day)


class ReceivedItem(models.Model):
    """An entry that the node above allocated. It may be told of here before its entry is."""

    received = models.ForeignKey(Received, on_delete=models.CASCADE, related_name="items")
    identifier = models.UUIDField()
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.WAITING)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["received", "identifier"], name="identifier_once_in_received")]
        indexes = [
            models.Index(fields=["identifier"], condition=Q(state=ItemState.APPLIED), name="applied_identifiers"),
        ]
