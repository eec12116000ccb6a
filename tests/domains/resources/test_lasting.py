"""How long what is public holds: the author is told before, the platform takes it down after, the author prolongs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.resources.actions import (
    describe_draft,
    prolong_resource,
    report_fault,
    start_new_version,
    submit_resource,
    take_down_resource,
    take_down_what_is_over,
    warn_of_ends,
    withdraw_resource,
)
from heluo.domains.resources.actions.drafting import Description
from heluo.domains.resources.enums import NoticeKind, ResourceState, Step, VersionState
from heluo.domains.resources.errors import (
    NothingToProlong,
    NotLonger,
    ProlongingReasonNeeded,
    ValidityOver,
)
from heluo.domains.resources.events import ResourcesWithdrawn
from heluo.domains.resources.models import Resource, ResourceVersion, ReviewStep
from heluo.domains.resources.queries import KIND
from heluo.engines.catalogue.models import Change, Entry
from heluo.engines.catalogue.public import find_entries
from heluo.engines.process.public import Subject, complete_item
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import now as real_now
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.notices.models import Notice
from tests.domains.resources.conftest import House, browser_of
from tests.factories import (
    CHECKS,
    NOON,
    a_bureau,
    a_draft,
    a_person,
    a_published_resource,
    a_school,
    a_submission,
    a_teacher,
    approved,
    review_of,
)

pytestmark = pytest.mark.django_db
LAST = date(2026, 10, 20)
LAST_MOMENT = datetime(2026, 10, 20, 15, 59, tzinfo=UTC)
"""A minute before midnight in China."""
NEXT_DAY = LAST_MOMENT + timedelta(minutes=1)
LATER = date(2027, 10, 20)


def lasting(house: House, until: date = LAST, **changes: object) -> Resource:
    return a_published_resource(house.teacher, house.school, house.reviewer, valid_until=until, **changes)


def told(kind: NoticeKind) -> list[Notice]:
    return list(Notice.objects.filter(kind=kind).order_by("pk"))


def over(house: House) -> Resource:
    """A resource that the platform has taken down."""
    resource = lasting(house)
    take_down_what_is_over(now=NEXT_DAY)
    resource.refresh_from_db()
    return resource


# -- taking down ------------------------------------------------------------------------------------------------------


def test_it_stays_until_the_last_minute_of_its_day_in_china_and_goes_in_the_next(house: House) -> None:
    resource = lasting(house)
    assert take_down_what_is_over(now=LAST_MOMENT) == 0
    assert find_entries(actor=PUBLIC_ACTOR, text="分数").items
    assert take_down_what_is_over(now=NEXT_DAY) == 1
    resource.refresh_from_db()
    assert (resource.state, resource.published) == (ResourceState.WITHDRAWN, None)
    assert resource.versions.get().state == VersionState.EXPIRED
    assert find_entries(actor=PUBLIC_ACTOR, text="分数").items == []
    assert Change.objects.filter(entry__uuid=resource.uuid).last().deed == "withdrawn"  # type: ignore[union-attr]


def test_a_platform_that_slept_takes_down_all_of_it_once(house: House) -> None:
    lasting(house)
    lasting(house, LAST + timedelta(days=3))
    lasting(house, LATER)
    a_published_resource(house.teacher, house.school, house.reviewer)
    week_later = NEXT_DAY + timedelta(days=7)
    assert take_down_what_is_over(now=week_later) == 2
    assert take_down_what_is_over(now=week_later) == 0
    assert Resource.objects.filter(state=ResourceState.PUBLISHED).count() == 2
    assert len(told(NoticeKind.OVER)) == 2


def test_trail_and_audit_say_that_time_did_it(house: House) -> None:
    resource = over(house)
    step = ReviewStep.objects.get(step=Step.EXPIRED)
    assert (step.by, step.until, step.at) == (None, LAST, NEXT_DAY)
    row = AuditRow.objects.get(deed="resources.expired")
    assert (row.by, row.by_name, row.path) == (None, "resources", house.school.path)
    assert AuditRow.objects.filter(deed="catalogue.entries_withdrawn").count() == 1
    assert OutboxRow.objects.filter(name=ResourcesWithdrawn.name).count() == 1
    page = browser_of(house.teacher).get(reverse("resources:trail", args=[resource.uuid])).text
    assert "有效期已满，平台下架" in page
    assert "有效期到 2026-10-20 已满。" in page


def test_its_page_stays_and_says_so(client: Client, house: House) -> None:
    resource = over(house)
    address = reverse("resources:detail", args=[resource.uuid])
    page = client.get(address)
    assert (page.status_code, "有效期到 2026-10-20 已满。" in page.text) == (410, True)
    assert "延长有效期" not in page.text
    answer = client.get(f"/api/v1/resources/{resource.uuid}")
    assert (answer.status_code, "2026-10-20" in answer.text) == (410, True)
    assert "延长有效期" in browser_of(house.teacher).get(address).text
    assert "延长有效期" not in browser_of(house.stranger).get(address).text


def test_an_earlier_version_ends_by_itself_and_the_public_one_stays(client: Client, house: House) -> None:
    resource = lasting(house)
    draft = start_new_version(by=house.teacher, resource=resource, now=NOON)
    described = replace(Description.of(draft), valid_until=None)
    draft = describe_draft(by=house.teacher, version=draft, description=described, now=NOON)
    approved(submit_resource(by=house.teacher, version=draft, now=NOON), by=house.reviewer)
    earlier = reverse("resources:version", args=[resource.uuid, 1])
    assert client.get(earlier).status_code == 200
    assert take_down_what_is_over(now=NEXT_DAY) == 1
    assert client.get(earlier).url == reverse("resources:detail", args=[resource.uuid])
    assert client.get(reverse("resources:detail", args=[resource.uuid])).status_code == 200
    assert told(NoticeKind.OVER) == []


def test_statements_do_not_grow_with_what_is_over(house: House) -> None:
    def cost(day: date) -> int:
        with CaptureQueriesContext(connection) as seen:
            take_down_what_is_over(now=datetime(day.year, day.month, day.day, 16, tzinfo=UTC))
        return len(seen)

    lasting(house)
    one = cost(LAST)
    for _ in range(4):
        lasting(house, LATER)
    assert cost(LATER) == one


# -- telling ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_left", "key"), [(31, []), (30, [":30"]), (8, [":30"]), (7, [":7"]), (0, [":7"]), (-1, [])]
)
def test_the_author_is_told_a_month_and_a_week_before(house: House, days_left: int, key: list[str]) -> None:
    lasting(house)
    at = LAST_MOMENT - timedelta(days=days_left)
    if days_left < 0:
        take_down_what_is_over(now=at)
    warn_of_ends(now=at)
    assert [notice.key[-len(end) :] for notice, end in zip(told(NoticeKind.ENDS), key, strict=True)] == key


def test_each_warning_comes_once_and_goes_when_it_is_prolonged(house: House) -> None:
    resource = lasting(house)
    for days_left in (30, 29, 12, 7, 6, 1):
        warn_of_ends(now=LAST_MOMENT - timedelta(days=days_left))
    month, week = told(NoticeKind.ENDS)
    assert (month.person, month.parameters) == (
        house.teacher.person_id,
        {"title": "分数的初步认识", "day": "2026-10-20"},
    )
    assert week.read_at is None
    prolong_resource(by=house.teacher, resource=resource, until=LATER, reason="续签", now=LAST_MOMENT)
    assert all(notice.is_read for notice in told(NoticeKind.ENDS))
    warn_of_ends(now=LAST_MOMENT)
    assert len(told(NoticeKind.ENDS)) == 2


@pytest.mark.parametrize("how", ["replaced", "withdrawn"])
def test_a_warning_goes_with_what_it_was_about(house: House, how: str) -> None:
    resource = lasting(house)
    at = LAST_MOMENT - timedelta(days=20)
    warn_of_ends(now=at)
    if how == "replaced":
        draft = start_new_version(by=house.teacher, resource=resource, now=at)
        approved(submit_resource(by=house.teacher, version=draft, now=at), by=house.reviewer, now=at)
    else:
        withdraw_resource(by=house.teacher, resource=resource, reason="过时", now=at)
    [warning] = told(NoticeKind.ENDS)
    assert warning.is_read


# -- saying it --------------------------------------------------------------------------------------------------------


def test_a_day_that_has_passed_is_refused_in_a_draft_at_submission_and_at_approval(house: House) -> None:
    with pytest.raises(ValidityOver):
        a_draft(house.teacher, house.school, valid_until=NOON.date() - timedelta(days=1))
    draft = a_draft(house.teacher, house.school, valid_until=LAST)
    with pytest.raises(ValidityOver):
        submit_resource(by=house.teacher, version=draft, now=NEXT_DAY)
    version = submit_resource(by=house.teacher, version=draft, now=NOON)
    with pytest.raises(ValidityOver):
        complete_item(
            by=house.reviewer,
            item=review_of(version),
            answers={"outcome": "publish", "checks": CHECKS},
            now=NEXT_DAY,
        )


def test_a_new_version_does_not_begin_with_a_day_that_has_passed(house: House) -> None:
    resource = over(house)
    assert start_new_version(by=house.teacher, resource=resource, now=NEXT_DAY).valid_until is None


def test_the_page_the_api_and_the_catalogue_tell_the_day(client: Client, house: House) -> None:
    resource = lasting(house)
    page = client.get(reverse("resources:detail", args=[resource.uuid])).text
    assert "有效期至" in page
    assert "2026-10-20" in page
    assert client.get(f"/api/v1/resources/{resource.uuid}").json()["valid_until"] == "2026-10-20"
    assert Entry.objects.get(uuid=resource.uuid).payload["valid_until"] == "2026-10-20"


def test_a_draft_takes_the_day_by_form_and_by_api(house: House) -> None:
    draft = a_draft(house.teacher, house.school)
    uuid = draft.resource.uuid
    author = browser_of(house.teacher)
    day = (real_now() + timedelta(days=60)).date().isoformat()
    saved = author.post(reverse("resources:draft", args=[uuid]), {"title": "分数", "valid_until": day})
    assert saved.status_code == 302
    assert str(ResourceVersion.objects.get(pk=draft.pk).valid_until) == day
    wrong = author.post(reverse("resources:draft", args=[uuid]), {"title": "分数", "valid_until": "2020-01-01"})
    assert (wrong.status_code, "这一天已经过了" in wrong.text) == (422, True)
    sent = {"title": "分数", "valid_until": None}
    put = author.put(f"/api/v1/resources/{uuid}/draft", sent, content_type="application/json")
    assert put.json()["valid_until"] is None


# -- prolonging -------------------------------------------------------------------------------------------------------


def test_before_the_end_it_goes_on_without_a_gap(house: House) -> None:
    resource = lasting(house)
    prolong_resource(by=house.teacher, resource=resource, until=LATER, reason="续签了授权", now=NOON)
    assert take_down_what_is_over(now=NEXT_DAY) == 0
    step = ReviewStep.objects.get(step=Step.PROLONGED)
    assert (step.comment, step.until, step.by.uuid) == ("续签了授权", LATER, house.teacher.person_id)  # type: ignore[union-attr]
    assert AuditRow.objects.filter(deed="resources.prolonged").count() == 1
    assert Entry.objects.get(uuid=resource.uuid).payload["valid_until"] == "2027-10-20"


def test_after_the_end_the_same_version_is_public_again(house: House) -> None:
    resource = over(house)
    prolong_resource(by=house.teacher, resource=resource, until=LATER, reason="续签", now=NEXT_DAY)
    resource.refresh_from_db()
    assert (resource.state, resource.published) == (ResourceState.PUBLISHED, resource.versions.get())
    [entry] = find_entries(actor=PUBLIC_ACTOR, text="分数").items
    assert entry.own_version == 1


@pytest.mark.parametrize(
    ("until", "reason", "refusal"),
    [
        (LATER, " ", ProlongingReasonNeeded),
        (LAST, "续签", NotLonger),
        (LAST - timedelta(days=1), "续签", NotLonger),
    ],
)
def test_prolonging_needs_a_later_day_and_a_reason(
    house: House, until: date, reason: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        prolong_resource(by=house.teacher, resource=lasting(house), until=until, reason=reason, now=NOON)


def test_what_is_over_is_not_prolonged_into_the_past(house: House) -> None:
    resource = over(house)
    at = NEXT_DAY + timedelta(days=30)
    with pytest.raises(NotLonger):
        prolong_resource(by=house.teacher, resource=resource, until=LAST + timedelta(days=5), reason="续签", now=at)


def test_only_what_ends_and_nothing_taken_down_otherwise_is_prolonged(house: House) -> None:
    endless = a_published_resource(house.teacher, house.school, house.reviewer)
    withdrawn = lasting(house)
    withdraw_resource(by=house.teacher, resource=withdrawn, reason="有错", now=NOON)
    waiting = a_submission(house.teacher, house.school, valid_until=LAST).resource
    for resource in (endless, withdrawn, waiting):
        with pytest.raises(NothingToProlong):
            prolong_resource(by=house.teacher, resource=resource, until=LATER, reason="续签", now=NOON)


def test_nobody_else_prolongs(house: House) -> None:
    resource = lasting(house)
    officer = a_person(Role.SCHOOL_ADMIN, house.school).actor
    for other in (house.stranger, house.reviewer, officer, a_teacher(house.school).actor):
        with pytest.raises(NotFound):
            prolong_resource(by=other, resource=resource, until=LATER, reason="续签", now=NOON)


def test_what_is_over_is_withdrawn_for_good_with_what_replaces_it(client: Client, house: House) -> None:
    resource = over(house)
    other = a_published_resource(house.teacher, house.school, house.reviewer, title="新的一课")
    withdraw_resource(by=house.teacher, resource=resource, reason="授权不再续", replacement=other, now=NEXT_DAY)
    page = client.get(reverse("resources:detail", args=[resource.uuid])).text
    assert "授权不再续" in page
    assert "新的一课" in page
    with pytest.raises(NothingToProlong):
        prolong_resource(by=house.teacher, resource=resource, until=LATER, reason="续签", now=NEXT_DAY)


def test_a_fault_found_true_after_the_end_keeps_it_from_coming_back(house: House) -> None:
    resource = lasting(house)
    report_fault(by=house.stranger, resource=resource, fault="rights", details="没有授权", now=NOON)
    take_down_what_is_over(now=NEXT_DAY)
    officer = a_person(Role.SCHOOL_ADMIN, house.school).actor
    subject = Subject(KIND, resource.uuid, "")
    take_down_resource(by=officer, subject=subject, values={"reason": "侵权"}, now=NEXT_DAY)
    with pytest.raises(NothingToProlong):
        prolong_resource(by=house.teacher, resource=resource, until=LATER, reason="续签", now=NEXT_DAY)


def test_the_database_lets_a_published_version_only_last_longer(house: House) -> None:
    version = lasting(house).versions.get()
    rows = ResourceVersion.objects.filter(pk=version.pk)
    attempts: list[Callable[[], object]] = [
        lambda: rows.update(valid_until=LAST - timedelta(days=1)),
        lambda: rows.update(valid_until=None),
        lambda: rows.update(state=VersionState.SUBMITTED),
        lambda: ReviewStep.objects.create(version=version, step=Step.EXPIRED, until=LAST, by=version.resource.author),
    ]
    for attempt in attempts:
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            attempt()
    endless = a_published_resource(house.teacher, house.school, house.reviewer).versions.get()
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        ResourceVersion.objects.filter(pk=endless.pk).update(valid_until=LATER)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_list_of_an_author_says_what_ends_soon(house: House) -> None:
    today = real_now().date()
    lasting(house, today + timedelta(days=20), title="快到期的一课")
    lasting(house, today + timedelta(days=200), title="还早的一课")
    author = browser_of(house.teacher)
    assert "有 1 个资源的有效期在 30 天内结束" in author.get("/workbench/resources/").text
    page = author.get("/workbench/resources/?state=ending").text
    assert ("快到期的一课" in page, "还早的一课" in page) == (True, False)
    assert "30 天内结束" not in browser_of(a_teacher(house.school).actor).get("/workbench/resources/").text


def test_the_author_prolongs_on_a_page_and_by_api_and_nobody_else_finds_it(house: House) -> None:
    resource = lasting(house, real_now().date() + timedelta(days=5))
    address = reverse("resources:prolong", args=[resource.uuid])
    author = browser_of(house.teacher)
    assert "延长有效期" in author.get(reverse("resources:trail", args=[resource.uuid])).text
    assert author.get(address).status_code == 200
    wrong = author.post(address, {"until": "2020-01-01", "reason": "续签"})
    assert (wrong.status_code, "请选一个晚于" in wrong.text) == (422, True)
    done = author.post(address, {"until": "2099-12-31", "reason": "续签"}, follow=True)
    assert "有效期已延长到 2099-12-31" in done.text
    api = f"/api/v1/resources/{resource.uuid}/prolonging"
    sent = {"until": "2100-01-01", "reason": "再续"}
    assert author.post(api, sent, content_type="application/json").json()["valid_until"] == "2100-01-01"
    stranger = browser_of(house.stranger)
    assert stranger.get(address).status_code == 404
    assert stranger.post(api, sent, content_type="application/json").status_code == 404


def test_what_cannot_be_prolonged_says_so(house: House) -> None:
    resource = a_published_resource(house.teacher, house.school, house.reviewer)
    page = browser_of(house.teacher).get(reverse("resources:prolong", args=[resource.uuid]), follow=True)
    assert "现在不能延长有效期" in page.text


def test_an_officer_elsewhere_does_not_withdraw_what_is_over(house: House) -> None:
    resource = over(house)
    address = reverse("resources:withdraw", args=[resource.uuid])
    other = a_person(Role.SCHOOL_ADMIN, a_school("别的学校")).actor
    assert browser_of(other).get(address).status_code == 404
    assert browser_of(a_person(Role.COUNTY_OFFICER, a_bureau()).actor).get(address).status_code == 200
