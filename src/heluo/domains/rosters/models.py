"""A batch, the schools in it, its rows while they wait, and what was found wrong.

Rows and findings are kept only until the batch is old news (`limits` in `queries`); identifiers in them are sealed
like those of the register, and compared by keyed hash.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from heluo.domains.rosters.enums import (
    MOVING_STATES,
    REMEDIES,
    UNREADABLE_STATES,
    BatchState,
    Choice,
    Fault,
    PartState,
    RowKind,
    Severity,
)
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person


class RosterBatch(models.Model):
    """导入批次: one file, checked as a whole and imported as a whole or not at all, school by school."""

    uuid = models.UUIDField(unique=True, editable=False)
    scope = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    corrections = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="改正文件."
    )
    file_name = models.CharField(max_length=200)
    is_delta = models.BooleanField(default=False, help_text="Says only what changed; nobody is missing from it.")
    state = models.CharField(max_length=12, choices=BatchState.choices, default=BatchState.RECEIVED)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True, help_text="When it was last compared with the register.")
    confirmed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    choice = models.CharField(max_length=8, choices=Choice.choices, blank=True)
    endings_reason = models.CharField(max_length=200, blank=True, help_text="Why a large part of a school may end.")
    rows_read = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    clean_rows = models.PositiveIntegerField(default=0)
    sheets = models.JSONField(default=dict, help_text="Row kind → rows read and rows with errors.")
    letters = models.JSONField(default=dict, help_text="Worksheet → heading of a column → its letter there.")
    counts = models.JSONField(default=dict, help_text="What would change, or after the import what did.")
    refusal = models.CharField(max_length=40, blank=True, help_text="Code of the refusal of the whole file.")
    refusal_details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=UNREADABLE_STATES) | ~Q(refusal=""), name="refused_batch_says_why"
            ),
        ]
        indexes = [models.Index(fields=["scope", "-opened_at", "-id"], name="roster_batches_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def access_path(self) -> str:
        return self.scope.path

    @property
    def is_moving(self) -> bool:
        return self.state in MOVING_STATES

    @property
    def lock_key(self) -> int:
        """Key of the advisory lock of whoever works on the batch."""
        return self.uuid.int >> 65


class RosterPart(models.Model):
    """One school of a batch: what the import would do there, and whether it is done."""

    batch = models.ForeignKey(RosterBatch, on_delete=models.CASCADE, related_name="parts")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=PartState.choices, default=PartState.WAITING)
    counts = models.JSONField(default=dict)
    endings = models.JSONField(default=dict, help_text="Role → [would end, here now].")
    ends_many = models.BooleanField(default=False, help_text="A person has to confirm the endings.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "school"], name="one_part_per_school")]


class RosterRow(models.Model):
    """A row as it was read. `facts` are open; identifiers lie sealed and as keyed hashes."""

    batch = models.ForeignKey(RosterBatch, on_delete=models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=10, choices=RowKind.choices)
    sheet = models.CharField(max_length=60, help_text="Worksheet or file inside the package.")
    number = models.PositiveIntegerField(help_text="Row in it, from 1.")
    school = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    klass_key = models.CharField(max_length=30, blank=True, help_text="stage/entry year/number.")
    source_key = models.CharField(
        max_length=255, blank=True, help_text="Tells rows of one line apart: the roles and children of a user."
    )
    resident = models.BinaryField(null=True)
    student = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    key_id = models.CharField(max_length=20, blank=True)
    other_kind = models.CharField(
        max_length=20, blank=True, help_text="What kind of number points to somebody else; or `platform`."
    )
    other = models.BinaryField(null=True, help_text="Keyed hash of that number.")
    has_error = models.BooleanField(default=False, help_text="Wrong in itself or beside other rows of the file.")
    clashes = models.BooleanField(default=False, help_text="Cannot stand beside the register.")
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Who the row is about, if registered."
    )
    deed = models.CharField(max_length=10, blank=True, help_text="What the import would do, or did.")
    changed = models.JSONField(default=list, help_text="Which facts differ.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "number", "source_key"], name="roster_row_once")
        ]
        indexes = [models.Index(fields=["batch", "school", "kind", "id"], name="roster_rows_of_school")]


class RosterFinding(models.Model):
    """One wrong cell: where, what was read, why it is wrong, what would be right."""

    batch = models.ForeignKey(RosterBatch, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=10, choices=RowKind.choices, blank=True)
    sheet = models.CharField(max_length=60)
    number = models.PositiveIntegerField(help_text="Row, from 1.")
    column = models.CharField(max_length=60, blank=True, help_text="Heading of the column.")
    letter = models.CharField(max_length=3, blank=True, help_text="Letter of the column in the sheet.")
    found = models.CharField(max_length=80, blank=True, help_text="What was read; numbers masked.")
    fault = models.CharField(max_length=20, choices=Fault.choices)
    details = models.JSONField(default=dict)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    is_from_register = models.BooleanField(default=False, help_text="Found again at each comparison.")

    class Meta:
        indexes = [
            models.Index(fields=["batch", "severity", "sheet", "number", "id"], name="roster_findings_in_order"),
        ]

    @property
    def reason(self) -> str:
        return str(Fault(self.fault).label).format_map(_Words(self.details))

    @property
    def remedy(self) -> str:
        words = REMEDIES[Fault(self.fault)]
        return str(words).format_map(_Words({"column": self.column, **self.details}))

    @property
    def cell(self) -> str:
        """Where it stands, as a spreadsheet says it: `D12`."""
        return f"{self.letter}{self.number}" if self.letter else ""


class _Words(dict[str, Any]):
    """Details of a finding; a missing one shows as nothing rather than as an error."""

    def __init__(self, details: Mapping[str, Any]) -> None:
        super().__init__(details)

    def __missing__(self, key: str) -> str:
        return "…"
