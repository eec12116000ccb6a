"""What a clerk does for one person in a browser, what a stranger is answered, and who is handed a code by whom."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.people.models import Account, Guardianship, Person, Post, Teaching
from heluo.kernel.people.public import (
    NewTeaching,
    activate_account,
    appoint,
    assign_teachings,
    end_post,
    issue_activation_code,
    posts_of,
)
from tests.kernel.people.conftest import School
from tests.kernel.people.test_enrolling import PHONE, resident
from tests.register import CLERK, NOON, OTHER_COUNTY, TERM_START, TODAY, actor_at, browser, person, school

STRONG = "huanghe-luoshui-2026"


@pytest.fixture
def clerk(small: School) -> Client:
    return browser(small.admin)


def deeds_of(small: School, whom: Person) -> dict[str, dict[str, str]]:
    """Every page that changes something about somebody, with something to send."""
    post = Post.objects.filter(person=whom).order_by("pk")[0]
    return {
        f"/organisations/{small.school.uuid}/people/new/": {"role": "teacher", "name": "瀍波追光", "phone": PHONE},
        f"/people/{whom.uuid}/correction/": {"name": "瀍波追光", "sex": "1", "reason": "登记时写错"},
        f"/people/{whom.uuid}/numbers/": {"kind": "phone", "value": "10000000022"},
        f"/people/{whom.uuid}/posts/new/": {
            "role": "teacher",
            "organisation": small.school.name,
            "starts_on": "2026-10-09",
        },
        f"/people/{whom.uuid}/posts/{post.pk}/end/": {"on": "2026-10-09"},
        f"/people/{whom.uuid}/activation/": {"confirmed": "1"},
        f"/classes/{small.klass.uuid}/teachings/new/": {
            "teacher": str(small.teacher.uuid),
            "subject": "13",
            "starts_on": "2026-10-09",
        },
    }


def test_each_deed_is_offered_and_done(small: School, clerk: Client) -> None:
    for address, sent in deeds_of(small, small.teacher).items():
        assert clerk.get(address).status_code == 200, address
        if "activation" in address:
            assert re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", clerk.post(address, sent).content.decode())
        elif "posts/new" in address:
            assert "已在" in clerk.post(address, sent).content.decode()  # a teacher there already
        elif "/posts/" not in address:
            assert clerk.post(address, sent).status_code == 302, address
    page = clerk.get(f"/people/{small.teacher.uuid}/").content.decode()
    assert "瀍波追光" in page
    assert "100****0022" in page
    assert "语文" in page
    assert Person.objects.filter(posts__organisation=small.school, posts__role=Role.TEACHER).distinct().count() == 2


def test_to_others_there_is_no_such_deed(small: School) -> None:
    """A clerk of another county, and a teacher of the school."""
    stranger = person(Role.SCHOOL_ADMIN, school("2141970002", "示例第二小学", OTHER_COUNTY), "中岳抱朴", username="x.a")
    colleague = person(Role.TEACHER, small.school, "中岳怀瑾", username="x.b")
    for who, expected in ((stranger, {404}), (colleague, {403, 404})):
        for address, sent in deeds_of(small, small.teacher).items():
            client = browser(who)
            assert client.get(address).status_code in expected, (who, address)
            assert client.post(address, sent).status_code in expected, (who, address)
    assert Post.objects.filter(person=small.teacher, ends_on=None).count() == 1


def test_refusals_stand_beside_their_field(small: School, clerk: Client) -> None:
    new = f"/organisations/{small.school.uuid}/people/new/"
    wrong_check = resident()[:-1] + ("0" if resident()[-1] != "0" else "1")
    for sent, words in (
        ({"role": "pupil", "name": "瀍波追光"}, "请至少填写一个号码"),
        ({"role": "pupil", "name": "瀍波追光", "resident_id": wrong_check}, "校验码"),
        ({"role": "pupil", "name": "", "resident_id": resident()}, "必填"),
        ({"role": "school_admin", "name": "瀍波追光", "phone": PHONE}, "school_admin"),
    ):
        answer = clerk.post(new, sent)
        assert answer.status_code == 422, sent
        assert words in answer.content.decode(), sent
    assert not Person.objects.filter(name="瀍波追光").exists()


def test_a_guardian_is_registered_and_ends(small: School, clerk: Client) -> None:
    sent = {"name": "伊阙采薇", "relation": "母亲", "phone": PHONE}
    assert clerk.post(f"/people/{small.pupil.uuid}/guardians/new/", sent).status_code == 302
    row = Guardianship.objects.get()
    assert row.relation == "母亲"
    assert "伊阙采薇" in clerk.get(f"/people/{small.pupil.uuid}/").content.decode()
    end = f"/people/{small.pupil.uuid}/guardians/{row.pk}/end/"
    assert clerk.get(end).status_code == 200
    assert clerk.post(end, {"on": "2020-01-01"}).status_code == 422
    assert clerk.get(f"/people/{small.teacher.uuid}/guardians/new/").status_code == 404


def test_a_pupils_place_is_not_ended_here(small: School, clerk: Client) -> None:
    """Pupils leave by a change of their record."""
    post = Post.objects.get(person=small.pupil)
    assert clerk.get(f"/people/{small.pupil.uuid}/posts/{post.pk}/end/").status_code == 404


def test_a_teacher_who_leaves_leaves_the_classes_too(small: School) -> None:
    teaching = NewTeaching(person=small.teacher, klass=small.klass, subject="13", is_homeroom=True)
    assign_teachings(by=CLERK, teachings=[teaching], starts_on=TERM_START, now=NOON)
    end_post(by=CLERK, post=posts_of([small.teacher], on=TODAY).get(), on=TODAY, now=NOON)
    assert Teaching.objects.get().ends_on == TODAY


def test_a_teaching_ends_in_the_class(small: School, clerk: Client) -> None:
    teaching = NewTeaching(person=small.teacher, klass=small.klass, subject="13")
    [row] = assign_teachings(by=CLERK, teachings=[teaching], starts_on=TERM_START, now=NOON)
    address = f"/classes/{small.klass.uuid}/teachings/{row.pk}/end/"
    assert "语文" in clerk.get(address).content.decode()
    assert clerk.post(address, {"on": "2026-10-09"}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == date(2026, 10, 9)


def test_nobody_opens_the_account_of_an_equal_or_a_superior(small: School) -> None:
    """Whoever holds a code can become its holder."""
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    equal = person(Role.SCHOOL_ADMIN, small.school, "中岳若水", username="x.equal")
    appoint(
        by=CLERK,
        person=small.teacher,
        role=Role.COUNTY_OFFICER,
        organisation=small.county,
        starts_on=TERM_START,
        now=NOON,
    )
    for whom in (equal, small.teacher):
        with pytest.raises(NotAllowed):
            issue_activation_code(by=admin, account=Account.objects.get(person=whom), now=NOON)
    county = actor_at(Role.COUNTY_OFFICER, small.county)
    issue_activation_code(by=county, account=Account.objects.get(person=equal), now=NOON)
    with pytest.raises(NotAllowed):
        issue_activation_code(by=county, account=Account.objects.get(person=small.teacher), now=NOON)


def test_the_code_handed_out_opens_the_account(small: School, clerk: Client) -> None:
    shown = clerk.post(f"/people/{small.teacher.uuid}/activation/", {"confirmed": "1"})
    assert shown["Cache-Control"].startswith("max-age=0")
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", shown.content.decode())
    assert code is not None
    account = activate_account(
        username="t.songyun", code=code[0].replace("-", ""), password=STRONG, now=datetime.now(UTC)
    )
    assert account.check_password(STRONG)
