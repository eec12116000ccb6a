"""What everybody may see: published resources, their files and trail, their authors."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.resources.enums import ResourceState, Step, VersionState
from heluo.domains.resources.errors import NoReplacement
from heluo.domains.resources.models import Attachment, Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries.describing import KIND
from heluo.domains.resources.queries.rows import one, resources, versions
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import entries_by_ids
from heluo.kernel.actors.public import Actor
from heluo.kernel.feedback.public import SubjectRef, Totals, totals_of
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person


def public_resource(uuid: UUID) -> Resource:
    """A resource as the public sees it: published, or withdrawn with its tombstone."""
    return one(resources().exclude(state=ResourceState.UNPUBLISHED).filter(uuid=uuid))


def replacement_named(uuid: UUID | None) -> Resource | None:
    """The published resource that is named as a replacement; refuses one that is not there."""
    if uuid is None:
        return None
    found = resources().filter(state=ResourceState.PUBLISHED, uuid=uuid).first()
    if found is None:
        raise NoReplacement(field="replacement")
    return found


def feedback_subjects(actor: Actor, uuids: Collection[UUID]) -> dict[UUID, SubjectRef]:
    """Published resources among these, as things people may rate and discuss: the same for everybody. And what this
    catalogue shows of other platforms, so that its use is counted. One query, two where some are from elsewhere.
    """
    found = resources().filter(state=ResourceState.PUBLISHED, uuid__in=uuids)
    ours = {resource.uuid: subject_of(resource) for resource in found}
    others = entries_by_ids(actor=actor, identifiers=set(uuids) - ours.keys()) if len(ours) < len(set(uuids)) else {}
    shown = [entry for entry in others.values() if entry.kind == KIND and entry.origin != settings.NODE_DOMAIN]
    return ours | {entry.uuid: subject_elsewhere(entry) for entry in shown}


def subject_elsewhere(entry: Entry) -> SubjectRef:
    """A resource of another platform, as its entry tells of it."""
    return SubjectRef(
        kind=KIND,
        uuid=entry.uuid,
        path=entry.access_path,
        title=entry.title,
        url=reverse("resources:detail", args=[entry.uuid]),
        owner_id=entry.creator_id,
    )


def subject_of(resource: Resource) -> SubjectRef:
    """A published resource as a thing people may rate and discuss."""
    return SubjectRef(
        kind=KIND,
        uuid=resource.uuid,
        path=resource.access_path,
        title=str(resource.published),
        url=reverse("resources:detail", args=[resource.uuid]),
        owner_id=resource.author.uuid,
    )


def versions_by(author: Person) -> QuerySet[ResourceVersion]:
    """What the public sees of an author."""
    return versions().filter(resource__author=author, pk=F("resource__published"))


def published_versions(resource: Resource) -> QuerySet[ResourceVersion]:
    """Every version the public has seen, newest first."""
    return resource.versions.filter(published_at__isnull=False).order_by("-number")


def past_version(resource: Resource, number: int) -> ResourceVersion | None:
    """A version that was public once, whether or not it was taken from the public since."""
    return resource.versions.filter(number=number, published_at__isnull=False).first()


def published_file(resource: Resource, uuid: UUID) -> StoredFile | None:
    """A file of a version of a published resource that the public may look at."""
    if resource.published_id is None:
        return None
    attached = Attachment.objects.filter(version__resource=resource, version__state=VersionState.PUBLISHED)
    return StoredFile.objects.for_display().filter(pk__in=attached.values("file"), uuid=uuid).first()


def trail_of(resource: Resource) -> QuerySet[ReviewStep]:
    """Everything that happened to a resource, oldest first."""
    return ReviewStep.objects.filter(version__resource=resource).select_related("by", "version")


def withdrawal_of(resource: Resource) -> ReviewStep | None:
    """What took it from the public last, for the tombstone."""
    return trail_of(resource).filter(step__in=[Step.WITHDRAWN, Step.EXPIRED]).last()


def grounds_of(withdrawal: ReviewStep) -> str:
    """Why something was taken from the public, in the reader's language where nobody had to write it."""
    if withdrawal.step == Step.EXPIRED:
        return _("有效期到 {day} 已满。").format(day=withdrawal.until)
    return withdrawal.comment


def author_named(uuid: UUID) -> Person:
    """A person who has published something; anybody else is not there."""
    authors = Resource.objects.filter(state=ResourceState.PUBLISHED).values("author")
    return one(Person.objects.filter(pk__in=authors, uuid=uuid))


@dataclass(frozen=True, slots=True)
class PublicCounts:
    """What the public made of an author's published resources."""

    published: int
    totals: Totals


def public_counts(author: Person) -> PublicCounts:
    """How much of an author is published, and what all of it together was used, kept and rated."""
    works = list(Resource.objects.filter(author=author, state=ResourceState.PUBLISHED).values_list("uuid", flat=True))
    return PublicCounts(published=len(works), totals=totals_of(KIND, works))


def places_of(author: Person) -> list[str]:
    """Names of the organisations whose resources an author published."""
    published = Resource.objects.filter(author=author, state=ResourceState.PUBLISHED).values("organisation")
    return list(Organisation.objects.filter(pk__in=published).order_by("path").values_list("name", flat=True))
