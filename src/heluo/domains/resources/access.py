"""Who may do what with resources.

Published resources are open to everybody. A draft is its author's alone. A submission is seen by its author and by
the reviewers at or above the author's organisation, and decided by one of them who is not the author.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from heluo.domains.resources.enums import ResourceState
from heluo.domains.resources.errors import OwnWork
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, require

if TYPE_CHECKING:  # the manifest reads the permissions before models can be loaded
    from heluo.domains.resources.models import Resource, ResourceVersion


class Permission(StrEnum):
    AUTHOR = "resources.author"
    REVIEW = "resources.review"
    WITHDRAW = "resources.withdraw"
    OVERSEE = "resources.oversee"
    RECOGNISE = "resources.recognise"
    """Recommend resources of one's tree, as a level of it."""
    SEE_LINKS = "resources.see_links"
    """See which links of published resources lead nowhere."""


ORGANISATION_PATH = "resource__organisation__path"


def is_author(actor: Actor, resource: Resource) -> bool:
    return actor.person_id is not None and resource.author.uuid == actor.person_id


def require_author(actor: Actor, resource: Resource) -> None:
    """Refuse anybody but the author; to others the draft is not there."""
    if not is_author(actor, resource):
        raise NotFound
    require(actor, Permission.AUTHOR, on=resource)


def require_reviewer(actor: Actor, resource: Resource) -> None:
    """Refuse unless a reviewer of the author's school or of a bureau above it, and never the author."""
    require(actor, Permission.REVIEW, on=resource)
    if is_author(actor, resource):
        raise OwnWork


def may_see_submission(actor: Actor, version: ResourceVersion) -> bool:
    """Reviewers see what was submitted; until then, and from a return to the next submission, it is the author's."""
    return is_author(actor, version.resource) or (
        not version.is_editable and allows(actor, Permission.REVIEW, on=version)
    )


def can_withdraw(actor: Actor, resource: Resource) -> bool:
    """Whether it is public, or over and may still come back, and the actor may see to it."""
    return (is_author(actor, resource) or allows(actor, Permission.WITHDRAW, on=resource)) and (
        resource.state == ResourceState.PUBLISHED or resource.is_over
    )


def can_prolong(actor: Actor, resource: Resource) -> bool:
    """Whether the author may give what they published a later day; see `prolong_resource`."""
    return (
        is_author(actor, resource)
        and allows(actor, Permission.AUTHOR, on=resource)
        and (resource.is_over or (resource.published is not None and resource.published.valid_until is not None))
    )


def require_withdrawal(actor: Actor, resource: Resource) -> None:
    """Refuse unless the author, or an officer at or above the author's organisation."""
    if not is_author(actor, resource):
        require(actor, Permission.WITHDRAW, on=resource)


def own(actor: Actor) -> Q:
    """Versions of resources the actor wrote."""
    return Q(resource__author__uuid=actor.person_id) if actor.is_person else Q(pk__in=())
