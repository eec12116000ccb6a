"""Entries, their immutable versions and the change log."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from heluo.engines.catalogue.enums import Deed, EntryState, Visibility
from heluo.kernel.events.models import CommitOrdered
from heluo.kernel.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Content:
    """A file as its entry names it: the same bytes have the same SHA-256 everywhere. `size` in bytes; `file` is the
    stored file where it is here, `href` where it is on its own platform.
    """

    name: str
    sha256: str
    size: int
    type: str
    file: str = ""
    href: str = ""


class HashesOfFiles(models.Func):
    """The SHA-256 of every file that a payload lists."""

    template = "jsonb_path_query_array(%(expressions)s, '$.files[*].sha256')"
    output_field = models.JSONField()


class Shown(models.Model):
    """What a draft becomes: the same columns on an entry (as it is now) and on each of its versions (as it was)."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    keywords = models.JSONField(default=list)
    facets = models.JSONField(default=dict, help_text="Facet key → list of value codes.")
    language = models.CharField(max_length=20, help_text="BCP 47.")
    licence = models.CharField(max_length=60, help_text="SPDX identifier.")
    creator_name = models.CharField(max_length=120)
    creator_id = models.UUIDField(null=True, help_text="Person, where known; not always of this node.")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    shared_with = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    thumbnail = models.UUIDField(null=True, help_text="Stored file.")
    payload = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the draft; equal drafts make no new version.")
    published_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def own_version(self) -> int | None:
        """The number its domain gives this version, where it counts them; a change of the face alone keeps it."""
        number = self.payload.get("version")
        return number if isinstance(number, int) else None

    @property
    def formats(self) -> list[str]:
        """Media types of its files, where its domain says so."""
        said = self.payload.get("formats")
        return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []

    @property
    def contents(self) -> list["Content"]:
        """Its files, where its domain lists them."""
        said = self.payload.get("files")
        return [Content(**one) for one in said] if isinstance(said, list) else []

    @property
    def publisher(self) -> tuple[str, str]:
        """Who published it first, and the uuid of that organisation where it is known: what came from another node says
        so itself, for `organisation` answers for it here only.
        """
        said, identity = self.payload.get("publisher"), self.payload.get("publisher_id")
        if isinstance(said, str):
            return said, identity if isinstance(identity, str) else ""
        return self.organisation.name, str(self.organisation.uuid)

    @property
    def address_elsewhere(self) -> str:
        """Its page on its own platform, where it came from another; an address of any other scheme leads nowhere."""
        address = self.payload.get("address")
        return address if isinstance(address, str) and address.startswith(("https://", "http://")) else ""

    @property
    def duration(self) -> str:
        """How long it plays, where its domain says so, as ISO 8601 has it."""
        said = self.payload.get("duration_ms")
        return f"PT{round(said / 1000)}S" if isinstance(said, int) and said >= 1000 else ""


