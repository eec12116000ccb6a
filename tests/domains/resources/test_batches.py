"""Many resources at once: the rules of one, all or nothing, one audit row, one event, a few statements."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.resources.actions import (
    NewResource,
    approve_resources,
    return_for_correction,
    submit_resources,
)
from heluo.domains.resources.enums import ReturnReason, Step
from heluo.domains.resources.errors import AlreadyDecided, OwnWork, ResourceTaken, RowRefused
from heluo.domains.resources.events import ResourcesPublished, ResourcesSubmitted, queue_topics
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.engines.catalogue.models import Change, Entry, EntryVersion
from heluo.engines.catalogue.public import find_entries
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.files.models import StoredFile
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


def submitted(house: House) -> list[ReviewStep]:
    return submit_resources(by=house.teacher, organisation=house.school, resources=works(house.teacher), now=NOON)


SHOWN = ("title", "facets", "creator_name", "words", "state", "version")
"""Of an entry."""


def test_what_is_submitted_and_approved_in_a_batch_is_like_one_by_one(house: House) -> None:
    single = a_published_resource(house.teacher, house.school, house.reviewer)
    submissions = submit_resources(
        by=house.teacher, organisation=house.school, resources=works(house.teacher), now=NOON
    )
    assert not Entry.objects.exclude(uuid=single.uuid).exists()
    assert approve_resources(by=house.reviewer, submissions=submissions, comment="可用", now=NOON) == len(TITLES)

    twin = ResourceVersion.objects.get(resource__in=Resource.objects.exclude(pk=single.pk), title=TITLES[0])
    assert twin.resource.published == twin
    assert list(twin.steps.values_list("step", "title", "comment")) == [
        (Step.SUBMITTED, TITLES[0], ""),
        (Step.APPROVED, TITLES[0], "可用"),
    ]
    of_single, of_twin = (Entry.objects.filter(uuid=uuid).values(*SHOWN) for uuid in (single.uuid, twin.resource.uuid))
    assert list(of_single) == list(of_twin)
    versions = EntryVersion.objects.filter(entry__uuid__in=(single.uuid, twin.resource.uuid))
    assert len({(row.number, row.title, row.published_by, str(row.facets)) for row in versions}) == 1
    page = browser_of(house.teacher).get(reverse("resources:detail", args=[twin.resource.uuid]))
    assert page.status_code == 200
    assert {entry.title for entry in find_entries(actor=PUBLIC_ACTOR, text="小数").items} == {"小数的意义"}


def test_the_change_log_has_a_line_for_each_in_order(house: House) -> None:
    submissions = submit_resources(
        by=house.teacher, organisation=house.school, resources=works(house.teacher), now=NOON
    )
    approve_resources(by=house.reviewer, submissions=submissions, now=NOON)
    lines = list(Change.objects.order_by("seq").values_list("entry__uuid", "deed", "version"))
    assert lines == [(uuid, "published", 1) for uuid in sorted(Resource.objects.values_list("uuid", flat=True))]


def test_a_batch_leaves_one_audit_row_and_one_event_each(house: House) -> None:
    submissions = submit_resources(
        by=house.teacher, organisation=house.school, resources=works(house.teacher), now=NOON
    )
    approve_resources(by=house.reviewer, submissions=submissions, now=NOON)
    for deed, actor in (("many_submitted", house.teacher), ("many_approved", house.reviewer)):
        row = AuditRow.objects.get(deed=f"resources.{deed}")
        assert (row.by, row.path, row.differences_count) == (actor.person_id, house.school.path, len(TITLES))
    for event in (ResourcesSubmitted, ResourcesPublished):
        told = OutboxRow.objects.get(name=event.name)
        assert told.payload["count"] == len(TITLES)
        assert {f"person:{house.teacher.person_id}", *queue_topics(house.school.path)} == set(told.topics)


def test_only_authors_submit_and_only_other_reviewers_above_approve(house: House) -> None:
    with pytest.raises(NotAllowed):
        submit_resources(by=house.stranger, organisation=house.school, resources=works(house.stranger), now=NOON)
    submissions = submit_resources(
        by=house.teacher, organisation=house.school, resources=works(house.teacher), now=NOON
    )
    elsewhere = a_reviewer(a_bureau(OTHER_COUNTY)).actor
    for actor in (house.teacher, elsewhere):
        with pytest.raises(NotAllowed):
            approve_resources(by=actor, submissions=submissions, now=NOON)
    assert ReviewStep.objects.filter(step=Step.APPROVED).count() == Entry.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"subject": "99"}, {"stage": "junior"}, {"licence": ""}],
    ids=["no title", "no such subject", "grade of another stage", "no licence"],
)
def test_one_bad_row_keeps_all_out_and_is_named(house: House, change: dict[str, str]) -> None:
    rows = works(house.teacher)
    rows[1] = replace(rows[1], description=replace(rows[1].description, **change))  # type: ignore[arg-type]
    with pytest.raises(RowRefused, match="2"):
        submit_resources(by=house.teacher, organisation=house.school, resources=rows, now=NOON)
    assert not Resource.objects.exists()
    assert not AuditRow.objects.filter(deed__startswith="resources.").exists()


def test_files_of_others_and_unchecked_ones_are_refused(house: House) -> None:
    for file in (a_file(house.reviewer), a_file(house.teacher, checked=False)):
        rows = [replace(works(house.teacher)[0], files=(file,))]
        with pytest.raises(RowRefused):
            submit_resources(by=house.teacher, organisation=house.school, resources=rows, now=NOON)


def test_the_same_source_cannot_come_twice(house: House) -> None:
    rows = works(house.teacher)
    submit_resources(by=house.teacher, organisation=house.school, resources=rows[:1], now=NOON)
    with pytest.raises(ResourceTaken):
        submit_resources(by=house.teacher, organisation=house.school, resources=rows, now=NOON)
    assert Resource.objects.count() == 1


def test_a_batch_with_a_decided_one_is_refused_whole(house: House) -> None:
    submissions = submit_resources(
        by=house.teacher, organisation=house.school, resources=works(house.teacher), now=NOON
    )
    return_for_correction(
        by=house.reviewer, submission=submissions[0], reasons=[ReturnReason.SCIENCE], comment="请改", now=NOON
    )
    with pytest.raises(AlreadyDecided):
        approve_resources(by=house.reviewer, submissions=submissions, now=NOON)
    assert not Entry.objects.exists()


def test_nobody_approves_their_own_work_in_a_batch(house: House) -> None:
    both = a_person(Role.TEACHER, house.school, also=(Role.RESOURCE_REVIEWER,)).actor
    submissions = submit_resources(by=both, organisation=house.school, resources=works(both), now=NOON)
    with pytest.raises(OwnWork):
        approve_resources(by=both, submissions=submissions, now=NOON)


def test_three_cost_as_many_statements_as_one(house: House) -> None:
    counts = []
    for number, titles in enumerate((TITLES[:1], TITLES)):
        rows = works(house.teacher, titles, source=f"source{number}")
        with CaptureQueriesContext(connection) as seen:
            submissions = submit_resources(by=house.teacher, organisation=house.school, resources=rows, now=NOON)
            approve_resources(by=house.reviewer, submissions=submissions, now=NOON)
        counts.append(len(seen))
    assert counts[0] == counts[1]
