"""Posts, classes and teaching: where people stand, and from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, record, record_batch
from heluo.kernel.codes.public import code_of, copy_in
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import subject_of as organisation_subject
from heluo.kernel.people.access import Permission, require_appointment
from heluo.kernel.people.actions.subjects import subject_of
from heluo.kernel.people.errors import (
    AlreadyInAClass,
    EndsBeforeItStarts,
    HomeroomTaken,
    NotAPupilHere,
    NotATeacherHere,
    PostAlreadyHeld,
    PostEnded,
)
from heluo.kernel.people.events import ClassMembersChanged, PostsChanged
from heluo.kernel.people.models import ClassMembership, Person, Post, Teaching, in_period


@transaction.atomic
def appoint(
    *, by: Actor, person: Person, role: Role, organisation: Organisation, starts_on: date, now: datetime
) -> Post:
    """Give a person a role at an organisation from a day on."""
    require_appointment(by, role, organisation)
    names = {"person": person.name, "organisation": organisation.name, "role": str(role.label)}
    with (
        refused_as(PostAlreadyHeld, constraint="one_open_post_of_a_role", field="role", **names),
        refused_as(PostAlreadyHeld, constraint="post_once", field="role", **names),
    ):
        post = Post.objects.create(person=person, organisation=organisation, role=role, starts_on=starts_on)
    record(
        by=by,
        at=now,
        deed="people.post_taken_up",
        subject=subject_of(person, organisation.path),
        details={"role": role, "organisation": str(organisation.uuid), "starts_on": starts_on.isoformat()},
    )
    announce(PostsChanged(person_ids=(person.uuid,)), by=by, at=now)
    return post


@transaction.atomic
def end_post(*, by: Actor, post: Post, on: date, now: datetime) -> Post:
    """End a post with a last day; the row stays as a fact. Who teaches there no longer has no classes there either."""
    require_appointment(by, Role(post.role), post.organisation)
    fresh = Post.objects.select_for_update(of=("self",)).select_related("person", "organisation").get(pk=post.pk)
    if fresh.ends_on is not None:
        raise PostEnded(day=fresh.ends_on.isoformat())
    if on < fresh.starts_on:
        raise EndsBeforeItStarts(field="on", day=fresh.starts_on.isoformat())
    fresh.ends_on = on
    fresh.save(update_fields=["ends_on"])
    if fresh.role == Role.TEACHER:
        Teaching.objects.filter(person=fresh.person, klass__school=fresh.organisation, ends_on=None).update(
            ends_on=Greatest("starts_on", Value(on))
        )
    record(
        by=by,
        at=now,
        deed="people.post_ended",
        subject=subject_of(fresh.person, fresh.organisation.path),
        details={"role": fresh.role, "organisation": str(fresh.organisation.uuid), "on": on.isoformat()},
    )
    announce(PostsChanged(person_ids=(fresh.person.uuid,)), by=by, at=now)
    return fresh


@transaction.atomic
def end_posts_at(*, by: Actor, organisation: Organisation, on: date, now: datetime) -> int:
    """End everything that goes on at an organisation that is no more: posts, classes, teaching. How many posts."""
    require(by, Permission.MANAGE, on=organisation)
    still = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    posts = Post.objects.filter(still, organisation=organisation)
    people = tuple(posts.values_list("person__uuid", flat=True).distinct())
    count = posts.update(ends_on=on)
    ClassMembership.objects.filter(still, klass__school=organisation).update(ends_on=on)
    Teaching.objects.filter(still, klass__school=organisation).update(ends_on=on)
    if count:
        record_batch(
            by=by,
            at=now,
            deed="people.posts_ended",
            subject=organisation_subject(organisation),
            differences=[Difference(subject_id=str(uuid), after={"ends_on": on.isoformat()}) for uuid in people],
        )
        announce(PostsChanged(person_ids=people), by=by, at=now)
    return count


def _holders(role: Role, school_ids: set[int], person_ids: set[int], on: date) -> set[tuple[int, int]]:
    return set(
        Post.objects.filter(in_period(on), role=role, organisation__in=school_ids, person__in=person_ids).values_list(
            "person_id", "organisation_id"
        )
    )


@transaction.atomic
def join_classes(
    *, by: Actor, members: Sequence[tuple[Person, Klass]], starts_on: date, now: datetime
) -> list[ClassMembership]:
    """Put pupils into classes of their own school, or none of them if one cannot be."""
    classes = {klass.pk: klass for _person, klass in members}
    for klass in classes.values():
        require(by, Permission.MANAGE, on=klass)
    pupils = _holders(
        Role.PUPIL, {klass.school_id for klass in classes.values()}, {person.pk for person, _ in members}, starts_on
    )
    for person, klass in members:
        if (person.pk, klass.school_id) not in pupils:
            raise NotAPupilHere(field="klass", person=person.name, school=klass.school.name)
    names = "、".join(person.name for person, _klass in members[:3])
    with refused_as(AlreadyInAClass, constraint="one_open_class_per_pupil", field="klass", person=names):
        made = [ClassMembership(person=person, klass=klass, starts_on=starts_on) for person, klass in members]
        copy_in(made)
    if made:
        record_batch(
            by=by,
            at=now,
            deed="people.classes_joined",
            subject=organisation_subject(made[0].klass.school),
            differences=[
                Difference(
                    subject_id=str(row.person.uuid),
                    after={"class": str(row.klass.uuid), "starts_on": starts_on.isoformat()},
                )
                for row in made
            ],
        )
        announce(ClassMembersChanged(class_ids=tuple(sorted(klass.uuid for klass in classes.values()))), by=by, at=now)
    return made


@transaction.atomic
def leave_class(*, by: Actor, membership: ClassMembership, on: date, now: datetime) -> ClassMembership:
    """End a pupil's time in a class with a last day."""
    require(by, Permission.MANAGE, on=membership.klass)
    fresh = (
        ClassMembership.objects.select_for_update(of=("self",))
        .select_related("person", "klass__school")
        .get(pk=membership.pk)
    )
    _end_in_class(fresh, by=by, on=on, deed="people.class_left", now=now)
    return fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTeaching:
    """`subject` is a code of the table of school subjects; empty for a class leader who teaches nothing there."""

    person: Person
    klass: Klass
    subject: str = ""
    is_homeroom: bool = False


