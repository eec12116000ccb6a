"""Orders that take works down, what other nodes answered, complaints, use elsewhere, and the ledger of rights."""

from datetime import UTC

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from heluo.domains.rights.enums import CodeKind, ComplaintState, Deed, EventKind, Ground, Outcome
from heluo.kernel.organisations.models import Organisation

LONGEST_REASON = 200
DOMAIN = 253


class AboutWork(models.Model):
    """A row about an entry of the catalogue; `organisation` is who answers for it here, where it is known here."""

    entry = models.UUIDField()
    title = models.CharField(max_length=200, blank=True, help_text="As it was on that day.")
    origin = models.CharField(max_length=DOMAIN, help_text="The node the work is from.")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def access_path(self) -> str:
        return self.organisation.path if self.organisation else ""


class Complaint(AboutWork):
    """Somebody says that a work breaks a right of theirs. Whoever has no account leaves a name and a contact."""

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=40, help_text="Kind of the entry.")
    ground = models.CharField(max_length=12, choices=Ground.choices)
    statement = models.TextField(max_length=2000)
    proof = models.TextField(max_length=1000, blank=True, help_text="Where the proof is: addresses, registrations.")
    complainant = models.CharField(max_length=100)
    contact = models.CharField(max_length=200, help_text="Telephone or mail, for whoever decides.")
    person = models.UUIDField(null=True, help_text="Who complained, where they were signed in.")
    author = models.UUIDField(null=True, help_text="Whose work it is, where that is known here.")
    node = models.CharField(max_length=DOMAIN, help_text="Where it was made.")
    state = models.CharField(max_length=10, choices=ComplaintState.choices)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, help_text="Of the decision.")
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state=ComplaintState.OPEN), name="one_open_complaint_about_a_work"
            )
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="complaint_newest"),
            models.Index(fields=["person", "-at"], condition=Q(person__isnull=False), name="complaint_of_a_person"),
        ]

    def __str__(self) -> str:
        return self.title


class Takedown(AboutWork):
    """An order of a work's own node that it is to be shown nowhere, here and wherever copies are; or such an order of
    another node, as it came.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    reason = models.CharField(max_length=LONGEST_REASON)
    ordered_at = models.DateTimeField()
    by_name = models.CharField(max_length=120, blank=True)
    complaint = models.ForeignKey(Complaint, null=True, blank=True, on_delete=models.PROTECT, related_name="takedowns")
    restored_at = models.DateTimeField(null=True)
    restored_reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    token = models.TextField(help_text="The order, signed by the work's node.")
    restored_token = models.TextField(blank=True)
    key = models.CharField(max_length=64, help_text="The public key that order is read with.")
    restored_key = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=DOMAIN, blank=True, help_text="The node it came from; empty: made here.")
    hops = ArrayField(models.CharField(max_length=DOMAIN), default=list, help_text="Nodes it went through before.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "origin"], condition=Q(restored_at__isnull=True), name="one_takedown_in_force"
            )
        ]
        indexes = [models.Index(fields=["-ordered_at", "-id"], name="takedown_newest")]

    def __str__(self) -> str:
        return self.title or str(self.entry)

    @property
    def orders(self) -> dict[Deed, tuple[str, str]]:
        """What was ordered so far, in its order: the signed text, and the key it is read with."""
        ordered = {Deed.TAKEDOWN: (self.token, self.key)}
        if self.restored_token:
            ordered[Deed.RESTORED] = (self.restored_token, self.restored_key)
        return ordered


class Receipt(models.Model):
    """What another node was told of an order, and what it did."""

    takedown = models.ForeignKey(Takedown, on_delete=models.PROTECT, related_name="receipts")
    node = models.CharField(max_length=DOMAIN)
    deed = models.CharField(max_length=10, choices=Deed.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.SENT)
    via = models.CharField(max_length=DOMAIN, blank=True, help_text="The node that passed the answer on.")
    sent_at = models.DateTimeField(null=True, help_text="Empty where another node told it.")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["takedown", "node", "deed"], name="receipt_once_a_node")]
        ordering = ["node", "id"]

    def __str__(self) -> str:
        return f"{self.node} {self.deed} {self.outcome}"


class UsageElsewhere(models.Model):
    """How often a work of this node was used on another on one day, as that node told it. Sums, of no person."""

    entry = models.UUIDField()
    node = models.CharField(max_length=DOMAIN)
    day = models.DateField()
    views = models.PositiveIntegerField()
    downloads = models.PositiveIntegerField()
    adoptions = models.PositiveIntegerField()
    said_at = models.DateTimeField(help_text="When it was told last: the newest word counts.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "node", "day"], name="use_elsewhere_once_a_day")]

    def __str__(self) -> str:
        return f"{self.entry} {self.node} {self.day}"


class RightsEvent(models.Model):
    """A line of the ledger of rights. Never changed: the audit chain holds its hash, and a trigger refuses."""

    entry = models.UUIDField()
    kind = models.CharField(max_length=12, choices=EventKind.choices)
    at = models.DateTimeField()
    node = models.CharField(max_length=DOMAIN, help_text="Where it happened.")
    count = models.PositiveIntegerField(default=1, help_text="Of a day, where a day is summed up.")
    other = models.UUIDField(null=True, help_text="The derivative, or the order.")
    amount = models.PositiveBigIntegerField(default=0, help_text="Of a purchase, in fen.")
    source = models.CharField(max_length=160, unique=True, help_text="The fact it tells; told twice, it stands once.")
    row = models.BigIntegerField(help_text="The audit row that holds it.")
    position = models.PositiveIntegerField(help_text="Its place among the differences of that row.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["row", "position"], name="rights_event_proven_once")]
        indexes = [models.Index(fields=["entry", "-at", "-id"], name="rights_events_of_a_work")]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry}"

    def facts(self) -> dict[str, object]:
        """What the audit chain holds of it."""
        return {
            "rights_event": self.kind,
            "at": self.at.astimezone(UTC).isoformat(),
            "node": self.node,
            "count": self.count,
            "other": str(self.other) if self.other else "",
            "amount": self.amount,
            "source": self.source,
        }


class Progress(models.Model):
    """How far the ledger and the reports to other nodes have come. One row."""

    seq = models.BigIntegerField(default=0, help_text="Of the catalogue's change log.")
    day = models.DateField(null=True, help_text="The last day whose uses were told and noted.")

    def __str__(self) -> str:
        return f"{self.seq} {self.day}"


class Fingerprint(models.Model):
    """The ISCC content code (ISO 24138) of a text or a picture: of what looks alike, few of the 64 bits differ."""

    sha256 = models.CharField(max_length=64, db_collation="C", help_text="Of the content.")
    of = models.CharField(max_length=5, choices=CodeKind.choices)
    iscc = models.CharField(max_length=40)
    code = models.BigIntegerField(help_text="Its 64 bits, as a signed number.")
    bands = ArrayField(models.IntegerField(), size=4, help_text="The bits in four parts of 16, each with its place.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sha256", "of"], name="fingerprint_once_a_content")]
        indexes = [GinIndex(fields=["bands"], name="fingerprint_bands")]

    def __str__(self) -> str:
        return self.iscc
