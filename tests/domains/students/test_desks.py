"""Desks of clerks and officers in a browser: bulk actions, transfers, duplicates, rules, the workbench."""

from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.students.actions import raise_duplicates
from heluo.domains.students.enums import BulkState, ChangeKind, DuplicateState, TransferState
from heluo.domains.students.models import BulkAction, DuplicateCase, StageRule, StudentRecord, TransferCase
from heluo.domains.students.queries.records import numbers_of
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import resident_check
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import NewIdentifier, NewTeaching, assign_teachings, record_identifiers
from tests.domains.students.conftest import House, records
from tests.register import CLERK, NOON, OTHER_COUNTY, PROVINCE, TERM_START, browser, bureau, klass, person

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Desks:
    house: House
    clerk: Client
    officer: Client
    other_clerk: Client
    other_officer: Client
    province: Client


def at(role: Role, place: Organisation, username: str) -> Client:
    return browser(person(role, place, username=username))


@pytest.fixture
def desks(house: House) -> Desks:
    return Desks(
        house=house,
        clerk=at(Role.SCHOOL_ADMIN, house.school, "a.one"),
        officer=at(Role.COUNTY_OFFICER, house.county, "c.one"),
        other_clerk=at(Role.SCHOOL_ADMIN, house.other_school, "a.two"),
        other_officer=at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY), "c.two"),
        province=at(Role.PROVINCE_ADMIN, bureau(PROVINCE), "p.one"),
    )


def address(name: str, *args: object) -> str:
    return reverse(f"students:{name}", args=args)


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:300]
    return response.content.decode()


def day() -> str:
    return local_day(now()).isoformat()


# -- bulk -------------------------------------------------------------------------------------------------------------


def test_a_division_is_prepared_swapped_applied_and_undone_in_the_browser(desks: Desks) -> None:
    house = desks.house
    made = records(house.clerk, house.third, 4)
    new = address("bulk_new", house.school.uuid, "division")
    assert "随机种子" in text(desks.clerk, new)
    given = {
        "group": "primary-2024",
        "classes": [str(house.third.uuid), str(house.third_2.uuid)],
        "on": day(),
        "seed": "1234",
        "marks": "",
    }
    wrong = desks.clerk.post(new, given | {"marks": "只有一项"})
    assert wrong.status_code == 422
    assert "第 1 行" in wrong.content.decode()
    marks = "\n".join(f"{record.person.number} {60 + place}" for place, record in enumerate(made))
    assert desks.clerk.post(new, given | {"marks": marks}).status_code == 302
    bulk = BulkAction.objects.get()
    url = address("bulk", bulk.uuid)
    page = text(desks.clerk, url)
    assert "1234" in page
    assert all(record.person.name in page for record in made)
    here, there = (bulk.rows.filter(to_klass=room)[0] for room in (house.third, house.third_2))
    swap = address("bulk_swap", bulk.uuid, here.pk)
    assert there.record.person.name in text(desks.clerk, swap)
    assert desks.clerk.post(swap, {"other": there.pk}).status_code == 302
    here.refresh_from_db()
    assert here.to_klass == house.third_2
    desks.clerk.post(url, {"apply": "1"})
    bulk.refresh_from_db()
    assert bulk.state == BulkState.APPLIED
    assert "整批撤销" in text(desks.clerk, url)
    desks.clerk.post(url, {"undo": "1"})
    bulk.refresh_from_db()
    assert bulk.state == BulkState.UNDONE
    assert "还原" in text(desks.clerk, address("bulk_list"))


def test_a_graduation_row_is_set_by_hand_and_a_refusal_is_said(desks: Desks) -> None:
    house = desks.house
    records(house.clerk, klass(house.school, 2021, 1), 2)
    new = address("bulk_new", house.school.uuid, "graduation")
    early = desks.clerk.post(new, {"group": "primary-2022", "on": day(), "document": ""})
    assert early.status_code == 422
    desks.clerk.post(new, {"group": "primary-2021", "on": day(), "document": "毕〔2026〕1号"})
    bulk = BulkAction.objects.get()
    row = bulk.rows.all()[0]
    desks.clerk.post(address("bulk_row", bulk.uuid, row.pk), {"kind": ChangeKind.COMPLETED})
    row.refresh_from_db()
    assert row.kind == ChangeKind.COMPLETED
    StudentRecord.objects.filter(pk=row.record_id).update(state="02")
    page = desks.clerk.post(address("bulk", bulk.uuid), {"apply": "1"}, follow=True).content.decode()
    assert "有了变化" in page
    desks.clerk.post(address("bulk", bulk.uuid), {"discard": "1"})
    assert BulkAction.objects.get().state == BulkState.DISCARDED


