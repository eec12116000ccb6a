"""Collections for programs."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from heluo.domains.collections.models import Collection
from tests.domains.collections.conftest import House, decided
from tests.domains.resources.conftest import browser_of

pytestmark = pytest.mark.django_db
COLLECTIONS = "/api/v1/collections"


def send(browser: Client, method: str, address: str, body: object = None) -> Any:
    return browser.generic(method, f"{COLLECTIONS}{address}", json.dumps(body or {}), content_type="application/json")


def test_a_program_does_what_a_person_does(client: Client, house: House) -> None:
    teacher = browser_of(house.teacher)
    one, other = house.resource("甲"), house.resource("乙")
    made = send(teacher, "POST", "", {"title": "分数一组"})
    address = f"/{made.json()['id']}"
    assert (made.status_code, made.json()["items"]) == (201, [])
    send(teacher, "POST", f"{address}/items", {"entry": str(one.uuid), "note": "先看"})
    full = send(teacher, "POST", f"{address}/items", {"entry": str(other.uuid)}).json()
    assert [(item["title"], item["note"], item["version"]) for item in full["items"]] == [
        ("甲", "先看", 1),
        ("乙", "", 1),
    ]
    first, second = (item["item"] for item in full["items"])
    assert send(teacher, "PUT", f"{address}/items", {"items": [second, first]}).json()["items"][0]["title"] == "乙"
    assert send(teacher, "PUT", f"{address}/items/{second}/note", {"note": "后看"}).json()["items"][0]["note"] == "后看"
    assert send(teacher, "POST", f"{address}/items/{second}/renewal").status_code == 409
    assert len(send(teacher, "DELETE", f"{address}/items/{second}").json()["items"]) == 1
    assert send(teacher, "PUT", address, {"title": "又一组"}).json()["title"] == "又一组"
    reach = {"reach": "klass", "klass": str(house.klass.uuid)}
    assert send(teacher, "PUT", f"{address}/reach", reach).json()["klass"] == str(house.klass.uuid)
    pupil = browser_of(house.pupil)
    assert [row["title"] for row in pupil.get(f"{COLLECTIONS}/shared").json()["items"]] == ["又一组"]
    assert [row["title"] for row in teacher.get(COLLECTIONS).json()["items"]] == ["又一组"]
    assert client.get(f"{COLLECTIONS}{address}").status_code == 404
    assert send(teacher, "POST", f"{address}/publication").status_code == 201
    decided(Collection.objects.get(), by=house.reviewer)
    assert [item["title"] for item in client.get(f"{COLLECTIONS}{address}").json()["items"]] == ["甲"]
    assert send(teacher, "DELETE", address).status_code == 409


def test_others_are_told_nothing(client: Client, house: House) -> None:
    made = house.collection(house.resource())
    item = made.items.get().pk
    for browser in (browser_of(house.colleague), browser_of(house.stranger)):
        for method, address, body in (
            ("GET", "", None),
            ("PUT", "", {"title": "改"}),
            ("DELETE", "", None),
            ("POST", "/items", {"entry": str(uuid4())}),
            ("PUT", "/items", {"items": [item]}),
            ("DELETE", f"/items/{item}", None),
            ("PUT", "/reach", {"reach": "private"}),
            ("POST", "/publication", None),
        ):
            assert send(browser, method, f"/{made.uuid}{address}", body).status_code == 404, (method, address)
    assert client.get(COLLECTIONS).status_code == 401
    assert send(browser_of(house.teacher), "POST", "", {"title": ""}).status_code == 422
