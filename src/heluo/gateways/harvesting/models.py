"""Sources, what was read of them, and what their words mean here."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from heluo.gateways.harvesting.enums import Fault, Field, Granularity, Prefix, Rhythm, RunState, Trouble
from heluo.kernel.organisations.models import Organisation

LONGEST_IDENTIFIER = 500
LONGEST_VALUE = 200
OPEN_STATES = (RunState.RUNNING, RunState.WAITING)


class Source(models.Model):
    """A provider of OAI-PMH, or one set of it, whose records stand in our catalogue."""

    uuid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=120)
    base_url = models.CharField(max_length=500)
    set_spec = models.CharField(max_length=200, blank=True)
    prefix = models.CharField(max_length=20, choices=Prefix.choices)
    granularity = models.CharField(max_length=10, choices=Granularity.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=253, help_text="Domain its own identifiers are made of; lower case.")
    licence = models.CharField(max_length=60, help_text="Of records that state none.")
    proof_url = models.CharField(max_length=500, blank=True, help_text="Where it proves what it has told, if it does.")
    share = models.PositiveSmallIntegerField(default=20, help_text="Percent of its records one run may retire.")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.DAILY)
    is_active = models.BooleanField(default=True)
    since = models.DateTimeField(null=True, help_text="First `responseDate` of the last complete run.")
    due_at = models.DateTimeField()
    emptied_at = models.DateTimeField(null=True, help_text="Since when it seems to have lost what it told.")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["base_url", "set_spec"], name="harvest_source_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def access_path(self) -> str:
        return self.organisation.path


class Run(models.Model):
    """One harvest of a source. Its row says how far it has come, and is written with the records of each page."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    window = models.DateTimeField(null=True, help_text="Changes since then are asked for; all, if empty.")
    moment = models.DateTimeField(null=True, help_text="`responseDate` of the first answer.")
    token = models.TextField(blank=True, help_text="Of the next page.")
    mark = models.CharField(max_length=64, blank=True, help_text="Digest of an earlier token, to know a loop by.")
    is_read = models.BooleanField(default=False, help_text="The last page has been taken.")
    is_approved = models.BooleanField(default=False, help_text="An officer let it retire as many as it wants.")
    next_at = models.DateTimeField(help_text="When it goes on, unless somebody is at it.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row, without a page between.")
    restarts = models.PositiveSmallIntegerField(default=0, help_text="After tokens that expired.")
    pages = models.PositiveIntegerField(default=0)
    records = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    retired = models.PositiveIntegerField(default=0)
    to_retire = models.PositiveIntegerField(default=0, help_text="That waited for an officer.")
    trouble = models.CharField(max_length=20, choices=Trouble.choices, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(state__in=OPEN_STATES), name="one_open_harvest")
        ]
        indexes = [models.Index(fields=["source", "-id"], name="harvests_of_a_source")]


class Comparison(models.Model):
    """What is here of a source, held against its proof of what it has told."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="comparisons")
    at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0, help_text="Records the source has told.")
    wrong = models.PositiveIntegerField(default=0, help_text="Here, but not as it told them.")
    missing = models.PositiveIntegerField(default=0)
    surplus = models.PositiveIntegerField(default=0, help_text="Here, and not in its proof; they stay.")
    mended = models.PositiveIntegerField(default=0, help_text="Of those wrong or missing.")
    requests = models.PositiveIntegerField(default=0, help_text="That it took to find them.")
    trouble = models.CharField(max_length=20, choices=Trouble.choices, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["source", "-id"], name="comparisons_of_a_source")]

    @property
    def is_whole(self) -> bool:
        """Whether everything the source has told is here as it told it, at the end."""
        return not self.trouble and self.wrong + self.missing == self.mended


class Arrival(models.Model):
    """A record as it came from a source: one path by which an entry is here."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="arrivals")
    identifier = models.CharField(max_length=LONGEST_IDENTIFIER, db_collation="C")
    entry = models.UUIDField(help_text="The entry it is here.")
    origin = models.CharField(max_length=253)
    datestamp = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of its metadata.")
    raw = models.BinaryField(help_text="Its metadata, compressed, to be read again when a word changes its meaning.")
    values = ArrayField(models.CharField(max_length=LONGEST_VALUE + 20), help_text="Words of theirs: `field:value`.")
    speaks = models.BooleanField(default=False, help_text="The entry shows what came by this path.")
    is_echo = models.BooleanField(default=False, help_text="Of our own catalogue, come back.")
    is_gone = models.BooleanField(default=False)
    going = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Will retire it.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "identifier"], name="arrival_once")]
        indexes = [
            models.Index(fields=["entry"], name="arrivals_of_an_entry"),
            models.Index(fields=["going", "id"], name="arrivals_going", condition=Q(going__isnull=False)),
            GinIndex(fields=["values"], name="arrivals_by_word", fastupdate=False),
        ]


class Held(models.Model):
    """A record that could not be taken, with its reason, until it can or an officer dismisses it."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=LONGEST_IDENTIFIER, db_collation="C", help_text="Its identifier, or a digest.")
    fault = models.CharField(max_length=20, choices=Fault.choices)
    detail = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    raw = models.BinaryField(help_text="The whole record, compressed.")
    values = ArrayField(models.CharField(max_length=LONGEST_VALUE + 20), default=list, help_text="As of an arrival.")
    is_whole = models.BooleanField(default=True, help_text="Small enough to have been kept whole.")
    at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was dismissed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="held_once"),
            models.CheckConstraint(
                condition=Q(dismissed_at=None) | ~Q(reason=""), name="held_is_dismissed_for_a_reason"
            ),
        ]


class Term(models.Model):
    """A word of a source, how many of its records say it, and what it means here.

    `facet` names a facet, or `licence`; empty while nobody has said. `NOTHING` says that it means nothing here.
    """

    NOTHING = "-"
    LICENCE = "licence"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=10, choices=Field.choices)
    value = models.CharField(max_length=LONGEST_VALUE)
    count = models.IntegerField(default=0)
    facet = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=100, blank=True)
    by_itself = models.BooleanField(default=False, help_text="Understood because the words are the same.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "field", "value"], name="term_once")]
        indexes = [models.Index(fields=["source", "facet", "-count", "id"], name="terms_most_frequent")]
