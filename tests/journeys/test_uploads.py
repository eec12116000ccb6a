"""Files of a draft: what is dropped on the form goes up, what was removed by mistake comes back."""

import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.test_lesson import CHECKED, start_resource


def big_picture(folder: Path, name: str = "大图.png") -> Path:
    """About three megabytes that no compression makes smaller, different each time."""
    path = folder / name
    Image.frombytes("RGB", (1000, 1000), os.urandom(3_000_000)).save(path)
    return path


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
