"""The pages of rosters, opened by those who may and by others."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from heluo.domains.rosters.actions import correct_batch, import_batch, read_batch
from heluo.domains.rosters.enums import BatchState
from heluo.domains.rosters.models import RosterBatch
from heluo.domains.rosters.queries import batches as reads
from heluo.domains.rosters.queries.batches import work_has_stopped
from heluo.kernel.actors.enums import Role
from heluo.kernel.files.public import content_as_file
from heluo.kernel.tables.public import open_workbook
from tests.domains.rosters.made import PUPILS, Book, Office, checked, fresh, parcel, pupil, sent
from tests.register import NOON, OTHER_COUNTY, browser, person, school

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(client: Client, content: bytes, name: str = "名册.xlsx") -> object:
    return client.post(reverse("rosters:upload"), {"file": SimpleUploadedFile(name, content, XLSX)})


def test_a_clerk_brings_checks_and_imports_a_roster(office: Office) -> None:
    client = browser(office.clerk)
    answer = send(client, Book({PUPILS: [pupil(1), pupil(2)]}).content())
    batch = RosterBatch.objects.get()
    assert answer.headers["Location"] == reverse("rosters:batch", args=[batch.uuid])  # type: ignore[attr-defined]
    assert "正在读取并核对" in client.get(reverse("rosters:batch", args=[batch.uuid])).content.decode()
    read_batch(batch_id=batch.pk, now=NOON)
    page = client.get(reverse("rosters:batch", args=[batch.uuid])).content.decode()
    assert "没有发现错误" in page
    client.post(reverse("rosters:batch", args=[batch.uuid]), {"choice": "all"})
    assert fresh(batch).state == BatchState.IMPORTING
    import_batch(batch_id=batch.pk, now=NOON)
    assert "导入完成" in client.get(reverse("rosters:batch", args=[batch.uuid])).content.decode()


def test_wrong_cells_are_shown_and_handed_back(office: Office) -> None:
    client = browser(office.clerk)
    batch = checked(office, Book({PUPILS: [pupil(1), pupil(2, 出生日期="不详")]}))
    page = client.get(reverse("rosters:problems", args=[batch.uuid])).content.decode()
    assert "C3" in page
    assert "不是能识别的日期" in page
    assert "写成 2016-09-01 的样子" in page
    correct_batch(batch_id=batch.pk, now=NOON)
    kept = fresh(batch).corrections
    assert kept is not None
    with content_as_file(kept) as path, open_workbook(path) as book:
        rows = dict(book.rows(book.sheets[0]))
    assert "不是能识别的日期" in rows[3][8].text
    assert 8 not in rows[2]
    assert client.get(reverse("rosters:corrections", args=[batch.uuid])).status_code == 302


@pytest.mark.parametrize("route", ["batch", "problems", "changes", "corrections", "check", "cancel"])
def test_a_batch_of_another_school_is_not_there(office: Office, route: str) -> None:
    elsewhere = school("2141970002", "别处小学", OTHER_COUNTY)
    stranger = browser(person(Role.SCHOOL_ADMIN, elsewhere, username="a.stranger"))
    batch = checked(office, Book({PUPILS: [pupil(1)]}))
    assert stranger.get(reverse(f"rosters:{route}", args=[batch.uuid])).status_code == 404


def test_an_officer_sees_the_batches_of_the_schools_below(office: Office) -> None:
    batch = checked(office, Book({PUPILS: [pupil(1)]}))
    officer = browser(office.officer)
    assert officer.get(reverse("rosters:batch", args=[batch.uuid])).status_code == 200
    teacher = browser(person(Role.TEACHER, office.school, username="t.someone"))
    assert teacher.get(reverse("rosters:batches")).status_code in {403, 404}


def test_the_template_reads_as_an_empty_roster(office: Office) -> None:
    answer = browser(office.clerk).get(reverse("rosters:template"))
    batch = checked(office, answer.content)
    assert (batch.state, batch.rows_read, batch.error_count) == (BatchState.READ, 0, 0)


def test_a_file_under_a_password_is_named_as_such(office: Office) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    answer = send(browser(office.clerk), content)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "打开密码" in answer.content.decode()  # type: ignore[attr-defined]


def test_giving_a_batch_up_is_asked_first(office: Office) -> None:
    client = browser(office.clerk)
    batch = checked(office, Book({PUPILS: [pupil(1)]}))
    address = reverse("rosters:cancel", args=[batch.uuid])
    assert "取消这次导入" in client.get(reverse("rosters:batch", args=[batch.uuid])).content.decode()
    assert "取消导入“名册.xlsx”？" in client.post(address).content.decode()
    assert fresh(batch).state == BatchState.READ
    client.post(address, {"confirmed": "1"})
    assert fresh(batch).state == BatchState.CANCELLED


def test_a_page_that_followed_its_batch_is_loaded_anew_at_the_end(office: Office) -> None:
    client = browser(office.clerk)
    batch = sent(office, Book({PUPILS: [pupil(1, 出生日期="不详")]}).content())
    address, part = reverse("rosters:batch", args=[batch.uuid]), {"HX-Request": "true", "HX-Target": "batch"}
    assert "HX-Refresh" not in client.get(address, headers=part).headers
    read_batch(batch_id=batch.pk, now=NOON)
    assert client.get(address, headers=part).headers["HX-Refresh"] == "true"
    toolbar = client.get(address, headers=part | {"HX-Target": "corrections"})
    assert "HX-Refresh" not in toolbar.headers
    assert "改正文件正在生成" in toolbar.content.decode()
    correct_batch(batch_id=batch.pk, now=NOON)
    assert "下载改正文件" in client.get(address, headers=part | {"HX-Target": "corrections"}).content.decode()


def test_a_package_is_brought_like_a_workbook(office: Office) -> None:
    client = browser(office.clerk)
    package = parcel(office)
    package.lines["users"][0]["familyName"] = "河洛1"
    send(client, package.content(), "名册.zip")
    batch = RosterBatch.objects.get()
    read_batch(batch_id=batch.pk, now=NOON)
    page = client.get(reverse("rosters:problems", args=[batch.uuid])).content.decode()
    assert "users.csv" in page
    assert "familyName" in page
    assert "第 2 行" in page


def test_work_that_was_quick_has_not_stopped(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "is_under_way", lambda name: False)
    batch = sent(office, Book({PUPILS: [pupil(1)]}).content())
    assert work_has_stopped(batch)
    read_batch(batch_id=batch.pk, now=NOON)
    assert batch.state == BatchState.RECEIVED  # as a page had looked it up before
    assert not work_has_stopped(batch)
