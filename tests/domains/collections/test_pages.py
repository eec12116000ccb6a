"""Collections in the browser."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.collections.actions import collect, propose_publication, share_collection
from heluo.domains.collections.enums import SharedWith
from heluo.domains.collections.models import Collection
from tests.domains.collections.conftest import House, decided, review_of
from tests.domains.resources.conftest import browser_of
from tests.factories import NOON
from tests.kernel.pages.fragments import assert_fragment_equals_part

pytestmark = pytest.mark.django_db


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def page_of(collection: Collection) -> str:
    return reverse("collections:detail", args=[collection.uuid])


def test_a_teacher_collects_from_the_page_of_a_resource(house: House) -> None:
    resource = house.resource()
    teacher = browser_of(house.teacher)
    collecting = reverse("collections:collect", args=[resource.uuid])
    assert collecting in text(teacher, reverse("resources:detail", args=[resource.uuid]))
    made = teacher.post(collecting, {"title": "分数一组", "description": ""})
    assert made.status_code == 302
    collection = Collection.objects.get()
    assert "分数的初步认识" in text(teacher, made.url)
    assert "已在其中" in text(teacher, collecting)
    again = teacher.post(collecting, {"collection": str(collection.uuid)})
    assert again.url == collecting
    assert "已经在这个资源集里" in text(teacher, collecting)
    assert teacher.post(collecting, {"collection": "x"}).status_code == 404
    assert teacher.post(collecting, {"title": ""}).status_code == 422
    assert collection.items.count() == 1


def test_visitors_are_not_offered_to_collect(client: Client, house: House) -> None:
    resource = house.resource()
    collecting = reverse("collections:collect", args=[resource.uuid])
    assert collecting not in text(client, reverse("resources:detail", args=[resource.uuid]))
    assert client.get(collecting).status_code == 302


def test_items_are_moved_removed_and_put_back(house: House) -> None:
    made = house.collection(house.resource("甲一"), house.resource("乙二"))
    teacher = browser_of(house.teacher)
    first, second = made.items.values_list("pk", flat=True)
    items = reverse("collections:items", args=[made.uuid])
    teacher.post(items, {"raise": second})
    assert list(made.items.values_list("pk", flat=True)) == [second, first]
    removed = teacher.post(items, {"remove": second}, headers={"HX-Request": "true", "HX-Target": "items"})
    assert "乙二</a>" not in removed.content.decode()
    gone = {"restore": str(house.resource("乙二").uuid), "number": 1, "place": 0, "note": "先看"}
    teacher.post(items, gone)
    assert [one.note for one in made.items.all()] == ["先看", ""]
    for wrong in ({"remove": "9999"}, {"raise": "9999"}, {"restore": "x"}, {"renew": "9999"}):
        assert teacher.post(items, wrong).status_code == 302
    assert made.items.count() == 2


def test_a_note_is_written(house: House) -> None:
    made = house.collection(house.resource())
    teacher = browser_of(house.teacher)
    address = reverse("collections:note", args=[made.uuid, made.items.get().pk])
    assert teacher.post(address, {"note": "长" * 301}).status_code == 422
    assert teacher.post(address, {"note": "先看前 3 分钟"}).status_code == 302
    assert "先看前 3 分钟" in text(teacher, page_of(made))
    text(teacher, reverse("collections:note", args=[made.uuid, 9999]), 404)


def test_it_is_shared_with_a_class_and_taken_back(house: House) -> None:
    made = house.collection(house.resource())
    teacher, pupil = browser_of(house.teacher), browser_of(house.pupil)
    share = reverse("collections:share", args=[made.uuid])
    refused = teacher.post(share, {"reach": "klass", "klass": "", "place": str(house.school.uuid)})
    assert (refused.status_code, "请选择一个班" in refused.content.decode()) == (422, True)
    assert teacher.post(share, {"reach": "public"}).status_code == 422
    assert teacher.post(share, {"reach": "klass", "klass": str(house.klass.uuid)}).status_code == 302
    shared = text(pupil, f"{reverse('collections:mine')}?of=shared")
    assert made.title in shared
    page = text(pupil, page_of(made))
    assert "分数的初步认识" in page
    assert reverse("collections:items", args=[made.uuid]) not in page
    text(browser_of(house.stranger), page_of(made), 404)


def test_it_becomes_public_and_stops_being_so_only_when_asked(client: Client, house: House) -> None:
    made = house.collection(house.resource())
    teacher = browser_of(house.teacher)
    text(client, page_of(made), 404)
    asked = teacher.post(reverse("collections:publish", args=[made.uuid]))
    assert asked.url.startswith("/workbench/")
    assert "正在等待审核" in text(teacher, page_of(made))
    step = text(browser_of(house.reviewer), f"/workbench/items/{_step(made)}/")
    assert "分数的初步认识" in step
    decided(made, by=house.reviewer)
    assert made.title in text(client, reverse("collections:list"))
    page = text(client, page_of(made))
    assert "《分数的初步认识》" in page
    assert '<script type="application/ld+json">' in page
    assert "/feeds/collection.atom" in text(client, reverse("collections:list"))
    assert client.post(reverse("collections:use", args=[made.uuid])).status_code in {204, 403}
    share = reverse("collections:share", args=[made.uuid])
    question = teacher.post(share, {"reach": "private"})
    assert "停止公开" in question.content.decode()
    assert Collection.objects.get().reach == SharedWith.PUBLIC
    assert teacher.post(share, {"reach": "private", "confirmed": "1"}).status_code == 302
    text(client, page_of(made), 404)


def _step(made: Collection) -> object:
    return review_of(made).uuid


def test_an_officer_stops_what_is_public_with_a_reason(house: House) -> None:
    made = house.collection(house.resource())
    propose_publication(by=house.teacher, collection=made, now=NOON)
    decided(made, by=house.reviewer)
    officer = browser_of(house.officer)
    withdraw = reverse("collections:withdraw", args=[made.uuid])
    assert withdraw in text(officer, page_of(made))
    assert officer.post(withdraw, {"reason": ""}).status_code == 422
    assert officer.post(withdraw, {"reason": "不妥"}).status_code == 302
    text(officer, withdraw, 404)


def test_it_is_thrown_away_only_when_asked(house: House) -> None:
    made = house.collection(house.resource())
    teacher = browser_of(house.teacher)
    address = reverse("collections:delete", args=[made.uuid])
    assert "不能恢复" in teacher.post(address).content.decode()
    assert Collection.objects.exists()
    assert teacher.post(address, {"confirmed": "1"}).status_code == 302
    assert not Collection.objects.exists()


def test_pages_cost_the_same_for_one_and_for_three(client: Client, house: House) -> None:
    def statements(browser: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            text(browser, url)
        return len(captured)

    made = house.collection(house.resource("甲"))
    share_collection(by=house.teacher, collection=made, reach=SharedWith.KLASS, klass=house.klass, now=NOON)
    teacher, pupil = browser_of(house.teacher), browser_of(house.pupil)
    pages = (
        (teacher, page_of(made)),
        (pupil, page_of(made)),
        (teacher, reverse("collections:mine")),
        (pupil, f"{reverse('collections:mine')}?of=shared"),
        (teacher, reverse("collections:collect", args=[made.items.get().entry.uuid])),
    )
    for browser, url in pages:
        text(browser, url)
    before = [statements(browser, url) for browser, url in pages]
    for title in ("乙", "丙"):
        collect(by=house.teacher, collection=made, entry=house.resource(title).uuid, now=NOON)
        other = house.collection(house.resource(f"{title}又"))
        share_collection(by=house.teacher, collection=other, reach=SharedWith.KLASS, klass=house.klass, now=NOON)
    assert [statements(browser, url) for browser, url in pages] == before


def test_listings_are_fragments_of_their_pages(house: House) -> None:
    house.collection(house.resource())
    assert_fragment_equals_part(browser_of(house.teacher), reverse("collections:mine"), "listing")
    assert_fragment_equals_part(browser_of(house.teacher), reverse("collections:list"), "listing")
