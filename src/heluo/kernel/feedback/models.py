"""Favourites, ratings, comments, and uses by day. Persons and subjects by uuid: both live elsewhere."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from heluo.kernel.feedback.enums import CommentState, ReportReason, UseKind


class AboutSubject(models.Model):
    """A row about a thing of some domain."""

    kind = models.CharField(max_length=40)
    subject = models.UUIDField()

    class Meta:
        abstract = True


class Favourite(AboutSubject):
    """A person keeps a thing at hand."""

    person = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "subject"], name="favourite_once_a_person")
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "subject"], name="favourite_of_subject")]


class Rating(AboutSubject):
    """A person gave stars. Never changed: the newest of a person counts."""

    person = models.UUIDField()
    stars = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_one_to_five")
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "subject", "person", "-id"], include=["stars"], name="rating_newest")
        ]


class Comment(AboutSubject):
    """What a person wrote about a thing, and whether others see it."""

    path = models.CharField(max_length=255, db_collation="C", help_text="Tree path of the subject's organisation.")
    author = models.UUIDField()
    author_name = models.CharField(max_length=120, help_text="As it was on that day.")
    body = models.CharField(max_length=500)
    state = models.CharField(max_length=12, choices=CommentState.choices)
    at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why a moderator hid it.")
    open_reports = models.PositiveIntegerField(default=0, help_text="Reports since the last decision.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "subject", "-at", "-id"], name="comment_of_subject"),
            models.Index(fields=["author", "-at"], name="comment_of_author"),
            models.Index(
                fields=["at", "id"],
                include=["path"],
                name="comment_to_moderate",
                condition=Q(state=CommentState.PENDING) | Q(state=CommentState.SHOWN, open_reports__gt=0),
            ),
        ]

    @property
    def access_path(self) -> str:
        return self.path


class CommentReport(models.Model):
    """A reader finds a comment unfit."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    person = models.UUIDField()
    reason = models.CharField(max_length=20, choices=ReportReason.choices)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "person"], name="one_report_of_a_comment_a_person")
        ]


class Use(AboutSubject):
    """One visitor used a thing on one day. Inserted without waiting for anybody; counted and dropped by the roll-up."""

    use = models.CharField(max_length=10, choices=UseKind.choices)
    day = models.DateField()
    visitor = models.BinaryField(max_length=16, help_text="Keyed hash that changes every day.")
    is_counted = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "kind", "subject", "use", "visitor"], name="use_counts_once_a_visitor_a_day"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["id"], name="use_to_count", condition=Q(is_counted=False))]


class UseCount(AboutSubject):
    """How often a thing was used on one day. Written by the roll-up alone."""

    use = models.CharField(max_length=10, choices=UseKind.choices)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "subject", "use", "day"], name="use_count_once_a_day")
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "use", "day"], include=["subject", "count"], name="use_by_day")
        ]
