"""Rules as data, what they found, who must mend it by when, and the scores."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from heluo.domains.quality.enums import Check, Dataset, Dimension, NoteKind, RunState, TicketState
from heluo.kernel.organisations.models import Organisation

SHORTEST_REASON, LONGEST_REASON = 4, 500
"""Characters."""


class Rule(models.Model):
    """What must be true of each row of a dataset. Shipped as data; operators change its setting, not its meaning."""

    key = models.SlugField(max_length=60, unique=True)
    dataset = models.CharField(max_length=12, choices=Dataset.choices)
    dimension = models.CharField(max_length=16, choices=Dimension.choices)
    check_kind = models.CharField(max_length=16, choices=Check.choices)
    field = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    problem = models.CharField(max_length=120, help_text="What is wrong where the rule is broken.")
    problem_en = models.CharField(max_length=200)
    advice = models.CharField(max_length=300, help_text="What to do about it, and where.")
    advice_en = models.CharField(max_length=400)
    source = models.CharField(max_length=200, help_text="Standard and clause, or that it is our own.")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self._said(self.name, self.name_en)

    @property
    def problem_said(self) -> str:
        return self._said(self.problem, self.problem_en)

    @property
    def advice_said(self) -> str:
        return self._said(self.advice, self.advice_en)

    @staticmethod
    def _said(chinese: str, english: str) -> str:
        return english if (get_language() or "").startswith("en") else chinese


class RuleSetting(models.Model):
    """How a rule is set from a moment on. Append-only: the newest row holds."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="settings")
    is_on = models.BooleanField()
    parameters = models.JSONField(default=dict)
    weight = models.PositiveSmallIntegerField(help_text="Share in the score; 0 counts for nothing.")
    due_days = models.PositiveSmallIntegerField(help_text="Calendar days a source has to mend it.")
    reason = models.CharField(max_length=LONGEST_REASON)
    by_person = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["rule", "-id"], name="rule_setting_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(weight__lte=100), name="rule_weight_up_to_100"),
            models.CheckConstraint(condition=Q(due_days__gte=1, due_days__lte=365), name="rule_due_within_a_year"),
        ]


class Run(models.Model):
    """One check of an organisation and everything below it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=RunState.choices)
    rules_total = models.PositiveSmallIntegerField(default=0)
    rules_done = models.PositiveSmallIntegerField(default=0)
    checked = models.PositiveBigIntegerField(default=0, help_text="Rows looked at, over all rules.")
    found = models.PositiveBigIntegerField(default=0)
    ordered_by = models.CharField(max_length=60)
    ordered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=[RunState.WAITING, RunState.RUNNING]),
                name="one_quality_run_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="quality_runs_newest")]


class Ticket(models.Model):
    """整改单: what one rule found at one organisation, to be mended where the data come from."""

    uuid = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=TicketState.choices)
    findings_count = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "organisation"],
                condition=Q(state__in=[TicketState.OPEN, TicketState.EXPLAINED]),
                name="one_open_ticket_per_rule_and_source",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[TicketState.OPEN, TicketState.EXPLAINED], closed_at__isnull=True)
                | Q(state__in=[TicketState.EXCUSED, TicketState.SETTLED], closed_at__isnull=False),
                name="quality_ticket_closed_when_done",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="quality_tickets_by_due"),
            models.Index(fields=["organisation", "state"], name="quality_tickets_of_source"),
        ]

    @property
    def access_path(self) -> str:
        return self.organisation.path

    @property
    def is_open(self) -> bool:
        return self.state in {TicketState.OPEN, TicketState.EXPLAINED}


class Finding(models.Model):
    """One row that breaks one rule, from when it was first seen until it was gone."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(help_text="Person, class or organisation, by the dataset of the rule.")
    title = models.CharField(max_length=160)
    first_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    is_excused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject", "organisation"],
                condition=Q(gone_at__isnull=True),
                name="one_open_finding_per_rule_and_subject",
            ),
            models.CheckConstraint(
                condition=Q(gone_at__isnull=True) | Q(gone_at__gte=F("first_seen_at")), name="finding_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "rule", "title", "id"],
                condition=Q(gone_at__isnull=True),
                name="open_findings_of_source",
            )
        ]


class TicketNote(models.Model):
    """What happened to a ticket, when, by whom and why. Append-only."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=10, choices=NoteKind.choices)
    text = models.CharField(max_length=LONGEST_REASON, blank=True)
    findings_count = models.PositiveIntegerField()
    by_person = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=60, blank=True, help_text="Empty: the platform.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["ticket", "id"], name="quality_notes_of_ticket")]


class Tally(models.Model):
    """How many rows of one source a rule looked at and how many broke it, as of the last check."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    checked = models.PositiveIntegerField()
    broken = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "organisation"], name="one_tally_per_rule_and_source"),
            models.CheckConstraint(condition=Q(broken__lte=F("checked")), name="no_more_broken_than_checked"),
        ]


class Score(models.Model):
    """The score of an organisation and everything below it on a day: 100 × (1 − weighted broken ÷ weighted checked)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    dimension = models.CharField(max_length=16, help_text="A dimension, or `all`.")
    day = models.DateField()
    checked = models.PositiveBigIntegerField(help_text="Weighted.")
    broken = models.PositiveBigIntegerField(help_text="Weighted.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "dimension", "day"], name="one_score_per_day"),
        ]
        indexes = [models.Index(fields=["organisation", "-day"], name="scores_newest")]

    @property
    def points(self) -> float:
        """0 to 100, one decimal; rounded down so that 100 means that nothing is broken."""
        if not self.checked:
            return 100.0
        return int(1000 * (self.checked - self.broken) / self.checked) / 10
