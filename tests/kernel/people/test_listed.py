"""What posts keep for lists of people is what the register says, whatever is done; and the lists are the rights."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.organisations.enums import Level
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import merge_schools, move_organisation, open_teaching_point
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.people.access import Permission
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Person, Post, in_period
from heluo.kernel.people.public import (
    ListedPerson,
    Lists,
    PupilMove,
    appoint,
    correct_person,
    end_post,
    end_posts_at,
    hand_over_people,
    merge_lists,
    merge_people,
    move_pupils,
    search_people,
    take_pupils_along,
)
from heluo.kernel.search.public import capped_count
from tests.kernel.people.conftest import School
from tests.kernel.people.test_enrolling import enrol, resident
from tests.register import (
    CITY,
    CLERK,
    COUNTY,
    NOON,
    OTHER_COUNTY,
    PROVINCE,
    TERM_START,
    TODAY,
    actor_at,
    bureau,
    klass,
    person,
    school,
)

NAMES = ("瀍波听松", "汴水听雪", "慕安", "麻听雨", "听瀍小筑", "Ayla Demo", "单于静", "曾曾祖")
KEPT = ("name_sort", "name_first", "county", "school")


def place_of(organisation: Organisation, level: Level) -> int | None:
    """The topmost organisation of a level on the way up, step by step along the superiors."""
    found, step = None, organisation
    while True:
        found = step.pk if step.level == level else found
        if step.parent is None:
            return found
        step = step.parent


def said_by_the_register(post: Post) -> tuple[str, str, int | None, int | None]:
    who, where = post.person, post.organisation
    return who.name_sort, who.name[0], place_of(where, Level.COUNTY), place_of(where, Level.SCHOOL)


def check_posts() -> None:
    for post in Post.objects.select_related("person", "organisation"):
        assert tuple(getattr(post, name) for name in KEPT) == said_by_the_register(post), post.person


def plainly(keeper: Actor, role: str, on: date) -> list[Person]:
    """The same list without any of what posts keep."""
    posts = Post.objects.filter(within(keeper, Permission.VIEW))
    if role:
        posts = posts.filter(in_period(on), role=role)
    return list(Person.objects.filter(pk__in=posts.values("person")).order_by("name_sort", "pk"))


def check_lists() -> None:
    """Every keeper's lists, of everybody and of each role, on a past day, today and a day to come."""
    check_posts()
    keepers = [
        actor_at(role, at)
        for role, level in (
            (Role.PROVINCE_ADMIN, Level.PROVINCE),
            (Role.CITY_OFFICER, Level.CITY),
            (Role.COUNTY_OFFICER, Level.COUNTY),
            (Role.SCHOOL_ADMIN, Level.SCHOOL),
        )
        for at in Organisation.objects.filter(level=level)
        if Post.objects.filter(organisation__path__startswith=at.path).exists()
    ]
    for keeper in keepers:
        for role in ("", Role.TEACHER, Role.PUPIL, Role.SCHOOL_ADMIN):
            for on in (TERM_START - timedelta(days=1), TODAY, TODAY + timedelta(days=30)):
                found = search_people(keeper, "", role=role, on=on)
                assert list(found.people.order_by(*found.order)) == plainly(keeper, role, on), (keeper.posts, role, on)


