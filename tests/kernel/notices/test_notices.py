"""Notices: told once, read by their own person alone, counted at the bell, gone when they are old."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.errors import NotAllowed, NotFound, SignInNeeded
from heluo.kernel.actors.public import PUBLIC_ACTOR, platform_actor
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.events.tickets import may_follow
from heluo.kernel.holdings.public import Permission as Erasing
from heluo.kernel.notices import registry
from heluo.kernel.notices.actions import (
    KEPT_FOR,
    erase_notices,
    forget_old,
    read_all,
    read_notice,
    settle_notices,
    tell_people,
)
from heluo.kernel.notices.models import Notice
from heluo.kernel.notices.public import News, notice_kind
from heluo.kernel.notices.queries import unread_count
from tests.factories import NOON, Somebody, a_school, a_teacher
from tests.register import browser

LATER = NOON + timedelta(hours=1)
MINE = "/workbench/notices/"


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    kinds = dict(registry._kinds)
    notice_kind("test.told", title="示例通知", sentence="“{title}”要您看一看")
    yield
    registry._kinds.clear()
    registry._kinds.update(kinds)


@pytest.fixture
def reader(db: None) -> Somebody:
    return a_teacher(a_school())


@pytest.fixture
def stranger(db: None) -> Somebody:
    return a_teacher(a_school())


def news(*people: UUID, key: str = "a", kind: str = "test.told", url: str = "/workbench/") -> list[News]:
    return [News(person, kind, key, url, {"title": f"事项 {key}"}) for person in people]


def tell(somebody: Somebody, *keys: str) -> list[Notice]:
    for key in keys:
        tell_people(news=news(somebody.person.uuid, key=key), now=NOON)
    return list(Notice.objects.filter(person=somebody.person.uuid).order_by("id"))


# -- telling ----------------------------------------------------------------------------------------------------------


def test_nobody_is_told_the_same_twice(reader: Somebody, stranger: Somebody) -> None:
    both = news(reader.person.uuid, stranger.person.uuid)
    assert tell_people(news=[*both, *both], now=NOON) == 2
    assert tell_people(news=[*both, *news(reader.person.uuid, key="b")], now=LATER) == 1
    assert Notice.objects.filter(person=reader.person.uuid).count() == 2
    with pytest.raises(IntegrityError, match="told_once"), transaction.atomic():
        Notice.objects.create(person=reader.person.uuid, kind="test.told", key="a", url="/", at=NOON)
    told = OutboxRow.objects.filter(name="notices.changed").order_by("id")
    assert [len(one.topics) for one in told] == [2, 1]


@pytest.mark.django_db
def test_telling_costs_the_same_however_many_people() -> None:
    counts = []
    for many in (1, 200):
        with CaptureQueriesContext(connection) as queries:
            assert tell_people(news=news(*(uuid4() for _ in range(many))), now=NOON) == many
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_that_tell_at_once_one_does() -> None:
    person = uuid4()

    def told(_number: int) -> None:
        try:
            tell_people(news=news(person), now=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(told, range(2)))
    assert Notice.objects.filter(person=person).count() == 1


def test_what_is_settled_counts_as_read(reader: Somebody, stranger: Somebody) -> None:
    tell(reader, "a", "b")
    tell(stranger, "a")
    read_all(by=stranger.actor, now=NOON)
    assert settle_notices(keys=["a"], now=LATER) == 1
    assert settle_notices(keys=["a"], now=LATER) == 0
    assert unread_count(reader.person.uuid) == 1
    assert Notice.objects.get(person=stranger.person.uuid).read_at == NOON


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"test\.told"):
        notice_kind("test.told", title="x", sentence="y")


# -- reading ----------------------------------------------------------------------------------------------------------


def test_a_person_reads_their_own_only(reader: Somebody, stranger: Somebody) -> None:
    [first, _second] = tell(reader, "a", "b")
    with pytest.raises(NotFound):
        read_notice(by=stranger.actor, uuid=first.uuid, now=LATER)
    with pytest.raises(SignInNeeded):
        read_notice(by=PUBLIC_ACTOR, uuid=first.uuid, now=LATER)
    assert read_all(by=stranger.actor, now=LATER) == 0
    assert read_notice(by=reader.actor, uuid=first.uuid, now=LATER).read_at == LATER
    assert read_notice(by=reader.actor, uuid=first.uuid, now=LATER + timedelta(1)).read_at == LATER
    assert (read_all(by=reader.actor, now=LATER), unread_count(reader.person.uuid)) == (1, 0)


def test_only_oneself_follows_ones_bell(reader: Somebody, stranger: Somebody) -> None:
    topic = f"notices:{reader.person.uuid}"
    assert may_follow(reader.actor, topic)
    assert not may_follow(stranger.actor, topic)
    assert not may_follow(PUBLIC_ACTOR, "notices:None")


def test_old_ones_go(reader: Somebody) -> None:
    tell(reader, "a", "b")
    Notice.objects.filter(key="a").update(at=NOON - KEPT_FOR - timedelta(seconds=1))
    assert forget_old(now=NOON) == 1
    assert [one.key for one in Notice.objects.all()] == ["b"]


def test_they_are_erased_with_what_is_held_of_a_person(reader: Somebody, stranger: Somebody) -> None:
    for somebody in (reader, stranger):
        tell(somebody, "a")
    with pytest.raises(NotAllowed):
        erase_notices(by=reader.actor, person=reader.person.uuid, now=NOON)
    eraser = platform_actor("test", {Erasing.ERASE})
    assert erase_notices(by=eraser, person=reader.person.uuid, now=NOON) == 1
    assert Notice.objects.get().person == stranger.person.uuid


# -- pages and API ----------------------------------------------------------------------------------------------------


def text_of(somebody: Somebody, url: str = MINE) -> str:
    answer = browser(somebody.person).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bell_says_how_many_are_unread(reader: Somebody, stranger: Somebody) -> None:
    tell(reader, "a", "b")
    assert "通知，2 条未读" in text_of(reader, "/workbench/")
    assert "通知，2 条未读" in text_of(reader, f"{MINE}bell/")
    assert "条未读" not in text_of(stranger, "/workbench/")
    many = [news(reader.person.uuid, key=str(number))[0] for number in range(120)]
    tell_people(news=many, now=NOON)
    assert "通知，99+ 条未读" in text_of(reader, f"{MINE}bell/")


def test_the_page_shows_leads_on_and_marks_all(reader: Somebody, stranger: Somebody) -> None:
    assert "没有通知" in text_of(reader)
    [first, second] = tell(reader, "a", "b")
    shown = text_of(reader)
    assert "“事项 a”要您看一看" in shown
    assert "“事项 a”要您看一看" not in text_of(stranger)
    opening = f"{MINE}{first.uuid}/"
    assert browser(stranger.person).post(opening).status_code == 404
    assert browser(reader.person).get(opening)["Location"] == MINE
    first.refresh_from_db()
    assert not first.is_read, "looking at an address changes nothing"
    assert browser(reader.person).post(opening)["Location"] == "/workbench/"
    assert "事项 a" not in text_of(reader, f"{MINE}?state=unread")
    assert browser(reader.person).post(MINE).status_code == 302
    second.refresh_from_db()
    assert second.is_read
    assert "全部标为已读" not in text_of(reader)


def test_a_kind_that_is_gone_breaks_nothing(reader: Somebody) -> None:
    tell_people(news=news(reader.person.uuid, kind="test.gone"), now=NOON)
    assert "事项 a" not in text_of(reader)
    [told] = browser(reader.person).get("/api/v1/notices").json()["items"]
    assert (told["kind"], told["words"]) == ("test.gone", "")


def test_a_program_reads_notices(reader: Somebody, stranger: Somebody) -> None:
    [first, _second] = tell(reader, "a", "b")
    client = browser(reader.person)

    def told(query: str = "") -> Any:
        return client.get(f"/api/v1/notices{query}").json()

    assert [one["words"] for one in told()["items"]] == ["“事项 b”要您看一看", "“事项 a”要您看一看"]
    assert told()["unread"] == 2
    where = f"/api/v1/notices/{first.uuid}/reading"
    assert browser(stranger.person).post(where, {}, "application/json").status_code == 404
    assert client.post(where, {}, "application/json").json()["read_at"]
    assert [one["id"] for one in told("?unread=true")["items"]] != [str(first.uuid)]
    assert client.post("/api/v1/notices/reading", {}, "application/json").json() == {"count": 1}
    assert told("?unread=true") == {"items": [], "next": None, "unread": 0}
