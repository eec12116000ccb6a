"""Who may do a work item, who may see a process.

A work item is done by whoever holds its role at its place, or by the one person it is asked of; once claimed, by who
claimed it. A process is seen by who started it, by those who have or had work in it, and by officers above the place
where it was started. Starting one is a right of the calling domain, which checks it first.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from heluo.kernel.actors.public import Actor

if TYPE_CHECKING:  # manifests are read before there are models
    from heluo.engines.process.models import WorkItem


class Permission(StrEnum):
    OVERSEE = "process.oversee"
    """See every process of one's tree, and take work back from somebody who claimed it."""


def is_asked_of(actor: Actor) -> Q:
    """Work items an actor may do: those of their posts, and those asked of them alone."""
    if actor.person_id is None:
        return Q(pk__in=())
    asked = Q(person=actor.person_id)
    for post in actor.posts:
        asked |= Q(place=post.organisation_id, role=post.role)
    return asked


def may_do(actor: Actor, item: "WorkItem") -> bool:
    """Whether a work item is asked of an actor, whoever claimed it."""
    if actor.person_id is None:
        return False
    if item.person is not None:
        return item.person == actor.person_id
    return any(post.organisation_id == item.place_id and post.role == item.role for post in actor.posts)
