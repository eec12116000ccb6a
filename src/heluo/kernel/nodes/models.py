"""Other nodes and their keys, who asks to be let in, and messages on their way."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from heluo.kernel.nodes.enums import Fault, IncomingState, RequestState, Standing, Tier
from heluo.kernel.signing.public import fingerprint_of, public_key_of

ONE_KEY_IN_USE = "one_own_key_in_use"


class OwnKey(models.Model):
    """A key of this node. The private half is a file of the data folder, under the same id."""

    key_id = models.CharField(max_length=16, unique=True)
    public = models.CharField(max_length=64, help_text="The public half, in hex.")
    announcement = models.TextField(blank=True, help_text="Signed with the key before; empty for the first.")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(retired_at__isnull=True), name=ONE_KEY_IN_USE)
        ]

    def __str__(self) -> str:
        return self.key_id

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(public_key_of(self.public))


class Introduced(models.Model):
    """How a node introduced itself."""

    name = models.CharField(max_length=100)
    tier = models.CharField(max_length=10, choices=Tier.choices)
    version = models.CharField(max_length=40)
    capabilities = ArrayField(models.CharField(max_length=80), default=list, help_text="Kinds of messages it takes.")

    class Meta:
        abstract = True


class Node(Introduced):
    """Another node, once an officer here let it in or we asked it to let us in."""

    domain = models.CharField(max_length=253, unique=True)
    address = models.CharField(max_length=300, blank=True, help_text="Where we ask it; empty for one that asks us.")
    standing = models.CharField(max_length=10, choices=Standing.choices)
    reason = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField()
    contact_at = models.DateTimeField(null=True, blank=True)
    envelope_at = models.DateTimeField(
        null=True, blank=True, help_text="When its newest envelope was signed, by its own clock: a replay is older."
    )
    next_in = models.PositiveBigIntegerField(default=1, help_text="Number of the next message from it.")
    next_out = models.PositiveBigIntegerField(default=1, help_text="Number of the next message to it.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="How often in a row it could not be asked.")
    ask_at = models.DateTimeField(null=True, blank=True, help_text="When it is asked next; null: it asks us.")

    class Meta:
        ordering = ["domain"]
        indexes = [models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="node_to_ask")]

    def __str__(self) -> str:
        return self.domain

    @property
    def is_hub(self) -> bool:
        """Whether we asked it to let us in: then its word counts here for the nodes beyond it."""
        return bool(self.address)


class NodeKey(models.Model):
    """A key that another node signs with, or signed with before."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=16)
    public = models.CharField(max_length=64, help_text="The public half, in hex.")
    known_since = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "key_id"], name="key_once_per_node")]

    def __str__(self) -> str:
        return self.key_id

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(public_key_of(self.public))


class JoinRequest(Introduced):
    """Somebody says to be a node and asks to be let in. Believed in nothing but that they hold the key."""

    domain = models.CharField(max_length=253)
    key_id = models.CharField(max_length=16)
    public = models.CharField(max_length=64)
    next_seq = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["domain", "key_id"],
                condition=Q(state=RequestState.WAITING),
                name="request_waits_once_per_key",
            )
        ]
        indexes = [models.Index(fields=["domain", "-id"], name="request_of_domain")]

    def __str__(self) -> str:
        return f"{self.domain} {self.key_id}"

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(public_key_of(self.public))


class Outgoing(models.Model):
    """A message that another node has not acknowledged yet; gone once it has."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField()
    jti = models.UUIDField(unique=True)
    kind = models.CharField(max_length=80)
    token = models.TextField(help_text="The signed message.")
    by_name = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "seq"], name="outgoing_number_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.jti}"


class Incoming(models.Model):
    """A message that came from another node: applied, or in trouble with the reason and its body."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    jti = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=80)
    body = models.JSONField(null=True, help_text="Kept until it is applied.")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=IncomingState.choices)
    reason = models.TextField(blank=True)
    reason_english = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "jti"], name="incoming_once")]
        indexes = [
            models.Index(fields=["node", "-seq"], name="incoming_by_number"),
            models.Index(fields=["node", "seq"], condition=Q(state=IncomingState.TROUBLE), name="incoming_in_trouble"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.jti}"

    @property
    def reason_shown(self) -> str:
        return self.reason_english if get_language() == "en" else self.reason


class Trouble(models.Model):
    """How often something went wrong with a node, or with somebody who only claims to be one (no node)."""

    node = models.ForeignKey(Node, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    fault = models.CharField(max_length=20, choices=Fault.choices)
    count = models.PositiveBigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "fault"], nulls_distinct=False, name="trouble_once_per_fault")
        ]

    def __str__(self) -> str:
        return f"{self.fault} × {self.count}"
