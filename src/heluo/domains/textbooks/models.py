"""Textbooks, their chapters, the knowledge points they teach, and files of them on their way in.

A node is never deleted (the database refuses it): one that is gone from its file is withdrawn, keeps its uuid for
whatever points at it, and comes back when a later file names it again.
"""

from django.db import models
from django.db.models import Q

from heluo.kernel.organisations.enums import Stage

MOST_DEPTH, STEP_DIGITS = 4, 3
IN_USE = Q(withdrawn_at=None)
"""Nodes that are in their file; others stay for what points at them."""
MOST_POINTS = 20
"""Knowledge points of a chapter."""


class Node(models.Model):
    """What every node of the tree has."""

    uuid = models.UUIDField(unique=True, editable=False)
    title = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


class Textbook(Node):
    """One volume of one edition. The first five columns name it for ever."""

    stage = models.CharField(max_length=12, choices=Stage.choices)
    subject = models.CharField(max_length=2, help_text="Code of JY/T 1001.")
    edition = models.CharField(max_length=40)
    grade = models.CharField(max_length=16, blank=True, help_text="Stage and year in it, e.g. `primary-3`.")
    volume = models.CharField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="Place among the volumes of its edition.")
    is_example = models.BooleanField(default=False, help_text="Made up to show how it works; claims nothing.")

    class Meta:
        ordering = ["stage", "subject", "edition", "position", "grade", "volume"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "subject", "edition", "grade", "volume"], name="textbook_once_in_its_edition"
            ),
            models.CheckConstraint(
                condition=Q(grade="") | Q(grade__startswith=models.F("stage")), name="textbook_grade_of_its_stage"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(edition=""), name="textbook_has_its_names"),
        ]


class KnowledgePoint(Node):
    """What is to be learnt, under a code that is unique in its stage and subject; editions share it."""

    stage = models.CharField(max_length=12, choices=Stage.choices)
    subject = models.CharField(max_length=2, help_text="Code of JY/T 1001.")
    code = models.CharField(max_length=40)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    is_example = models.BooleanField(default=False, help_text="Made up to show how it works; claims nothing.")

    class Meta:
        ordering = ["stage", "subject", "code"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "subject", "code"], name="point_code_once_in_its_subject"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("id")), name="point_is_not_above_itself"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(code=""), name="point_has_its_names"),
        ]


class Chapter(Node):
    """A unit, chapter or section of a textbook, as deep as its number has steps.

    `path` is the number in a form that sorts and that begins with the path of the node above: 1.12 is `001.012.`.
    A key over two columns keeps the node above in the same textbook.
    """

    textbook = models.ForeignKey(Textbook, on_delete=models.PROTECT, related_name="chapters")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    number = models.CharField(max_length=16)
    path = models.CharField(max_length=16, db_collation="C")
    position = models.PositiveSmallIntegerField(help_text="Place below the node above: the last step of the number.")
    points = models.ManyToManyField(KnowledgePoint, through="ChapterPoint", related_name="chapters")

    class Meta:
        ordering = ["textbook", "path"]
        constraints = [
            models.UniqueConstraint(fields=["textbook", "number"], name="chapter_number_once_in_its_textbook"),
            models.UniqueConstraint(fields=["textbook", "path"], name="chapter_path_once_in_its_textbook"),
            models.CheckConstraint(
                condition=Q(path__regex=rf"^(\d{{{STEP_DIGITS}}}\.){{1,{MOST_DEPTH}}}$"), name="chapter_path_of_steps"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, path__regex=rf"^\d{{{STEP_DIGITS}}}\.$")
                | Q(parent__isnull=False, path__regex=rf"^\d{{{STEP_DIGITS}}}\.\d"),
                name="chapter_below_something",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="chapter_has_its_name"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def depth(self) -> int:
        return len(self.path) // (STEP_DIGITS + 1)

    def paths_above(self) -> list[str]:
        """The paths of the nodes above, from the top."""
        return [self.path[: step * (STEP_DIGITS + 1)] for step in range(1, self.depth)]


class ChapterPoint(models.Model):
    """A chapter teaches a knowledge point."""

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="+")
    point = models.ForeignKey(KnowledgePoint, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chapter", "point"], name="chapter_teaches_a_point_once")]


class TreeFile(models.Model):
    """A file that was read without fault and waits for its yes; its text is dropped once that was said."""

    uuid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    is_complete = models.BooleanField(help_text="Tells all textbooks and points of the subjects it names.")
    seen = models.CharField(max_length=64, help_text="SHA-256 of the changes that were shown.")
    by_person = models.UUIDField(null=True, help_text="Person, unless the platform itself did it.")
    opened_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="Kind of node → change → how many.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(imported_at=None) | Q(imported_at__isnull=False, text=""),
                name="imported_file_drops_its_text",
            )
        ]


def number_to_path(number: str) -> str:
    """The sortable form of a number: 1.12 → `001.012.`."""
    return "".join(f"{int(step):0{STEP_DIGITS}d}." for step in number.split("."))


def number_above(number: str) -> str:
    """The number of the node above; empty at the top."""
    return number.rpartition(".")[0]
