"""Persons, their first accounts, posts and classes, and who answers for whom. Set-based: one row is a batch of one."""

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import Difference, Subject, record, record_batch
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import copy_in, mint_identifier, platform_number, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import pinyin_initials, pinyin_key
from heluo.kernel.people.access import Permission, require_appointment, require_at_any
from heluo.kernel.people.actions.subjects import subject_of
from heluo.kernel.people.enums import NAME_LENGTH
from heluo.kernel.people.errors import (
    AlreadyGuardian,
    BornInTheFuture,
    EndsBeforeItStarts,
    NotAPupilHere,
    OwnGuardian,
    PersonNameMissing,
    UsernameMalformed,
    UsernameTaken,
)
from heluo.kernel.people.events import ClassMembersChanged, PeopleRegistered
from heluo.kernel.people.models import Account, ClassMembership, Guardianship, Person, Post
from heluo.kernel.people.queries import paths_of
from heluo.kernel.search.public import name_vector_text

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}", re.ASCII)
ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person to be registered, with at least one post, and a username if they are to have an account."""

    name: str
    posts: tuple[tuple[Role, Organisation], ...]
    starts_on: date
    sex: str = ""
    born_on: date | None = None
    username: str | None = None
    klass: Klass | None = None


def reserve_numbers(count: int) -> list[str]:
    """Platform numbers that nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('people_platform_number') FROM generate_series(1, %s)", [count])
        return [platform_number(serial) for (serial,) in cursor.fetchall()]


def found_by(name: str) -> dict[str, str]:
    """What a person is sorted and found by, as columns: whoever writes a name writes these."""
    return {
        "name_sort": pinyin_key(name),
        "initials": pinyin_initials(name),
        "words": name_vector_text(name),
    }


def _check(new: NewPerson, *, today: date) -> None:
    if not new.name.strip() or len(new.name.strip()) > NAME_LENGTH:
        raise PersonNameMissing(field="name", longest=NAME_LENGTH)
    if new.born_on is not None and new.born_on > today:
        raise BornInTheFuture(field="born_on")
    if new.username is not None and not USERNAME.fullmatch(new.username):
        raise UsernameMalformed(field="username", username=new.username)
    if new.klass is not None and (Role.PUPIL, new.klass.school_id) not in {(role, at.pk) for role, at in new.posts}:
        raise NotAPupilHere(field="klass", person=new.name, school=new.klass.school.name)


@transaction.atomic
def register_people(
    *, by: Actor, people: Sequence[NewPerson], password_hash: str | None = None, demo: bool = False, now: datetime
) -> list[Person]:
    """Register any number of people with accounts, posts and classes, or none of them if one cannot be.

    Accounts get no usable password (their holders activate them), except the demo's, which share one hash made once.
    Eight statements, however many people.
    """
    today = local_day(now)
    for role, organisation in {post for new in people for post in new.posts}:
        require_appointment(by, role, organisation)
    for new in people:
        _check(new, today=today)
    made = [
        Person(
            pk=key,
            uuid=mint_identifier("person", number),
            number=number,
            name=new.name.strip(),
            **found_by(new.name.strip()),
            sex=new.sex,
            born_on=new.born_on,
            created_at=now,
        )
        for key, number, new in zip(
            reserve_ids("people_person", len(people)), reserve_numbers(len(people)), people, strict=True
        )
    ]
    copy_in(made)
    both = list(zip(made, people, strict=True))
    _create_accounts(both, password_hash=password_hash, demo=demo)
    copy_in(
        [
            Post(person=person, organisation=organisation, role=role, starts_on=new.starts_on)
            for person, new in both
            for role, organisation in new.posts
        ]
    )
    members = [
        ClassMembership(person=person, klass=new.klass, starts_on=new.starts_on)
        for person, new in both
        if new.klass is not None
    ]
    copy_in(members)
    _record_registration(by, both, now)
    announce(PeopleRegistered(person_ids=tuple(person.uuid for person in made)), by=by, at=now)
    if members:
        classes = {member.klass.uuid for member in members}
        announce(ClassMembersChanged(class_ids=tuple(sorted(classes))), by=by, at=now)
    return made


