"""Pools: made by officers for an organisation of their tree, who also say who is in them."""

import re
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from heluo.engines.process.access import Permission
from heluo.engines.process.errors import (
    AlreadyInPool,
    NotOfThePool,
    PoolExists,
    PoolKeyInvalid,
    PoolWithoutRole,
)
from heluo.engines.process.models import Pool, PoolMember, PoolPlace
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import Actor, allows, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import local_day
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person, Post, in_period

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
OUTSIDE = frozenset({Role.PUPIL, Role.GUARDIAN})
"""Roles that do no work of a pool."""


@transaction.atomic
def make_pool(*, by: Actor, key: str, title: str, organisation: Organisation, role: Role | None, now: datetime) -> Pool:
    """Make an empty pool of an organisation. Definitions name it by its key, which stays."""
    require(by, Permission.POOLS, on=organisation)
    if not KEY.fullmatch(key):
        raise PoolKeyInvalid(field="key")
    if role in OUTSIDE:
        raise NotOfThePool(field="role", organisation=organisation.name)
    with refused_as(PoolExists, constraint="process_pool_key_key", field="key", key=key):
        pool = Pool.objects.create(
            key=key, title=title.strip(), organisation=organisation, role=role or "", made_at=now
        )
    _record("process.pool_made", pool, "", by=by, now=now)
    return pool


@transaction.atomic
def add_member(*, by: Actor, pool: Pool, person: UUID, now: datetime) -> PoolMember:
    """List somebody who holds a post today where the pool belongs."""
    kept = _kept(by, pool)
    found = Person.objects.filter(uuid=person).first()
    if found is None or not _works_there(found, kept, local_day(now)):
        raise NotOfThePool(field="person", organisation=kept.organisation.name)
    with refused_as(AlreadyInPool, constraint="one_membership_of_a_pool", field="person", name=found.name):
        member = PoolMember.objects.create(pool=kept, person=found)
    _record("process.member_added", kept, found.name, by=by, now=now)
    return member


@transaction.atomic
def remove_member(*, by: Actor, pool: Pool, person: UUID, now: datetime) -> None:
    """Take somebody off the list. What they claimed stays theirs until an officer above gives it back."""
    kept = _kept(by, pool)
    member = kept.members.filter(person__uuid=person).select_related("person").first()
    if member is None:
        raise NotFound
    member.delete()
    _record("process.member_removed", kept, member.person.name, by=by, now=now)


@transaction.atomic
def add_place(*, by: Actor, pool: Pool, organisation: Organisation, now: datetime) -> PoolPlace:
    """Let whoever holds the role of the pool at an organisation be in it."""
    kept = _kept(by, pool)
    if not kept.role:
        raise PoolWithoutRole(field="place")
    if not organisation.path.startswith(kept.organisation.path):
        raise NotOfThePool(field="place", organisation=kept.organisation.name)
    with refused_as(AlreadyInPool, constraint="one_place_of_a_pool", field="place", name=organisation.name):
        place = PoolPlace.objects.create(pool=kept, organisation=organisation)
    _record("process.place_added", kept, organisation.name, by=by, now=now)
    return place


@transaction.atomic
def remove_place(*, by: Actor, pool: Pool, organisation: UUID, now: datetime) -> None:
    kept = _kept(by, pool)
    place = kept.places.filter(organisation__uuid=organisation).select_related("organisation").first()
    if place is None:
        raise NotFound
    place.delete()
    _record("process.place_removed", kept, place.organisation.name, by=by, now=now)


def _kept(by: Actor, pool: Pool) -> Pool:
    """The pool, if the actor keeps it."""
    found = Pool.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pool.pk)
    if not allows(by, Permission.POOLS, on=found):
        raise NotFound
    return found


def _works_there(person: Person, pool: Pool, day: date) -> bool:
    posts = Post.objects.filter(in_period(day), person=person).exclude(role__in=OUTSIDE)
    return posts.filter(organisation__path__startswith=pool.organisation.path).exists()


def _record(deed: str, pool: Pool, name: str, *, by: Actor, now: datetime) -> None:
    subject = Subject("process_pool", pool.key, pool.title, pool.organisation.path)
    record(by=by, at=now, deed=deed, subject=subject, details={"name": name} if name else None)
