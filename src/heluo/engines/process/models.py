"""Definitions, instances, work items, timers and the trail."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from heluo.engines.process.enums import ChangeState, InstanceState, ItemState, Reminder, StepKind
from heluo.kernel.actors.enums import Role
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person

LONGEST_TEXT = 2000
LONGEST_TROUBLE = 500


class Definition(models.Model):
    """One version of a process: diagram, decision tables, settings. Never changed; instances end on their version."""

    key = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of all its parts.")
    title = models.CharField(max_length=80)
    diagram = models.TextField()
    decisions = models.JSONField(default=dict, help_text="File name → DMN.")
    settings = models.TextField(help_text="JSON, its fields in the order they were written.")
    is_current = models.BooleanField(help_text="New instances are of this version.")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="process_version_once"),
            models.UniqueConstraint(fields=["key", "digest"], name="process_version_by_content"),
            models.UniqueConstraint(fields=["key"], condition=Q(is_current=True), name="one_current_process_version"),
        ]

    def __str__(self) -> str:
        return self.title


class Instance(models.Model):
    """流程实例: one run of a process about one thing. `steps` counts its trail; whoever locks the row may move it."""

    uuid = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+")
    key = models.SlugField(max_length=40, help_text="That of its definition.")
    kind = models.CharField(max_length=40, help_text="Kind of what it is about.")
    subject = models.UUIDField()
    title = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    started_by = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=InstanceState.choices, default=InstanceState.RUNNING)
    tokens = models.JSONField(null=True, help_text="State of the engine; dropped at the end.")
    values = models.JSONField(default=dict)
    steps = models.PositiveIntegerField(default=0)
    trouble = models.CharField(
        max_length=LONGEST_TROUBLE, blank=True, help_text="What keeps it from going on; empty once it moves."
    )
    ended_at = models.DateTimeField(null=True)
    ended_with = models.CharField(max_length=80, blank=True, help_text="The end event it came to.")
    is_paused = models.BooleanField(default=False, help_text="Whether a pause of it is open.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_paused=False) | Q(state=InstanceState.RUNNING), name="only_running_processes_are_paused"
            ),
            models.UniqueConstraint(
                fields=["key", "subject"],
                condition=Q(state=InstanceState.RUNNING),
                name="one_running_process_of_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(state=InstanceState.RUNNING, ended_at=None, tokens__isnull=False)
                | (~Q(state=InstanceState.RUNNING) & Q(ended_at__isnull=False, tokens=None)),
                name="ended_processes_keep_no_tokens",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "subject", "-id"], name="processes_of_a_subject"),
            models.Index(fields=["started_by", "-id"], name="processes_of_a_starter"),
            models.Index(fields=["-id"], condition=~Q(trouble=""), name="processes_in_trouble"),
        ]

    @property
    def access_path(self) -> str:
        return self.organisation.path

    @property
    def is_running(self) -> bool:
        return self.state == InstanceState.RUNNING


class Pause(models.Model):
    """暂停: a stretch of time in which the clock of an instance stood still. Its deadlines are counted around it."""

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="pauses")
    paused_at = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="When it ends by itself; empty: when somebody resumes it.")
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["paused_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instance"], condition=Q(resumed_at=None), name="one_open_pause_of_a_process"
            ),
            models.CheckConstraint(
                condition=Q(resumed_at=None) | Q(resumed_at__gte=F("paused_at")), name="pauses_end_after_they_began"
            ),
        ]
        indexes = [models.Index(fields=["until", "id"], condition=Q(resumed_at=None), name="pauses_that_end")]


class Pool(models.Model):
    """办理组: people who share work: those listed, and whoever holds its role at one of its places."""

    key = models.SlugField(max_length=40, unique=True, help_text="As definitions name it.")
    title = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True, help_text="Asked at its places.")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title

    @property
    def access_path(self) -> str:
        return self.organisation.path


class PoolPlace(models.Model):
    """An organisation where whoever holds the role of a pool is in it."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="places")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "organisation"], name="one_place_of_a_pool")]