def _create_accounts(both: Sequence[tuple[Person, NewPerson]], *, password_hash: str | None, demo: bool) -> None:
    named = [(person, new.username) for person, new in both if new.username is not None]
    if not named:
        return
    usernames = [username for _person, username in named]
    taken = set(Account.objects.filter(username__in=usernames).values_list("username", flat=True))
    taken |= {username for username, count in Counter(usernames).items() if count > 1}
    if taken:
        raise UsernameTaken(field="username", username=min(taken))
    with refused_as(UsernameTaken, constraint="username_once", field="username", username="、".join(usernames[:3])):
        Account.objects.bulk_create(
            [
                Account(
                    person=person,
                    username=username,
                    password=password_hash or UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30),
                    must_change_password=password_hash is None,
                    is_demo=demo,
                )
                for person, username in named
            ],
            batch_size=ROWS_AT_ONCE,
        )


def _record_registration(by: Actor, both: Sequence[tuple[Person, NewPerson]], now: datetime) -> None:
    deed = "people.people_registered"
    facts: list[Mapping[str, object]] = [
        {
            "number": person.number,
            "posts": [[role, organisation.path] for role, organisation in new.posts],
            "account": new.username,
        }
        for person, new in both
    ]
    if len(both) == 1:
        [(person, new)] = both
        record(by=by, at=now, deed=deed, subject=subject_of(person, _path_of(new)), details=facts[0])
    elif both:
        top = min((organisation.path for _person, new in both for _role, organisation in new.posts), default="")
        record_batch(
            by=by,
            at=now,
            deed=deed,
            subject=Subject(kind="batch", id=str(both[0][0].uuid), title=f"{len(both)}", path=top),
            differences=[
                Difference(subject_id=str(person.uuid), after=fact)
                for (person, _new), fact in zip(both, facts, strict=True)
            ],
        )


def _path_of(new: NewPerson) -> str:
    return new.posts[0][1].path if new.posts else ""


# -- guardianship -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewGuardianship:
    guardian: Person
    child: Person
    relation: str
    starts_on: date


@transaction.atomic
def record_guardianships(*, by: Actor, guardianships: Sequence[NewGuardianship], now: datetime) -> list[Guardianship]:
    """Record who answers for which children, or nothing if one row cannot stand."""
    children = {new.child.pk for new in guardianships}
    paths: dict[int, list[str]] = {child: [] for child in children}
    for child, path in Post.objects.filter(person__in=children).values_list("person_id", "organisation__path"):
        paths[child].append(path)
    for distinct in {tuple(found) for found in paths.values()}:
        require_at_any(by, Permission.MANAGE, distinct)
    for new in guardianships:
        if new.guardian.pk == new.child.pk:
            raise OwnGuardian(field="guardian")
    first = guardianships[0] if guardianships else None
    with refused_as(
        AlreadyGuardian,
        constraint="one_open_guardianship",
        field="guardian",
        guardian=first.guardian.name if first else "",
        child=first.child.name if first else "",
    ):
        made = [
            Guardianship(guardian=new.guardian, child=new.child, relation=new.relation, starts_on=new.starts_on)
            for new in guardianships
        ]
        copy_in(made)
    if made:
        record_batch(
            by=by,
            at=now,
            deed="people.guardianships_recorded",
            subject=subject_of(made[0].child, next(iter(paths[made[0].child.pk]), "")),
            differences=[
                Difference(
                    subject_id=str(row.child.uuid),
                    after={"guardian": str(row.guardian.uuid), "starts_on": row.starts_on.isoformat()},
                )
                for row in made
            ],
        )
    return made


@transaction.atomic
def end_guardianship(*, by: Actor, guardianship: Guardianship, on: date, now: datetime) -> Guardianship:
    """Say that somebody answers for a child no longer; `on` is the last day."""
    require_at_any(by, Permission.MANAGE, paths_of(guardianship.child))
    fresh = (
        Guardianship.objects.select_for_update(of=("self",)).select_related("child", "guardian").get(pk=guardianship.pk)
    )
    if on < fresh.starts_on:
        raise EndsBeforeItStarts(field="on", day=fresh.starts_on.isoformat())
    fresh.ends_on = on
    fresh.save(update_fields=["ends_on"])
    record(
        by=by,
        at=now,
        deed="people.guardianship_ended",
        subject=subject_of(fresh.child),
        details={"guardian": str(fresh.guardian.uuid), "on": on.isoformat()},
    )
    return fresh
