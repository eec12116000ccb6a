"""Resources, their versions with files, and the trail of each version."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.enums import (
    EDITABLE_STATES,
    OPEN_STATES,
    SHOWN_STATES,
    ContentLanguage,
    LinkTrouble,
    ResourceState,
    ResourceType,
    Step,
    VersionState,
)
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.enums import Level, Stage
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person

MAX_FILES = 20
MAX_KEYWORDS = 10
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_KEYWORD = 100, 2000, 20
LONGEST_ADDRESS = 500
MAX_PLACES = 20
"""Chapters, and knowledge points, that a version may name."""


class Resource(models.Model):
    """A teaching resource under one identifier for ever, whatever version is current."""

    uuid = models.UUIDField(unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ResourceState.choices, default=ResourceState.UNPUBLISHED)
    published = models.OneToOneField(
        "ResourceVersion",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The version the public sees.",
    )
    replaced_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where the page of a withdrawn resource leads on.",
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ResourceState.WITHDRAWN) | Q(replaced_by=None), name="withdrawn_ones_are_replaced"
            ),
            models.CheckConstraint(
                condition=Q(state=ResourceState.PUBLISHED, published__isnull=False)
                | (~Q(state=ResourceState.PUBLISHED) & Q(published__isnull=True)),
                name="resource_is_published_with_a_version",
            ),
        ]
        indexes = [models.Index(fields=["author", "-created_at"], name="resource_by_author")]

    @property
    def access_path(self) -> str:
        return self.organisation.path

    @property
    def last_shown(self) -> "ResourceVersion | None":
        """The newest version the public has seen. One query."""
        version = self.versions.filter(published_at__isnull=False).order_by("-number").first()
        if version is not None:
            version.resource = self
        return version

    @property
    def is_over(self) -> bool:
        """Whether it was taken down because its day had passed, and for nothing else: then it may be prolonged."""
        last = self.last_shown if self.state == ResourceState.WITHDRAWN else None
        return last is not None and last.state == VersionState.EXPIRED


class ResourceVersion(models.Model):
    """One version: described and given files while it is open, never touched again once published.

    Only its state goes on, and `valid_until` where the author prolongs it. Everything but `title` may be empty in a
    draft; `missing()` says what submission still needs.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.DRAFT)
    title = models.CharField(_("标题"), max_length=LONGEST_TITLE, blank=True)
    description = models.TextField(_("内容说明"), max_length=LONGEST_DESCRIPTION, blank=True)
    stage = models.CharField(_("学段"), max_length=12, choices=Stage.choices, blank=True)
    grade = models.CharField(_("年级"), max_length=16, blank=True, help_text="Stage and year in it, e.g. `primary-3`.")
    subject = models.CharField(_("学科"), max_length=2, blank=True, help_text="Code of JY/T 1001.")
    resource_type = models.CharField(_("资源类型"), max_length=16, choices=ResourceType.choices, blank=True)
    language = models.CharField(_("语种"), max_length=8, choices=ContentLanguage.choices, blank=True)
    licence = models.CharField(_("许可"), max_length=40, choices=Licence.choices, blank=True)
    has_third_party = models.BooleanField(_("是否含他人作品"), null=True)
    third_party_statement = models.TextField(_("他人作品的来源与授权"), max_length=1000, blank=True)
    keywords = ArrayField(
        models.CharField(max_length=LONGEST_KEYWORD), verbose_name=_("关键词"), default=list, blank=True
    )
    chapters = ArrayField(models.UUIDField(), verbose_name=_("教材章节"), default=list, blank=True)
    knowledge_points = ArrayField(models.UUIDField(), verbose_name=_("知识点"), default=list, blank=True)
    valid_until = models.DateField(
        _("有效期至"), null=True, blank=True, help_text="Last day in China on which the public may see it."
    )
    derived_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="derivatives",
        help_text="The published version it was adapted from, for ever.",
    )
    files = models.ManyToManyField(StoredFile, through="Attachment", related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="version_number_once_in_its_resource"),
            models.UniqueConstraint(
                fields=["resource"], condition=Q(state__in=sorted(OPEN_STATES)), name="one_open_version_per_resource"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(SHOWN_STATES), published_at__isnull=False)
                | (Q(state__in=sorted(OPEN_STATES)) & Q(published_at__isnull=True)),
                name="version_has_a_day_of_publication",
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.EXPIRED) | Q(valid_until__isnull=False), name="only_what_ends_is_over"
            ),
            models.CheckConstraint(condition=Q(keywords__len__lte=MAX_KEYWORDS), name="version_keywords_not_too_many"),
            models.CheckConstraint(
                condition=Q(chapters__len__lte=MAX_PLACES) & Q(knowledge_points__len__lte=MAX_PLACES),
                name="version_places_not_too_many",
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], condition=Q(state="published"), name="version_newest"),
            models.Index(
                fields=["valid_until"],
                condition=Q(state="published", valid_until__isnull=False),
                name="version_that_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(_("（未命名）"))

    @property
    def access_path(self) -> str:
        return self.resource.organisation.path

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_STATES

    def missing(self, *, file_count: int) -> dict[str, str | Promise]:
        """What submission still needs: form field → the name people know it by, in the order of the form."""
        missing: dict[str, str | Promise] = {
            name: self._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            for name in ("title", "description", "stage", "subject", "resource_type", "language", "licence")
            if not getattr(self, name)
        }
        if self.has_third_party is None:
            missing["has_third_party"] = _("是否含他人作品")
        if self.has_third_party and not self.third_party_statement:
            missing["third_party_statement"] = _("他人作品的来源与授权")
        if not file_count:
            missing["files"] = _("至少一个文件")
        return missing


class Attachment(models.Model):
    """A file at its place in a version."""

    version = models.ForeignKey(ResourceVersion, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "file"], name="file_once_in_its_version"),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="one_file_at_a_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]


