"""A lesson from a teacher's desk to a pupil's phone, with real files, real checks and real playing."""

import re
import time
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys.browser import Visitor
from tests.journeys.conftest import Visit
from tests.journeys.material import PAGES, film, worksheet

CHECKED = 180_000
"""Milliseconds that scanning and drawing previews may take on a busy machine."""


def unique_title() -> str:
    """A title that no other run has used."""
    return f"分数的故事 {uuid4().hex[:6]}"


def start_resource(teacher: Visitor) -> None:
    teacher.open("/workbench/resources/")
    teacher.press("新建资源")
    expect(teacher.page).to_have_url(re.compile(r"/workbench/resources/[0-9a-f-]{36}/$"))


def bring(teacher: Visitor, *paths: Path) -> None:
    """Choose files and wait until each has been received and checked."""
    teacher.page.get_by_label("添加文件").set_input_files(list(paths))
    for path in paths:
        row = teacher.page.locator("#files li").filter(has_text=path.name)
        expect(row).to_be_visible()
        expect(row).to_contain_text(re.compile("未查毒|已查毒"), timeout=CHECKED)


def describe(teacher: Visitor, title: str) -> None:
    page = teacher.page
    page.get_by_label("标题").fill(title)
    page.get_by_label("内容说明").fill("用一块月饼讲清二分之一和四分之一，约六秒，附三页练习。")
    page.get_by_label("关键词").fill("分数、月饼")
    page.get_by_label("适用学段和年级").select_option(label="三年级")
    page.get_by_label("学科").select_option(label="数学")
    page.get_by_label("资源类型").select_option(label="课件")
    page.get_by_label("语种").select_option(label="中文")
    page.get_by_label("许可").select_option(index=1)
    page.get_by_label("没有，全部是本人或本单位原创").check()


def submit(teacher: Visitor) -> None:
    teacher.press("提交审核")
    expect(teacher.page.get_by_text("已提交审核。")).to_be_visible()


def take_from_queue(reviewer: Visitor, title: str) -> None:
    reviewer.open("/workbench/items/")
    reviewer.follow(title)
    expect(reviewer.page.get_by_role("heading", level=1)).to_contain_text(title)


def approve(reviewer: Visitor) -> None:
    """Publish what is open: everything on the check list is ticked."""
    reviewer.page.get_by_label("通过并发布").check()
    checks = reviewer.main.get_by_role("group", name="核对清单").get_by_role("checkbox")
    for place in range(checks.count()):
        checks.nth(place).check()
    reviewer.main.get_by_role("button", name="办理", exact=True).click()
    expect(reviewer.page.get_by_text("已办理“审核”。")).to_be_visible()


def play(page: Page) -> float:
    """Play the video of the page for a moment; the second it has come to."""
    video = page.locator("video").first
    video.scroll_into_view_if_needed()
    video.evaluate("async (video) => { video.muted = true; await video.play(); }")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
    second: float = video.evaluate("(video) => { video.pause(); return video.currentTime; }")
    return second


def expect_views(teacher: Visitor, title: str, wanted: int, within: float = 180) -> None:
    """The author's page says that it was looked at so often; views are summed up every few seconds."""
    until = time.monotonic() + within
    row = teacher.main.get_by_role("listitem").filter(has_text=title)
    teacher.open("/workbench/resources/")
    while f"浏览 {wanted} " not in row.inner_text():
        assert time.monotonic() < until, row.inner_text()
        teacher.page.wait_for_timeout(1000)
        teacher.page.reload()


def test_a_lesson_goes_from_a_teachers_desk_to_a_pupils_phone(visit: Visit, tmp_path: Path) -> None:
    title = unique_title()
    teacher = visit("teacher1")
    start_resource(teacher)
    bring(teacher, film(tmp_path), worksheet(tmp_path))
    describe(teacher, title)
    submit(teacher)

    reviewer = visit("reviewer1")
    take_from_queue(reviewer, title)
    assert play(reviewer.page) > 0.5
    approve(reviewer)

    pupil = visit("pupil1", phone=True)
    pupil.page.get_by_role("searchbox").first.fill("分数")
    pupil.page.get_by_role("searchbox").first.press("Enter")
    with pupil.page.expect_response("**/use/"):  # the view counts once the page was looked at for a while
        pupil.follow(title)
        assert play(pupil.page) > 0.5
    sheets = pupil.page.get_by_role("img", name=re.compile(r"分数练习\.pdf 第 \d 页"))
    expect(sheets).to_have_count(PAGES)
    for place in range(PAGES):
        sheets.nth(place).scroll_into_view_if_needed()
        expect(sheets.nth(place)).to_have_js_property("complete", value=True)
        assert sheets.nth(place).evaluate("(image) => image.naturalWidth") > 300
    pupil.press("收藏")
    expect(pupil.main.get_by_role("button", name="已收藏")).to_be_visible()
    pupil.open("/feedback/favourites/")
    expect(pupil.main.get_by_role("link", name=title)).to_be_visible()

    expect_views(teacher, title, 1)


def test_a_returned_lesson_is_corrected_and_published(visit: Visit, tmp_path: Path) -> None:
    title = unique_title()
    teacher, reviewer = visit("teacher2"), visit("reviewer1")
    start_resource(teacher)
    bring(teacher, worksheet(tmp_path))
    describe(teacher, title)
    submit(teacher)

    take_from_queue(reviewer, title)
    reviewer.page.get_by_label("退回修改").check()
    reviewer.page.get_by_label("标题、说明或分类不准确").check()
    reviewer.page.get_by_label("审核意见").fill("请把适用年级改成五年级。")
    reviewer.main.get_by_role("button", name="办理", exact=True).click()
    expect(reviewer.page.get_by_text("已办理“审核”。")).to_be_visible()

    teacher.open("/workbench/")
    teacher.follow(title)
    expect(teacher.main).to_contain_text("审核意见：请把适用年级改成五年级。")
    teacher.main.get_by_role("link", name="去修改草稿").click()
    expect(teacher.page.get_by_text("请把适用年级改成五年级。")).to_be_visible()
    teacher.page.get_by_label("适用学段和年级").select_option(label="五年级")
    submit(teacher)

    take_from_queue(reviewer, title)
    expect(reviewer.main).to_contain_text("五年级")
    approve(reviewer)

    anybody = visit()
    anybody.open(f"/resources/?q={title}")
    anybody.follow(title)
    expect(anybody.main).to_contain_text("五年级")
