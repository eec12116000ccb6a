"""The workbench of every role, with and without something to do, and each block alone."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.feedback.public import set_favourite
from heluo.kernel.pages.blocks import blocks_for
from heluo.kernel.people.public import NewGuardianship, record_guardianships
from tests.factories import (
    NOON,
    PLATFORM,
    Somebody,
    a_bureau,
    a_draft,
    a_person,
    a_published_resource,
    a_reviewer,
    a_school,
    a_submission,
    a_teacher,
    returned,
)
from tests.kernel.pages.fragments import found, parsed
from tests.register import browser

pytestmark = pytest.mark.django_db
WORKBENCH = "/workbench/"
OFFICES = {
    Role.PROVINCE_ADMIN: "410000",
    Role.OPERATOR: "410000",
    Role.CITY_OFFICER: "410300",
    Role.COUNTY_OFFICER: "410305",
}
"""The bureau at which a role that no school has is held."""


def assert_every_block_renders(visitor: Client, actor: Actor) -> str:
    """The page, and each block of it at its own address, equal to its part of the page. Returns the page."""
    page = visitor.get(WORKBENCH)
    assert page.status_code == 200
    for rule in blocks_for(actor):
        alone = visitor.get(f"{WORKBENCH}blocks/{rule.key}/")
        assert alone.status_code == 200, rule.key
        element = f"block-{rule.key.replace('.', '-')}"
        if alone.text:
            assert found(parsed(alone.text), element) == found(parsed(page.text), element), rule.key
        else:
            assert f'id="{element}"' not in page.text
    return page.text


@pytest.mark.parametrize("role", [*Role])
def test_a_new_person_of_any_role_has_a_workbench(role: Role) -> None:
    place = a_bureau(OFFICES[role]) if role in OFFICES else a_school()
    somebody = a_person(role, place)
    assert somebody.person.name in assert_every_block_renders(browser(somebody.person), somebody.actor)


def test_the_public_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(WORKBENCH).status_code == 302
    assert client.get(f"{WORKBENCH}blocks/workbench.posts/").status_code in {302, 404}


def test_a_teacher_finds_drafts_and_returned_work() -> None:
    school = a_school()
    teacher, reviewer = a_teacher(school), a_reviewer(a_bureau()).actor
    a_draft(teacher.actor, school, title="正在写的一课")
    returned(a_submission(teacher.actor, school, title="退回来的一课"), by=reviewer)
    html = assert_every_block_renders(browser(teacher.person), teacher.actor)
    for shown in ("正在写的一课", "修改后再提交：退回来的一课"):
        assert shown in html


def test_a_reviewer_finds_what_waits_and_an_officer_the_figures() -> None:
    school = a_school()
    teacher = a_teacher(school).actor
    reviewer = a_reviewer(a_bureau())
    a_submission(teacher, school, title="等待审核的一课")
    assert "等待审核的一课" in assert_every_block_renders(browser(reviewer.person), reviewer.actor)
    a_published_resource(teacher, school, reviewer.actor)
    officer = a_person(Role.COUNTY_OFFICER, a_bureau())
    assert school.name in assert_every_block_renders(browser(officer.person), officer.actor)


def a_family() -> tuple[Somebody, Somebody]:
    school = a_school()
    guardian, child = a_person(Role.GUARDIAN, school), a_person(Role.PUPIL, school)
    bond = NewGuardianship(guardian.person, child.person, "监护人", date(2024, 9, 1))
    record_guardianships(by=PLATFORM, guardianships=[bond], now=NOON)
    return guardian, child


def test_a_guardian_finds_their_children() -> None:
    guardian, child = a_family()
    html = assert_every_block_renders(browser(guardian.person), guardian.actor)
    assert child.person.name in html
    assert "现在没有在读的班级" in html


def test_favourites_stand_on_the_workbench() -> None:
    school = a_school()
    teacher = a_teacher(school)
    resource = a_published_resource(teacher.actor, school, a_reviewer(a_bureau()).actor, title="收藏的一课")
    pupil = a_person(Role.PUPIL, school)
    set_favourite(by=pupil.actor, kind="resource", subject=resource.uuid, wanted=True, now=NOON)
    assert "收藏的一课" in assert_every_block_renders(browser(pupil.person), pupil.actor)


def test_a_block_for_others_and_one_that_does_not_exist_are_not_there() -> None:
    pupil = browser(a_person(Role.PUPIL, a_school()).person)
    refused = [pupil.get(f"{WORKBENCH}blocks/{key}/") for key in ("resources.overview", "resources.own", "no.such")]
    assert [answer.status_code for answer in refused] == [404, 404, 404]


def test_three_cost_as_many_queries_as_one() -> None:
    school = a_school()
    teacher, reviewer = a_teacher(school), a_reviewer(a_bureau())
    desks = [browser(teacher.person), browser(reviewer.person)]

    def costs() -> list[int]:
        counted = []
        for desk in desks:
            desk.get(WORKBENCH)
            with CaptureQueriesContext(connection) as seen:
                assert desk.get(WORKBENCH).status_code == 200
            counted.append(len(seen))
        return counted

    def one_more() -> None:
        a_draft(teacher.actor, school)
        a_submission(teacher.actor, school)
        resource = a_published_resource(teacher.actor, school, reviewer.actor)
        set_favourite(by=teacher.actor, kind="resource", subject=resource.uuid, wanted=True, now=NOON)
        returned(a_submission(teacher.actor, school), by=reviewer.actor)

    one_more()
    with_one = costs()
    one_more()
    one_more()
    assert costs() == with_one