class ReviewStep(models.Model):
    """A step in the trail of a version. Append-only.

    An approval or a return `answers` the submission it decides; a submission is answered once. `title` stays what it
    was, so that a reviewer of the past submission does not read in it what the author is changing.
    """

    version = models.ForeignKey(ResourceVersion, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=12, choices=Step.choices)
    title = models.CharField(max_length=100, blank=True, help_text="The version's title at that moment.")
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="answered_by")
    reasons = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="Codes of the form.")
    comment = models.TextField(max_length=1000, blank=True)
    until = models.DateField(null=True, blank=True, help_text="The day it ended on, or that it was prolonged to.")
    by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="None: the platform."
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(step=Step.EXPIRED, by__isnull=True) | (~Q(step=Step.EXPIRED) & Q(by__isnull=False)),
                name="only_time_acts_without_a_person",
            ),
            models.CheckConstraint(
                condition=Q(step__in=[Step.EXPIRED, Step.PROLONGED], until__isnull=False)
                | (~Q(step__in=[Step.EXPIRED, Step.PROLONGED]) & Q(until__isnull=True)),
                name="only_a_change_of_validity_names_a_day",
            ),
            models.UniqueConstraint(fields=["answers"], name="one_answer_per_submission"),
            models.CheckConstraint(
                condition=Q(step__in=[Step.APPROVED, Step.RETURNED], answers__isnull=False)
                | (~Q(step__in=[Step.APPROVED, Step.RETURNED]) & Q(answers__isnull=True)),
                name="only_decisions_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-at"], name="step_by_whom"),
        ]

    @property
    def access_path(self) -> str:
        return self.version.access_path


class Recognition(models.Model):
    """推荐级别: a level of the tree recommends a resource, each level once at most. Append-only."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="recognitions")
    version = models.ForeignKey(ResourceVersion, on_delete=models.CASCADE, related_name="+", help_text="What was seen.")
    level = models.CharField(max_length=10, choices=Level.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["resource", "level"], name="recognised_once_at_a_level")]


class Playback(models.Model):
    """How far a person has come in a film or a recording. Gone once it was played to its end.

    Bound to the file, not to the version: a new version that keeps the file keeps the place in it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+")
    position_ms = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "resource", "file"], name="one_playback_a_person_and_file"),
        ]
        indexes = [models.Index(fields=["person", "-at", "-id"], name="playback_newest")]

    @property
    def seconds(self) -> float:
        return self.position_ms / 1000

    @property
    def length_seconds(self) -> float:
        return (self.file.blob.duration_ms or 0) / 1000

    @property
    def percent(self) -> int:
        """How much of it was played, 0 to 100."""
        return min(100, round(100 * self.position_ms / self.file.blob.duration_ms)) if self.file.blob.duration_ms else 0


class Link(models.Model):
    """A web address that a published version names, and whether it still leads somewhere.

    Broken once it failed on several days in a row; whole again as soon as it answers.
    """

    version = models.ForeignKey(ResourceVersion, on_delete=models.CASCADE, related_name="links")
    address = models.CharField(max_length=LONGEST_ADDRESS)
    host = models.CharField(max_length=253)
    due_at = models.DateTimeField(null=True, blank=True, help_text="None: its version is not public now.")
    checked_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Days in a row on which it failed.")
    failed_on = models.DateField(null=True, blank=True, help_text="The last of them.")
    trouble = models.CharField(max_length=20, choices=LinkTrouble.choices, blank=True)
    broken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "address"], name="link_once_in_its_version")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="link_due"),
            models.Index(fields=["address"], name="link_by_address"),
            models.Index(fields=["-broken_at", "-id"], condition=Q(broken_at__isnull=False), name="link_broken"),
        ]

    @property
    def access_path(self) -> str:
        return self.version.access_path


class PlaceUse(models.Model):
    """How often what an organisation and all below it have published was used and rated on one day. Written by the sum
    alone. `told` and `stars`: of days on which a group that is not small rated, how many ratings, and their sum.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    downloads = models.PositiveIntegerField(default=0)
    finishes = models.PositiveIntegerField(default=0)
    collects = models.PositiveIntegerField(default=0)
    ratings = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    stars = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="one_sum_a_place_and_day")]


class DraftSheet(models.Model):
    """批量表: a table that told of many drafts at once. Their files come after it and are known by their names."""

    uuid = models.UUIDField(unique=True, editable=False)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["author", "-id"], name="sheets_of_an_author")]


class DraftRow(models.Model):
    """A row of a sheet and the draft it became. `problem` is what the last attempt to submit it met with."""

    sheet = models.ForeignKey(DraftSheet, on_delete=models.CASCADE, related_name="rows")
    version = models.OneToOneField(ResourceVersion, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="As a spreadsheet counts rows.")
    names = ArrayField(models.CharField(max_length=255), default=list, help_text="Of the files that belong to it.")
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="row_once_in_its_sheet")]