class Register:
    """Two schools of two counties with people in several places, and what can be done there, drawn by a seed."""

    def __init__(self, small: School, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  # seeded on purpose
        self.near, self.small = small.school, small
        self.far = school("2141970002", "示例南小学", county=OTHER_COUNTY)
        self.beside = school("2141970003", "示例北小学")
        self.rooms = [small.klass, klass(self.far), klass(self.beside)]
        self.point = open_teaching_point(
            by=CLERK, name="示例小学点", centre=self.near, region=self.near.region, on=TERM_START, now=NOON
        )
        for name, room in zip(NAMES[:6], self.rooms * 2, strict=True):
            person(Role.PUPIL, room.school, name, sits_in=room)
        person(Role.TEACHER, self.point, NAMES[6])
        person(Role.COUNTY_OFFICER, bureau(COUNTY), NAMES[7])
        person(Role.CITY_OFFICER, bureau(CITY), NAMES[0])
        self.number = 0

    def anybody(self, role: Role | None = None) -> Person:
        among = Person.objects.filter(posts__role=role) if role else Person.objects.all()
        return self.dice.choice(list(among.distinct().order_by("pk")))

    def a_school(self) -> Organisation:
        return Organisation.objects.get(pk=self.dice.choice([self.near, self.far, self.beside]).pk)

    def a_class(self) -> Klass:
        return self.dice.choice(list(Klass.objects.select_related("school").order_by("pk")))

    def registers(self) -> None:
        self.number += 1
        person(Role.TEACHER, self.dice.choice([self.a_school(), self.point]), self.dice.choice(NAMES))

    def enrols(self) -> None:
        enrol(self.small, klass=self.small.klass)

    def is_called_otherwise(self) -> None:
        correct_person(
            by=CLERK, person=self.anybody(), name=self.dice.choice(NAMES), sex="1", born_on=None, reason="户口簿已变更",
            now=NOON,
        )  # fmt: skip

    def appoints(self) -> None:
        starts_on = TODAY + timedelta(days=self.dice.choice([-20, 0, 20]))
        appoint(
            by=CLERK, person=self.anybody(), role=self.dice.choice([Role.TEACHER, Role.SCHOOL_ADMIN]),
            organisation=self.a_school(), starts_on=starts_on, now=NOON,
        )  # fmt: skip

    def ends(self) -> None:
        post = self.dice.choice(list(Post.objects.select_related("person", "organisation__parent").order_by("pk")))
        end_post(by=CLERK, post=post, on=TODAY + timedelta(days=self.dice.choice([-5, 0, 20])), now=NOON)

    def moves_a_pupil(self) -> None:
        room = self.a_class()
        move_pupils(by=CLERK, moves=[PupilMove(self.anybody(Role.PUPIL), room.school, room)], on=TODAY, now=NOON)

    def joins_two_entries(self) -> None:
        merge_people(by=CLERK, kept=self.anybody(Role.PUPIL), other=self.anybody(Role.PUPIL), on=TODAY, now=NOON)

    def moves_a_school(self) -> None:
        to = bureau(self.dice.choice([COUNTY, OTHER_COUNTY, CITY]))
        move_organisation(by=CLERK, organisation=self.a_school(), parent=to, reason="调整隶属", now=NOON)

    def moves_a_county(self) -> None:
        to = bureau(self.dice.choice([CITY, PROVINCE]))
        move_organisation(by=CLERK, organisation=bureau(COUNTY), parent=to, reason="省直管", now=NOON)

    def hands_over(self) -> None:
        hand_over_people(by=CLERK, organisation=self.a_school(), successor=self.a_school(), on=TODAY, now=NOON)

    def takes_a_class_along(self) -> None:
        room = self.a_class()
        take_pupils_along(
            by=CLERK, organisation=room.school, successor=self.a_school(), classes=[room], on=TODAY, now=NOON
        )

    def imports(self) -> None:
        room = self.a_class()
        names = self.dice.sample(NAMES, 3)
        lines = tuple(
            ListedPerson(
                line=line, role=Role.PUPIL, name=name, sex="1", born_on=date(2016, 1, line), identifiers=(),
                klass=room.pk,
            )
            for line, name in enumerate(names, start=1)
        )  # fmt: skip
        merge_lists(by=CLERK, lists=Lists(school=room.school, lines=lines), most_ended_percent=None, now=NOON)

    def ends_all(self) -> None:
        end_posts_at(by=CLERK, organisation=self.far, on=TODAY, now=NOON)

    def merges_schools(self) -> None:
        merge_schools(by=CLERK, into=self.beside, merged=[self.near], reason="布局调整", on=TODAY, now=NOON)


DEEDS: tuple[Callable[[Register], None], ...] = (
    Register.registers,
    Register.enrols,
    Register.is_called_otherwise,
    Register.appoints,
    Register.ends,
    Register.moves_a_pupil,
    Register.joins_two_entries,
    Register.moves_a_school,
    Register.moves_a_county,
    Register.hands_over,
    Register.takes_a_class_along,
    Register.imports,
    Register.ends_all,
    Register.merges_schools,
)


@pytest.mark.parametrize("seed", range(3))
def test_lists_stay_right_whatever_is_done_in_whatever_order(small: School, seed: int) -> None:
    register = Register(small, seed)
    check_lists()
    done = set()
    for deed in register.dice.sample(DEEDS * 3, len(DEEDS) * 3):
        with suppress(Refusal):
            deed(register)
            done.add(deed)
        check_posts()
    check_lists()
    assert len(done) > len(DEEDS) * 3 / 4


def test_an_import_that_renames_lists_under_the_new_name(small: School) -> None:
    number = ((IdentifierKind.RESIDENT_ID, resident()),)
    for line, name in enumerate(("瀍波听松", "汴水听雪"), start=1):
        listed = ListedPerson(line=line, role=Role.PUPIL, name=name, identifiers=number, klass=small.klass.pk)
        merge_lists(by=CLERK, lists=Lists(school=small.school, lines=(listed,)), most_ended_percent=None, now=NOON)
    assert Post.objects.get(name_first="汴").name_sort == "bianshuitingxue"
    check_posts()


def test_what_others_write_into_the_kept_columns_is_overruled(small: School) -> None:
    Post.objects.update(name_sort="zzz", name_first="无", county=None, school=0)
    check_posts()
    small.pupil.posts.get().save()
    post = small.pupil.posts.get()
    post.organisation = school("2141970002", "示例南小学", county=OTHER_COUNTY)
    post.save()
    check_posts()


def test_what_only_changes_where_a_post_is_listed_does_not_change_the_post(small: School) -> None:
    """Whoever asks for what changed since a day is not told of a thousand posts because a school moved."""
    stamps = {post.pk: post.changed_at for post in Post.objects.all()}
    move_organisation(by=CLERK, organisation=small.school, parent=bureau(OTHER_COUNTY), reason="调整隶属", now=NOON)
    Person.objects.filter(pk=small.pupil.pk).update(name="汴水听雪", name_sort="bianshuitingxue")
    assert {post.pk: post.changed_at for post in Post.objects.all()} == stamps
    check_posts()
    own = small.pupil.posts.get()
    own.organisation = school("2141970002", "示例南小学")
    own.save()
    assert small.pupil.posts.get().changed_at > stamps[own.pk]


def test_a_county_under_another_keeps_what_is_above_it(small: School) -> None:
    """The tree allows it, so the lists of both counties must be right."""
    move_organisation(by=CLERK, organisation=bureau(COUNTY), parent=bureau(OTHER_COUNTY), reason="托管", now=NOON)
    check_lists()
    assert small.pupil in search_people(actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY)), "").people
    assert small.pupil in search_people(actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)), "").people


