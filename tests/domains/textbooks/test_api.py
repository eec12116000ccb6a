"""The textbook tree for programs."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from heluo.domains.textbooks.models import Chapter, Textbook
from tests.domains.resources.conftest import browser_of
from tests.domains.textbooks.conftest import BOOK, TREE, Keepers, a_chapter, a_file, imported

pytestmark = pytest.mark.django_db
TEXTBOOKS = "/api/v1/textbooks"
NOWHERE = UUID(int=1)


def post(browser: Client, address: str, body: object) -> Any:
    return browser.post(address, json.dumps(body), content_type="application/json")


def test_anybody_walks_from_a_textbook_to_a_point(client: Client, keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    [book] = client.get(TEXTBOOKS, {"stage": "primary", "subject": "14", "edition": "示例版"}).json()["items"]
    assert (book["title"], book["example"], book["withdrawn"]) == (BOOK[7], True, False)
    tree = client.get(f"{TEXTBOOKS}/{book['id']}").json()
    assert [one["number"] for one in tree["chapters"]] == ["1", "1.1", "2"]
    section = client.get(f"{TEXTBOOKS}/chapters/{tree['chapters'][1]['id']}").json()
    assert [one["number"] for one in section["above"]] == ["1"]
    assert (section["previous"]["number"], section["next"]["number"]) == ("1", "2")
    point = client.get(f"{TEXTBOOKS}/knowledge-points/{section['points'][0]['id']}").json()
    assert [one["textbook"]["id"] for one in point["chapters"]] == [book["id"]]
    assert client.get(TEXTBOOKS, {"stage": "senior"}).json()["items"] == []
    for kind in ("", "/chapters", "/knowledge-points"):
        assert client.get(f"{TEXTBOOKS}{kind}/{NOWHERE}").status_code == 404


def test_a_file_goes_in_and_out(keepers: Keepers) -> None:
    browser = browser_of(keepers.province)
    text = a_file(*TREE).decode("utf-8-sig")
    checked = post(browser, f"{TEXTBOOKS}/files", {"name": "目录.csv", "text": text})
    assert (checked.status_code, checked.json()["counts"]["chapter"]["new"]) == (201, 3)
    assert not Chapter.objects.exists()
    done = post(browser, f"{TEXTBOOKS}/files/{checked.json()['id']}/import", {})
    assert done.json()["imported_at"]
    assert Chapter.objects.count() == 3
    assert post(browser, f"{TEXTBOOKS}/files/{checked.json()['id']}/import", {}).status_code == 409
    out = browser.get(f"{TEXTBOOKS}/export", {"stage": "primary"}).json()["text"]
    again = post(browser, f"{TEXTBOOKS}/files", {"name": "目录.csv", "text": out, "complete": True}).json()
    assert again["counts"]["chapter"] == {"new": 0, "changed": 0, "withdrawn": 0, "unchanged": 3}


def test_a_wrong_cell_is_named(keepers: Keepers) -> None:
    text = a_file(BOOK, a_chapter("1.1", "节")).decode()
    answer = post(browser_of(keepers.province), f"{TEXTBOOKS}/files", {"name": "目录.csv", "text": text})
    assert (answer.status_code, answer.json()["code"]) == (422, "cells_wrong")
    assert "第 3 行“编号”" in answer.json()["detail"]
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("3/编号", "no_chapter_above")]


def test_files_are_the_provinces(client: Client, keepers: Keepers) -> None:
    body = {"name": "目录.csv", "text": a_file(*TREE).decode()}
    for browser, status in ((client, 401), (browser_of(keepers.teacher), 403), (browser_of(keepers.county), 403)):
        assert post(browser, f"{TEXTBOOKS}/files", body).status_code == status
        assert post(browser, f"{TEXTBOOKS}/files/{NOWHERE}/import", {}).status_code == status
        assert browser.get(f"{TEXTBOOKS}/export").status_code == status
    assert post(browser_of(keepers.province), f"{TEXTBOOKS}/files/{NOWHERE}/import", {}).status_code == 404


def test_a_textbook_goes_out_of_use_and_comes_back(client: Client, keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    address = f"{TEXTBOOKS}/{Textbook.objects.get().uuid}/withdrawal"
    for browser, status in ((client, 401), (browser_of(keepers.teacher), 403), (browser_of(keepers.county), 403)):
        assert browser.put(address, content_type="application/json").status_code == status
        assert browser.delete(address).status_code == status
    province = browser_of(keepers.province)
    assert province.put(f"{TEXTBOOKS}/{NOWHERE}/withdrawal", content_type="application/json").status_code == 404
    assert province.put(address, content_type="application/json").json()["withdrawn"] is True
    assert province.put(address, content_type="application/json").status_code == 409
    assert client.get(TEXTBOOKS).json()["items"] == []
    assert province.delete(address).json()["withdrawn"] is False
    assert province.delete(address).status_code == 409
