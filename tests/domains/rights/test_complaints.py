"""Complaints: from anybody, decided by somebody who is no party, with an appeal; those about others' works go there."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from heluo.domains.resources.models import Resource
from heluo.domains.rights.actions import complain
from heluo.domains.rights.actions.complaints import KIND, MOST_ANONYMOUS, PROCESS
from heluo.domains.rights.enums import ComplaintState, Ground
from heluo.domains.rights.errors import ComplaintKnown, ContactNeeded, IsParty, NowhereToForward, TooManyComplaints
from heluo.domains.rights.models import Complaint, RightsEvent, Takedown
from heluo.engines.catalogue.enums import EntryState
from heluo.engines.catalogue.models import Entry
from heluo.engines.process.models import Instance, WorkItem
from heluo.engines.process.public import complete_item, fire_timer, work_of
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.nodes.enums import IncomingState
from heluo.kernel.nodes.models import Incoming, Node
from tests.domains.resources.conftest import browser_of
from tests.domains.rights.conftest import HERE, House, written
from tests.domains.rights.test_takedowns import LATER, a_copy
from tests.factories import NOON, a_bureau, a_person
from tests.kernel.nodes.conftest import Other


def complained(by: Actor, entry: Entry, **changes: Any) -> Complaint:
    said = {
        "ground": Ground.COPYRIGHT,
        "statement": "第 3 至 8 页抄自我的教案。",
        "proof": "豫作登字-2025-A-001",
        "complainant": "王律师",
        "contact": "13800000000",
    }
    return complain(by=by, entry=entry, now=NOON, **{**said, **changes})


def instance_of(complaint: Complaint) -> Instance:
    return Instance.objects.get(key=PROCESS, subject=complaint.uuid)


def step(complaint: Complaint, by: Actor, **answers: str) -> None:
    complete_item(by=by, item=item_of(complaint), answers=answers, now=LATER)


def item_of(complaint: Complaint) -> WorkItem:
    return work_of(instance_of(complaint)).get()


def state_of(complaint: Complaint) -> str:
    return Complaint.objects.get(pk=complaint.pk).state


def shown(entry: Entry) -> bool:
    return Entry.objects.get(pk=entry.pk).state == EntryState.PUBLISHED


@pytest.fixture
def head(house: House) -> Actor:
    """The officer of the province, who looks at appeals."""
    province = house.school
    while province.parent is not None:
        province = province.parent
    return a_person(Role.PROVINCE_ADMIN, province).actor


def test_a_complaint_that_is_right_takes_the_work_down(house: House, entry: Entry) -> None:
    complaint = complained(PUBLIC_ACTOR, entry)
    step(complaint, house.officer, outcome="accept")
    step(complaint, house.teacher, reply="这是我自己写的。")
    assert shown(entry)

    step(complaint, house.officer, outcome="uphold", reason="对照后确属抄袭")

    assert not shown(entry)
    assert state_of(complaint) == ComplaintState.UPHELD
    assert Takedown.objects.get(complaint=complaint).reason == "对照后确属抄袭"
    kinds = RightsEvent.objects.filter(entry=entry.uuid).values_list("kind", flat=True)
    assert {"complained", "takedown"} <= set(kinds)


def test_the_work_of_a_city_is_decided_by_the_city(house: House, entry: Entry) -> None:
    city = a_bureau("410300")
    Entry.objects.filter(pk=entry.pk).update(organisation=city)
    entry.refresh_from_db()
    officer = a_person(Role.CITY_OFFICER, city).actor
    complaint = complained(PUBLIC_ACTOR, entry)
    with pytest.raises(NotFound):
        step(complaint, house.officer, outcome="accept")
    step(complaint, officer, outcome="dismiss", reason="没有说清楚是哪一页")
    assert state_of(complaint) == ComplaintState.DISMISSED


def test_an_appeal_that_is_right_brings_it_back(house: House, entry: Entry, head: Actor) -> None:
    complaint = complained(house.stranger, entry)
    step(complaint, house.officer, outcome="accept")
    step(complaint, house.teacher, reply="有授权。")
    step(complaint, house.officer, outcome="uphold", reason="没有看到授权")
    step(complaint, house.teacher, outcome="appeal", reply="补上授权书。")

    step(complaint, head, outcome="restore", reason="授权属实")

    assert shown(entry)
    assert state_of(complaint) == ComplaintState.RESTORED


def test_what_was_closed_for_now_comes_back_when_the_complaint_is_wrong(house: House, entry: Entry) -> None:
    complaint = complained(house.stranger, entry)
    step(complaint, house.officer, outcome="accept_down", reason="材料齐全，先行下架")
    assert not shown(entry)
    step(complaint, house.teacher, reply="我的作品发表在先。")

    step(complaint, house.officer, outcome="reject", reason="作者发表在先")

    assert shown(entry)
    assert state_of(complaint) == ComplaintState.REJECTED


def test_a_complaint_is_mended_once_or_dismissed(house: House, entry: Entry) -> None:
    complaint = complained(house.stranger, entry)
    step(complaint, house.officer, outcome="supplement", reason="请补权属证明")

    step(complaint, house.officer, outcome="dismiss", reason="一直没有补")

    assert state_of(complaint) == ComplaintState.DISMISSED
    assert shown(entry)
    complained(house.stranger, entry)  # a new one may follow


def test_an_author_who_says_nothing_does_not_hold_it_up(house: House, entry: Entry) -> None:
    complaint = complained(house.stranger, entry)
    step(complaint, house.officer, outcome="accept")
    timer = item_of(complaint).instance.timers.get()

    fire_timer(timer=timer.pk, now=timer.due_at)

    assert item_of(complaint).element == "decide"


def test_no_party_decides(house: House, entry: Entry) -> None:
    colleague = a_person(Role.COUNTY_OFFICER, a_bureau()).actor
    complaint = complained(house.officer, entry)
    with pytest.raises(Refusal):
        step(complaint, house.officer, outcome="accept")  # whoever complained is never asked
    author_in_office = replace(colleague, person_id=house.teacher.person_id)
    with pytest.raises(IsParty):
        step(complaint, author_in_office, outcome="dismiss", reason="我说了算")
    with pytest.raises(NotFound):
        step(complaint, house.stranger, outcome="accept")
    assert state_of(complaint) == ComplaintState.OPEN


def test_one_open_complaint_about_a_work_at_a_time(house: House, entry: Entry) -> None:
    complained(PUBLIC_ACTOR, entry)
    with pytest.raises(ComplaintKnown):
        complained(house.stranger, entry)
    assert Complaint.objects.count() == 1


def test_whoever_complains_can_be_asked(entry: Entry) -> None:
    with pytest.raises(ContactNeeded):
        complained(PUBLIC_ACTOR, entry, contact=" ")


def test_complaints_without_a_name_are_bounded(house: House, entry: Entry) -> None:
    for _turn in range(MOST_ANONYMOUS):
        Complaint.objects.filter(pk=complained(PUBLIC_ACTOR, entry).pk).update(state=ComplaintState.DISMISSED)
    with pytest.raises(TooManyComplaints):
        complained(PUBLIC_ACTOR, entry)
    complained(house.stranger, entry)


def test_a_complaint_about_anothers_work_goes_to_its_node(house: House, other: Other, node: Node) -> None:
    copy = a_copy(house, other.domain)

    complaint = complained(PUBLIC_ACTOR, copy)

    assert state_of(complaint) == ComplaintState.FORWARDED
    [told] = written(node, "rights.complaint")
    assert (told["entry"], told["origin"], told["node"]) == (str(copy.uuid), other.domain, HERE)
    assert not Instance.objects.filter(kind=KIND).exists()


def test_a_complaint_that_reaches_nobody_is_refused(house: House, node: Node) -> None:
    with pytest.raises(NowhereToForward):
        complained(PUBLIC_ACTOR, a_copy(house, "nowhere.example"))
    assert not Complaint.objects.exists()


def test_a_complaint_made_elsewhere_is_decided_here(house: House, entry: Entry, other: Other, node: Node) -> None:
    body = {
        "complaint": str(uuid4()),
        "origin": HERE,
        "node": other.domain,
        "entry": str(entry.uuid),
        "ground": "copyright",
        "statement": "抄了我的",
        "proof": "",
        "complainant": "李老师",
        "contact": "li@example.cn",
    }
    other.send(other.message(body, kind="rights.complaint"))
    other.send(other.message({**body, "complaint": str(uuid4()), "node": "else.example"}, kind="rights.complaint"))

    complaint = Complaint.objects.get()
    assert (complaint.node, complaint.author) == (other.domain, house.teacher.person_id)
    assert item_of(complaint).element == "check"
    assert Incoming.objects.get(state=IncomingState.TROUBLE).reason.startswith(f"“{other.domain}”不能代")


# -- pages ------------------------------------------------------------------------------------------------------------


def test_anybody_complains_by_the_form_and_sees_what_became_of_it(
    resource: Resource, entry: Entry, client: Client
) -> None:
    page = client.get(reverse("resources:detail", args=[resource.uuid])).content.decode()
    form = reverse("rights:complain", args=[entry.uuid])
    assert form in page

    said = {"ground": "copyright", "statement": "抄袭", "complainant": "王律师", "contact": "13800000000"}
    made = client.post(form, said)

    shown_page = client.get(made["Location"]).content.decode()
    assert "正在办理" in shown_page
    assert "13800000000" not in shown_page
    assert "王律师" not in shown_page
    assert client.post(form, {**said, "contact": ""}).status_code == 422
    assert client.get(reverse("rights:complain", args=[uuid4()])).status_code == 404
    assert client.get(reverse("rights:complaint", args=[uuid4()])).status_code == 404


def test_the_contact_is_for_whoever_decides(house: House, entry: Entry) -> None:
    complaint = complained(house.stranger, entry)
    item = item_of(complaint)
    page = browser_of(house.officer).get(reverse("process:work_item", args=[item.uuid])).content.decode()
    assert "13800000000" in page
    step(complaint, house.officer, outcome="accept")
    page = browser_of(house.teacher).get(reverse("process:work_item", args=[item_of(complaint).uuid])).content.decode()
    assert "第 3 至 8 页" in page
    assert "13800000000" not in page


def test_officers_see_the_complaints_of_their_tree(house: House, entry: Entry) -> None:
    complained(house.stranger, entry)
    page = browser_of(house.officer).get(reverse("rights:complaints")).content.decode()
    assert entry.title in page
    assert browser_of(house.teacher).get(reverse("rights:complaints")).status_code == 403
