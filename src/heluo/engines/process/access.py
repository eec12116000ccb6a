"""Who may do a work item, who may see a process.

A work item is done by whoever holds its role at its place or is in its pool, except the one it is kept apart from, or
by the one person it is asked of; once claimed, by who claimed it. A process is seen by who started it, by those who
have or had work in it, and by officers above the place where it was started. Starting one is a right of the calling
domain, which checks it first. Who repairs processes sees of them who did what and when, and nothing that was said or
filled in.
"""

from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from heluo.kernel.actors.public import Actor, require_person

if TYPE_CHECKING:  # manifests are read before there are models
    from heluo.engines.process.models import Pool, WorkItem


class Permission(StrEnum):
    OVERSEE = "process.oversee"
    """See every process of one's tree, and take work back from somebody who claimed it."""
    TROUBLE = "process.trouble"
    """See which processes of one's tree stand still and why; nothing of what was said in them."""
    REPAIR = "process.repair"
    """Set processes of one's tree going again, or end them; nothing of what was said in them."""
    PAUSE = "process.pause"
    """Stop the clock of processes of one's tree and let it go on; nothing of what was said in them."""
    POOLS = "process.pools"
    """Make pools for organisations of one's tree, and say who is in them."""
    CHANGE = "process.change"
    """Propose other deadlines and holders for a process, and decide what somebody else proposed."""


def ways_asked(actor: Actor) -> list[Q]:
    """How work is asked of an actor: of them alone, of each of their posts, and of each of their pools.

    No item is asked in two ways, and each way has an index that it can be walked along. One query, for the pools.
    """
    if actor.person_id is None:
        return []
    held = sorted({(post.organisation_id, post.role) for post in actor.posts})
    others = Q(apart_from=None) | ~Q(apart_from=actor.person_id)
    posts = (Q(others, place=place, role=role) for place, role in held)
    pools = (Q(others, pool=pool) for pool in pools_of(actor).values_list("pk", flat=True))
    return [Q(person=actor.person_id), *posts, *pools]


def pools_of(actor: Actor) -> "QuerySet[Pool]":
    """The pools an actor is in: listed, or by a post at one of its places."""
    from heluo.engines.process.models import Pool, PoolMember, PoolPlace  # noqa: PLC0415  # manifests come first

    pool = OuterRef("pk")
    listed = PoolMember.objects.filter(pool=pool, person__uuid=require_person(actor))
    held = (Q(organisation=post.organisation_id, pool__role=post.role) for post in actor.posts)
    placed = PoolPlace.objects.filter(reduce(Q.__or__, held, Q(pk__in=())), pool=pool)
    return Pool.objects.filter(Exists(listed) | Exists(placed))


def is_asked_of(actor: Actor) -> Q:
    """Work items an actor may do, in whatever way they are asked of them."""
    return reduce(Q.__or__, ways_asked(actor), Q(pk__in=()))


def may_do(actor: Actor, item: "WorkItem") -> bool:
    """Whether a work item is asked of an actor, whoever claimed it."""
    if actor.person_id is None:
        return False
    if item.person is not None:
        return item.person == actor.person_id
    if item.apart_from == actor.person_id:
        return False
    if item.pool_id is not None:
        return pools_of(actor).filter(pk=item.pool_id).exists()
    return any(post.organisation_id == item.place_id and post.role == item.role for post in actor.posts)
