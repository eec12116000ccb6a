"""Who may do what with resources.

Published resources are open to everybody. A draft is its author's alone. A submission is seen by its author and by
the reviewers at or above the author's organisation, and decided by one of them who is not the author.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from heluo.domains.resources.enums import ResourceState, VersionState
from heluo.domains.resources.errors import OwnWork
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, paths_for, require, within

if TYPE_CHECKING:  # the manifest reads the permissions before models can be loaded
    from heluo.domains.resources.models import Resource, ResourceVersion


class Permission(StrEnum):
    AUTHOR = "resources.author"
    REVIEW = "resources.review"
    WITHDRAW = "resources.withdraw"
    OVERSEE = "resources.oversee"
    RECOGNISE = "resources.recognise"
    """Recommend resources of one's tree, as a level of it."""


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


def can_review(actor: Actor, version: ResourceVersion) -> bool:
    return (
        version.state == VersionState.SUBMITTED
        and allows(actor, Permission.REVIEW, on=version)
        and not is_author(actor, version.resource)
    )


def may_see_content(actor: Actor, version: ResourceVersion) -> bool:
    """From a return to the next submission, what the author is changing is the author's alone."""
    return not version.is_editable or is_author(actor, version.resource)


def can_withdraw(actor: Actor, resource: Resource) -> bool:
    return resource.state == ResourceState.PUBLISHED and (
        is_author(actor, resource) or allows(actor, Permission.WITHDRAW, on=resource)
    )


def require_withdrawal(actor: Actor, resource: Resource) -> None:
    """Refuse unless the author, or an officer at or above the author's organisation."""
    if not is_author(actor, resource):
        require(actor, Permission.WITHDRAW, on=resource)


def own(actor: Actor) -> Q:
    """Versions of resources the actor wrote."""
    return Q(resource__author__uuid=actor.person_id) if actor.is_person else Q(pk__in=())


def reviewable(actor: Actor) -> Q:
    """Versions waiting for a decision this actor may take."""
    return (
        Q(state=VersionState.SUBMITTED)
        & within(actor, Permission.REVIEW, ORGANISATION_PATH)
        & ~Q(resource__author__uuid=actor.person_id)
    )


def visible_to_reviewer(actor: Actor) -> Q:
    """Versions that have been submitted at least once, where this actor reviews."""
    return within(actor, Permission.REVIEW, ORGANISATION_PATH) & ~Q(state=VersionState.DRAFT)


def may_follow_queue(actor: Actor, path: str) -> bool:
    """The review queue of a tree node is live for those who review there."""
    return any(path.startswith(held) for held in paths_for(actor, Permission.REVIEW))
