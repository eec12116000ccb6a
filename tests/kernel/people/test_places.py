"""Posts, classes and teaching for a period."""

from datetime import date

import pytest

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.codes.errors import UnknownCode
from heluo.kernel.events.public import Announcement
from heluo.kernel.organisations.events import OrganisationShut
from heluo.kernel.organisations.public import close_organisation
from heluo.kernel.people.errors import (
    AlreadyInAClass,
    EndsBeforeItStarts,
    HomeroomTaken,
    NotAPupilHere,
    NotATeacherHere,
    PostAlreadyHeld,
    PostEnded,
)
from heluo.kernel.people.listeners import end_posts_of_the_shut
from heluo.kernel.people.models import Post
from heluo.kernel.people.public import (
    NewTeaching,
    appoint,
    assign_teachings,
    classes_taught_by,
    end_post,
    end_posts_at,
    end_teaching,
    join_classes,
    leave_class,
    membership_of,
    posts_of,
    pupils_of,
    teachers_of,
)
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, TERM_START, TODAY, actor_at, klass, person, school

YESTERDAY = date(2026, 10, 8)


def test_a_post_begins_and_ends(small: School) -> None:
    county = actor_at(Role.COUNTY_OFFICER, small.county)
    post = appoint(
        by=county, person=small.teacher, role=Role.SCHOOL_ADMIN, organisation=small.school, starts_on=TODAY, now=NOON
    )
    assert {row.role for row in posts_of([small.teacher], on=TODAY)} == {Role.TEACHER, Role.SCHOOL_ADMIN}
    assert {row.role for row in posts_of([small.teacher], on=YESTERDAY)} == {Role.TEACHER}
    with pytest.raises(PostAlreadyHeld, match="学校管理员"):
        appoint(
            by=county,
            person=small.teacher,
            role=Role.SCHOOL_ADMIN,
            organisation=small.school,
            starts_on=TERM_START,
            now=NOON,
        )
    with pytest.raises(EndsBeforeItStarts):
        end_post(by=county, post=post, on=YESTERDAY, now=NOON)
    end_post(by=county, post=post, on=TODAY, now=NOON)
    with pytest.raises(PostEnded):
        end_post(by=county, post=post, on=TODAY, now=NOON)
    assert {row.role for row in posts_of([small.teacher], on=date(2026, 10, 10))} == {Role.TEACHER}


def test_a_school_administrator_does_not_end_their_own_post(small: School) -> None:
    with pytest.raises(NotAllowed):
        end_post(
            by=actor_at(Role.SCHOOL_ADMIN, small.school, small.admin),
            post=Post.objects.get(person=small.admin),
            on=TODAY,
            now=NOON,
        )


def test_a_pupil_leaves_one_class_and_joins_another(small: School) -> None:
    other = klass(small.school, number=2)
    with pytest.raises(AlreadyInAClass, match="河洛听雨"):
        join_classes(by=CLERK, members=[(small.pupil, other)], starts_on=TODAY, now=NOON)
    seat = membership_of(small.pupil, on=TODAY)
    assert seat is not None
    leave_class(by=CLERK, membership=seat, on=YESTERDAY, now=NOON)
    join_classes(by=CLERK, members=[(small.pupil, other)], starts_on=TODAY, now=NOON)
    assert not pupils_of(small.klass, on=TODAY)
    assert [row.person for row in pupils_of(other, on=TODAY)] == [small.pupil]


def test_only_pupils_of_the_school_join_its_classes(small: School) -> None:
    elsewhere = klass(school("2141970002", "另一小学"))
    with pytest.raises(NotAPupilHere, match="另一小学"):
        join_classes(by=CLERK, members=[(small.pupil, elsewhere)], starts_on=TODAY, now=NOON)
    with pytest.raises(NotAllowed):
        join_classes(
            by=actor_at(Role.TEACHER, small.school, small.teacher),
            members=[(small.pupil, small.klass)],
            starts_on=TODAY,
            now=NOON,
        )


def test_teaching_says_who_sees_a_class(small: School) -> None:
    teacher = actor_at(Role.TEACHER, small.school, small.teacher)
    assert not classes_taught_by(teacher, on=TODAY)
    [row] = assign_teachings(
        by=actor_at(Role.SCHOOL_ADMIN, small.school),
        teachings=[NewTeaching(person=small.teacher, klass=small.klass, subject="13", is_homeroom=True)],
        starts_on=TERM_START,
        now=NOON,
    )
    assert [one.klass for one in classes_taught_by(teacher, on=TODAY)] == [small.klass]
    other = person(Role.TEACHER, small.school, "邙岭归雁")
    with pytest.raises(HomeroomTaken):
        assign_teachings(
            by=CLERK,
            teachings=[NewTeaching(person=other, klass=small.klass, is_homeroom=True)],
            starts_on=TODAY,
            now=NOON,
        )
    end_teaching(by=CLERK, teaching=row, on=YESTERDAY, now=NOON)
    assert not teachers_of(small.klass, on=TODAY)


def test_a_subject_is_one_of_the_table_and_a_teacher_one_of_the_school(small: School) -> None:
    with pytest.raises(UnknownCode):
        assign_teachings(
            by=CLERK,
            teachings=[NewTeaching(person=small.teacher, klass=small.klass, subject="00")],
            starts_on=TODAY,
            now=NOON,
        )
    with pytest.raises(NotATeacherHere, match="河洛听雨"):
        assign_teachings(
            by=CLERK,
            teachings=[NewTeaching(person=small.pupil, klass=small.klass, subject="13")],
            starts_on=TODAY,
            now=NOON,
        )


def test_a_closed_school_has_nobody_left(small: School) -> None:
    close_organisation(by=CLERK, organisation=small.school, reason="合并到邻校", on=TODAY, now=NOON)
    assert end_posts_at(by=CLERK, organisation=small.school, on=TODAY, now=NOON) == 3
    assert end_posts_at(by=CLERK, organisation=small.school, on=TODAY, now=NOON) == 0
    tomorrow = date(2026, 10, 10)
    assert not posts_of([small.teacher], on=tomorrow)
    assert membership_of(small.pupil, on=tomorrow) is None


def test_whoever_worked_at_a_closed_school_is_released_once_it_is_heard(small: School) -> None:
    close_organisation(by=CLERK, organisation=small.school, reason="合并到邻校", on=TODAY, now=NOON)
    heard = [Announcement(event=OrganisationShut(organisation_id=small.school.uuid), by=None, at=NOON)]
    for _twice in range(2):
        end_posts_of_the_shut(heard)
    assert not posts_of([small.teacher], on=date(2026, 10, 10))
    assert AuditRow.objects.filter(deed="people.posts_ended").count() == 1
