"""Deciding on a submission, once, by somebody else than the author; and taking a resource from the public."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from heluo.domains.resources.actions import (
    Description,
    describe_draft,
    start_new_version,
    submit_resource,
    take_back_resource,
    withdraw_resource,
)
from heluo.domains.resources.enums import ResourceState, Step, VersionState
from heluo.domains.resources.errors import (
    AlreadyUnderReview,
    LicenceConflict,
    NotEditable,
    NotPublished,
    NotUnderReview,
    WithdrawalReasonNeeded,
)
from heluo.domains.resources.events import (
    ResourcePublished,
    ResourceReturned,
    ResourceSubmitted,
    ResourceTakenBack,
    ResourceWithdrawn,
)
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.engines.catalogue.enums import EntryState, Licence
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import find_entries
from heluo.engines.process.actions import end_process
from heluo.engines.process.errors import AlreadyDone, AnswersInvalid
from heluo.engines.process.public import complete_item, withdraw_process
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal, SignInNeeded
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.organisations.public import superiors_of
from tests.domains.resources.conftest import House, make_house
from tests.factories import (
    CHECKS,
    DESCRIPTION,
    NOON,
    OTHER_COUNTY,
    a_bureau,
    a_draft,
    a_file,
    a_person,
    a_picture,
    a_published_resource,
    a_reviewer,
    a_submission,
    a_teacher,
    approved,
    returned,
    review_of,
)


def test_approval_publishes_to_the_catalogue_under_the_same_identifier(house: House) -> None:
    version = approved(a_submission(house.teacher, house.school), by=house.reviewer)

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


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "publish"}, "checks"),
        ({"outcome": "publish", "checks": CHECKS[1:]}, "checks"),
        ({"outcome": "publish", "checks": [*CHECKS, "more"]}, "checks"),
        ({"outcome": "return", "comment": "请改"}, "reasons"),
        ({"outcome": "return", "reasons": ["mood"], "comment": "请改"}, "reasons"),
        ({"outcome": "return", "reasons": ["science"]}, "comment"),
    ],
)
def test_a_decision_says_what_its_form_asks_for(house: House, answers: dict[str, object], field: str) -> None:
    version = a_submission(house.teacher, house.school)
    with pytest.raises(AnswersInvalid) as refused:
        complete_item(by=house.reviewer, item=review_of(version), answers=answers, now=NOON)
    assert refused.value.field == field
    version.refresh_from_db()
    assert version.state == VersionState.SUBMITTED


def test_a_returned_version_is_corrected_and_submitted_again(house: House) -> None:
    version = returned(a_submission(house.teacher, house.school), by=house.reviewer, comment="请核对第二题")
    assert version.state == VersionState.RETURNED

    described = describe_draft(
        by=house.teacher, version=version, description=replace(DESCRIPTION, title="分数的再认识"), now=NOON
    )
    again = submit_resource(by=house.teacher, version=described, now=NOON)
    assert review_of(again).instance.title == "分数的再认识"
    approved(again, by=house.reviewer)

    steps = list(ReviewStep.objects.filter(version=version))
    assert [step.step for step in steps] == [Step.SUBMITTED, Step.RETURNED, Step.SUBMITTED, Step.APPROVED]
    assert [step.comment for step in steps] == ["", "请核对第二题", "", ""]
    assert [step.answers_id for step in steps] == [None, steps[0].pk, None, steps[2].pk]


def test_the_author_may_submit_again_from_their_list_of_work(house: House) -> None:
    version = returned(a_submission(house.teacher, house.school), by=house.reviewer)
    complete_item(by=house.teacher, item=review_of(version), answers={}, now=NOON)
    version.refresh_from_db()
    assert version.state == VersionState.SUBMITTED


def test_an_old_step_is_not_done_after_the_author_submitted_anew(house: House) -> None:
    """A reviewer with an old page open must not publish what they have not seen."""
    version = a_submission(house.teacher, house.school)
    old = review_of(version)
    submit_resource(by=house.teacher, version=returned(version, by=house.reviewer), now=NOON)
    with pytest.raises(AlreadyDone):
        complete_item(by=house.reviewer, item=old, answers={"outcome": "publish", "checks": CHECKS}, now=NOON)


def test_what_waits_is_not_submitted_twice_and_what_is_public_not_at_all(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    with pytest.raises(AlreadyUnderReview):
        submit_resource(by=house.teacher, version=version, now=NOON)
    with pytest.raises(NotEditable):
        submit_resource(by=house.teacher, version=approved(version, by=house.reviewer), now=NOON)


def test_the_author_takes_a_submission_back_and_may_submit_it_again(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    item = review_of(version)
    withdraw_process(by=house.teacher, instance=item.instance, text="还要补一页", now=NOON)
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    with pytest.raises(AlreadyDone):
        complete_item(by=house.reviewer, item=item, answers={"outcome": "publish", "checks": CHECKS}, now=NOON)
    assert approved(submit_resource(by=house.teacher, version=version, now=NOON), by=house.reviewer).published_at


def test_what_was_left_by_a_review_that_was_ended_from_above_is_taken_back(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    officer = a_person(Role.PROVINCE_ADMIN, superiors_of(a_bureau())[0]).actor
    end_process(by=officer, instance=review_of(version).instance, text="登记有误", now=NOON)
    with pytest.raises(NotFound):
        take_back_resource(by=house.stranger, resource=version.resource, now=NOON)
    take_back_resource(by=house.teacher, resource=version.resource, now=NOON)
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    with pytest.raises(NotUnderReview):
        take_back_resource(by=house.teacher, resource=version.resource, now=NOON)
    assert submit_resource(by=house.teacher, version=version, now=NOON).state == VersionState.SUBMITTED


def test_nobody_reviews_their_own_work(house: House) -> None:
    both = a_person(Role.TEACHER, house.school, also=(Role.RESOURCE_REVIEWER,)).actor
    version = a_submission(both, house.school)
    item = review_of(version)
    assert item.place == a_bureau()  # the next above, for nobody else reviews at the school
    with pytest.raises(NotFound):
        approved(version, by=both)
    assert approved(version, by=house.reviewer).state == VersionState.PUBLISHED


def test_the_nearest_reviewers_decide_and_nobody_else(house: House) -> None:
    near = a_reviewer(house.school).actor
    version = a_submission(house.teacher, house.school)
    assert review_of(version).place == house.school
    elsewhere = a_reviewer(a_bureau(OTHER_COUNTY)).actor
    for actor in (elsewhere, house.reviewer, house.teacher, house.stranger):
        with pytest.raises(NotFound):
            approved(version, by=actor)
    with pytest.raises(SignInNeeded):
        approved(version, by=PUBLIC_ACTOR)
    assert approved(version, by=near).state == VersionState.PUBLISHED


def test_a_reviewer_of_their_own_work_at_the_school_leaves_it_to_a_colleague(house: House) -> None:
    both = a_person(Role.TEACHER, house.school, also=(Role.RESOURCE_REVIEWER,)).actor
    colleague = a_reviewer(house.school).actor
    version = a_submission(both, house.school)
    assert review_of(version).place == house.school
    with pytest.raises(NotFound):
        approved(version, by=both)
    assert approved(version, by=colleague).state == VersionState.PUBLISHED


@pytest.mark.parametrize(
    ("theirs", "chosen", "breaks"),
    [
        (Licence.CC_BY, Licence.CC_BY_NC, False),
        (Licence.CC0, Licence.RESERVED, False),
        (Licence.CC_BY_SA, Licence.CC_BY, True),
        (Licence.CC_BY_NC_ND, Licence.CC_BY_NC_ND, False),
        (Licence.RESERVED, Licence.RESERVED, True),
    ],
)
def test_the_same_file_of_another_author_goes_on_under_its_terms_only(
    house: House, theirs: Licence, chosen: Licence, *, breaks: bool
) -> None:
    content = a_picture(colour=(1, 2, 3))
    other = a_teacher(house.school).actor
    first = a_file(other, content=content)
    a_published_resource(other, house.school, house.reviewer, files=(first,), title="原来的一课", licence=theirs)
    draft = a_draft(
        house.teacher, house.school, files=(a_file(house.teacher, content=content, name="同.png"),), licence=chosen
    )
    if not breaks:
        assert submit_resource(by=house.teacher, version=draft, now=NOON).state == VersionState.SUBMITTED
        return
    with pytest.raises(LicenceConflict, match=r"同\.png.*原来的一课") as refused:
        submit_resource(by=house.teacher, version=draft, now=NOON)
    assert refused.value.field == "licence"
    allowed = replace(Description.of(draft), has_third_party=True, third_party_statement="作者书面授权")
    described = describe_draft(by=house.teacher, version=draft, description=allowed, now=NOON)
    assert submit_resource(by=house.teacher, version=described, now=NOON).state == VersionState.SUBMITTED


def test_one_s_own_file_may_be_used_again_under_other_terms(house: House) -> None:
    file = a_file(house.teacher)
    a_published_resource(house.teacher, house.school, house.reviewer, files=(file,), licence=Licence.RESERVED)
    draft = a_draft(house.teacher, house.school, files=(file,), licence=Licence.CC0)
    assert submit_resource(by=house.teacher, version=draft, now=NOON).state == VersionState.SUBMITTED


def test_the_next_version_replaces_the_public_one_only_when_it_is_approved(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    submission = submit_resource(by=house.teacher, version=draft, now=NOON)
    assert Resource.objects.get().published.number == 1  # type: ignore[union-attr]

    approved(submission, by=house.reviewer)
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
    approved(submit_resource(by=house.teacher, version=draft, now=NOON), by=house.reviewer)

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


def test_each_step_is_audited_and_announced(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    withdraw_process(by=house.teacher, instance=review_of(version).instance, text="还要改", now=NOON)
    version = returned(submit_resource(by=house.teacher, version=version, now=NOON), by=house.reviewer)
    approved(submit_resource(by=house.teacher, version=version, now=NOON), by=house.reviewer)
    withdraw_resource(by=house.teacher, resource=version.resource, reason="发现错误", now=NOON)

    deeds = set(AuditRow.objects.filter(subject_kind="resource").values_list("deed", flat=True))
    assert {
        f"resources.{step.value}" for step in set(Step) - {Step.TAKEN_OVER, Step.EXPIRED, Step.PROLONGED, Step.RESTORED}
    } <= deeds
    names = list(OutboxRow.objects.order_by("id").values_list("name", flat=True))
    ours = [name for name in names if name.startswith("resources.")]
    assert ours == [
        event.name
        for event in (
            *(ResourceSubmitted, ResourceTakenBack),
            *(ResourceSubmitted, ResourceReturned),
            *(ResourceSubmitted, ResourcePublished),
            ResourceWithdrawn,
        )
    ]


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
            (approved if approve else returned)(submission, by=by)
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

    assert sorted(answers) == ["decided", "work_item_done"]
    assert ReviewStep.objects.filter(answers__isnull=False).count() == 1
