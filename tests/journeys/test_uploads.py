"""Big files on a bad line: what breaks off goes on, what is cancelled is gone, what is dropped on the form goes up."""

import hashlib
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import CDPSession, Request, Route, expect

from tests.journeys.browser import Visitor
from tests.journeys.conftest import RunningPlatform, Visit
from tests.journeys.test_lesson import CHECKED, start_resource

SLOW, FAST = 150 * 1024, -1
"""Bytes a second; slow enough to be met half-way on a busy machine."""


def big_picture(folder: Path, name: str = "大图.png") -> Path:
    """About three megabytes that no compression makes smaller, different each time."""
    path = folder / name
    Image.frombytes("RGB", (1000, 1000), os.urandom(3_000_000)).save(path)
    return path


def on_a_slow_line(visitor: Visitor) -> CDPSession:
    line = visitor.page.context.new_cdp_session(visitor.page)
    line.send("Network.enable")
    be(line, offline=False, speed=SLOW)
    return line


def be(line: CDPSession, *, offline: bool, speed: int) -> None:
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
    line.send("Network.emulateNetworkConditions", {"offline": offline, **conditions})


def hold(visitor: Visitor, address: str) -> list[Route]:
    """Requests to an address wait until they are let go; those that came so far."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    visitor.page.route(address, keep)
    return held


def half_way(visitor: Visitor) -> None:
    visitor.page.wait_for_function("() => document.querySelector('[data-upload-list] progress')?.value > 20")


def test_an_upload_goes_on_after_the_line_was_cut(visit: Visit, platform: RunningPlatform, tmp_path: Path) -> None:
    picture = big_picture(tmp_path)
    teacher = visit("teacher1")
    teacher.expect_complaint("Failed to load resource")
    teacher.page.on("dialog", lambda dialog: dialog.accept())  # "leave the page?"
    start_resource(teacher)
    line = on_a_slow_line(teacher)
    teacher.page.get_by_label("添加文件").set_input_files(picture)
    half_way(teacher)
    teacher.page.reload()  # the sending breaks off in the middle

    offsets: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    teacher.page.on("request", note)
    be(line, offline=True, speed=FAST)
    teacher.page.get_by_label("添加文件").set_input_files(picture)
    expect(teacher.page.get_by_text("网络中断，正在重新连接")).to_be_visible()
    be(line, offline=False, speed=FAST)
    row = teacher.page.locator("#files li").filter(has_text=picture.name)
    expect(row).to_be_visible(timeout=CHECKED)
    assert min(offsets) > 0, "what had arrived is not sent again"
    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    [stored] = [path for path in (platform.data / "files").rglob(digest) if path.is_file()]
    assert stored.read_bytes() == picture.read_bytes()


def test_a_file_chosen_before_the_page_is_ready_goes_up(visit: Visit, tmp_path: Path) -> None:
    teacher = visit("teacher1")
    late = hold(teacher, "**/app/upload-*.js")
    start_resource(teacher)
    teacher.page.get_by_label("添加文件").set_input_files(big_picture(tmp_path))
    for script in late:
        script.continue_()
    expect(teacher.page.locator("#files li").filter(has_text="大图.png")).to_be_visible(timeout=CHECKED)


def test_a_file_that_arrives_while_the_list_fetches_itself_is_not_lost(visit: Visit, tmp_path: Path) -> None:
    teacher = visit("teacher1")
    start_resource(teacher)
    held = hold(teacher, "**/*?held")
    teacher.page.evaluate("() => void window.htmx.ajax('get', `${location.pathname}?held`, '#files')")
    teacher.page.get_by_label("添加文件").set_input_files(big_picture(tmp_path))
    expect(teacher.page.locator("#files li").filter(has_text="大图.png")).to_be_visible(timeout=CHECKED)
    assert held, "the list was fetching itself all the time"


def test_a_cancelled_upload_is_gone(visit: Visit, tmp_path: Path) -> None:
    teacher = visit("teacher1")
    start_resource(teacher)
    line = on_a_slow_line(teacher)
    teacher.page.get_by_label("添加文件").set_input_files([big_picture(tmp_path), big_picture(tmp_path, "第二.png")])
    expect(teacher.page.get_by_text("排队中").last).to_be_visible()
    half_way(teacher)
    with teacher.page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        teacher.page.get_by_role("button", name="取消上传").first.click()
    assert deleted.value.status == 204
    be(line, offline=False, speed=FAST)
    expect(teacher.page.locator("#files li").filter(has_text="第二.png")).to_be_visible(timeout=CHECKED)
    expect(teacher.page.locator("#files li")).to_have_count(1)
    expect(teacher.page.get_by_role("button", name="取消上传")).to_have_count(0)


def test_a_file_dropped_on_the_form_goes_up(visit: Visit) -> None:
    teacher = visit("teacher1")
    start_resource(teacher)
    dragged = teacher.page.evaluate_handle(
        """async () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
          canvas.getContext("2d").fillRect(0, 0, 40, Math.random() * 30);
          const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
          const dragged = new DataTransfer();
          dragged.items.add(new File([picture], "拖来的.png", { type: "image/png" }));
          return dragged;
        }"""
    )
    form = teacher.page.locator("form[data-upload]")
    form.dispatch_event("dragover", {"dataTransfer": dragged})
    expect(form).to_have_class("upload is-over")
    form.dispatch_event("drop", {"dataTransfer": dragged})
    expect(form).to_have_class("upload")
    expect(teacher.page.locator("#files li").filter(has_text="拖来的.png")).to_be_visible(timeout=CHECKED)


def test_a_file_removed_by_mistake_comes_back(visit: Visit, tmp_path: Path) -> None:
    teacher = visit("teacher1", phone=True)
    start_resource(teacher)
    for name in ("一.png", "二.png"):
        teacher.page.get_by_label("添加文件").set_input_files(big_picture(tmp_path, name))
        expect(teacher.page.locator("#files li").filter(has_text=name)).to_be_visible(timeout=CHECKED)
    teacher.press("移除 一.png")
    expect(teacher.page.locator("#files li")).to_have_count(1)
    teacher.page.locator("#messages").get_by_role("button", name="撤销").click()
    expect(teacher.page.locator("#files li")).to_have_count(2)
    expect(teacher.page.locator("#files li").first).to_contain_text("一.png")
    expect(teacher.page.get_by_text("已放回“一.png”。")).to_be_visible()
