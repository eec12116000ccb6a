"""Pages of data quality, as each of those concerned sees them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.domains.quality.actions import carry_out_run, explain_ticket, order_run
from heluo.domains.quality.enums import RunState, TicketState
from heluo.domains.quality.jobs import CHECKER
from heluo.domains.quality.models import Rule, RuleSetting, Run, Ticket
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import now
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person
from tests.domains.quality.conftest import BORN, Checked
from tests.register import OTHER_COUNTY, PROVINCE, browser, bureau, person, school

HERE = "/workbench/quality/"


def somebody(role: Role, at: Organisation) -> Client:
    return browser(person(role, at, "洛书员", username=f"somebody-{role.value.replace('_', '-')}"))


@pytest.fixture
def done(checked: Checked) -> Checked:
    """Checked once, today."""
    moment = now()
    carry_out_run(by=CHECKER, run=order_run(by=CHECKER, organisation=bureau(PROVINCE), now=moment), now=moment)
    return checked


def ticket(key: str) -> Ticket:
    return Ticket.objects.select_related("organisation__parent", "rule").get(rule__key=key)


def test_a_school_sees_its_score_and_has_what_it_mended_checked(done: Checked) -> None:
    clerk = somebody(Role.SCHOOL_ADMIN, done.school)
    page = clerk.get(HERE)
    assert page.status_code == 200
    assert f"{done.school.name}：数据质量" in page.text
    listed = clerk.get(f"{HERE}tickets/")
    assert "学生性别未填写" in listed.text
    asked = ticket("pupil-has-sex")
    one = clerk.get(f"{HERE}tickets/{asked.uuid}/")
    assert all(pupil.name in one.text and str(pupil.uuid) in one.text for pupil in done.pupils)
    Person.objects.filter(pk=done.pupils[0].pk).update(sex="1")
    answer = clerk.post(f"{HERE}tickets/{asked.uuid}/", {"check": "1"}, follow=True)
    assert "已重新检查，还有 1 项。" in answer.text
    Person.objects.filter(pk=done.pupils[1].pk).update(sex="2")
    answer = clerk.post(f"{HERE}tickets/{asked.uuid}/", {"check": "1"}, follow=True)
    assert "问题已全部解决" in answer.text


def test_a_school_explains_and_the_county_decides(done: Checked) -> None:
    clerk, officer = somebody(Role.SCHOOL_ADMIN, done.school), somebody(Role.COUNTY_OFFICER, done.county)
    address = f"{HERE}tickets/{ticket('pupil-has-sex').uuid}/"
    assert clerk.post(address, {"reason": "短", "explain": "1"}).status_code == 422
    answer = clerk.post(address, {"reason": "家长暂不同意登记", "explain": "1"}, follow=True)
    assert "说明已提交，等待上级单位确认。" in answer.text
    assert "确认无需整改" not in clerk.get(address).text
    assert "家长暂不同意登记" in officer.get(address).text
    refused = officer.post(address, {"reason": "请继续联系家长", "refuse": "1"}, follow=True)
    assert "已退回继续整改" in refused.text
    explain_ticket(by=done.clerk, ticket=ticket("pupil-has-sex"), reason="家长仍不同意", now=now())
    accepted = officer.post(address, {"reason": "情况属实", "excuse": "1"}, follow=True)
    assert "已确认无需整改" in accepted.text
    assert ticket("pupil-has-sex").state == TicketState.EXCUSED


def test_strangers_find_nothing(done: Checked) -> None:
    stranger = somebody(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY))
    asked = ticket("pupil-has-sex")
    assert stranger.get(f"{HERE}tickets/{asked.uuid}/").status_code == 404
    assert stranger.get(f"{HERE}?below={done.county.uuid}").status_code == 404
    assert stranger.get(f"{HERE}?below=nonsense").status_code == 404
    assert "没有这样的整改单" in stranger.get(f"{HERE}tickets/?below={done.county.uuid}").text
    assert stranger.post(f"{HERE}check/", {"below": str(done.county.uuid)}).status_code == 404
    teacher = somebody(Role.TEACHER, done.school)
    assert teacher.get(HERE).status_code in {403, 404}


def test_an_officer_orders_a_check_once(done: Checked) -> None:
    officer = somebody(Role.COUNTY_OFFICER, done.county)
    below = {"below": str(done.county.uuid)}
    assert "检查已安排" in officer.post(f"{HERE}check/", below, follow=True).text
    assert "正在进行" in officer.post(f"{HERE}check/", below, follow=True).text
    assert Run.objects.filter(state=RunState.WAITING).count() == 1
    assert officer.get(f"{HERE}check/?below={done.county.uuid}").status_code == 302
    clerk = somebody(Role.SCHOOL_ADMIN, done.school)
    assert clerk.post(f"{HERE}check/", {"below": str(done.school.uuid)}).status_code in {403, 404}


def test_the_province_sets_a_rule_and_everybody_reads_why(done: Checked) -> None:
    province, clerk = somebody(Role.PROVINCE_ADMIN, bureau(PROVINCE)), somebody(Role.SCHOOL_ADMIN, done.school)
    address = f"{HERE}rules/class-size/"
    given = {"is_on": "on", "least": "0", "most": "45", "weight": "1", "due_days": "90", "reason": "试行小班化"}
    assert "下限 60 大于上限 45" in province.post(address, given | {"least": "60"}).text
    assert "新的设置已保存" in province.post(address, given, follow=True).text
    shown = clerk.get(address).text
    assert "试行小班化" in shown
    assert "保存新设置" not in shown
    assert clerk.post(address, given).status_code == 403
    assert RuleSetting.objects.filter(rule__key="class-size").count() == 2
    assert clerk.get(f"{HERE}rules/").status_code == 200
    assert clerk.get(f"{HERE}rules/no-such-rule/").status_code == 404


def test_every_rule_has_its_page(done: Checked) -> None:
    province = somebody(Role.PROVINCE_ADMIN, bureau(PROVINCE))
    for rule in Rule.objects.all():
        assert rule.name in province.get(f"{HERE}rules/{rule.key}/").text


def test_filters_of_the_list(done: Checked) -> None:
    officer = somebody(Role.COUNTY_OFFICER, done.county)
    assert "学生性别未填写" not in officer.get(f"{HERE}tickets/?dimension=uniqueness").text
    assert "学生性别未填写" in officer.get(f"{HERE}tickets/?dimension=completeness").text
    assert "学生性别未填写" not in officer.get(f"{HERE}tickets/?late=1").text
    Ticket.objects.update(due_on=now().date() - timedelta(days=2))
    assert "已超期" in officer.get(f"{HERE}tickets/?late=1").text
    assert "学生性别未填写" not in officer.get(f"{HERE}tickets/?state=settled").text


def test_the_workbench_says_what_waits(done: Checked) -> None:
    clerk = somebody(Role.SCHOOL_ADMIN, done.school)
    assert "学生性别未填写" in clerk.get("/workbench/").text


def test_a_ticket_costs_the_same_for_two_pupils_and_for_five(done: Checked) -> None:
    clerk = somebody(Role.SCHOOL_ADMIN, done.school)
    address = f"{HERE}tickets/{ticket('pupil-has-sex').uuid}/"

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(address).status_code == 200
        return len(queries)

    cost()
    first = cost()
    for name in "丙丁戊":
        person(Role.PUPIL, done.school, f"洛书{name}", born_on=BORN, sits_in=done.klass)
    clerk.post(address, {"check": "1"})
    assert cost() == first


def test_the_overview_costs_the_same_for_one_school_and_for_three(done: Checked) -> None:
    officer = somebody(Role.COUNTY_OFFICER, done.county)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(HERE).status_code == 200
        return len(queries)

    cost()
    first = cost()
    for number in (2, 3):
        school(f"214197000{number}", f"另一示例小学{number}")
    assert cost() == first
