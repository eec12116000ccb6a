"""Requests for a correction: asked by a family, decided at the source, looked at again above it."""

from datetime import date, timedelta
from io import BytesIO
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from heluo.domains.subject_rights.actions import (
    ask_correction,
    grant_request,
    object_to_refusal,
    pass_up,
    refuse_request,
    withdraw_request,
)
from heluo.domains.subject_rights.enums import RequestState, StepKind
from heluo.domains.subject_rights.errors import (
    AlreadyAsked,
    AlreadyDecided,
    CannotObject,
    DecidedBefore,
    FactNotCorrectable,
    GuardianAsks,
    NothingAbove,
    NotYetCorrected,
    NotYourRequest,
    OwnRequest,
    SameValue,
    WordsNeeded,
)
from heluo.domains.subject_rights.models import Request, Step
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import local_day, now, working_day_after
from heluo.kernel.people.models import Person
from tests.domains.subject_rights.conftest import Family, make_family
from tests.register import PROVINCE, actor_at, bureau, person

LIST = "/data-requests/"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)


def ask(family: Family, *, by: str = "parent", fact: str = "name", wanted: str = "洛书佳") -> Request:
    return ask_correction(
        by=family.actor(by),
        person=family.child,
        holding="people.basics",
        fact=fact,
        wanted=wanted,
        reason="与户口簿不一致",
        now=now(),
    )


def address(request: Request) -> str:
    return f"{LIST}{request.uuid}/"


def decide(
    family: Family, request: Request, action: object = refuse_request, *, by: str = "clerk", seen: int = 1
) -> Request:
    decided: Request = action(  # type: ignore[operator]  # one of the three decisions
        by=family.actor(by), request=request, text="户口簿上的名字与登记一致", seen=seen, now=now()
    )
    return decided


# -- asking -----------------------------------------------------------------------------------------------------------


def test_a_request_goes_to_the_organisation_the_fact_came_from_with_a_due_day(family: Family) -> None:
    made = ask(family)
    assert (made.source, made.place, made.value, made.wanted) == (family.school, family.school, "洛书甲", "洛书佳")
    assert made.due_on == working_day_after(local_day(now()), 15)
    [step] = made.steps.all()
    assert (step.kind, step.text, step.by_person) == (StepKind.ASKED, "与户口簿不一致", family.parent.uuid)
    row = AuditRow.objects.get(deed="subject_rights.correction_asked")
    assert "洛书佳" not in str(row.details), "the log keeps that somebody asked, not what"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"holding": "people.basics", "fact": "number"}, FactNotCorrectable),
        ({"holding": "nonsense", "fact": "name"}, FactNotCorrectable),
        ({"wanted": "洛书甲"}, SameValue),
        ({"wanted": "  "}, SameValue),
        ({"reason": "错"}, WordsNeeded),
        ({"by": "stranger"}, NotFound),
        ({"by": "clerk"}, NotFound),
        ({"by": "child"}, GuardianAsks),
    ],
)
def test_what_cannot_be_asked(family: Family, given: dict[str, str], refusal: type[Refusal]) -> None:
    asked = {"by": "parent", "holding": "people.basics", "fact": "name", "wanted": "洛书佳", "reason": "写错了名字"}
    said = {**asked, **given}
    with pytest.raises(refusal):
        ask_correction(
            by=family.actor(said["by"]),
            person=family.child,
            holding=said["holding"],
            fact=said["fact"],
            wanted=said["wanted"],
            reason=said["reason"],
            now=now(),
        )
    assert not Request.objects.exists()


def test_the_same_is_asked_once_at_a_time(family: Family) -> None:
    first = ask(family)
    with pytest.raises(AlreadyAsked):
        ask(family)
    ask(family, fact="born_on", wanted="2018-05-02")
    withdraw_request(by=family.actor("parent"), request=first, seen=1, now=now())
    ask(family)


