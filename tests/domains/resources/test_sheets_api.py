"""A table of drafts for programs: in, its rows, the files by their names, the submission, what went wrong."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.domains.resources.actions.sheets import submit_sheet
from heluo.domains.resources.models import DraftSheet, ResourceVersion
from heluo.kernel.files.public import StoredFile, store_file
from tests.domains.resources.conftest import House, browser_of
from tests.domains.resources.test_sheets import a_row, a_sheet, a_workbook, opened
from tests.factories import NOON, a_file, a_school

pytestmark = pytest.mark.django_db
SHEETS = "/api/v1/resources/sheets"
NOWHERE = UUID(int=1)


def send(browser: Client, method: str, address: str, body: object = None) -> Any:
    content = "" if body is None else json.dumps(body)
    return browser.generic(method, address, content, content_type="application/json")


def a_text(*rows: tuple[str, ...]) -> str:
    return a_sheet(*rows).decode("utf-8-sig")


def an_uploaded(house: House, content: bytes, name: str) -> StoredFile:
    return store_file(by=house.teacher, name=name, content=BytesIO(content), now=NOON)


def test_from_the_table_to_the_submission(house: House) -> None:
    browser = browser_of(house.teacher)
    body = {
        "organisation": str(house.school.uuid),
        "name": "表.csv",
        "text": a_text(a_row("甲", "甲.png"), a_row("", "")),
    }
    refused = send(browser, "POST", SHEETS, body)
    assert (refused.status_code, refused.json()["code"]) == (422, "cells_wrong")
    assert [(one["field"], one["cell"], one["code"]) for one in refused.json()["errors"]] == [
        ("3/标题", "A3", "required")
    ]
    assert not ResourceVersion.objects.exists()

    body["text"] = a_text(a_row("甲", "甲.png；共用.png"), a_row("乙", "共用.png", licence=""))
    made = send(browser, "POST", SHEETS, body)
    assert made.status_code == 201
    address = f"{SHEETS}/{made.json()['id']}"
    assert [(row["row"], row["title"], row["awaited"]) for row in made.json()["rows"]] == [
        (2, "甲", ["甲.png", "共用.png"]),
        (3, "乙", ["共用.png"]),
    ]
    assert send(browser, "POST", f"{address}/submission").status_code == 409
    for name in ("甲.png", "共用.png"):
        answer = send(browser, "PUT", f"{address}/files/{a_file(house.teacher, name=name, checked=False).uuid}")
        assert answer.status_code == 200
    one, other = answer.json()["rows"]
    assert (one["ready"], one["files"], other["ready"], other["lacking"]) == (
        True,
        ["甲.png", "共用.png"],
        False,
        ["许可"],
    )
    unknown = send(browser, "PUT", f"{address}/files/{a_file(house.teacher, name='别的.png').uuid}")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no_row_names_it")

    ordered = send(browser, "POST", f"{address}/submission")
    assert (ordered.status_code, ordered.json()) == (202, {"ordered": 1})
    submit_sheet(sheet=DraftSheet.objects.get(), now=NOON)
    problem = browser.get(address).json()["rows"][0]["problem"]
    assert "甲.png" in problem, "why it was refused stands in its row"
    assert [one["id"] for one in browser.get(SHEETS).json()["items"]] == [made.json()["id"]]


def test_a_workbook_that_was_uploaded(house: House) -> None:
    browser = browser_of(house.teacher)
    file = an_uploaded(house, a_workbook(a_row("甲", "甲.png")), "批量.xlsx")
    made = send(browser, "POST", SHEETS, {"file": str(file.uuid)})
    assert (made.status_code, made.json()["name"], len(made.json()["rows"])) == (201, "批量.xlsx", 1)
    nothing = send(browser, "POST", SHEETS, {})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "table_empty")


def test_a_sheet_is_not_there_for_others(client: Client, house: House) -> None:
    sheet = opened(house, a_row("甲", "甲.png"))
    others, file = browser_of(house.stranger), a_file(house.teacher, name="甲.png")
    addresses = (
        ("GET", f"{SHEETS}/{sheet.uuid}"),
        ("PUT", f"{SHEETS}/{sheet.uuid}/files/{file.uuid}"),
        ("POST", f"{SHEETS}/{sheet.uuid}/submission"),
    )
    for method, address in addresses:
        assert send(others, method, address).status_code == 404
        assert send(client, method, address).status_code == 401
        assert send(browser_of(house.reviewer), method, address).status_code == 403
        there = address.replace(str(sheet.uuid), str(NOWHERE))
        assert send(browser_of(house.teacher), method, there).status_code == 404
    assert others.get(SHEETS).json()["items"] == []
    theirs = a_file(house.stranger, name="甲.png")
    assert send(browser_of(house.teacher), "PUT", f"{SHEETS}/{sheet.uuid}/files/{theirs.uuid}").status_code == 404


def test_nobody_makes_drafts_elsewhere_or_of_files_of_others(house: House) -> None:
    file = an_uploaded(house, a_sheet(a_row("甲", "")), "表.csv")
    assert send(browser_of(house.stranger), "POST", SHEETS, {"file": str(file.uuid)}).status_code == 404
    elsewhere = {"organisation": str(a_school().uuid), "text": a_text(a_row("甲", ""))}
    assert send(browser_of(house.stranger), "POST", SHEETS, elsewhere).status_code == 404
    assert not DraftSheet.objects.exists()


def test_a_sheet_costs_the_same_for_one_row_and_for_five(house: House) -> None:
    browser = browser_of(house.teacher)

    def statements(sheet: DraftSheet) -> int:
        browser.get(f"{SHEETS}/{sheet.uuid}")
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"{SHEETS}/{sheet.uuid}").status_code == 200
        return len(captured)

    rows = [a_row(f"第{number}课", f"{number}.png") for number in range(5)]
    assert statements(opened(house, rows[0])) == statements(opened(house, *rows))
