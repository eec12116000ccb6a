"""Taking over many resources at once, by the rules of one, in a few statements however many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from heluo.domains.resources.access import Permission
from heluo.domains.resources.actions.drafting import (
    Description,
    known_choices,
    require_checked,
    require_day_to_come,
    require_known_choices,
)
from heluo.domains.resources.actions.links import note_links
from heluo.domains.resources.enums import ResourceState, Step, VersionState
from heluo.domains.resources.errors import (
    AlreadyAttached,
    MetadataIncomplete,
    OwnWork,
    ResourceTaken,
    RowRefused,
    TooManyFiles,
)
from heluo.domains.resources.events import ResourcesPublished
from heluo.domains.resources.models import MAX_FILES, Attachment, Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries import catalogue_entries
from heluo.domains.textbooks.public import NodesInUse, nodes_in_use
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
def take_over_resources(
    *, by: Actor, author: Person, organisation: Organisation, resources: Sequence[NewResource], now: datetime
) -> int:
    """Publish a collection of one author that was reviewed before it came here, all of it or none; how many.

    A reviewer answers for it, and never for their own work. Files come with their contents (`for_display`) and are the
    author's. A refusal names the row and says why. Raises `NotAllowed`, `OwnWork`, `RowRefused`, `ResourceTaken`.
    """
    require(by, Permission.REVIEW, on=organisation)
    if author.uuid == by.person_id:
        raise OwnWork
    reviewer = Person.objects.get(uuid=require_person(by))
    choices = known_choices(local_day(now))
    nodes = nodes_in_use(
        chapters={uuid for new in resources for uuid in new.description.chapters},
        points={uuid for new in resources for uuid in new.description.knowledge_points},
    )
    made, versions, attachments = [], [], []
    keys = reserve_ids("resources_resource", len(resources)), reserve_ids("resources_resourceversion", len(resources))
    for number, (key, version_key, new) in enumerate(zip(*keys, resources, strict=True), 1):
        resource = Resource(
            pk=key,
            uuid=mint_identifier("resource", new.local_id),
            organisation=organisation,
            author=author,
            state=ResourceState.PUBLISHED,
            published_id=version_key,
            created_at=now,
        )
        version = ResourceVersion(
            pk=version_key,
            resource=resource,
            number=1,
            state=VersionState.PUBLISHED,
            created_at=now,
            changed_at=now,
            published_at=now,
            **new.description.said(),
        )
        try:
            _check(author, version, new, choices, nodes)
            require_day_to_come(version.valid_until, local_day(now))
        except Refusal as refusal:
            raise RowRefused(field=refusal.field, row=number, name=str(version), refusal=str(refusal)) from refusal
        made.append(resource)
        versions.append(version)
        attachments += [
            Attachment(version=version, file=file, position=position) for position, file in enumerate(new.files, 1)
        ]
    with refused_as(ResourceTaken, constraint="resources_resource_uuid_key"):
        copy_in(made)
    copy_in(attachments)  # before their versions: the files of a published version never change
    copy_in(versions)
    copy_in(
        [
            ReviewStep(version=version, step=Step.TAKEN_OVER, title=version.title, by=reviewer, at=now)
            for version in versions
        ]
    )
    note_links(versions, now=now)
    identifiers = [resource.uuid for resource in made]
    publish_entries(by=by, drafts=dict(zip(identifiers, catalogue_entries(versions), strict=True)), now=now)
    if versions:
        _note(by, now, organisation, versions)
        announce(ResourcesPublished(count=len(versions), authors=(author.uuid,)), by=by, at=now)
    return len(versions)


def _check(
    author: Person,
    version: ResourceVersion,
    new: NewResource,
    choices: Mapping[str, Collection[str]],
    nodes: NodesInUse,
) -> None:
    require_known_choices(new.description, choices)
    nodes.require(chapters=new.description.chapters, points=new.description.knowledge_points)
    if missing := version.missing(file_count=len(new.files)):
        raise MetadataIncomplete(missing)
    if len(new.files) > MAX_FILES:
        raise TooManyFiles(limit=MAX_FILES)
    if len({file.pk for file in new.files}) < len(new.files):
        raise AlreadyAttached
    if any(file.owner_id != author.uuid for file in new.files):
        raise NotFound
    require_checked(new.files)


def _note(by: Actor, now: datetime, at: Organisation, versions: Sequence[ResourceVersion]) -> None:
    """One audit row for all."""
    title = ngettext("%(count)d 个资源", "%(count)d 个资源", len(versions)) % {"count": len(versions)}
    record_batch(
        by=by,
        at=now,
        deed="resources.taken_over",
        subject=Subject(kind="resources", id=str(versions[0].resource.uuid), title=title, path=at.path),
        differences=[Difference(str(version.resource.uuid), after={"version": version.number}) for version in versions],
    )
