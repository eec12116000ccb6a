"""Writing a draft: only one's own, only while it is open, and complete before it is submitted."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from heluo.domains.resources.actions import (
    Description,
    attach_file,
    describe_draft,
    remove_file,
    reorder_files,
    start_draft,
    start_new_version,
    submit_resource,
)
from heluo.domains.resources.enums import Step, VersionState
from heluo.domains.resources.errors import (
    AlreadyAttached,
    AlreadyUnderReview,
    DraftAlreadyOpen,
    FileRefused,
    FilesNotReady,
    GradeOfAnotherStage,
    MetadataIncomplete,
    NotEditable,
    TooManyFiles,
    UnknownChoice,
)
from heluo.domains.resources.models import MAX_FILES, Attachment, ResourceVersion
from heluo.domains.resources.queries import files_of
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.files.enums import ScanState
from tests.domains.resources.conftest import House
from tests.factories import DESCRIPTION, NOON, a_draft, a_file, a_published_resource, a_submission


def test_a_teacher_starts_a_draft_for_their_school(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)

    assert draft.number == 1
    assert draft.state == VersionState.DRAFT
    assert draft.resource.author.uuid == house.teacher.person_id
    assert AuditRow.objects.filter(deed="resources.started", subject_id=str(draft.resource.uuid)).count() == 1


def test_the_same_local_id_gives_the_same_identifier_and_so_cannot_start_twice(house: House) -> None:
    start_draft(by=house.teacher, organisation=house.school, local_id="same", now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        start_draft(by=house.teacher, organisation=house.school, local_id="same", now=NOON)


def test_nobody_starts_a_draft_for_a_school_they_do_not_work_at(house: House) -> None:
    for actor in (house.stranger, house.reviewer, PUBLIC_ACTOR):
        with pytest.raises(NotAllowed):
            start_draft(by=actor, organisation=house.school, now=NOON)


@pytest.mark.parametrize(
    ("field", "value"), [("subject", "99"), ("stage", "nursery"), ("licence", "mine"), ("grade", "primary-9")]
)
def test_a_code_that_is_in_no_list_is_refused_when_it_is_written(house: House, field: str, value: str) -> None:
    draft = a_draft(house.teacher, house.school)
    with pytest.raises(UnknownChoice) as refused:
        describe_draft(by=house.teacher, version=draft, description=replace(DESCRIPTION, **{field: value}), now=NOON)
    assert refused.value.field == field


def test_a_grade_belongs_to_its_stage(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    astray = replace(DESCRIPTION, stage="primary", grade="senior-1")
    with pytest.raises(GradeOfAnotherStage):
        describe_draft(by=house.teacher, version=draft, description=astray, now=NOON)


def test_a_draft_may_be_described_piece_by_piece(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    describe_draft(by=house.teacher, version=draft, description=Description(title="水"), now=NOON)
    saved = describe_draft(by=house.teacher, version=draft, description=Description(title="水的三态"), now=NOON)

    assert saved.title == "水的三态"
    assert saved.stage == ""


def test_saving_the_same_again_leaves_no_trace(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    rows = AuditRow.objects.count()
    describe_draft(by=house.teacher, version=draft, description=DESCRIPTION, now=NOON)

    assert AuditRow.objects.count() == rows


def test_to_anybody_else_a_draft_is_not_there(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    for actor in (house.stranger, house.reviewer, PUBLIC_ACTOR):
        with pytest.raises(NotFound):
            describe_draft(by=actor, version=draft, description=DESCRIPTION, now=NOON)


def test_files_are_kept_in_the_order_given(house: House) -> None:
    first, second, third = (a_file(house.teacher, name=f"{number}.png") for number in "123")
    draft = a_draft(house.teacher, house.school, files=(first, second, third))
    reorder_files(by=house.teacher, version=draft, order=[third.uuid, first.uuid], now=NOON)
    assert [file.name for file in files_of(draft)] == ["3.png", "1.png", "2.png"]
    with pytest.raises(NotFound):
        reorder_files(by=house.teacher, version=draft, order=[a_file(house.teacher).uuid], now=NOON)

    remove_file(by=house.teacher, version=draft, file=first, now=NOON)
    assert [file.name for file in files_of(draft)] == ["3.png", "2.png"]
    with pytest.raises(NotFound):
        remove_file(by=house.teacher, version=draft, file=first, now=NOON)


def test_a_file_is_attached_once_and_only_by_its_owner(house: House) -> None:
    file = a_file(house.teacher)
    draft = a_draft(house.teacher, house.school, files=(file,))
    with pytest.raises(AlreadyAttached):
        attach_file(by=house.teacher, version=draft, file=file, now=NOON)
    with pytest.raises(NotFound):
        attach_file(by=house.teacher, version=draft, file=a_file(house.stranger), now=NOON)


def test_a_resource_holds_only_so_many_files(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    content = a_file(house.teacher)
    Attachment.objects.bulk_create(
        Attachment(version=draft, file=a_file(house.teacher, checked=False), position=position)
        for position in range(2, MAX_FILES + 1)
    )
    with pytest.raises(TooManyFiles):
        attach_file(by=house.teacher, version=draft, file=content, now=NOON)


def test_a_complete_draft_is_submitted_once(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    submitted = submit_resource(by=house.teacher, version=draft, now=NOON)

    assert submitted.steps.get().step == Step.SUBMITTED
    assert ResourceVersion.objects.get(pk=draft.pk).state == VersionState.SUBMITTED
    with pytest.raises(AlreadyUnderReview):
        submit_resource(by=house.teacher, version=draft, now=NOON)
    with pytest.raises(NotEditable):
        describe_draft(by=house.teacher, version=draft, description=DESCRIPTION, now=NOON)


def test_an_incomplete_draft_is_refused_with_every_missing_field_named(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    with pytest.raises(MetadataIncomplete) as refused:
        submit_resource(by=house.teacher, version=draft, now=NOON)

    assert str(refused.value) == (
        "还不能提交，请先补充：标题、内容说明、学段、学科、资源类型、语种、许可、是否含他人作品、至少一个文件。"
    )


def test_works_of_others_need_a_statement(house: House) -> None:
    draft = a_draft(house.teacher, house.school, has_third_party=True)
    with pytest.raises(MetadataIncomplete) as refused:
        submit_resource(by=house.teacher, version=draft, now=NOON)
    assert refused.value.missing == ("third_party_statement",)

    told = replace(DESCRIPTION, has_third_party=True, third_party_statement="背景音乐：某某《某曲》，CC BY 4.0")
    describe_draft(by=house.teacher, version=draft, description=told, now=NOON)
    submit_resource(by=house.teacher, version=draft, now=NOON)


def test_files_still_being_checked_hold_submission_back(house: House) -> None:
    draft = a_draft(house.teacher, house.school, files=(a_file(house.teacher, name="新.png", checked=False),))
    with pytest.raises(FilesNotReady) as refused:
        submit_resource(by=house.teacher, version=draft, now=NOON)
    assert "新.png" in str(refused.value)


def test_an_infected_file_is_never_submitted(house: House) -> None:
    file = a_file(house.teacher, name="坏.png")
    file.blob.scan_state = ScanState.INFECTED
    file.blob.save()
    draft = a_draft(house.teacher, house.school, files=(file,))
    with pytest.raises(FileRefused) as refused:
        submit_resource(by=house.teacher, version=draft, now=NOON)
    assert "坏.png" in str(refused.value)


def test_a_new_version_begins_with_what_the_last_one_said_and_held(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)

    assert (draft.number, draft.state) == (2, VersionState.DRAFT)
    assert Description.of(draft) == DESCRIPTION
    assert [file.pk for file in files_of(draft)] == [file.pk for file in files_of(resource.versions.get(number=1))]


def test_a_resource_has_one_open_version(house: House) -> None:
    version = a_submission(house.teacher, house.school)
    with pytest.raises(DraftAlreadyOpen):
        start_new_version(by=house.teacher, resource=version.resource, now=NOON)
    with pytest.raises(IntegrityError, match="one_open_version_per_resource"):
        ResourceVersion.objects.create(resource=version.resource, number=2, created_at=NOON, changed_at=NOON)


def test_only_the_author_starts_a_new_version(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    with pytest.raises(NotFound):
        start_new_version(by=house.stranger, resource=resource, now=NOON)
