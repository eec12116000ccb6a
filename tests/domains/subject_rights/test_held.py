"""What is held about somebody, and who looked."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heluo.domains.students.models import StudentRecord
from heluo.domains.subject_rights.queries.held import who_looked
from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.feedback.models import Favourite
from heluo.kernel.holdings.public import Look
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Guardianship, Identifier, Person
from heluo.kernel.people.public import reveal_identifier
from tests.domains.subject_rights.conftest import BORN, Family
from tests.register import person


def held(of: Person) -> str:
    return f"/my-data/{of.uuid}/"


def test_a_guardian_sees_every_fact_about_a_child_with_its_source(family: Family) -> None:
    page = family.browser("parent").get(held(family.child))
    assert page.status_code == 200
    for told in ("洛书甲的信息", BORN.isoformat(), "洛书母", "母亲", "居民身份证号", f"来源：{family.school.name}"):
        assert told in page.text, told
    assert Identifier.objects.get(person=family.child).masked in page.text
    assert "99030520180501001" not in page.text, "a number in clear"
    assert "没有保存的" in page.text, "what is not held is said too"
    assert "/account/children/" in page.text


def test_somebody_sees_themselves_and_reaches_their_children(family: Family) -> None:
    page = family.browser("parent").get("/my-data/")
    assert "我的信息" in page.text
    assert "parent" in page.text
    assert held(family.child) in page.text


@pytest.mark.parametrize("who", ["stranger", "clerk", "officer", "other_officer"])
def test_to_everybody_else_there_is_nothing(family: Family, who: str) -> None:
    visitor = family.browser(who)
    assert visitor.get(held(family.child)).status_code == 404
    assert visitor.get(f"{held(family.child)}looks/").status_code == 404
    assert visitor.get(held(family.parent)).status_code == 404


def test_a_guardian_no_longer_sees_a_ward_of_age_or_after_the_guardianship(family: Family) -> None:
    parent, today = family.browser("parent"), local_day(now())
    Person.objects.filter(pk=family.child.pk).update(born_on=date(today.year - 18, today.month, today.day))
    assert parent.get(held(family.child)).status_code == 404
    Person.objects.filter(pk=family.child.pk).update(born_on=BORN)
    assert parent.get(held(family.child)).status_code == 200
    Guardianship.objects.update(ends_on=today - timedelta(days=1))
    assert parent.get(held(family.child)).status_code == 404


def test_opening_a_persons_page_is_told_to_them_once_a_day_without_a_name(family: Family) -> None:
    clerk = family.browser("clerk")
    for _time in range(3):
        assert clerk.get(f"/people/{family.child.uuid}/").status_code == 200
    assert Look.objects.filter(subject=family.child.uuid).count() == 1
    page = family.browser("parent").get(f"{held(family.child)}looks/")
    assert f"{family.school.name} · 学校管理员" in page.text
    assert family.clerk.name not in page.text, "the organisation answers for it; a name is not needed"


def test_looking_at_oneself_and_finding_nothing_leave_no_trace(family: Family) -> None:
    family.browser("parent").get(f"/people/{family.parent.uuid}/")
    assert family.browser("other_officer").get(f"/people/{family.child.uuid}/").status_code == 404
    assert not Look.objects.exists()


def test_a_number_seen_in_clear_is_told_with_its_reason(family: Family) -> None:
    shown = Identifier.objects.select_related("person").get(person=family.child)
    reveal_identifier(by=family.actor("clerk"), identifier=shown, reason="核对毕业证信息", now=now())
    [look] = who_looked(family.child)
    assert (look.who, look.reason) == (f"{family.school.name} · 学校管理员", "核对毕业证信息")


def test_who_looked_cannot_be_edited(family: Family) -> None:
    family.browser("clerk").get(f"/people/{family.child.uuid}/")
    for change in (Look.objects.all().delete, lambda: Look.objects.update(viewer=family.parent.uuid)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_more_facts_and_more_looks_cost_no_more_queries(family: Family) -> None:
    def cost(address: str) -> int:
        parent.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert parent.get(address).status_code == 200
        return len(queries)

    def add(number: int) -> None:
        Favourite.objects.create(
            person=family.child.uuid, kind="resource", subject=family.school.uuid.__class__(int=number), at=now()
        )
        viewer = person(Role.TEACHER, Organisation.objects.get(pk=family.school.pk), f"洛书{number}")
        Look.objects.create(
            subject=family.child.uuid, viewer=viewer.uuid, sight="person", day=local_day(now()), at=now()
        )

    parent = family.browser("parent")
    add(1)
    one = cost(held(family.child)), cost(f"{held(family.child)}looks/")
    add(2)
    add(3)
    assert (cost(held(family.child)), cost(f"{held(family.child)}looks/")) == one


def test_a_pupils_record_is_told(family: Family) -> None:
    StudentRecord.objects.create(
        uuid=family.child.uuid,
        person=family.child,
        school=family.school,
        stage="primary",
        entry_year=2024,
        category="21100",
        length=6,
        attendance="day",
        enrolled_on=date(2024, 9, 1),
    )
    page = family.browser("parent").get(held(family.child))
    assert "学籍状态" in page.text
    assert "2024" in page.text


def test_the_pages_speak_english(family: Family) -> None:
    parent = family.browser("parent")
    for address in (held(family.child), f"{held(family.child)}looks/"):
        page = parent.get(address, headers={"accept-language": "en"})
        assert "来源" not in page.text
        assert "谁看过" not in page.text