def test_merging_and_promotion_have_their_forms(desks: Desks) -> None:
    house = desks.house
    records(house.clerk, house.third_2, 2)
    merging = {"kept": str(house.third.uuid), "classes": [str(house.third_2.uuid)], "on": day()}
    assert desks.clerk.post(address("bulk_new", house.school.uuid, "merging"), merging).status_code == 302
    promotion = {"group": "primary-2024", "on": day(), "document": "1"}
    assert desks.clerk.post(address("bulk_new", house.school.uuid, "promotion"), promotion).status_code == 302
    bulk = BulkAction.objects.order_by("-id")[0]
    row = bulk.rows.all()[0]
    desks.clerk.post(address("bulk_row", bulk.uuid, row.pk), {"kind": "skipped", "klass": str(house.fourth.uuid)})
    assert house.fourth.pk == bulk.rows.get(pk=row.pk).to_klass_id
    text(desks.clerk, address("bulk_new", house.school.uuid, "nonsense"), 404)


def test_bulk_actions_of_others_are_not_there(desks: Desks) -> None:
    house = desks.house
    records(house.clerk, house.third_2, 1)
    desks.officer.post(
        address("bulk_new", house.school.uuid, "promotion"), {"group": "primary-2024", "on": day(), "document": ""}
    )
    bulk = BulkAction.objects.get()
    for url in (address("bulk", bulk.uuid), address("bulk_new", house.school.uuid, "promotion")):
        text(desks.other_clerk, url, 404)
    assert house.school.name not in text(desks.other_clerk, address("bulk_list"))
    assert house.school.name in text(desks.officer, f"{address('bulk_list')}?school={house.school.uuid}")
    text(desks.officer, f"{address('bulk_list')}?school=nonsense", 404)


# -- transfers --------------------------------------------------------------------------------------------------------


def formal(record: StudentRecord) -> str:
    first_17 = f"999999{record.person.born_on:%Y%m%d}001"
    number = f"G{first_17}{resident_check(first_17)}"
    record_identifiers(
        by=CLERK, identifiers=[NewIdentifier(record.person, IdentifierKind.STUDENT_NUMBER, number)], now=NOON
    )
    return number


def test_a_transfer_goes_from_desk_to_desk(desks: Desks) -> None:
    house = desks.house
    [record] = records(house.clerk, house.third)
    new = address("transfer_new", house.other_school.uuid)
    given = {"number": formal(record), "name": record.person.name, "klass": "", "reason": "迁居"}
    assert "都相符" in desks.other_clerk.post(new, given | {"name": "别人"}).content.decode()
    assert desks.other_clerk.post(new, given | {"number": "G1"}).status_code == 422
    assert desks.other_clerk.post(new, given).status_code == 302
    case = TransferCase.objects.get()
    url = address("transfer", case.uuid)
    for client in (desks.other_officer, desks.clerk, desks.officer):
        assert record.person.name in text(client, address("transfers"))
        assert record.person.name in text(client, "/workbench/")
        page = text(client, url)
        step = case.steps.filter(is_approved=None).order_by("position")[0]
        assert f'value="{step.pk}"' in page
        assert client.post(url, {"step": step.pk, "refuse": "1", "comment": ""}).status_code == 422
        assert client.post(url, {"step": step.pk, "approve": "1", "comment": ""}).status_code == 302
        assert record.person.name not in text(client, address("transfers"))
    case.refresh_from_db()
    assert case.state == TransferState.APPROVED
    assert "已转学" in text(desks.clerk, f"{address('transfers')}?show=all")
    text(at(Role.COUNTY_OFFICER, bureau("410105"), "c.three"), url, 404)


def test_the_asking_school_withdraws_in_the_browser(desks: Desks) -> None:
    house = desks.house
    [record] = records(house.clerk, house.third)
    given = {"number": formal(record), "name": record.person.name, "klass": "", "reason": "迁居"}
    desks.other_clerk.post(address("transfer_new", house.other_school.uuid), given)
    case = TransferCase.objects.get()
    desks.other_clerk.post(address("transfer", case.uuid), {"withdraw": "1"})
    case.refresh_from_db()
    assert case.state == TransferState.WITHDRAWN


