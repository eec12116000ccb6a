"""Requests about one's own information, and what happened to them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from heluo.domains.subject_rights.enums import RequestKind, RequestState, StepKind
from heluo.kernel.files.enums import OrderState
from heluo.kernel.files.models import OrderedFile, StoredFile
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person

SHORTEST_WORDS, LONGEST_WORDS = 4, 500
"""Characters."""
LONGEST_VALUE = 200


class Request(models.Model):
    """Somebody asks the source of their information to correct a fact or to erase holdings.

    The source answers; after an objection, or if it passes the request up, the bureau above it (`place`).
    """

    uuid = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    kind = models.CharField(max_length=12, choices=RequestKind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", help_text="Whose information.")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", help_text="Or their guardian.")
    source = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", help_text="Who decides now.")
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)
    holding = models.CharField(max_length=60, blank=True)
    fact = models.CharField(max_length=60, blank=True, help_text="Key of the fact in its holding.")
    label = models.CharField(max_length=120, blank=True, help_text="The fact in words, as it was shown.")
    value = models.CharField(max_length=LONGEST_VALUE, blank=True, help_text="As it was shown when asked.")
    wanted = models.CharField(max_length=LONGEST_VALUE, blank=True)
    chosen = ArrayField(models.CharField(max_length=60), default=list, blank=True, help_text="Holdings to erase.")
    attachment = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "holding", "fact"],
                condition=Q(kind=RequestKind.CORRECTION, state=RequestState.OPEN),
                name="one_open_correction_of_a_fact",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind=RequestKind.ERASURE, state=RequestState.OPEN),
                name="one_open_erasure_of_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, settled_at=None)
                | (~Q(state=RequestState.OPEN) & Q(settled_at__isnull=False)),
                name="settled_requests_say_when",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "state", "due_on"], name="requests_to_decide"),
            models.Index(fields=["person", "-id"], name="requests_about_somebody"),
        ]

    @property
    def access_path(self) -> str:
        return self.place.path

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN


class Step(models.Model):
    """What happened to a request: who, when, why. Append-only, one after the other."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    place = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: the one who asked."
    )
    text = models.CharField(max_length=LONGEST_WORDS, blank=True)
    by_person = models.UUIDField(null=True)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["request", "position"], name="one_request_step_at_a_time")]


class Copy(OrderedFile):
    """Everything held about somebody in one file, made by a job."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)

    class Meta(OrderedFile.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state=OrderState.WAITING), name="one_copy_under_way"
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.READY) | Q(file__isnull=False), name="ready_copy_has_its_file"
            ),
        ]
        indexes = [models.Index(fields=["person", "-id"], name="copies_of_somebody")]

    @property
    def title(self) -> str:
        return self.person.name
