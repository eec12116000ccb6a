"""Contents, files, previews and arriving uploads."""

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from heluo.kernel.files.enums import READABLE_STATES, FileKind, OrderState, PreviewRole, PreviewState, ScanState
from heluo.kernel.files.kinds import BY_MEDIA_TYPE, Format
from heluo.kernel.files.manifests import Manifest
from heluo.kernel.pages.enums import Tone

ORDER_TONES = {
    OrderState.WAITING: Tone.WAITING,
    OrderState.READY: Tone.SUCCESS,
    OrderState.FAILED: Tone.DANGER,
    OrderState.EXPIRED: Tone.NEUTRAL,
}


class Blob(models.Model):
    """One content, kept once however often it is brought. What is read from the content hangs here."""

    sha256 = models.CharField(max_length=64, unique=True, db_collation="C")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    media_type = models.CharField(max_length=100, help_text="Recognised from the content.")
    made_at = models.DateTimeField()
    scan_state = models.CharField(max_length=12, choices=ScanState.choices, default=ScanState.PENDING)
    scan_note = models.CharField(max_length=200, blank=True, help_text="Name of the signature that matched.")
    scanned_at = models.DateTimeField(null=True, blank=True)
    preview_state = models.CharField(max_length=12, choices=PreviewState.choices, default=PreviewState.PENDING)
    preview_note = models.CharField(max_length=300, blank=True, help_text="Why there is no preview.")
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels.")
    height = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels.")
    duration_ms = models.PositiveBigIntegerField(null=True, blank=True)
    codec = models.CharField(max_length=40, blank=True, help_text="Of the picture, else of the sound.")
    page_count = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField(blank=True, help_text="Text of the first pages, for search.")
    manifest = models.JSONField(null=True, blank=True, help_text="What a courseware package says about itself.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="blob_sha256_is_hex"),
            models.CheckConstraint(condition=Q(size__gt=0), name="blob_is_not_empty"),
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=Q(scan_state__in=["pending", "unscanned"]) | Q(preview_state__in=["pending", "unconverted"]),
                name="blob_still_to_check",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def format(self) -> Format:
        return BY_MEDIA_TYPE[self.media_type]

    @cached_property
    def courseware(self) -> Manifest | None:
        """What a courseware package says about itself; None for everything else."""
        return Manifest.restored(self.manifest) if self.manifest else None

    @property
    def is_readable(self) -> bool:
        return self.scan_state in READABLE_STATES

    @property
    def is_checked(self) -> bool:
        """Whether scan and previews are done, well or badly."""
        return self.scan_state != ScanState.PENDING and (
            self.scan_state == ScanState.INFECTED or self.preview_state != PreviewState.PENDING
        )


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def for_display(self) -> "StoredFileQuerySet":
        """With content and previews, in two queries however many files."""
        return self.select_related("blob").prefetch_related("blob__previews")


class StoredFile(models.Model):
    """Somebody's copy of a content under a name. Kept as long as a foreign key points to it."""

    uuid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(max_length=200, help_text="For display; never part of a path.")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="files")
    owner_id = models.UUIDField(null=True, blank=True, db_index=True, help_text="Person; none for the platform.")
    made_at = models.DateTimeField(db_index=True)

    objects = StoredFileQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def size(self) -> int:
        return self.blob.size

    @property
    def media_type(self) -> str:
        return self.blob.media_type

    @property
    def sha256(self) -> str:
        return self.blob.sha256

    @property
    def kind(self) -> FileKind:
        return self.blob.format.kind

    @property
    def scan_state(self) -> ScanState:
        return ScanState(self.blob.scan_state)

    @property
    def is_readable(self) -> bool:
        return self.blob.is_readable

    @property
    def is_checked(self) -> bool:
        return self.blob.is_checked

    @cached_property
    def previews(self) -> "list[Preview]":
        """All previews in page order; no query of its own after `for_display`."""
        return sorted(self.blob.previews.all(), key=lambda preview: (preview.role, preview.number))


class Preview(models.Model):
    """A picture made from a content; itself kept in the store by its own SHA-256."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="previews")
    role = models.CharField(max_length=12, choices=PreviewRole.choices)
    number = models.PositiveIntegerField(default=1, help_text="Page, from 1.")
    sha256 = models.CharField(max_length=64, db_index=True, db_collation="C")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    width = models.PositiveIntegerField(help_text="Pixels.")
    height = models.PositiveIntegerField(help_text="Pixels.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blob", "role", "number"], name="one_preview_of_a_role_and_page"),
        ]


class Upload(models.Model):
    """A file that is still arriving. Its bytes lie in the spool under its uuid; their count is the offset.

    The stored file takes over the uuid, so whoever holds the address of the upload knows the file.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    owner_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="Bytes announced.")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="upload_expires_after_it_begins"),
        ]


class OrderedFile(models.Model):
    """A file that somebody ordered, that a job makes, and that lies ready for some days. Of what, the app says.

    A job writes it inside `making`, a pulse lets go of it with `expire_orders`.
    """

    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.WAITING)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-id"]

    @property
    def title(self) -> str:
        """What it is about, as a list names it."""
        raise NotImplementedError

    @property
    def notes(self) -> list[str]:
        """What else is said of it in a list."""
        return []

    @property
    def state_tone(self) -> Tone:
        return ORDER_TONES[OrderState(self.state)]
