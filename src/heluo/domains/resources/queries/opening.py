"""Which files somebody may open because a resource shows them, for domains that play what is in a file."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse

from heluo.domains.packages.public import Place
from heluo.domains.resources.access import is_author, may_see_submission
from heluo.domains.resources.enums import ResourceState, VersionState
from heluo.domains.resources.models import Attachment, ResourceVersion
from heluo.domains.resources.queries.describing import KIND
from heluo.engines.catalogue.public import entries_with, page_of
from heluo.kernel.actors.public import Actor
from heluo.kernel.transfers.public import hashes_of_copies


def openable_files(actor: Actor, files: Collection[UUID]) -> dict[UUID, Place]:
    """Files of what is public, now or in an earlier version, which everybody may open, and of versions the actor may
    see. Two queries.
    """
    attached = Attachment.objects.filter(file__uuid__in=files).select_related("file", "version__resource__author")
    public = attached.filter(
        version__resource__state=ResourceState.PUBLISHED, version__state=VersionState.PUBLISHED
    ).order_by("version__number")
    found = {
        one.file.uuid: Place(str(one.version), _page_of(one.version), (KIND, one.version.resource.uuid))
        for one in public
    }
    if actor.is_person:
        hidden = attached.exclude(file__uuid__in=found).select_related("version__resource__organisation")
        for one in hidden.order_by("-version__number"):
            if one.file.uuid not in found and may_see_submission(actor, one.version):
                found[one.file.uuid] = Place(str(one.version), _work_on(actor, one))
    return found


def openable_copies(actor: Actor, files: Collection[UUID]) -> dict[UUID, Place]:
    """Files of resources of other platforms that came here, for whoever sees the resource. Two queries."""
    hashes = hashes_of_copies(files)
    if not hashes:
        return {}
    entries = entries_with(actor, set(hashes.values()))
    return {
        file: Place(entries[sha256].title, page_of(entries[sha256]))
        for file, sha256 in hashes.items()
        if sha256 in entries
    }


def _page_of(version: ResourceVersion) -> str:
    """Where the public sees a version."""
    resource = version.resource
    if version.pk == resource.published_id:
        return reverse("resources:detail", args=[resource.uuid])
    return reverse("resources:version", args=[resource.uuid, version.number])


def _work_on(actor: Actor, attachment: Attachment) -> str:
    """Where the author goes on with a version; reviewers come from their work list and go back there."""
    version = attachment.version
    if not is_author(actor, version.resource):
        return reverse("process:work")
    return reverse("resources:draft" if version.is_editable else "resources:trail", args=[version.resource.uuid])
