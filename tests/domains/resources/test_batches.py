"""Many resources at once: the rules of one, all or nothing, one audit row, one event, a few statements."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.resources.actions import NewResource, take_over_resources
from heluo.domains.resources.enums import Step
from heluo.domains.resources.errors import OwnWork, ResourceTaken, RowRefused
from heluo.domains.resources.events import ResourcesPublished
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.engines.catalogue.models import Change, Entry, EntryVersion
from heluo.engines.catalogue.public import find_entries
from heluo.engines.process.models import Instance
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.files.models import StoredFile
from heluo.kernel.people.models import Person
from tests.domains.resources.conftest import House, browser_of
from tests.factories import (
    DESCRIPTION,
    NOON,
    OTHER_COUNTY,
    a_bureau,
    a_file,
    a_person,
    a_published_resource,
    a_reviewer,
)

TITLES = ("分数的初步认识", "小数的意义", "圆的面积")


def works(author: Actor, titles: tuple[str, ...] = TITLES, *, source: str = "old") -> list[NewResource]:
    """One resource for each title; all of them share one file."""
    file = StoredFile.objects.for_display().get(pk=a_file(author).pk)
    return [
        NewResource(local_id=f"{source}/{title}", description=replace(DESCRIPTION, title=title), files=(file,))
        for title in titles
    ]


def taken_over(house: House, rows: list[NewResource] | None = None, *, by: Actor | None = None) -> int:
    return take_over_resources(
        by=by or house.reviewer,
        author=person_of(house.teacher),
        organisation=house.school,
        resources=works(house.teacher) if rows is None else rows,
        now=NOON,
    )


def person_of(actor: Actor) -> Person:
    return Person.objects.get(uuid=actor.person_id)


SHOWN = ("title", "facets", "creator_name", "words", "state", "version")
"""Of an entry."""


def test_what_is_taken_over_is_published_as_one_by_one(house: House) -> None:
    single = a_published_resource(house.teacher, house.school, house.reviewer)
    assert taken_over(house) == len(TITLES)

    twin = ResourceVersion.objects.get(resource__in=Resource.objects.exclude(pk=single.pk), title=TITLES[0])
    assert twin.resource.published == twin
    assert list(twin.steps.values_list("step", "title", "by__uuid")) == [
        (Step.TAKEN_OVER, TITLES[0], house.reviewer.person_id)
    ]
    assert not Instance.objects.filter(subject=twin.resource.uuid).exists(), "nobody is asked to review it again"
    of_single, of_twin = (Entry.objects.filter(uuid=uuid).values(*SHOWN) for uuid in (single.uuid, twin.resource.uuid))
    assert list(of_single) == list(of_twin)
    versions = EntryVersion.objects.filter(entry__uuid__in=(single.uuid, twin.resource.uuid))
    assert len({(row.number, row.title, row.published_by, str(row.facets)) for row in versions}) == 1
    page = browser_of(house.teacher).get(reverse("resources:detail", args=[twin.resource.uuid]))
    assert page.status_code == 200
    assert {entry.title for entry in find_entries(actor=PUBLIC_ACTOR, text="小数").items} == {"小数的意义"}


def test_the_change_log_has_a_line_for_each_in_order(house: House) -> None:
    taken_over(house)
    lines = list(Change.objects.order_by("seq").values_list("entry__uuid", "deed", "version"))
    assert lines == [(uuid, "published", 1) for uuid in sorted(Resource.objects.values_list("uuid", flat=True))]


def test_a_batch_leaves_one_audit_row_and_one_event(house: House) -> None:
    taken_over(house)
    row = AuditRow.objects.get(deed="resources.taken_over")
    assert (row.by, row.path, row.differences_count) == (house.reviewer.person_id, house.school.path, len(TITLES))
    told = OutboxRow.objects.get(name=ResourcesPublished.name)
    assert told.payload["count"] == len(TITLES)
    assert told.topics == [f"person:{house.teacher.person_id}"]


def test_only_reviewers_above_take_over(house: House) -> None:
    elsewhere = a_reviewer(a_bureau(OTHER_COUNTY)).actor
    for actor in (house.teacher, elsewhere, house.stranger):
        with pytest.raises(NotAllowed):
            taken_over(house, by=actor)
    assert Resource.objects.count() == Entry.objects.count() == 0


def test_nobody_takes_over_their_own_work(house: House) -> None:
    both = a_person(Role.TEACHER, house.school, also=(Role.RESOURCE_REVIEWER,)).actor
    with pytest.raises(OwnWork):
        take_over_resources(by=both, author=person_of(both), organisation=house.school, resources=works(both), now=NOON)


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"subject": "99"}, {"stage": "junior"}, {"licence": ""}],
    ids=["no title", "no such subject", "grade of another stage", "no licence"],
)
def test_one_bad_row_keeps_all_out_and_is_named(house: House, change: dict[str, str]) -> None:
    rows = works(house.teacher)
    rows[1] = replace(rows[1], description=replace(rows[1].description, **change))  # type: ignore[arg-type]
    with pytest.raises(RowRefused, match="2"):
        taken_over(house, rows)
    assert not Resource.objects.exists()
    assert not AuditRow.objects.filter(deed__startswith="resources.").exists()


def test_files_of_others_and_unchecked_ones_are_refused(house: House) -> None:
    for file in (a_file(house.reviewer), a_file(house.teacher, checked=False)):
        with pytest.raises(RowRefused):
            taken_over(house, [replace(works(house.teacher)[0], files=(file,))])


def test_the_same_source_cannot_come_twice(house: House) -> None:
    rows = works(house.teacher)
    taken_over(house, rows[:1])
    with pytest.raises(ResourceTaken):
        taken_over(house, rows)
    assert Resource.objects.count() == 1


def test_three_cost_as_many_statements_as_one(house: House) -> None:
    counts = []
    for number, titles in enumerate((TITLES[:1], TITLES)):
        rows = works(house.teacher, titles, source=f"source{number}")
        with CaptureQueriesContext(connection) as seen:
            taken_over(house, rows)
        counts.append(len(seen))
    assert counts[0] == counts[1]
