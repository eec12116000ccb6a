"""How far people are with what packages hold, and what they reached."""

from django.db import models
from django.db.models import Q

from heluo.domains.packages.enums import Completion, Success
from heluo.kernel.files.models import Blob
from heluo.kernel.people.models import Person


class Result(models.Model):
    """What a package says somebody reached in one of its items.

    Bound to the content, not to a file or a resource: a new version that keeps the package keeps the place in it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    content = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="+")
    item = models.PositiveSmallIntegerField(help_text="Number in the manifest.")
    completion = models.CharField(max_length=16, choices=Completion.choices, default=Completion.INCOMPLETE)
    success = models.CharField(max_length=10, choices=Success.choices, default=Success.UNKNOWN)
    scaled = models.FloatField(null=True, blank=True, help_text="-1 to 1.")
    raw = models.FloatField(null=True, blank=True)
    least = models.FloatField(null=True, blank=True)
    most = models.FloatField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def is_done(self) -> bool:
        return self.completion == Completion.COMPLETED

    @property
    def score(self) -> str:
        """As people read it: 85 / 100; empty where there is none."""
        if self.raw is None:
            return f"{self.scaled:.0%}" if self.scaled is not None else ""
        return f"{self.raw:g} / {self.most:g}" if self.most is not None else f"{self.raw:g}"


class Progress(Result):
    """The best so far, over all attempts, with what the package wants back next time."""

    state = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="Finished ones.")
    attempt_began_at = models.DateTimeField(help_text="Of the attempt under way, or of the last one.")
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "content", "item"], name="one_progress_a_person_and_item"),
            models.CheckConstraint(
                condition=Q(scaled=None) | Q(scaled__range=(-1, 1)), name="progress_scaled_in_range"
            ),
        ]
        indexes = [models.Index(fields=["content"], name="progress_by_content")]


class FinishedAttempt(Result):
    """One attempt, as it ended. Never changed; gone only with the person or the content."""

    number = models.PositiveIntegerField(help_text="From 1, of this person and item.")
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["person", "content", "item", "number"], name="attempt_number_once"),
        ]
