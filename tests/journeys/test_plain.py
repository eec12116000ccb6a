"""Without scripts: people find and read, and an author still uploads, describes and submits."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.material import worksheet
from tests.journeys.test_lesson import CHECKED, describe, start_resource, submit, unique_title


def test_searching_and_reading_need_no_scripts(visit: Visit) -> None:
    reader = visit(phone=True, scripts=False)
    reader.open("/")
    reader.page.get_by_role("searchbox").first.fill("分数")
    reader.page.get_by_role("searchbox").first.press("Enter")
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("分数")
    reader.follow("分数的初步认识")
    expect(reader.page).to_have_url(re.compile(r"/resources/[0-9a-f-]{36}/$"))
    expect(reader.page.locator("video, .player-pages").first).to_be_visible()
    with reader.page.expect_download() as download:
        reader.press("下载")
    assert download.value.path().stat().st_size > 1000


def test_a_draft_needs_no_scripts(visit: Visit, tmp_path: Path) -> None:
    title = unique_title()
    teacher = visit("teacher1", scripts=False)
    start_resource(teacher)
    teacher.page.get_by_label("添加文件").set_input_files(worksheet(tmp_path))
    teacher.press("上传")
    row = teacher.page.locator("#files li").filter(has_text="分数练习.pdf")
    for _second in range(CHECKED // 1000):
        if re.search("未查毒|已查毒", row.inner_text()):
            break
        teacher.page.wait_for_timeout(1000)
        teacher.page.reload()
    describe(teacher, title)
    submit(teacher)
    expect(teacher.main).to_contain_text(title)
