"""Finding by textbook and keeping the tree, in a browser: what people see, and what strangers do not."""

import re
from collections.abc import Sequence
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.domains.textbooks.actions import withdraw_textbook
from heluo.domains.textbooks.models import Chapter, KnowledgePoint, Textbook, TreeFile
from heluo.domains.textbooks.pages import printing
from heluo.domains.textbooks.queries.codes import Label
from tests.domains.resources.conftest import browser_of
from tests.domains.textbooks.conftest import BOOK, TREE, Keepers, a_chapter, a_file, imported, opened
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LIST, KEEP = "/textbooks/", "/workbench/textbooks/"
NOWHERE = UUID(int=1)


def words_of(html: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.decode()))


def chapter_page(number: str) -> str:
    return reverse("textbooks:chapter", args=[Chapter.objects.get(number=number).uuid])


def test_everybody_finds_a_chapter_from_stage_subject_and_edition(client: Client, keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    page = client.get(LIST).content.decode()
    assert "?stage=primary" in page
    page = client.get(LIST, {"stage": "primary", "subject": "14"}).content.decode()
    assert "edition=" in page
    assert BOOK[7] in page
    assert "没有这样的教材" in client.get(LIST, {"stage": "senior"}).content.decode()
    book = client.get(reverse("textbooks:detail", args=[Textbook.objects.get().uuid])).content.decode()
    assert chapter_page("1.1") in book
    assert "示例" in book


def test_a_chapter_says_where_it_stands_and_what_it_teaches(client: Client, keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    page = client.get(chapter_page("1.1")).content.decode()
    assert chapter_page("1") in page
    assert chapter_page("2") in page
    assert "分数的意义" in page
    point = client.get(reverse("textbooks:point", args=[KnowledgePoint.objects.get().uuid])).content.decode()
    assert chapter_page("1.1") in point


def test_what_was_withdrawn_says_so_and_is_in_no_list(client: Client, keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    gone = chapter_page("2")
    imported(keepers.province, *TREE[:-1])
    assert "这一节已不在目录中" in client.get(gone).content.decode()
    assert gone not in client.get(reverse("textbooks:detail", args=[Textbook.objects.get().uuid])).content.decode()
    assert gone not in client.get(chapter_page("1.1")).content.decode()


@pytest.mark.parametrize("name", ["detail", "chapter", "point"])
def test_what_never_was_is_not_there(client: Client, db: None, name: str) -> None:
    assert client.get(reverse(f"textbooks:{name}", args=[NOWHERE])).status_code == 404


def test_pages_cost_the_same_for_few_and_for_many(client: Client, keepers: Keepers) -> None:
    def cost(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    imported(keepers.province, *TREE)
    urls = [
        LIST,
        reverse("textbooks:detail", args=[Textbook.objects.get().uuid]),
        chapter_page("1"),
        reverse("textbooks:point", args=[KnowledgePoint.objects.get().uuid]),
    ]
    few = [cost(url) for url in urls]
    more = [a_chapter(f"1.{number}", "又一节", points="SX-1") for number in (2, 3)]
    second = (*BOOK[:5], "下册", *BOOK[6:])
    imported(keepers.province, *TREE, *more, second, a_chapter("1", "再分", points="SX-1", volume="下册"))
    assert [cost(url) for url in urls] == few


def test_the_province_uploads_sees_the_changes_and_confirms(keepers: Keepers) -> None:
    browser = browser_of(keepers.province)
    shown = browser.post(KEEP, {"file": SimpleUploadedFile("目录.csv", a_file(*TREE))}, follow=True)
    assert "确认导入" in shown.content.decode()
    assert not Chapter.objects.exists()
    done = browser.post(shown.redirect_chain[-1][0], follow=True)
    assert "导入完成" in done.content.decode()
    assert Chapter.objects.count() == 3
    assert "目录.csv" in browser.get(KEEP).content.decode()


def test_wrong_cells_are_listed_beside_the_form(keepers: Keepers) -> None:
    browser = browser_of(keepers.province)
    answer = browser.post(KEEP, {"file": SimpleUploadedFile("目录.csv", a_file(BOOK, a_chapter("1.1", "节")))})
    assert answer.status_code == 422
    listed = words_of(answer.content.split(b"<tbody>")[1].split(b"</tbody>")[0]).split()
    assert listed[:4] == ["3", "编号", "G3", "1.1"]
    assert "没有上一级 1" in " ".join(listed)
    assert not TreeFile.objects.exists()


def test_a_preview_that_moved_is_shown_again(keepers: Keepers) -> None:
    other = opened(keepers.province, *TREE)
    TreeFile.objects.filter(pk=other.pk).update(seen="")
    browser = browser_of(keepers.province)
    url = reverse("textbooks:file", args=[other.uuid])
    assert "核对之后目录已有变化" in browser.post(url, follow=True).content.decode()
    assert not Chapter.objects.exists()
    browser.post(url)
    assert Chapter.objects.exists()


def test_an_export_is_a_file_that_changes_nothing(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    browser = browser_of(keepers.province)
    part = {"part": "primary:14"}
    for query in ({}, {"form": "xlsx"}, part, {**part, "form": "xlsx"}, {"textbook": str(Textbook.objects.get().uuid)}):
        answer = browser.get(reverse("textbooks:export"), query)
        assert answer["Content-Disposition"].endswith(query.get("form", "csv"))
        shown = browser.post(KEEP, {"file": SimpleUploadedFile("目录", answer.content)}, follow=True)
        counts = TreeFile.objects.get(imported_at=None).counts
        assert shown.status_code == 200
        assert counts["chapter"] == {"new": 0, "changed": 0, "withdrawn": 0, "unchanged": 3}


def test_keeping_is_not_there_for_others(client: Client, keepers: Keepers) -> None:
    file = opened(keepers.province, *TREE)
    for url in (KEEP, reverse("textbooks:export"), reverse("textbooks:file", args=[file.uuid])):
        assert client.get(url).status_code == 302
        for actor in (keepers.county, keepers.teacher):
            assert browser_of(actor).get(url).status_code == 403
    assert browser_of(keepers.province).get(reverse("textbooks:file", args=[NOWHERE])).status_code == 404


def test_a_sheet_of_codes_is_a_pdf_for_whoever_is_signed_in(client: Client, keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    url = reverse("textbooks:codes", args=[Textbook.objects.get().uuid])
    assert client.get(url).status_code == 302
    answer = browser_of(keepers.teacher).get(url)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_codes_of_a_long_textbook_come_in_parts_that_hold_them_all(
    keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(keepers.province, *TREE)
    book = Textbook.objects.get()
    monkeypatch.setattr(printing, "MOST_CODES", 2)
    sheets: list[list[str]] = []

    def drawn(*, title: str, lead: str, labels: Sequence[Label]) -> bytes:
        assert "章节）" in title
        sheets.append([label.title for label in labels])
        return b"%PDF-"

    monkeypatch.setattr(printing, "code_sheet", drawn)
    browser = browser_of(keepers.teacher)
    page = browser.get(reverse("textbooks:detail", args=[book.uuid])).content.decode()
    addresses = re.findall(r'href="([^"]+/codes/[^"]*)"', page)
    assert [browser.get(address).status_code for address in addresses] == [200, 200]
    assert sheets == [["1 分一分", "1.1 几分之一"], ["2 量一量"]]
    for part in ("0", "3", "x", "²", "9999999"):
        assert browser.get(reverse("textbooks:codes", args=[book.uuid]), {"part": part}).status_code == 404


def test_the_province_takes_a_textbook_out_of_use_and_brings_it_back(client: Client, keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    book = Textbook.objects.get()
    detail, chapter = reverse("textbooks:detail", args=[book.uuid]), chapter_page("1.1")
    withdraw, restore = (reverse(f"textbooks:{deed}", args=[book.uuid]) for deed in ("withdraw", "restore"))
    browser = browser_of(keepers.province)
    assert withdraw in browser.get(detail).content.decode()
    asked = browser.post(withdraw).content.decode()
    assert "停用教材" in asked
    assert book.title in asked
    assert detail in client.get(LIST, {"stage": "primary", "subject": "14"}).content.decode(), "asking does nothing"
    said = browser.post(withdraw, {"confirmed": "1"}, follow=True).content.decode()
    assert "已停用，挂着的资源都还在" in said
    assert detail not in client.get(LIST, {"stage": "primary", "subject": "14"}).content.decode()
    page = client.get(detail).content.decode()
    assert "这本教材已停用" in page
    assert chapter in page, "its chapters can still be walked"
    assert "这一节已不在目录中" in client.get(chapter).content.decode()
    assert detail in browser.get(KEEP).content.decode(), "whoever keeps the tree finds it again"
    assert "已经停用了" in browser.post(withdraw, {"confirmed": "1"}, follow=True).content.decode()
    assert "已恢复使用" in browser.post(restore, {"confirmed": "1"}, follow=True).content.decode()
    assert detail in client.get(LIST, {"stage": "primary", "subject": "14"}).content.decode()


def test_taking_out_of_use_is_not_there_for_others(client: Client, keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    book = Textbook.objects.get()
    for deed in ("withdraw", "restore"):
        url = reverse(f"textbooks:{deed}", args=[book.uuid])
        assert client.post(url, {"confirmed": "1"}).status_code == 302
        for actor in (keepers.county, keepers.teacher):
            browser = browser_of(actor)
            assert browser.post(url, {"confirmed": "1"}).status_code == 403
            assert url not in browser.get(reverse("textbooks:detail", args=[book.uuid])).content.decode()
        nowhere = reverse(f"textbooks:{deed}", args=[NOWHERE])
        assert browser_of(keepers.province).post(nowhere, {"confirmed": "1"}).status_code == 404
    book.refresh_from_db()
    assert not book.is_withdrawn


def test_keeping_costs_the_same_whatever_is_out_of_use(keepers: Keepers) -> None:
    browser = browser_of(keepers.province)
    books = [(*BOOK[:5], f"{number}册", *BOOK[6:]) for number in range(4)]
    imported(keepers.province, *books)

    def cost(count: int) -> int:
        for book in Textbook.objects.filter(withdrawn_at=None)[:count]:
            withdraw_textbook(by=keepers.province, textbook=book, now=NOON)
        browser.get(KEEP)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(KEEP).status_code == 200
        return len(seen)

    assert cost(1) == cost(2)
