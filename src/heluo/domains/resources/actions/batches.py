"""Submitting and approving many resources at once, by the rules of one, in a few statements however many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import ngettext

from heluo.domains.resources.access import Permission, require_reviewer
from heluo.domains.resources.actions.drafting import (
    Description,
    known_choices,
    require_checked,
    require_known_choices,
)
from heluo.domains.resources.enums import ResourceState, Step, VersionState
from heluo.domains.resources.errors import (
    AlreadyAttached,
    AlreadyDecided,
    MetadataIncomplete,
    ResourceTaken,
    RowRefused,
    TooManyFiles,
)
from heluo.domains.resources.events import ResourcesPublished, ResourcesSubmitted
from heluo.domains.resources.models import MAX_FILES, Attachment, Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries import catalogue_entries
from heluo.engines.catalogue.public import publish_entries
from heluo.kernel.actors.errors import NotFound, Refusal, refused_as
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import copy_in, mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResource:
    """A whole resource: what is said of it, and the author's own files in their order.

    `local_id` names it in the source it comes from; the same name gives the same identifier.
    """

    local_id: str
    description: Description
    files: tuple[StoredFile, ...]


@transaction.atomic
def submit_resources(
    *, by: Actor, organisation: Organisation, resources: Sequence[NewResource], now: datetime
) -> list[ReviewStep]:
    """Make resources of complete drafts and send them to the reviewers, or none: a refusal names the row and says why.

    Files come with their contents (`for_display`). Raises `NotAllowed`, `RowRefused`, `ResourceTaken`.
    """
    require(by, Permission.AUTHOR, on=organisation)
    author = Person.objects.get(uuid=require_person(by))
    choices = known_choices(local_day(now))
    made, versions, attachments = [], [], []
    keys = reserve_ids("resources_resource", len(resources)), reserve_ids("resources_resourceversion", len(resources))
    for number, (key, version_key, new) in enumerate(zip(*keys, resources, strict=True), 1):
        resource = Resource(
            pk=key,
            uuid=mint_identifier("resource", new.local_id),
            organisation=organisation,
            author=author,
            created_at=now,
        )
        version = ResourceVersion(
            pk=version_key,
            resource=resource,
            number=1,
            state=VersionState.SUBMITTED,
            created_at=now,
            changed_at=now,
            **new.description.said(),
        )
        try:
            _check(by, version, new, choices)
        except Refusal as refusal:
            raise RowRefused(field=refusal.field, row=number, name=str(version), refusal=str(refusal)) from refusal
        made.append(resource)
        versions.append(version)
        attachments += [
            Attachment(version=version, file=file, position=position) for position, file in enumerate(new.files, 1)
        ]
    steps = [
        ReviewStep(version=version, step=Step.SUBMITTED, title=version.title, by=author, at=now) for version in versions
    ]
    with refused_as(ResourceTaken, constraint="resources_resource_uuid_key"):
        copy_in(made)
    copy_in(versions)
    copy_in(attachments)
    copy_in(steps)
    if steps:
        _note(by, now, "many_submitted", versions)
        announce(
            ResourcesSubmitted(count=len(steps), authors=(author.uuid,), paths=(organisation.path,)), by=by, at=now
        )
    return steps


def _check(by: Actor, version: ResourceVersion, new: NewResource, choices: Mapping[str, Collection[str]]) -> None:
    require_known_choices(new.description, choices)
    if missing := version.missing(file_count=len(new.files)):
        raise MetadataIncomplete(missing)
    if len(new.files) > MAX_FILES:
        raise TooManyFiles(limit=MAX_FILES)
    if len({file.pk for file in new.files}) < len(new.files):
        raise AlreadyAttached
    if any(file.owner_id != by.person_id for file in new.files):
        raise NotFound
    require_checked(new.files)


@transaction.atomic
def approve_resources(*, by: Actor, submissions: Sequence[ReviewStep], comment: str = "", now: datetime) -> int:
    """Publish what was submitted, all of it or nothing; how many. Raises `NotAllowed`, `OwnWork`, `AlreadyDecided`."""
    reviewer = Person.objects.get(uuid=require_person(by))
    keys = [submission.version_id for submission in submissions]
    resources = {
        resource.pk: resource
        for resource in Resource.objects.select_for_update(of=("self",))
        .select_related("organisation", "author")
        .filter(versions__in=keys)
        .order_by("pk")
    }
    for resource in resources.values():
        require_reviewer(by, resource)
    if ReviewStep.objects.filter(answers__in=[submission.pk for submission in submissions]).exists():
        raise AlreadyDecided
    versions = {version.pk: version for version in ResourceVersion.objects.filter(pk__in=keys)}
    for version in versions.values():
        version.resource = resources[version.resource_id]
    steps = [
        ReviewStep(
            version=versions[submission.version_id],
            step=Step.APPROVED,
            title=versions[submission.version_id].title,
            answers=submission,
            comment=comment,
            by=reviewer,
            at=now,
        )
        for submission in submissions
    ]
    with refused_as(AlreadyDecided, constraint="one_answer_per_submission"):
        copy_in(steps)
    submitted = ResourceVersion.objects.filter(resource=OuterRef("pk"), state=VersionState.SUBMITTED)
    Resource.objects.filter(pk__in=resources).update(
        state=ResourceState.PUBLISHED, published=Subquery(submitted.values("pk")[:1])
    )
    ResourceVersion.objects.filter(pk__in=keys).update(state=VersionState.PUBLISHED, published_at=now)
    published = list(versions.values())
    identifiers = [version.resource.uuid for version in published]
    publish_entries(by=by, drafts=dict(zip(identifiers, catalogue_entries(published), strict=True)), now=now)
    if published:
        _note(by, now, "many_approved", published)
        announce(
            ResourcesPublished(
                count=len(published),
                authors=tuple(sorted({resource.author.uuid for resource in resources.values()})),
                paths=tuple(sorted({resource.access_path for resource in resources.values()})),
            ),
            by=by,
            at=now,
        )
    return len(published)


def _note(by: Actor, now: datetime, deed: str, versions: Sequence[ResourceVersion]) -> None:
    """One audit row for all, where all of them lie."""
    steps = [path.split(".")[:-1] for path in {version.access_path for version in versions}]
    shared = [same[0] for same in takewhile(lambda step: len(set(step)) == 1, zip(*steps, strict=False))]
    title = ngettext("%(count)d 个资源", "%(count)d 个资源", len(versions)) % {"count": len(versions)}
    record_batch(
        by=by,
        at=now,
        deed=f"resources.{deed}",
        subject=Subject(
            kind="resources",
            id=str(versions[0].resource.uuid),
            title=title,
            path="".join(f"{step}." for step in shared),
        ),
        differences=[Difference(str(version.resource.uuid), after={"version": version.number}) for version in versions],
    )
