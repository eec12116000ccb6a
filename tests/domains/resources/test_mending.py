"""Faults of what is published: reported by anybody, answered by the author, decided by the school; and what replaces
what is gone.
"""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from heluo.domains.resources.actions import report_fault, start_new_version, submit_resource, withdraw_resource
from heluo.domains.resources.enums import ResourceState
from heluo.domains.resources.errors import FaultKnown, NoReplacement, OwnResource
from heluo.domains.resources.models import Resource
from heluo.engines.process.enums import InstanceState
from heluo.engines.process.errors import AnswersInvalid
from heluo.engines.process.models import Instance, Timer
from heluo.engines.process.public import complete_item, fire_timer, work_of
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound, SignInNeeded
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.organisations.models import Organisation
from tests.domains.resources.conftest import House, browser_of
from tests.factories import NOON, a_draft, a_person, a_published_resource, approved

pytestmark = pytest.mark.django_db


@pytest.fixture
def resource(house: House) -> Resource:
    return a_published_resource(house.teacher, house.school, house.reviewer)


def reported(resource: Resource, by: Actor) -> Instance:
    return report_fault(by=by, resource=resource, fault="content", details="第 2 题答案应为 12", now=NOON)


def do(instance: Instance, by: Actor, **answers: object) -> Instance:
    return complete_item(by=by, item=work_of(instance).get(), answers=answers, now=NOON)


def test_the_author_answers_what_a_stranger_reports(house: House, resource: Resource) -> None:
    instance = reported(resource, house.stranger)
    waiting = work_of(instance).get()
    assert (waiting.element, waiting.person) == ("answer", house.teacher.person_id)
    ended = do(instance, house.teacher, outcome="mended", reply="已另起新版本")
    assert (ended.state, ended.ended_with) == (InstanceState.FINISHED, "mended")
    told = [step.answers for step in ended.trail.order_by("position") if step.answers]
    assert told == [
        {"fault": "content", "details": "第 2 题答案应为 12"},
        {"outcome": "mended", "reply": "已另起新版本"},
    ]


def test_what_the_author_disputes_the_school_decides(house: House, resource: Resource) -> None:
    school = a_person(Role.SCHOOL_ADMIN, house.school).actor
    instance = reported(resource, house.stranger)
    do(instance, house.teacher, outcome="disputed", reply="原题如此")
    with pytest.raises(NotFound):
        do(instance, house.teacher, outcome="keep", reason="我说了算")
    assert do(instance, school, outcome="keep", reason="核对过教材").ended_with == "kept"
    resource.refresh_from_db()
    assert resource.state == ResourceState.PUBLISHED


@pytest.mark.parametrize("fault", ["privacy", "values"])
def test_what_cannot_wait_for_its_author_goes_to_the_school_at_once(
    house: House, resource: Resource, fault: str
) -> None:
    instance = report_fault(by=house.stranger, resource=resource, fault=fault, details="第 2 页有学生姓名", now=NOON)
    assert work_of(instance).get().element == "decide"
    school = a_person(Role.SCHOOL_ADMIN, house.school).actor
    assert do(instance, school, outcome="take_down", reason="有学生的姓名").ended_with == "gone"


def test_the_school_takes_down_what_the_author_left_unanswered(house: House, resource: Resource) -> None:
    school = a_person(Role.SCHOOL_ADMIN, house.school).actor
    instance = reported(resource, house.stranger)
    timer = Timer.objects.get(instance=instance)
    assert fire_timer(timer=timer.pk, now=NOON + timedelta(days=15))
    assert do(instance, school, outcome="take_down", reason="答案有误，作者没有答复").ended_with == "gone"
    resource.refresh_from_db()
    assert resource.state == ResourceState.WITHDRAWN
    assert "答案有误" in Client().get(reverse("resources:detail", args=[resource.uuid])).content.decode()


def test_an_author_who_was_faster_keeps_no_process_open(house: House, resource: Resource) -> None:
    school = a_person(Role.SCHOOL_ADMIN, house.school).actor
    instance = reported(resource, house.stranger)
    do(instance, house.teacher, outcome="disputed", reply="不改")
    withdraw_resource(by=house.teacher, resource=resource, reason="重做", now=NOON)
    assert do(instance, school, outcome="take_down", reason="答案有误").ended_with == "gone"


