"""Closing the doors of a resource that was taken down by order, and opening them again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from heluo.domains.resources.access import Permission, is_author
from heluo.domains.resources.actions.links import note_links
from heluo.domains.resources.actions.reviewing import withdraw_resource
from heluo.domains.resources.actions.steps import add_step, locked, tell
from heluo.domains.resources.enums import ResourceState, Step, VersionState
from heluo.domains.resources.errors import NotPublished, OwnResource, WithdrawalReasonNeeded
from heluo.domains.resources.events import ResourcePublished
from heluo.domains.resources.models import Resource
from heluo.domains.resources.queries import catalogue_entry
from heluo.engines.catalogue.public import publish_entry
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.clock.public import local_day


@transaction.atomic
def take_down_by_order(*, by: Actor, identifier: UUID, reason: str, now: datetime) -> None:
    """Withdraw what is public; never by its own author."""
    resource = _named(identifier)
    if is_author(by, resource):
        raise OwnResource
    withdraw_resource(by=by, resource=resource, reason=reason, now=now)


@transaction.atomic
def bring_back(*, by: Actor, identifier: UUID, reason: str, now: datetime) -> None:
    """Make public again what was withdrawn, as it was; where its day has passed meanwhile, it is over instead and its
    author may prolong it. Never by the author.
    """
    resource = locked(_named(identifier))
    require(by, Permission.WITHDRAW, on=resource)
    if is_author(by, resource):
        raise OwnResource
    if not reason.strip():
        raise WithdrawalReasonNeeded(field="reason")
    version = resource.last_shown
    if resource.state != ResourceState.WITHDRAWN or version is None or version.state != VersionState.WITHDRAWN:
        raise NotPublished
    is_over = version.valid_until is not None and version.valid_until < local_day(now)
    version.state = VersionState.EXPIRED if is_over else VersionState.PUBLISHED
    version.save(update_fields=["state"])
    if not is_over:
        resource.state, resource.published, resource.replaced_by = ResourceState.PUBLISHED, version, None
        resource.save(update_fields=["state", "published", "replaced_by"])
        publish_entry(by=by, identifier=resource.uuid, draft=catalogue_entry(version), now=now)
        note_links([version], now=now)
        tell(ResourcePublished, by, now, version)
    add_step(by, now, version, Step.RESTORED, comment=reason.strip())


def _named(identifier: UUID) -> Resource:
    found = Resource.objects.select_related("organisation", "author").filter(uuid=identifier).first()
    if found is None:
        raise NotFound
    return found