# -- duplicates -------------------------------------------------------------------------------------------------------


def a_pair(house: House) -> DuplicateCase:
    [first] = records(house.clerk, house.third)
    [second] = records(house.stranger, klass(house.other_school, 2024, 1))
    Person.objects.filter(pk=second.person_id).update(
        name=first.person.name, born_on=first.person.born_on, sex=first.person.sex
    )
    raise_duplicates(records=None, now=NOON)
    return DuplicateCase.objects.get()


def test_a_pair_stands_side_by_side_for_both_counties_and_is_settled(desks: Desks) -> None:
    case = a_pair(desks.house)
    url = address("duplicate", case.uuid)
    for client in (desks.officer, desks.other_officer):
        assert case.first.name in text(client, address("duplicates"))
        assert case.first.name in text(client, "/workbench/")
        page = text(client, url)
        assert desks.house.school.name in page
        assert desks.house.other_school.name in page
        assert "由另一方主管部门管理" in page
        assert client.post(url, {"verdict": "different", "reason": ""}).status_code == 422
        assert client.post(url, {"verdict": "different", "reason": "双方核实"}).status_code == 302
    case.refresh_from_db()
    assert case.state == DuplicateState.DIFFERENT
    assert "不是同一人" in text(desks.officer, f"{address('duplicates')}?show=all")
    text(at(Role.COUNTY_OFFICER, bureau("410105"), "c.three"), url, 404)
    assert desks.clerk.get(url).status_code in {403, 404}


def test_the_search_over_everybody_is_started_from_the_queue(desks: Desks) -> None:
    page = desks.officer.post(address("duplicates"), follow=True).content.decode()
    assert "已开始" in page


def test_the_queue_costs_the_same_for_one_and_for_three(desks: Desks) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            text(desks.officer, address("duplicates"))
        return len(seen)

    a_pair(desks.house)
    one = queries()
    people = [record.person_id for record in records(desks.house.clerk, desks.house.third_2, 2)]
    Person.objects.filter(pk__in=people).update(name="同名的人", born_on="2018-01-01", sex="1")
    raise_duplicates(records=None, now=NOON)
    assert DuplicateCase.objects.count() == 2
    assert queries() == one


def test_an_officer_makes_a_temporary_number_formal(desks: Desks) -> None:
    [record] = records(desks.house.clerk, desks.house.third)
    url = address("confirm", record.uuid)
    assert url in text(desks.officer, address("record", record.uuid))
    assert url not in text(desks.clerk, address("record", record.uuid))
    missing = desks.officer.post(url, {"document": "比1号"})
    assert missing.status_code == 422
    first_17 = f"999999{record.person.born_on:%Y%m%d}001"
    record_identifiers(
        by=CLERK,
        identifiers=[
            NewIdentifier(record.person, IdentifierKind.RESIDENT_ID, first_17 + resident_check(first_17)),
        ],
        now=NOON,
    )
    assert desks.officer.post(url, {"document": "比1号"}).status_code == 302
    assert numbers_of([record.person_id])[record.person_id][0] == "G"
    assert desks.officer.post(url, {"document": "比1号"}).status_code == 422


# -- rules and the workbench ------------------------------------------------------------------------------------------


def test_the_rules_are_read_by_keepers_and_amended_by_the_province(desks: Desks) -> None:
    page = text(desks.clerk, address("rules"))
    assert "义务教育阶段不得开除学生。" in page
    assert "尚未核对" in page
    rule = StageRule.objects.get(stage="senior", kind=ChangeKind.REPEATED)
    url = address("amend", rule.pk)
    assert url not in text(desks.clerk, f"{address('rules')}?stage=senior")
    assert url in text(desks.province, f"{address('rules')}?stage=senior")
    assert desks.clerk.get(url).status_code in {403, 404}
    assert desks.province.post(url, {"source": "示例文件"}).status_code == 422
    assert desks.province.post(url, {"source": "示例文件", "is_allowed": "on"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.is_verified, rule.needs_document) == (True, False)
    text(desks.province, address("amend", 10**9), 404)


def test_teachers_find_the_records_of_their_classes_on_the_workbench(desks: Desks) -> None:
    house = desks.house
    teacher = person(Role.TEACHER, house.school, username="t.one")
    assign_teachings(
        by=CLERK, teachings=[NewTeaching(person=teacher, klass=house.third)], starts_on=TERM_START, now=NOON
    )
    assert address("of_class", house.third.uuid) in text(browser(teacher), "/workbench/")