class Entry(Shown):
    """The published face of one identifier, as it is now. Never deleted; a withdrawn one is a tombstone.

    A trigger keeps identifier, kind and origin fixed, refuses to delete, and lets a withdrawn entry come back only
    with a higher version.
    """

    uuid = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=40)
    origin = models.CharField(max_length=253, help_text="Domain name of the node that published it first.")
    state = models.CharField(max_length=10, choices=EntryState.choices)
    version = models.PositiveIntegerField(help_text="Number of the current version.")
    first_published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)
    words = SearchVectorField(help_text="Words of title, keywords, description and creator; facet values as tags.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=EntryState.PUBLISHED, withdrawn_at__isnull=True)
                | Q(state=EntryState.WITHDRAWN, withdrawn_at__isnull=False),
                name="entry_withdrawn_has_its_day",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="entry_has_a_version"),
        ]
        indexes = [
            GinIndex(
                OpClass(HashesOfFiles("payload"), name="jsonb_ops"),
                name="entry_contents",
                condition=Q(state=EntryState.PUBLISHED),
            ),
            GinIndex(fields=["words"], name="entry_words", fastupdate=False, condition=Q(state=EntryState.PUBLISHED)),
            models.Index(
                F("published_at").desc(), F("id").desc(), name="entry_newest", condition=Q(state=EntryState.PUBLISHED)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def access_path(self) -> str:
        return self.organisation.path


class EntryVersion(Shown):
    """One published draft. A trigger refuses to change or delete it."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    published_by = models.UUIDField(null=True, help_text="Person, unless the platform itself did it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="entry_version_once")]

    @property
    def uuid(self) -> UUID:
        return self.entry.uuid

    @property
    def kind(self) -> str:
        return self.entry.kind

    @property
    def is_current(self) -> bool:
        """Whether its domain has published no other version since."""
        return self.own_version == self.entry.own_version


class Overlay(models.Model):
    """What is said here of an entry of another node, as a layer over it: by which words and places it is found, and who
    sees it. Of what its originator says of it (title, creator, licence, source, price) nothing can be laid over.

    What comes anew from its node leaves the layer as it is. `revision` counts its changes, so that of two people who
    began from the same one the second is told.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="overlay")
    keywords = models.JSONField(default=list)
    facets = models.JSONField(default=dict, help_text="Facet key → list of value codes, beside those of the entry.")
    note = models.CharField(max_length=500, blank=True, help_text="For whoever sees the entry here.")
    visibility = models.CharField(max_length=10, choices=Visibility.choices, blank=True, help_text="Empty: as it came.")
    revision = models.PositiveIntegerField()
    changed_at = models.DateTimeField()


class Change(CommitOrdered):
    """One line of the change log: append-only, read in order of `seq` and only below the horizon."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    deed = models.CharField(max_length=10, choices=Deed.choices)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()


class Hold(models.Model):
    """An identifier that its node took down: nothing is shown under it until the node says so.

    Also of an entry that has not come here yet. Who else publishes under that identifier is not concerned.
    """

    uuid = models.UUIDField()
    origin = models.CharField(max_length=253)
    took_down = models.BooleanField(help_text="Whether an entry stood here and was withdrawn by it.")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["uuid", "origin"], name="entry_held_once")]

    def __str__(self) -> str:
        return f"{self.uuid} {self.origin}"


class EntrySet(models.Model):
    """A part of what everybody may see that others read by itself: a value of a facet, or a place with all below it."""

    name = models.CharField(max_length=200, unique=True, db_collation="C", help_text="E.g. `subject:14`.")
    seq = models.BigIntegerField(default=0, help_text="The telling that changed it last: what came in, or left.")


class PublicFace(models.Model):
    """What everybody has been told of an entry, from the day on which everybody could see it, for ever. One row each.

    A view of the change log: a pulse brings it up to the newest line of the entry below the horizon. An entry that is
    withdrawn, or no longer for everybody, is told as gone, in the sets it was in.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField(unique=True, help_text="The line of the change log that was told last.")
    at = models.DateTimeField(help_text="The second in which it was told; never less than that of a smaller `seq`.")
    is_gone = models.BooleanField()
    sets = ArrayField(models.BigIntegerField(), help_text="Sets it is in.")
    leaf = models.BinaryField(max_length=32, help_text="SHA-256 of what was told, for proofs.")

    class Meta:
        indexes = [models.Index(fields=["at", "seq"], name="public_faces_by_second")]


class SetMember(models.Model):
    """A face in a set, by the `seq` of the face: so each set is read along an index of its own, and not sorted out."""

    pk = models.CompositePrimaryKey("entry_set_id", "seq")
    entry_set = models.ForeignKey(EntrySet, on_delete=models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()


class Told(models.Model):
    """How far the change log has been told, and the last second in which something was. One row."""

    seq = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)


class Proof(models.Model):
    """What the public was told of a set, or of everything, as a Merkle tree; renewed as a whole."""

    name = models.CharField(max_length=200, unique=True, db_collation="C", help_text="Of the set; empty: everything.")
    seq = models.BigIntegerField(help_text="How far the change log had been told.")
    at = models.DateTimeField()
    depth = models.PositiveSmallIntegerField(help_text="Hexadecimal digits of the identifier, at the bottom.")


class ProofPart(models.Model):
    """A prefix of identifiers in a proof: how many entries are under it, and the hash over them."""

    pk = models.CompositePrimaryKey("proof_id", "prefix")
    proof = models.ForeignKey(Proof, on_delete=models.CASCADE, related_name="parts", db_index=False)
    prefix = models.CharField(max_length=32, db_collation="C")
    count = models.PositiveIntegerField()
    hash = models.BinaryField(max_length=32)


class Popularity(models.Model):
    """How often an entry was used of late: a view of what feedback has counted, renewed as a whole. To sort by.

    A table of its own, because a change of an entry itself would write its search index anew.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.CASCADE, related_name="popularity")
    uses = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(F("uses").desc(), F("entry").desc(), name="popularity_most")]


class SynonymSet(models.Model):
    """Words that people use for one another: whoever asks for one finds the others. Folded; a word is in one set."""

    words = ArrayField(models.CharField(max_length=30))
    position = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["position"]


class Reading(models.Model):
    """How a word that stands in titles or keywords is written in pinyin, without tones, run together."""

    pinyin = models.CharField(max_length=60, db_collation="C")
    word = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pinyin", "word"], name="reading_once")]


class Learnt(models.Model):
    """How far the change log has been read for words. One row."""

    seq = models.BigIntegerField(default=0)


MOST_SEARCHES = 30
"""That one person may keep."""


class SavedSearch(models.Model):
    """A question that somebody asks again and again, and when they last looked at the answer."""

    uuid = models.UUIDField(unique=True, editable=False)
    person = models.UUIDField()
    kind = models.CharField(max_length=40, help_text="Kind of the entries that are looked for.")
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=200, blank=True)
    facets = models.JSONField(default=dict, help_text="Facet key → value codes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what is asked; the same is not kept twice.")
    at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="search_kept_once")]
        indexes = [models.Index(fields=["person", "-id"], name="searches_of_a_person")]
