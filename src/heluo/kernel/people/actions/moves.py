"""Pupils from school to school and from class to class, any number at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.access import Permission
from heluo.kernel.people.errors import NotAPupilHere
from heluo.kernel.people.events import ClassMembersChanged, PostsChanged
from heluo.kernel.people.models import ClassMembership, Person, Post

ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class PupilMove:
    """Where a pupil belongs from a day on: a school with or without a class of it, or nowhere."""

    person: Person
    school: Organisation | None
    klass: Klass | None = None


@transaction.atomic
def move_pupils(*, by: Actor, moves: Sequence[PupilMove], on: date, now: datetime) -> None:
    """Let pupils belong from a day on where each move says, and nowhere else; what is so already stays untouched.

    A place that began on that very day is replaced, for it never held; any other ends the day before. Needs the right
    to manage people at every school that is left or joined. Set-based: a handful of statements, one audit row.
    """
    for move in moves:
        if move.klass is not None and (move.school is None or move.klass.school_id != move.school.pk):
            name = move.school.name if move.school else ""
            raise NotAPupilHere(field="klass", person=move.person.name, school=name)
    people = [move.person.pk for move in moves]
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    posts = list(
        Post.objects.select_for_update(of=("self",))
        .filter(running, role=Role.PUPIL, person__in=people)
        .select_related("organisation")
        .order_by("id")
    )
    seats = list(
        ClassMembership.objects.select_for_update(of=("self",))
        .filter(running, person__in=people)
        .select_related("klass__school")
        .order_by("id")
    )
    schools = {move.school.pk: move.school for move in moves if move.school is not None}
    schools |= {post.organisation_id: post.organisation for post in posts}
    schools |= {seat.klass.school_id: seat.klass.school for seat in seats}
    for school in schools.values():
        require(by, Permission.MANAGE, on=school)
    changed_posts = _move_posts(moves, posts, on)
    changed_classes = _move_seats(moves, seats, on)
    if not changed_posts and not changed_classes:
        return
    top = min(schools.values(), key=lambda school: school.path)
    before = {seat.person_id: str(seat.klass.uuid) for seat in seats}
    record_batch(
        by=by,
        at=now,
        deed="people.pupils_moved",
        subject=Subject(kind="organisation", id=str(top.uuid), title=top.name, path=top.path),
        differences=[
            Difference(
                subject_id=str(move.person.uuid),
                before={"class": before.get(move.person.pk)},
                after={
                    "organisation": str(move.school.uuid) if move.school else None,
                    "class": str(move.klass.uuid) if move.klass else None,
                    "on": on.isoformat(),
                },
            )
            for move in moves
        ],
    )
    if changed_posts:
        announce(PostsChanged(person_ids=tuple(move.person.uuid for move in moves)), by=by, at=now)
    if changed_classes:
        announce(ClassMembersChanged(class_ids=tuple(sorted(klass.uuid for klass in changed_classes))), by=by, at=now)


def _last_day(rows: Iterable[Post] | Iterable[ClassMembership], on: date) -> None:
    """The day before, or the only day of what began on the day itself."""
    for row in rows:
        row.ends_on = max(row.starts_on, on - timedelta(days=1))


def _move_posts(moves: Sequence[PupilMove], posts: Sequence[Post], on: date) -> bool:
    wanted = {move.person.pk: move.school.pk if move.school else None for move in moves}
    leaving = [post for post in posts if post.organisation_id != wanted[post.person_id]]
    staying = {
        post.person_id for post in posts if post.organisation_id == wanted[post.person_id] and post.ends_on is None
    }
    _last_day(leaving, on)
    Post.objects.bulk_update(leaving, ["ends_on"], batch_size=ROWS_AT_ONCE)
    joining = [move for move in moves if move.school is not None and move.person.pk not in staying]
    Post.objects.bulk_create(
        [Post(person=move.person, organisation=move.school, role=Role.PUPIL, starts_on=on) for move in joining],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["person", "organisation", "role", "starts_on"],
        update_fields=["ends_on"],
    )
    return bool(leaving or joining)


def _move_seats(moves: Sequence[PupilMove], seats: Sequence[ClassMembership], on: date) -> set[Klass]:
    wanted = {move.person.pk: move.klass for move in moves}
    staying = {
        seat.person_id
        for seat in seats
        if seat.klass == wanted[seat.person_id] and seat.starts_on <= on and seat.ends_on is None
    }
    leaving = [seat for seat in seats if seat.person_id not in staying]
    left = {seat.klass for seat in leaving}
    fresh = {seat.person_id: seat for seat in leaving if seat.starts_on >= on and wanted[seat.person_id] is not None}
    ending = [seat for seat in leaving if seat is not fresh.get(seat.person_id)]
    _last_day(ending, on)
    ClassMembership.objects.bulk_update(ending, ["ends_on"], batch_size=ROWS_AT_ONCE)
    for seat in fresh.values():
        klass = wanted[seat.person_id]
        assert klass is not None  # noqa: S101  # chosen just above
        seat.klass, seat.starts_on, seat.ends_on = klass, on, None
    ClassMembership.objects.bulk_update(fresh.values(), ["klass", "starts_on", "ends_on"], batch_size=ROWS_AT_ONCE)
    joining = [
        ClassMembership(person=move.person, klass=move.klass, starts_on=on)
        for move in moves
        if move.klass is not None and move.person.pk not in staying and move.person.pk not in fresh
    ]
    ClassMembership.objects.bulk_create(joining, batch_size=ROWS_AT_ONCE)
    return left | {seat.klass for seat in fresh.values()} | {seat.klass for seat in joining}
