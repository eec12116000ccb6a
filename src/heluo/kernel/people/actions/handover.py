"""People follow their school into another, and pupils their class: what mergers and splits ask of posts."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Greatest

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, record_batch
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import subject_of as organisation_subject
from heluo.kernel.people.access import EVERYDAY_ROLES, Permission
from heluo.kernel.people.actions.places import end_posts_at
from heluo.kernel.people.events import PostsChanged
from heluo.kernel.people.models import Post


@transaction.atomic
def hand_over_people(*, by: Actor, organisation: Organisation, successor: Organisation, on: date, now: datetime) -> int:
    """Take everybody of a school that was merged into its successor from a day on; how many posts went over.

    Teachers, pupils and guardians go as what they are. Administrators and reviewers are appointed anew by whoever may,
    so that a merger makes nobody an administrator of a school that is not theirs: their posts end.
    """
    require(by, Permission.MANAGE, on=successor)
    posts = Post.objects.filter(organisation=organisation, role__in=EVERYDAY_ROLES)
    count = _go_over(posts, organisation, successor, by=by, on=on, now=now)
    end_posts_at(by=by, organisation=organisation, on=on, now=now)
    return count


@transaction.atomic
def take_pupils_along(
    *,
    by: Actor,
    organisation: Organisation,
    successor: Organisation,
    classes: Collection[Klass],
    on: date,
    now: datetime,
) -> int:
    """Make the pupils of classes that passed to another school pupils of that school from a day on; how many."""
    require(by, Permission.MANAGE, on=successor)
    still = Q(person__class_memberships__ends_on__isnull=True) | Q(person__class_memberships__ends_on__gte=on)
    posts = Post.objects.filter(
        still, organisation=organisation, role=Role.PUPIL, person__class_memberships__klass__in=classes
    )
    return _go_over(posts, organisation, successor, by=by, on=on, now=now)


def _go_over(
    posts: QuerySet[Post], organisation: Organisation, successor: Organisation, *, by: Actor, on: date, now: datetime
) -> int:
    """End the posts that go on at one place the day before, and begin the same at the other. Twice changes nothing."""
    going_on = list(posts.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on)).select_related("person").distinct())
    if not going_on:
        return 0
    begun = [
        Post(
            person=post.person,
            organisation=successor,
            role=post.role,
            starts_on=max(on, post.starts_on),
            ends_on=post.ends_on,
        )
        for post in going_on
    ]
    last_day = Greatest("starts_on", Value(on - timedelta(days=1)))
    Post.objects.filter(pk__in=[post.pk for post in going_on]).update(ends_on=last_day)
    Post.objects.bulk_create(begun, ignore_conflicts=True)
    people = tuple(sorted({post.person.uuid for post in going_on}))
    record_batch(
        by=by,
        at=now,
        deed="people.posts_handed_over",
        subject=organisation_subject(successor),
        differences=[
            Difference(
                subject_id=str(post.person.uuid),
                before={"organisation": str(organisation.uuid), "role": post.role},
                after={"organisation": str(successor.uuid), "role": post.role, "starts_on": on.isoformat()},
            )
            for post in going_on
        ],
    )
    announce(PostsChanged(person_ids=people), by=by, at=now)
    return len(going_on)
