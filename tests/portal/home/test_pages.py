"""The home page: a way in for everybody, whatever has been published so far."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.domains.resources.actions import withdraw_resource
from heluo.engines.catalogue.public import weigh_uses
from heluo.kernel.clock.public import now
from heluo.kernel.feedback.public import UseKind, note_use, roll_up_uses
from tests.factories import (
    NOON,
    PLATFORM,
    a_bureau,
    a_published_resource,
    a_reviewer,
    a_school,
    a_submission,
    a_teacher,
)

pytestmark = pytest.mark.django_db


def test_an_empty_platform_still_greets(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "还没有发布的资源" in page.text
    for entrance in ("我是学生", "我是教师", "我是家长", "我是管理者", "随便看看"):
        assert entrance in page.text


def test_what_is_published_is_shown_and_counted_and_nothing_else(client: Client) -> None:
    school = a_school()
    teacher, reviewer = a_teacher(school).actor, a_reviewer(a_bureau()).actor
    a_published_resource(teacher, school, reviewer, title="分数的初步认识")
    gone = a_published_resource(teacher, school, reviewer, title="已经下架的一课")
    withdraw_resource(by=teacher, resource=gone, reason="过时", now=NOON)
    a_submission(teacher, school, title="还在审核的一课")
    page = client.get("/")
    assert "分数的初步认识" in page.text
    assert "已经下架的一课" not in page.text
    assert "还在审核的一课" not in page.text
    everything = page.context["figures"][0]
    assert int(str(everything.value)) == 1
    shelves = {place.url: place.value for shelf in page.context["shelves"] for place in shelf.places}
    assert shelves["/resources/?subject=14"] == 1
    assert "/resources/?subject=13" not in shelves, "no way into an empty shelf"


def test_what_people_use_stands_on_the_page(client: Client) -> None:
    school = a_school()
    used = a_published_resource(a_teacher(school).actor, school, a_reviewer(a_bureau()).actor)
    assert client.get("/").context["used"] == []
    note_use(by=PLATFORM, kind="resource", subject=used.uuid, use=UseKind.VIEW, visitor="somebody", now=now())
    roll_up_uses(now=now())
    weigh_uses(now=now())
    assert [card.title for card in client.get("/").context["used"]] == ["分数的初步认识"]


def test_three_cost_as_many_queries_as_one(client: Client) -> None:
    school = a_school()
    teacher, reviewer = a_teacher(school).actor, a_reviewer(a_bureau()).actor

    def cost() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/").status_code == 200
        return len(seen)

    a_published_resource(teacher, school, reviewer)
    with_one = cost()
    a_published_resource(teacher, school, reviewer)
    a_published_resource(teacher, school, reviewer)
    assert cost() == with_one