def test_somebody_of_two_roles_and_schools_is_listed_once(small: School) -> None:
    beside = school("2141970003", "示例北小学")
    for role, at in ((Role.SCHOOL_ADMIN, small.school), (Role.TEACHER, beside)):
        appoint(by=CLERK, person=small.teacher, role=role, organisation=at, starts_on=TODAY, now=NOON)
    county = actor_at(Role.COUNTY_OFFICER, small.county)
    for text in ("", "嵩", "songyun", "嵩云", "syzq", small.teacher.number):
        found = search_people(county, text)
        listed = list(found.people.order_by(*found.order))
        assert listed.count(small.teacher) == 1, text
        assert capped_count(found.people).value == len(listed), text


def test_pages_of_a_place_follow_each_other_without_gap_or_repeat(small: School) -> None:
    for name in NAMES:
        person(Role.TEACHER, small.school, name)
        person(Role.TEACHER, small.school, name)
    for keeper in (actor_at(Role.SCHOOL_ADMIN, small.school), actor_at(Role.PROVINCE_ADMIN, bureau(PROVINCE))):
        found = search_people(keeper, "", role=Role.TEACHER, on=TODAY)
        seen: list[Person] = []
        cursor = None
        while True:
            page = keyset_page(found.people, order=found.order, cursor=cursor, size=4)
            seen += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == plainly(keeper, Role.TEACHER, TODAY)
        back = keyset_page(found.people, order=found.order, cursor=page.previous_cursor, size=4)
        assert back.items == seen[-len(page.items) - 4 : -len(page.items)]


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["a name", "a path"])
def test_a_post_begun_beside_a_change_of_name_or_place_does_not_miss_it(small: School, change: str) -> None:
    """The change waits for whoever has begun a post and not committed yet, and then finds that post."""
    begun, may_commit = threading.Event(), threading.Event()

    def begins() -> None:
        try:
            with transaction.atomic():
                row = {"person": small.pupil, "organisation": small.school, "role": Role.TEACHER}
                Post.objects.create(**row, starts_on=TODAY)
                begun.set()
                may_commit.wait(timeout=120)
        finally:
            connection.close()

    def changes() -> None:
        try:
            if change == "a name":
                Person.objects.filter(pk=small.pupil.pk).update(name="汴水听雪", name_sort="bianshuitingxue")
            else:
                to = bureau(OTHER_COUNTY)
                move_organisation(by=CLERK, organisation=small.school, parent=to, reason="调整隶属", now=NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=begins), threading.Thread(target=changes)]
    threads[0].start()
    assert begun.wait(timeout=120)
    threads[1].start()
    with connection.cursor() as cursor:
        waits = False
        while threads[1].is_alive() and not waits:
            cursor.execute(WAITING)
            waits = cursor.fetchone() != (0,)
    may_commit.set()
    for thread in threads:
        thread.join()
    assert Post.objects.filter(person=small.pupil, role=Role.TEACHER).exists()
    check_posts()
