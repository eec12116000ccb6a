"""How far somebody is: kept for themselves, the best of it stays, and whoever may not open the file keeps nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from heluo.domains.packages.actions import LARGEST_STATE, Report, erase_progress, keep_progress
from heluo.domains.packages.enums import Completion, Success
from heluo.domains.packages.errors import ScoreOutOfBounds, StateTooLarge
from heluo.domains.packages.models import FinishedAttempt, Progress
from heluo.domains.packages.queries import figures_of, packages_shown
from heluo.domains.resources.actions import (
    Description,
    attach_file,
    describe_draft,
    start_draft,
    submit_resource,
    withdraw_resource,
)
from heluo.domains.resources.models import Resource
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound, SignInNeeded
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.feedback.models import UseCount
from heluo.kernel.feedback.public import UseKind, roll_up_uses
from heluo.kernel.files.models import StoredFile
from heluo.kernel.holdings.public import Permission
from tests.domains.resources.conftest import House, browser_of
from tests.factories import NOON, a_draft, a_file, a_person, a_published_resource, approved
from tests.kernel.files import packages

DONE = Report(completion=Completion.COMPLETED, success=Success.PASSED, raw=85, least=0, most=100, is_finished=True)


def a_package(owner: Actor) -> StoredFile:
    return a_file(owner, name="分数.zip", content=packages.scorm12())


@pytest.fixture
def shown(house: House) -> tuple[Resource, StoredFile]:
    """A published package."""
    file = a_package(house.teacher)
    return a_published_resource(house.teacher, house.school, house.reviewer, files=[file]), file


def keep(by: Actor, file: StoredFile, report: Report, *, item: int = 1, later: int = 0) -> Progress:
    return keep_progress(by=by, file=file.uuid, item=item, report=report, now=NOON + timedelta(minutes=later))


def test_finishing_a_package_is_counted_once_for_its_resource(house: House, shown: tuple[Resource, StoredFile]) -> None:
    resource, file = shown
    for later in (1, 2):
        keep(house.stranger, file, DONE, later=later)
    roll_up_uses(now=NOON + timedelta(minutes=3))
    assert list(UseCount.objects.values_list("kind", "subject", "use", "count")) == [
        ("resource", resource.uuid, UseKind.FINISH, 1)
    ]


def test_the_best_of_all_attempts_stays(house: House, shown: tuple[Resource, StoredFile]) -> None:
    _resource, file = shown
    first = keep(house.stranger, file, Report(state={"suspend_data": "p3"}, seconds=30))
    assert (first.completion, first.state, first.seconds, first.attempts) == (
        "incomplete",
        {"suspend_data": "p3"},
        30,
        0,
    )
    ended = keep(house.stranger, file, DONE, later=5)
    assert (ended.completion, ended.success, ended.score) == ("completed", "passed", "85 / 100")
    assert (ended.state, ended.attempts) == ({}, 1)
    worse = Report(success=Success.FAILED, raw=20, least=0, most=100, state={"again": 1}, seconds=10)
    again = keep(house.stranger, file, worse, later=9)
    assert (again.completion, again.success, again.raw, again.state) == ("completed", "passed", 85, {"again": 1})
    assert again.seconds == 40
    [attempt] = FinishedAttempt.objects.all()
    assert (attempt.number, attempt.raw, attempt.seconds) == (1, 85, 300)
    better = keep(house.stranger, file, Report(raw=95, least=0, most=100, is_finished=True), later=12)
    assert (better.raw, better.attempts) == (95, 2)


def test_a_finished_attempt_never_changes(house: House, shown: tuple[Resource, StoredFile]) -> None:
    keep(house.stranger, shown[1], DONE)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        FinishedAttempt.objects.update(raw=100)


@pytest.mark.parametrize(
    ("report", "refusal"),
    [
        (Report(state={"suspend_data": "字" * LARGEST_STATE}), StateTooLarge),
        (Report(scaled=1.5), ScoreOutOfBounds),
        (Report(raw=1e12), ScoreOutOfBounds),
        (Report(raw=float("nan")), ScoreOutOfBounds),
    ],
)
def test_what_is_out_of_bounds_is_not_kept(
    house: House, shown: tuple[Resource, StoredFile], report: Report, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        keep(house.stranger, shown[1], report)
    assert not Progress.objects.exists()


def test_only_items_that_can_be_opened_have_progress(house: House, shown: tuple[Resource, StoredFile]) -> None:
    for number in (2, 4, 99):  # a heading, and two that are not there
        with pytest.raises(NotFound):
            keep(house.stranger, shown[1], DONE, item=number)


def test_the_public_keeps_nothing(house: House, shown: tuple[Resource, StoredFile]) -> None:
    with pytest.raises(SignInNeeded):
        keep(PUBLIC_ACTOR, shown[1], DONE)


def test_who_may_open_the_file_may_play_it(house: House) -> None:
    file = a_package(house.teacher)
    colleague = a_person(Role.TEACHER, house.school).actor
    draft = a_draft(house.teacher, house.school, files=[file])
    assert keep(house.teacher, file, DONE)
    for other in (colleague, house.reviewer, house.stranger):
        with pytest.raises(NotFound):
            keep(other, file, DONE)
    version = submit_resource(by=house.teacher, version=draft, now=NOON)
    assert keep(house.reviewer, file, DONE)
    with pytest.raises(NotFound):
        keep(colleague, file, DONE)
    resource = approved(version, by=house.reviewer).resource
    assert keep(colleague, file, DONE)
    withdraw_resource(by=house.teacher, resource=resource, reason="有错", replacement=None, now=NOON)
    with pytest.raises(NotFound):
        keep(colleague, file, DONE)


def test_a_file_that_is_no_package_is_not_there(house: House) -> None:
    with pytest.raises(NotFound):
        keep(house.teacher, a_file(house.teacher), DONE)


def test_progress_is_read_in_one_query_however_many(house: House, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    files = [a_package(house.teacher), a_file(house.teacher, name="h.h5p", content=packages.h5p())]
    keep(house.teacher, files[0], DONE)
    with django_assert_num_queries(1):
        found = packages_shown(house.teacher, [*files, a_file_row(files[0])])
    assert {one.title for one in found.values()} == {"分数的初步认识", "分数的大小"}
    assert [one.done for one in found.values()] == [1, 0]


def a_file_row(file: StoredFile) -> StoredFile:
    return StoredFile(uuid=file.uuid, name=file.name, blob=file.blob)


def test_the_owner_sees_how_many_but_never_of_a_small_group(house: House, shown: tuple[Resource, StoredFile]) -> None:
    file = shown[1]
    people = [a_person(Role.TEACHER, house.school).actor for _each in range(4)]
    for one in people[:2]:
        keep(one, file, DONE)
    assert figures_of(file).begun is None
    for one in people[2:]:
        keep(one, file, DONE)
    assert (figures_of(file).begun, figures_of(file).done) == (4, 0)
    for one in people[:3]:
        keep(one, file, DONE, item=3)
    assert (figures_of(file).begun, figures_of(file).done) == (4, None)
    keep(people[3], file, DONE, item=3)
    assert figures_of(file).done == 4


def test_it_is_forgotten_when_that_was_decided(house: House, shown: tuple[Resource, StoredFile]) -> None:
    keep(house.stranger, shown[1], DONE)
    keep(house.reviewer, shown[1], DONE)
    assert house.stranger.person_id is not None
    with pytest.raises(NotAllowed):
        erase_progress(by=house.teacher, person=house.stranger.person_id, now=NOON)
    eraser = platform_actor("test", {Permission.ERASE})
    assert erase_progress(by=eraser, person=house.stranger.person_id, now=NOON) == 2
    assert Progress.objects.count() == FinishedAttempt.objects.count() == 1


# -- pages and API ---------------------------------------------------------------------------------------------------


def test_the_page_of_a_resource_offers_its_package(
    house: House, shown: tuple[Resource, StoredFile], client: Client
) -> None:
    resource, file = shown
    address, play = reverse("resources:detail", args=[resource.uuid]), reverse("packages:play", args=[file.uuid])
    page = client.get(address).content.decode()
    assert play in page
    assert "打开课件" in page
    keep(house.stranger, file, DONE)
    page = browser_of(house.stranger).get(address).content.decode()
    assert "已学完 1 / 2 项" in page
    assert "成绩 85 / 100" in page
    assert "85 / 100" not in client.get(address).content.decode()


def test_a_package_that_cannot_be_played_says_why(house: House) -> None:
    files = packages.h5p_files()
    del files["H5P.Heluo-1.0/library.json"]
    file = a_file(house.teacher, name="h.h5p", content=packages.packed(files))
    page = browser_of(house.teacher).get(reverse("packages:play", args=[file.uuid])).content.decode()
    assert "没有带齐运行所需的内容库" in page
    assert "H5P.Heluo-1.0" in page
    assert "<iframe" not in page


def test_a_stranger_finds_no_package_of_a_draft(house: House, client: Client) -> None:
    file = a_package(house.teacher)
    a_draft(house.teacher, house.school, files=[file])
    for other in (client, browser_of(house.stranger)):
        assert other.get(reverse("packages:play", args=[file.uuid])).status_code == 404
        assert other.get(reverse("api:read_package", args=[file.uuid])).status_code == 404
    assert browser_of(house.teacher).get(reverse("packages:play", args=[file.uuid])).status_code == 200


def test_programs_read_items_and_keep_progress(
    house: House, shown: tuple[Resource, StoredFile], client: Client
) -> None:
    file = shown[1]
    told = client.get(reverse("api:read_package", args=[file.uuid])).json()
    assert [(item["number"], item["kind"], item["completion"]) for item in told["items"]] == [
        (1, "page", "not_attempted"),
        (2, "heading", "not_attempted"),
        (3, "page", "not_attempted"),
    ]
    address = reverse("api:keep_attempt", args=[file.uuid, 1])
    body = {"completion": "completed", "raw": 85, "min": 0, "max": 100, "state": {"a": "b"}}
    assert client.put(address, body, content_type="application/json").status_code == 401
    learner = browser_of(house.stranger)
    assert learner.get(address).status_code == 404
    kept = learner.put(address, body, content_type="application/json")
    assert kept.status_code == 200, kept.content
    assert learner.get(address).json()["state"] == {"a": "b"}
    for wrong in ({"scaled": 7}, {"completion": "maybe"}, {"state": []}, {"seconds": -1}):
        assert learner.put(address, wrong, content_type="application/json").status_code == 422


@pytest.mark.parametrize("item", ["0", "2", "x", "-1", "9" * 40])
def test_an_item_that_cannot_be_opened_is_not_there(
    house: House, shown: tuple[Resource, StoredFile], client: Client, item: str
) -> None:
    address = reverse("packages:play", args=[shown[1].uuid])
    assert client.get(address, {"item": item}).status_code == 404


# -- what a package says of itself, in the draft it is attached to -------------------------------------------------


def test_a_package_fills_what_the_author_has_left_empty(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    describe_draft(by=house.teacher, version=draft, description=Description(title="我自己的标题"), now=NOON)
    attach_file(by=house.teacher, version=draft, file=a_package(house.teacher), now=NOON)
    draft.refresh_from_db()
    assert (draft.title, draft.description, draft.language) == ("我自己的标题", "认识几分之一。", "zh-CN")
    assert (draft.licence, draft.keywords) == ("CC-BY-4.0", ["分数", "几分之一", "数学"])
    attach_file(
        by=house.teacher, version=draft, file=a_file(house.teacher, name="h.h5p", content=packages.h5p()), now=NOON
    )
    draft.refresh_from_db()
    assert draft.licence == "CC-BY-4.0"


def test_the_draft_says_what_a_package_filled_in_until_the_author_changes_it(house: House) -> None:
    draft = start_draft(by=house.teacher, organisation=house.school, now=NOON)
    author = browser_of(house.teacher)
    address = reverse("resources:draft", args=[draft.resource.uuid])
    file = a_package(house.teacher)
    files = reverse("resources:files", args=[draft.resource.uuid])
    answer = author.post(files, {"file": file.uuid}, headers={"HX-Request": "true", "HX-Target": "files"})
    told = answer.content.decode()
    assert 'id="told"' in told
    assert "keywords" in told
    assert author.get(address).content.decode().count("由课件包填写") == 5
    draft.refresh_from_db()
    said = replace(Description.of(draft), title="改过的标题", licence="CC0-1.0")
    describe_draft(by=house.teacher, version=draft, description=said, now=NOON)
    assert author.get(address).content.decode().count("由课件包填写") == 3