def test_one_report_at_a_time_by_others_who_are_signed_in(house: House, resource: Resource) -> None:
    with pytest.raises(SignInNeeded):
        reported(resource, PUBLIC_ACTOR)
    with pytest.raises(OwnResource):
        reported(resource, house.teacher)
    with pytest.raises(NotFound):
        reported(a_draft(house.teacher, house.school).resource, house.stranger)
    with pytest.raises(AnswersInvalid):
        report_fault(by=house.stranger, resource=resource, fault="mood", details="x", now=NOON)
    reported(resource, house.stranger)
    with pytest.raises(FaultKnown):
        reported(resource, house.reviewer)


def test_a_fault_is_reported_on_its_page_and_by_api(house: House, resource: Resource) -> None:
    reader = browser_of(house.stranger)
    detail, fault = (reverse(f"resources:{name}", args=[resource.uuid]) for name in ("detail", "fault"))
    assert fault in reader.get(detail).content.decode()
    for without in (browser_of(house.teacher), Client()):
        assert fault not in without.get(detail).content.decode()
    assert "details" in reader.post(fault, {"fault": "content"}).context["form"].errors
    answer = reader.post(fault, {"fault": "content", "details": "第 2 题"})
    process = Instance.objects.get(key="resource-fault")
    assert answer["Location"] == reverse("process:process", args=[process.uuid])
    assert "内容有错误" in reader.get(answer["Location"]).content.decode()
    again = browser_of(house.reviewer).post(fault, {"fault": "content", "details": "第 2 题"})
    assert "不用重复报告" in again.content.decode()

    body = json.dumps({"fault": "content", "details": "第 2 题"})
    refused = reader.post(f"/api/v1/resources/{resource.uuid}/faults", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "fault_known")


def test_the_table_of_who_handles_a_fault_says_what_its_codes_mean(house: House) -> None:
    page = "/operations/definitions/resource-fault/tables/fault_handler/"
    client = browser_of(a_person(Role.OPERATOR, Organisation.objects.get(parent=None)).actor)
    shown = client.get(page).content.decode()
    assert "<code>&quot;privacy&quot;</code></dt><dd>出现未成年人的个人信息" in shown
    assert "<code>&quot;school&quot;</code></dt><dd>学校管理员" in shown
    assert (
        "It shows personal information of minors"
        in client.get(page, headers={"accept-language": "en"}).content.decode()
    )


def test_a_withdrawn_resource_leads_on_to_what_replaces_it(house: House, resource: Resource) -> None:
    better = a_published_resource(house.teacher, house.school, house.reviewer, title="更好的一课")
    author, page = browser_of(house.teacher), reverse("resources:withdraw", args=[resource.uuid])
    for nothing in ("没有网址", str(resource.uuid), "http://localhost/resources/00000000-0000-0000-0000-000000000001/"):
        refused = author.post(page, {"reason": "有更好的", "replacement": nothing})
        assert "replacement" in refused.context["form"].errors, nothing
    author.post(page, {"reason": "有更好的", "replacement": f"http://localhost/resources/{better.uuid}/"})
    shown = Client().get(reverse("resources:detail", args=[resource.uuid])).content.decode()
    assert "更好的一课" in shown
    assert reverse("resources:detail", args=[better.uuid]) in shown

    version = start_new_version(by=house.teacher, resource=resource, now=NOON)
    approved(submit_resource(by=house.teacher, version=version, now=NOON), by=house.reviewer)
    resource.refresh_from_db()
    assert (resource.state, resource.replaced_by) == (ResourceState.PUBLISHED, None)


def test_only_what_is_gone_is_replaced(house: House, resource: Resource) -> None:
    better = a_published_resource(house.teacher, house.school, house.reviewer)
    with pytest.raises(IntegrityError, match="withdrawn_ones_are_replaced"), transaction.atomic():
        Resource.objects.filter(pk=resource.pk).update(replaced_by=better)
    withdraw_resource(by=house.teacher, resource=better, reason="x", now=NOON)
    better.refresh_from_db()
    with pytest.raises(NoReplacement):
        withdraw_resource(by=house.teacher, resource=resource, reason="x", replacement=better, now=NOON)
