"""Deciding on a submission, once, by somebody else than the author; and taking a resource from the public."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from heluo.domains.resources.actions import (
    approve_resource,
    describe_draft,
    return_for_correction,
    start_new_version,
    submit_resource,
    withdraw_resource,
)
from heluo.domains.resources.enums import ResourceState, ReturnReason, Step, VersionState
from heluo.domains.resources.errors import (
    AlreadyDecided,
    NotPublished,
    OwnWork,
    ReasonNeeded,
    WithdrawalReasonNeeded,
)
from heluo.domains.resources.events import (
    ResourcePublished,
    ResourceReturned,
    ResourceSubmitted,
    ResourceWithdrawn,
    queue_topics,
)
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.engines.catalogue.enums import EntryState
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import find_entries
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, Refusal
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.models import OutboxRow
from tests.domains.resources.conftest import House, make_house
from tests.factories import (
    DESCRIPTION,
    NOON,
    OTHER_COUNTY,
    a_bureau,
    a_person,
    a_published_resource,
    a_reviewer,
    a_submission,
    a_teacher,
)

REASONS = [ReturnReason.SCIENCE]


def test_approval_publishes_to_the_catalogue_under_the_same_identifier(house: House) -> None:
    submission = a_submission(house.teacher, house.school)
    version = approve_resource(by=house.reviewer, submission=submission, now=NOON)

    assert version.state == VersionState.PUBLISHED
    assert Resource.objects.get().published == version
    entry = Entry.objects.get(uuid=version.resource.uuid)
    assert (entry.title, entry.state, entry.creator_name) == (
        "分数的初步认识",
        EntryState.PUBLISHED,
        house.teacher.name,
    )
    assert entry.facets["subject"] == ["14"]
    assert entry.facets["media"] == ["image"]
    assert len(entry.facets["source"]) == 1


def test_the_public_finds_it_by_a_two_character_word(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    assert [entry.uuid for entry in find_entries(actor=PUBLIC_ACTOR, text="分数").items] == [resource.uuid]


def test_before_approval_the_public_finds_nothing(house: House) -> None:
    a_submission(house.teacher, house.school)
    assert find_entries(actor=PUBLIC_ACTOR, text="分数").items == []


def test_a_return_needs_reasons_and_a_comment(house: House) -> None:
    submission = a_submission(house.teacher, house.school)
    for reasons, comment, field in (([], "请改", "reasons"), (REASONS, "  ", "comment")):
        with pytest.raises(ReasonNeeded) as refused:
            return_for_correction(by=house.reviewer, submission=submission, reasons=reasons, comment=comment, now=NOON)
        assert refused.value.field == field


def test_a_returned_version_is_corrected_and_submitted_again(house: House) -> None:
    submission = a_submission(house.teacher, house.school)
    version = return_for_correction(
        by=house.reviewer, submission=submission, reasons=REASONS, comment="请核对第二题", now=NOON
    )
    assert version.state == VersionState.RETURNED

    describe_draft(by=house.teacher, version=version, description=DESCRIPTION, now=NOON)
    again = submit_resource(by=house.teacher, version=version, now=NOON)
    approve_resource(by=house.reviewer, submission=again, now=NOON)

    steps = ReviewStep.objects.filter(version=version).values_list("step", flat=True)
    assert list(steps) == [Step.SUBMITTED, Step.RETURNED, Step.SUBMITTED, Step.APPROVED]


def test_a_decided_submission_is_not_decided_again(house: House) -> None:
    submission = a_submission(house.teacher, house.school)
    return_for_correction(by=house.reviewer, submission=submission, reasons=REASONS, comment="请核对", now=NOON)
    with pytest.raises(AlreadyDecided):
        approve_resource(by=house.reviewer, submission=submission, now=NOON)


def test_an_old_submission_is_not_decided_after_the_author_submitted_anew(house: House) -> None:
    """A reviewer with an old page open must not publish what they have not seen."""
    old = a_submission(house.teacher, house.school)
    version = return_for_correction(by=house.reviewer, submission=old, reasons=REASONS, comment="请核对", now=NOON)
    submit_resource(by=house.teacher, version=version, now=NOON)
    with pytest.raises(AlreadyDecided):
        approve_resource(by=house.reviewer, submission=old, now=NOON)


def test_nobody_reviews_their_own_work(house: House) -> None:
    teacher = a_teacher(house.school)
    both = Actor(
        kind=teacher.actor.kind,
        name=teacher.actor.name,
        person_id=teacher.actor.person_id,
        posts=teacher.actor.posts,
        grants=teacher.actor.grants | a_reviewer(house.school).actor.grants,
    )
    with pytest.raises(OwnWork):
        approve_resource(by=both, submission=a_submission(both, house.school), now=NOON)


def test_a_reviewer_of_the_school_may_decide_one_of_another_county_may_not(house: House) -> None:
    submission = a_submission(house.teacher, house.school)
    elsewhere = a_reviewer(a_bureau(OTHER_COUNTY)).actor
    for actor in (elsewhere, house.teacher, house.stranger, PUBLIC_ACTOR):
        with pytest.raises(NotAllowed):
            approve_resource(by=actor, submission=submission, now=NOON)
    approve_resource(by=a_reviewer(house.school).actor, submission=submission, now=NOON)


def test_the_next_version_replaces_the_public_one_only_when_it_is_approved(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    submission = submit_resource(by=house.teacher, version=draft, now=NOON)
    assert Resource.objects.get().published.number == 1  # type: ignore[union-attr]

    approve_resource(by=house.reviewer, submission=submission, now=NOON)
    assert Resource.objects.get().published.number == 2  # type: ignore[union-attr]
    assert Entry.objects.count() == 1


def test_the_author_or_an_officer_in_scope_withdraws(house: House) -> None:
    officer = a_person(Role.COUNTY_OFFICER, a_bureau()).actor
    for actor in (house.teacher, officer):
        resource = a_published_resource(house.teacher, house.school, house.reviewer)
        withdraw_resource(by=actor, resource=resource, reason="发现错误", now=NOON)
        gone = Resource.objects.get(pk=resource.pk)
        assert (gone.state, gone.published) == (ResourceState.WITHDRAWN, None)
        entry = Entry.objects.get(uuid=resource.uuid)
        assert (entry.state, entry.withdrawn_reason) == (EntryState.WITHDRAWN, "发现错误")


def test_a_stranger_a_reviewer_and_an_officer_elsewhere_do_not_withdraw(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    elsewhere = a_person(Role.COUNTY_OFFICER, a_bureau(OTHER_COUNTY)).actor
    for actor in (house.stranger, house.reviewer, elsewhere, PUBLIC_ACTOR):
        with pytest.raises(NotAllowed):
            withdraw_resource(by=actor, resource=resource, reason="发现错误", now=NOON)


def test_withdrawal_needs_a_reason_and_something_published(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    with pytest.raises(WithdrawalReasonNeeded):
        withdraw_resource(by=house.teacher, resource=resource, reason=" ", now=NOON)
    withdraw_resource(by=house.teacher, resource=resource, reason="发现错误", now=NOON)
    with pytest.raises(NotPublished):
        withdraw_resource(by=house.teacher, resource=resource, reason="发现错误", now=NOON)


def test_a_withdrawn_resource_comes_back_as_a_new_version_under_its_identifier(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    withdraw_resource(by=house.teacher, resource=resource, reason="发现错误", now=NOON)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    submission = submit_resource(by=house.teacher, version=draft, now=NOON)
    approve_resource(by=house.reviewer, submission=submission, now=NOON)

    assert Resource.objects.get().state == ResourceState.PUBLISHED
    assert Entry.objects.get(uuid=resource.uuid).state == EntryState.PUBLISHED


def test_the_database_keeps_published_versions_their_files_and_the_trail(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    version = resource.versions.get()
    attempts: list[Callable[[], object]] = [
        lambda: ResourceVersion.objects.filter(pk=version.pk).update(title="改了"),
        lambda: ResourceVersion.objects.filter(pk=version.pk).update(state=VersionState.DRAFT),
        lambda: version.attachments.all().delete(),
        lambda: version.attachments.update(position=9),
        lambda: ReviewStep.objects.update(comment="改了"),
        lambda: ReviewStep.objects.all().delete(),
    ]
    for attempt in attempts:
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            attempt()


def test_each_step_is_audited_and_announced_to_the_author_and_the_queues(house: House) -> None:
    first = a_submission(house.teacher, house.school)
    version = return_for_correction(by=house.reviewer, submission=first, reasons=REASONS, comment="请核对", now=NOON)
    second = submit_resource(by=house.teacher, version=version, now=NOON)
    approve_resource(by=house.reviewer, submission=second, now=NOON)
    withdraw_resource(by=house.teacher, resource=version.resource, reason="发现错误", now=NOON)

    deeds = set(AuditRow.objects.filter(subject_kind="resource").values_list("deed", flat=True))
    assert {f"resources.{step.value}" for step in Step} <= deeds
    names = list(OutboxRow.objects.order_by("id").values_list("name", flat=True))
    ours = [name for name in names if name.startswith("resources.")]
    assert ours == [
        event.name
        for event in (ResourceSubmitted, ResourceReturned, ResourceSubmitted, ResourcePublished, ResourceWithdrawn)
    ]


def test_the_topics_of_a_queue_are_every_node_above() -> None:
    assert queue_topics("1.5.33.") == ("resource-review:1.", "resource-review:1.5.", "resource-review:1.5.33.")


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_decides_and_the_other_is_told() -> None:
    house = make_house()
    submission = a_submission(house.teacher, house.school)
    reviewers = [a_reviewer(a_bureau()).actor for _ in range(2)]
    start = Barrier(2)
    answers: list[str] = []

    def decide(by: Actor, *, approve: bool) -> None:
        try:
            start.wait()
            if approve:
                approve_resource(by=by, submission=submission, now=NOON)
            else:
                return_for_correction(by=by, submission=submission, reasons=REASONS, comment="请核对", now=NOON)
            answers.append("decided")
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=decide, args=(by,), kwargs={"approve": by is reviewers[0]}) for by in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["already_decided", "decided"]
    assert ReviewStep.objects.filter(answers=submission).count() == 1