@transaction.atomic
def assign_teachings(*, by: Actor, teachings: Sequence[NewTeaching], starts_on: date, now: datetime) -> list[Teaching]:
    """Say who teaches what to which class and who leads it, or nothing if one row cannot stand."""
    for klass in {new.klass.pk: new.klass for new in teachings}.values():
        require(by, Permission.MANAGE, on=klass)
    for subject in {new.subject for new in teachings if new.subject}:
        code_of("subject", subject, on=starts_on)
    teachers = _holders(
        Role.TEACHER, {new.klass.school_id for new in teachings}, {new.person.pk for new in teachings}, starts_on
    )
    for new in teachings:
        if (new.person.pk, new.klass.school_id) not in teachers:
            raise NotATeacherHere(field="person", person=new.person.name, school=new.klass.school.name)
    with refused_as(HomeroomTaken, constraint="one_homeroom_teacher_per_class", field="is_homeroom"):
        made = [
            Teaching(
                person=new.person,
                klass=new.klass,
                subject=new.subject,
                is_homeroom=new.is_homeroom,
                starts_on=starts_on,
            )
            for new in teachings
        ]
        copy_in(made)
    if made:
        record_batch(
            by=by,
            at=now,
            deed="people.teachings_assigned",
            subject=organisation_subject(made[0].klass.school),
            differences=[
                Difference(
                    subject_id=str(row.person.uuid),
                    after={"class": str(row.klass.uuid), "subject": row.subject, "homeroom": row.is_homeroom},
                )
                for row in made
            ],
        )
        classes = {row.klass.uuid for row in made}
        announce(ClassMembersChanged(class_ids=tuple(sorted(classes))), by=by, at=now)
    return made


@transaction.atomic
def end_teaching(*, by: Actor, teaching: Teaching, on: date, now: datetime) -> Teaching:
    """End a teacher's time with a class with a last day."""
    require(by, Permission.MANAGE, on=teaching.klass)
    fresh = (
        Teaching.objects.select_for_update(of=("self",)).select_related("person", "klass__school").get(pk=teaching.pk)
    )
    _end_in_class(fresh, by=by, on=on, deed="people.teaching_ended", now=now)
    return fresh


def _end_in_class(place: ClassMembership | Teaching, *, by: Actor, on: date, deed: str, now: datetime) -> None:
    """Give somebody's time in a class, locked by the caller, its last day."""
    if on < place.starts_on:
        raise EndsBeforeItStarts(field="on", day=place.starts_on.isoformat())
    place.ends_on = on
    place.save(update_fields=["ends_on"])
    record(
        by=by,
        at=now,
        deed=deed,
        subject=subject_of(place.person, place.klass.access_path),
        details={"class": str(place.klass.uuid), "on": on.isoformat()},
    )
    announce(ClassMembersChanged(class_ids=(place.klass.uuid,)), by=by, at=now)