def test_a_photo_goes_along_and_opens_for_the_clerk(family: Family) -> None:
    page = f"/my-data/{family.child.uuid}/correct/people.basics/name/"
    parent = family.browser("parent")
    assert "洛书甲" in parent.get(page).text
    sent = {"wanted": "洛书佳", "reason": "与户口簿不一致", "evidence": SimpleUploadedFile("户口簿.png", PNG)}
    answer = parent.post(page, sent, follow=True)
    assert f"申请已送达“{family.school.name}”。" in answer.text
    made = Request.objects.get()
    assert made.attachment is not None
    assert "户口簿.png" in family.browser("clerk").get(address(made)).text


def test_a_program_is_no_evidence(family: Family) -> None:
    page = f"/my-data/{family.child.uuid}/correct/people.basics/name/"
    sent = {"wanted": "洛书佳", "reason": "与户口簿不一致", "evidence": BytesIO(b"MZ\x90\x00" * 20)}
    answer = family.browser("parent").post(page, sent)
    assert answer.status_code == 422
    assert not Request.objects.exists()


# -- deciding ---------------------------------------------------------------------------------------------------------


def test_corrected_is_believed_only_when_the_register_says_otherwise(family: Family) -> None:
    made = ask(family)
    with pytest.raises(NotYetCorrected):
        decide(family, made, grant_request)
    Person.objects.filter(pk=family.child.pk).update(name="洛书佳")
    assert decide(family, made, grant_request).state == RequestState.GRANTED


def test_a_refusal_says_why_and_is_objected_to_once(family: Family) -> None:
    made = ask(family)
    with pytest.raises(WordsNeeded):
        refuse_request(by=family.actor("clerk"), request=made, text="不", seen=1, now=now())
    refused = decide(family, made)
    assert refused.state == RequestState.REFUSED
    again = object_to_refusal(by=family.actor("parent"), request=made, text="户口簿已附上", seen=2, now=now())
    assert (again.state, again.place) == (RequestState.OPEN, family.county)
    with pytest.raises(NotYourRequest):
        decide(family, made, seen=3)
    decide(family, made, by="officer", seen=3)
    with pytest.raises(CannotObject):
        object_to_refusal(by=family.actor("parent"), request=made, text="还是不同意", seen=4, now=now())


def test_whoever_refused_does_not_judge_the_objection(family: Family) -> None:
    made = ask(family)
    decide(family, made, by="officer")
    object_to_refusal(by=family.actor("parent"), request=made, text="请上级复核", seen=2, now=now())
    with pytest.raises(DecidedBefore):
        decide(family, made, by="officer", seen=3)


def test_a_school_passes_up_what_it_cannot_decide(family: Family) -> None:
    made = ask(family)
    passed = decide(family, made, pass_up)
    assert (passed.place, passed.is_open) == (family.county, True)
    with pytest.raises(NotYourRequest):
        decide(family, made, seen=2)
    top = bureau(PROVINCE)
    Request.objects.update(place=top)
    provincial = actor_at(Role.PROVINCE_ADMIN, top, person(Role.PROVINCE_ADMIN, top, "洛书省"))
    with pytest.raises(NothingAbove):
        pass_up(by=provincial, request=made, text="再往上没有了", seen=2, now=now())


@pytest.mark.parametrize("who", ["other_officer", "stranger", "parent", "child"])
def test_others_do_not_decide(family: Family, who: str) -> None:
    with pytest.raises(NotYourRequest):
        decide(family, ask(family), by=who)


def test_nobody_decides_about_themselves(family: Family) -> None:
    clerk = family.actor("clerk")
    made = ask_correction(
        by=clerk,
        person=family.clerk,
        holding="people.basics",
        fact="name",
        wanted="洛书圆",
        reason="名字写错了",
        now=now(),
    )
    with pytest.raises(OwnRequest):
        decide(family, made)


def test_an_old_page_decides_nothing(family: Family) -> None:
    made = ask(family)
    withdraw_request(by=family.actor("parent"), request=made, seen=1, now=now())
    for seen in (0, 1, 2, 9):
        with pytest.raises(AlreadyDecided):
            decide(family, made, seen=seen)
    with pytest.raises(NotFound):
        withdraw_request(by=family.actor("stranger"), request=made, seen=2, now=now())