class PoolMember(models.Model):
    """A person whom an officer listed in a pool."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pool", "person"], name="one_membership_of_a_pool")]


class WorkItem(models.Model):
    """工作项: a user task that waits for somebody, or was done. Asked of a role at a place, a person or a pool."""

    uuid = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="items")
    task = models.UUIDField(help_text="The engine's own id of the waiting task.")
    element = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    place = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField(null=True, help_text="Asked of this person alone.")
    pool = models.ForeignKey(Pool, null=True, on_delete=models.PROTECT, related_name="+")
    apart_from = models.UUIDField(null=True, help_text="Never asked of this person, whatever they hold.")
    claimed_by = models.UUIDField(null=True)
    claimed_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.OPEN)
    opened_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    sort_at = models.DateTimeField(help_text="When it is due, or a far day: the order of lists.")
    ended_at = models.DateTimeField(null=True)
    reminder = models.PositiveSmallIntegerField(choices=Reminder.choices, default=Reminder.NONE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "task"], condition=Q(state=ItemState.OPEN), name="one_open_item_of_a_task"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, role="", place=None, pool=None)
                | (~Q(role="") & Q(place__isnull=False, pool=None))
                | Q(pool__isnull=False, person=None, role="", place=None),
                name="work_is_asked_of_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["place", "role", "sort_at", "id"], condition=Q(state=ItemState.OPEN), name="work_of_a_place"
            ),
            models.Index(
                fields=["person", "sort_at", "id"], condition=Q(state=ItemState.OPEN), name="work_of_a_person"
            ),
            models.Index(
                fields=["pool", "sort_at", "id"],
                condition=Q(state=ItemState.OPEN, pool__isnull=False),
                name="work_of_a_pool",
            ),
            models.Index(
                fields=["pool", "ended_at"],
                condition=Q(state=ItemState.DONE, pool__isnull=False),
                name="work_done_in_a_pool",
            ),
            models.Index(
                fields=["warn_at"],
                condition=Q(state=ItemState.OPEN, reminder=Reminder.NONE, warn_at__isnull=False),
                name="work_to_warn_of",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(state=ItemState.OPEN, reminder__lt=Reminder.OVER, due_at__isnull=False),
                name="work_to_call_overdue",
            ),
            models.Index(
                fields=["claimed_by", "sort_at", "id"], condition=Q(state=ItemState.OPEN), name="work_that_was_claimed"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == ItemState.OPEN


class Timer(models.Model):
    """A timer of a running instance and when it fires. Gone once it fired or is no longer waited for."""

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="timers")
    task = models.UUIDField(help_text="The engine's own id of the waiting event.")
    element = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, help_text="When it first failed; empty until then.")
    is_held = models.BooleanField(default=False, help_text="Whether its process is paused: it does not fire.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "task"], name="one_timer_of_a_task")]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(is_held=False), name="timers_that_may_fire")]


class Step(models.Model):
    """轨迹: what happened to an instance, one after the other. Append-only."""

    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="trail")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    element = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=80, blank=True, help_text="Of the element, as it was called.")
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)
    answers = models.JSONField(default=dict)
    passed = models.JSONField(default=list, help_text="Elements the tokens went through, in their order.")
    by_person = models.UUIDField(null=True)
    by_name = models.CharField(max_length=120)
    place = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["instance", "position"], name="one_process_step_at_a_time")]
        indexes = [models.Index(fields=["by_person", "at"], name="steps_by_whom")]

    @cached_property
    def files(self) -> list[StoredFile]:
        """What was attached; no query of its own after `trail_of`, which takes it from those who may not read it."""
        return [one.file for one in self.attachments.all()]


class Attachment(models.Model):
    """附件: a file that somebody laid beside what they said in the trail. Append-only, as its step."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "file"], name="one_attachment_of_a_file")]


class SettingsChange(models.Model):
    """A proposal to change a process without its diagram; decided by somebody else.

    What was approved is laid over what the apps ship, in its order, whenever that is loaded.
    """

    uuid = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    key = models.SlugField(max_length=40, help_text="Of the process.")
    base = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+", help_text="What it changes.")
    deadlines = models.JSONField(default=dict, help_text="Changed ones, by element id; null: none any more.")
    holders = models.JSONField(default=dict, help_text="Changed ones: at and role.")
    forms = models.JSONField(default=dict, help_text="Changed ones, by element id: what is changed about them.")
    decisions = models.JSONField(
        default=dict, help_text="Changed decision tables, by file: their columns, and all their rules."
    )
    reason = models.CharField(max_length=LONGEST_TROUBLE)
    state = models.CharField(max_length=10, choices=ChangeState.choices, default=ChangeState.OPEN)
    proposed_by = models.UUIDField()
    proposed_name = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=LONGEST_TROUBLE, blank=True)
    result = models.ForeignKey(Definition, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state=ChangeState.OPEN), name="one_open_change_of_a_process"
            ),
            models.CheckConstraint(
                condition=~Q(state=ChangeState.APPROVED) | (Q(result__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="changes_are_approved_by_somebody_else",
            ),
        ]
        indexes = [models.Index(fields=["key", "-id"], name="changes_of_a_process")]
