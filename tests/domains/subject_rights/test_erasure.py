"""Erasure where the law allows: optional information goes as a whole, schooling never."""

from collections.abc import Collection
from uuid import uuid4

import pytest

from heluo.domains.subject_rights.actions import ask_erasure, grant_request, refuse_request
from heluo.domains.subject_rights.enums import RequestState
from heluo.domains.subject_rights.errors import AlreadyAsked, GuardianAsks, KeptByRule, NothingChosen
from heluo.domains.subject_rights.models import Request
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.feedback.models import Comment, Favourite, Rating
from heluo.kernel.holdings.public import all_holdings
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Account, Guardianship, Identifier, Person, Post
from heluo.kernel.people.public import NewIdentifier, record_identifiers, reveal_identifier
from tests.domains.subject_rights.conftest import Family
from tests.register import CLERK, NOON

PHONE = "10000000001"


def ask(family: Family, chosen: Collection[str], *, by: str = "parent", about: Person | None = None) -> Request:
    return ask_erasure(
        by=family.actor(by), person=about or family.child, chosen=chosen, reason="不再使用这些内容", now=now()
    )


def grant(family: Family, request: Request, seen: int = 1) -> Request:
    return grant_request(by=family.actor("clerk"), request=request, text="", seen=seen, now=now())


def give_feedback(of: Person) -> None:
    common = {"kind": "resource", "subject": uuid4(), "at": now()}
    Favourite.objects.create(person=of.uuid, **common)
    Rating.objects.create(person=of.uuid, stars=4, **common)
    Comment.objects.create(author=of.uuid, author_name=of.name, body="讲得清楚", state="shown", path="1.", **common)


def keep_phone(of: Person) -> Identifier:
    [row] = record_identifiers(by=CLERK, identifiers=[NewIdentifier(of, IdentifierKind.PHONE, PHONE)], now=NOON)
    return row


def test_what_was_chosen_goes_and_everything_else_stays(family: Family) -> None:
    give_feedback(family.child)
    give_feedback(family.parent)
    made = ask(family, ["feedback.favourites", "feedback.comments"])
    assert Favourite.objects.count() == 2, "asking erases nothing"
    assert grant(family, made).state == RequestState.GRANTED
    assert not Favourite.objects.filter(person=family.child.uuid).exists()
    assert not Comment.objects.filter(author=family.child.uuid).exists()
    assert Rating.objects.filter(person=family.child.uuid).exists()
    assert Favourite.objects.filter(person=family.parent.uuid).exists()
    row = AuditRow.objects.get(deed="subject_rights.erased")
    assert (row.by, row.details) == (family.clerk.uuid, {}), "who, when and that; not what"


def test_a_refusal_erases_nothing(family: Family) -> None:
    give_feedback(family.child)
    made = ask(family, ["feedback.ratings"])
    refuse_request(by=family.actor("clerk"), request=made, text="请先在页面上撤回", seen=1, now=now())
    assert Rating.objects.filter(person=family.child.uuid).exists()


@pytest.mark.parametrize("key", [one.key for one in all_holdings() if one.kept])
def test_what_the_law_keeps_cannot_even_be_asked_for(family: Family, key: str) -> None:
    with pytest.raises(KeptByRule):
        ask(family, [key])
    with pytest.raises(KeptByRule):
        ask(family, ["feedback.ratings", key])
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "by", "refusal"),
    [
        ([], "parent", NothingChosen),
        (["nonsense"], "parent", NotFound),
        (["feedback.ratings"], "stranger", NotFound),
        (["feedback.ratings"], "clerk", NotFound),
        (["feedback.ratings"], "child", GuardianAsks),
    ],
)
def test_what_cannot_be_asked(family: Family, chosen: list[str], by: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        ask(family, chosen, by=by)


def test_one_erasure_at_a_time(family: Family) -> None:
    ask(family, ["feedback.ratings"])
    with pytest.raises(AlreadyAsked):
        ask(family, ["feedback.favourites"])


def test_an_account_goes_once_its_holder_has_left(family: Family) -> None:
    with pytest.raises(KeptByRule):
        ask(family, ["people.account"], about=family.parent)
    made_by = family.actor("parent")
    Guardianship.objects.update(ends_on=local_day(now()))
    Post.objects.filter(person=family.parent).update(ends_on=NOON.date())
    made = ask_erasure(by=made_by, person=family.parent, chosen=["people.account"], reason="孩子已经毕业", now=now())
    grant(family, made)
    assert not Account.objects.filter(person=family.parent).exists()
    assert Person.objects.filter(pk=family.parent.pk).exists(), "the register stays"


def test_who_took_up_a_post_meanwhile_keeps_the_account(family: Family) -> None:
    by = family.actor("parent")
    Post.objects.filter(person=family.parent).update(ends_on=NOON.date())
    made = ask_erasure(by=by, person=family.parent, chosen=["people.account"], reason="已经离开了", now=now())
    Post.objects.filter(person=family.parent).update(ends_on=None)
    give_feedback(family.parent)
    with pytest.raises(KeptByRule):
        grant(family, made)
    assert Account.objects.filter(person=family.parent).exists()
    assert Request.objects.get().is_open, "nothing of it happened"


def test_a_phone_number_is_forgotten_even_where_the_log_points_to_it(family: Family) -> None:
    seen = keep_phone(family.parent)
    reveal_identifier(by=family.actor("clerk"), identifier=seen, reason="联系家长", now=now())
    grant(family, ask(family, ["people.phone"], about=family.parent))
    row = Identifier.objects.get(pk=seen.pk)
    assert row.masked == ""
    assert bytes(row.lookup) != bytes(seen.lookup)
    assert bytes(row.ciphertext) != bytes(seen.ciphertext)
    keep_phone(family.child)  # the number is free again
    grant(family, ask(family, ["people.phone"]))
    assert not Identifier.objects.filter(person=family.child, kind=IdentifierKind.PHONE).exists()


def test_the_page_shows_what_can_go_and_what_stays_with_the_reason(family: Family) -> None:
    give_feedback(family.child)
    parent, address = family.browser("parent"), f"/my-data/{family.child.uuid}/erase/"
    page = parent.get(address)
    for told in ("收藏（1 项）", "评论（1 项）", "须保留的内容", "与学籍一同永久保存。"):
        assert told in page.text, told
    assert parent.post(address, {"reason": "不用了不用了"}).status_code == 422
    parent.post(address, {"chosen": ["feedback.favourites"], "reason": "不再使用这些内容"})
    made = Request.objects.get()
    clerk, one = family.browser("clerk"), f"/data-requests/{made.uuid}/"
    asked = clerk.post(one, {"seen": "1", "grant": "1", "text": ""})
    assert "不能恢复" in asked.text, "asks before it erases"
    assert Favourite.objects.exists()
    answer = clerk.post(one, {"seen": "1", "grant": "1", "text": "", "confirmed": "1"}, follow=True)
    assert "已删除。" in answer.text
    assert not Favourite.objects.exists()
    assert "审计日志只保留谁在什么时候办理了删除" in parent.get(one).text
    assert "收藏（" not in parent.get(address).text


def test_strangers_find_no_page_to_erase(family: Family) -> None:
    address = f"/my-data/{family.child.uuid}/erase/"
    for who in ("stranger", "clerk", "officer"):
        assert family.browser(who).get(address).status_code == 404
        assert family.browser(who).post(address, {"chosen": ["feedback.ratings"]}).status_code == 404