def test_the_trail_cannot_be_edited(family: Family) -> None:
    ask(family)
    for change in (Step.objects.all().delete, lambda: Step.objects.update(text="另一个理由")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_at_once_one_decides() -> None:
    """Both saw the same page; the constraint on steps lets one pass and refuses the other in words."""
    family = make_family()
    made = ask(family)
    start, outcomes = Barrier(2), []

    def act(by: Actor) -> None:
        try:
            start.wait(10)
            refuse_request(by=by, request=made, text="与户口簿一致", seen=1, now=now())
            outcomes.append("decided")
        except AlreadyDecided:
            outcomes.append("refused")
        finally:
            connections.close_all()

    both = [Thread(target=act, args=(family.actor(who),)) for who in ("clerk", "officer")]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert sorted(outcomes) == ["decided", "refused"]
    assert Step.objects.filter(request=made).count() == 2


# -- pages ------------------------------------------------------------------------------------------------------------


def test_parent_and_school_see_it_through(family: Family) -> None:
    made = ask(family)
    parent, clerk = family.browser("parent"), family.browser("clerk")
    assert "更正姓名" in clerk.get("/workbench/").text
    assert "更正姓名" in clerk.get(LIST).text
    page = clerk.get(address(made))
    for told in ("洛书佳", "与户口簿不一致", "名册导入", "已更正", family.parent.name):
        assert told in page.text, told
    assert clerk.post(address(made), {"seen": "1", "text": "", "refuse": "1"}).status_code == 422
    assert "登记的内容还是" in clerk.post(address(made), {"seen": "1", "grant": "1"}).text
    answer = clerk.post(address(made), {"seen": "1", "text": "与户口簿核对一致", "refuse": "1"}, follow=True)
    assert "已答复申请人。" in answer.text
    seen = parent.get(address(made))
    assert "与户口簿核对一致" in seen.text
    assert family.clerk.name not in seen.text, "the school answers, not a name"
    assert "提出异议" in seen.text
    assert "未同意" in parent.get("/workbench/").text
    parent.post(address(made), {"seen": "2", "text": "请看附件", "object": "1"})
    assert "更正姓名" in family.browser("officer").get("/workbench/").text
    assert "更正姓名" not in clerk.get("/workbench/").text, "it lies at the county now"
    assert clerk.get(address(made)).status_code == 200, "but the school still sees what became of it"


@pytest.mark.parametrize("who", ["stranger", "other_officer"])
def test_to_strangers_there_is_no_request(family: Family, who: str) -> None:
    visitor = family.browser(who)
    made = ask(family)
    assert visitor.get(address(made)).status_code == 404
    assert visitor.post(address(made), {"seen": "1", "withdraw": "1"}).status_code == 404
    assert visitor.get(f"/my-data/{family.child.uuid}/correct/people.basics/name/").status_code == 404


def test_a_late_request_says_so(family: Family) -> None:
    made = ask(family)
    Request.objects.update(due_on=local_day(now()) - timedelta(days=1))
    clerk = family.browser("clerk")
    assert "已超过答复期限" in clerk.get(address(made)).text
    assert "已超期" in clerk.get(LIST).text


def test_more_requests_cost_no_more_queries(family: Family) -> None:
    clerk, parent = family.browser("clerk"), family.browser("parent")

    def cost() -> list[int]:
        counts = []
        for browser, page in ((clerk, LIST), (parent, "/my-data/requests/")):
            browser.get(page)
            with CaptureQueriesContext(connection) as queries:
                browser.get(page)
            counts.append(len(queries))
        return counts

    ask(family)
    one = cost()
    ask(family, fact="born_on", wanted="2018-05-02")
    ask(family, fact="sex", wanted="女")
    assert cost() == one


def test_the_pages_speak_english(family: Family) -> None:
    made = ask(family)
    page = family.browser("clerk").get(address(made), headers={"accept-language": "en"})
    for chinese in ("登记单位", "答复", "不同意", "办理记录"):
        assert chinese not in page.text


def test_a_child_of_fourteen_asks_themselves(family: Family) -> None:
    today = local_day(now())
    Person.objects.filter(pk=family.child.pk).update(born_on=date(today.year - 15, 1, 1))
    family.child.refresh_from_db()
    assert ask(family, by="child").asked_by == family.child
