"""A resource goes from a school up to the province: level by level, back once, escalated once."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from heluo.domains.resources.actions import recognise_resource, recommend_resource, withdraw_resource
from heluo.domains.resources.errors import NotPublished
from heluo.domains.resources.models import Recognition, Resource
from heluo.engines.catalogue.models import Entry
from heluo.engines.process.enums import InstanceState
from heluo.engines.process.errors import AlreadyRunning
from heluo.engines.process.models import Instance
from heluo.engines.process.public import Subject, complete_item, fire_timer
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.organisations.enums import Level
from heluo.kernel.organisations.models import Organisation
from tests.engines.process.conftest import waiting_for
from tests.factories import (
    NOON,
    OTHER_COUNTY,
    Somebody,
    a_bureau,
    a_person,
    a_published_resource,
    a_reviewer,
    a_school,
    a_teacher,
)

LATER = NOON + timedelta(days=1)


@dataclass(frozen=True)
class Ladder:
    """An author, whoever recommends at each level, and what is recommended."""

    author: Somebody
    school: Somebody
    county: Somebody
    city: Somebody
    province: Somebody
    resource: Resource


@pytest.fixture
def ladder(db: None) -> Ladder:
    school = a_school()
    author = a_teacher(school)
    county = a_bureau()
    assert county.parent is not None
    return Ladder(
        author=author,
        school=a_person(Role.SCHOOL_ADMIN, school),
        county=a_person(Role.COUNTY_OFFICER, county),
        city=a_person(Role.CITY_OFFICER, county.parent),
        province=a_person(Role.PROVINCE_ADMIN, Organisation.objects.get(parent=None)),
        resource=a_published_resource(by=author.actor, at=school, reviewer=a_reviewer(school).actor),
    )


def say(somebody: Somebody, outcome: str = "recommend") -> Instance:
    """Somebody does the one step that waits for them."""
    [item] = waiting_for(somebody.actor)
    answers = {"reason": "课讲得清楚。"} | ({"outcome": outcome} if item.element != "revise" else {})
    return complete_item(by=somebody.actor, item=item, answers=answers, now=LATER)


def levels(ladder: Ladder) -> list[str]:
    return list(ladder.resource.recognitions.values_list("level", flat=True))


def test_it_climbs_with_one_return_and_one_escalation(ladder: Ladder) -> None:
    instance = recommend_resource(by=ladder.author.actor, resource=ladder.resource, now=NOON)
    say(ladder.school, "return")
    assert levels(ladder) == []
    say(ladder.author)
    say(ladder.school)
    assert levels(ladder) == [Level.SCHOOL]
    assert fire_timer(timer=instance.timers.get().pk, now=LATER + timedelta(days=14))
    assert waiting_for(ladder.county.actor) == []
    say(ladder.city)
    say(ladder.province)
    instance.refresh_from_db()
    assert (instance.state, instance.ended_with) == (InstanceState.FINISHED, "top")
    assert levels(ladder) == [Level.SCHOOL, Level.CITY, Level.PROVINCE]
    assert Entry.objects.get(uuid=ladder.resource.uuid).facets["recognised"] == ["school", "city", "province"]
    passed = [element for step in instance.trail.all() for element in step.passed]
    assert passed == [
        *("start", "school_review", "school_verdict", "revise", "school_review", "school_verdict"),
        *("recognise_school", "school_further"),
        *("county_overdue", "city_review", "city_verdict", "recognise_city", "city_further"),
        *("province_review", "province_verdict", "recognise_province", "top"),
    ]


@pytest.mark.parametrize(
    ("steps", "end", "reached"),
    [
        (("keep",), "declined", []),
        (("recommend", "keep"), "kept", ["school"]),
        (("award",), "awarded_school", ["school"]),
        (("recommend", "award"), "awarded_county", ["school", "county"]),
    ],
)
def test_a_level_that_keeps_it_ends_it(ladder: Ladder, steps: tuple[str, ...], end: str, reached: list[str]) -> None:
    instance = recommend_resource(by=ladder.author.actor, resource=ladder.resource, now=NOON)
    for somebody, outcome in zip((ladder.school, ladder.county), steps, strict=False):
        instance = say(somebody, outcome)
    assert (instance.ended_with, levels(ladder)) == (end, reached)


def test_recommending_again_says_nothing_twice(ladder: Ladder) -> None:
    for _round in range(2):
        recommend_resource(by=ladder.author.actor, resource=ladder.resource, now=NOON)
        say(ladder.school)
        say(ladder.county, "keep")
    assert levels(ladder) == [Level.SCHOOL]


def test_it_is_asked_for_once_at_a_time_and_by_its_author(ladder: Ladder) -> None:
    with pytest.raises(NotFound):
        recommend_resource(by=ladder.school.actor, resource=ladder.resource, now=NOON)
    recommend_resource(by=ladder.author.actor, resource=ladder.resource, now=NOON)
    with pytest.raises(AlreadyRunning):
        recommend_resource(by=ladder.author.actor, resource=ladder.resource, now=NOON)


def test_what_was_withdrawn_is_not_recommended(ladder: Ladder) -> None:
    recommend_resource(by=ladder.author.actor, resource=ladder.resource, now=NOON)
    withdraw_resource(by=ladder.author.actor, resource=ladder.resource, reason="有误", now=LATER)
    with pytest.raises(NotPublished):
        say(ladder.school)
    assert waiting_for(ladder.school.actor)
    say(ladder.school, "keep")
    with pytest.raises(NotPublished):
        recommend_resource(by=ladder.author.actor, resource=ladder.resource, now=NOON)


def test_a_level_recommends_within_its_tree_only(ladder: Ladder) -> None:
    stranger = a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY))
    subject = Subject("resource", ladder.resource.uuid, "x")
    for somebody in (stranger, ladder.author):
        with pytest.raises(NotAllowed):
            recognise_resource(by=somebody.actor, subject=subject, values={}, now=LATER, level=Level.COUNTY)
    assert not Recognition.objects.exists()
