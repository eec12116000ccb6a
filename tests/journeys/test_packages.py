"""Courseware packages run in the browser, go on where one left, and cannot act as the person who opens them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Frame, FrameLocator, Page, expect

from tests.journeys.browser import Visitor
from tests.journeys.conftest import RunningPlatform, Visit
from tests.journeys.test_lesson import approve, bring, describe, start_resource, submit, take_from_queue, unique_title
from tests.kernel.files import packages


def publish(visit: Visit, folder: Path, **files: bytes) -> str:
    """A published resource with packages, each tried by the author and by the reviewer's eye; its title."""
    paths = []
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content)
        paths.append(path)
    title = unique_title()
    teacher = visit("teacher1")
    start_resource(teacher)
    bring(teacher, *paths)
    describe(teacher, title)
    submit(teacher)
    reviewer = visit("reviewer1")
    take_from_queue(reviewer, title)
    expect(reviewer.main.get_by_role("link", name="打开课件").first).to_be_visible()
    approve(reviewer)
    return title


def open_package(visitor: Visitor, title: str, button: str = "打开课件") -> None:
    visitor.open(f"/resources/?q={title}")
    visitor.follow(title)
    visitor.main.get_by_role("link", name=button).first.click()
    expect(visitor.page).to_have_url(re.compile("/packages/"))


def player(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[data-courseware]")


def lesson(page: Page) -> FrameLocator:
    return player(page).frame_locator("iframe")


def test_a_scorm_1_2_lesson_goes_on_where_it_was_left_and_keeps_its_score(visit: Visit, tmp_path: Path) -> None:
    title = publish(visit, tmp_path, lesson_zip=packages.scorm12())
    pupil = visit("pupil2")
    with pupil.page.expect_response(lambda answer: answer.request.method == "PUT") as first:
        open_package(pupil, title)
        expect(lesson(pupil.page).locator("#said")).to_contain_text("hello 第一次来 not attempted")
    assert first.value.ok
    pupil.main.get_by_role("link", name="返回资源").click()
    expect(pupil.main).to_contain_text("已学完 0 / 2 项")

    at_home = visit("pupil2", phone=True)
    open_package(at_home, title, "接着学")
    expect(lesson(at_home.page).locator("#said")).to_contain_text("看到第三页 incomplete")
    with at_home.page.expect_response(lambda answer: answer.request.method == "PUT"):
        lesson(at_home.page).get_by_role("button", name="我学完了").click()
    expect(at_home.main).to_contain_text("成绩 85 / 100")
    assert not at_home.is_wider_than_the_screen()
    at_home.main.get_by_role("link", name="讲义", exact=True).click()
    expect(lesson(at_home.page).locator("p")).to_contain_text("讲义")
    expect(at_home.main.locator("[data-courseware-said]")).to_contain_text("已学完")
    at_home.main.get_by_role("link", name="返回资源").click()
    expect(at_home.main).to_contain_text("已学完 2 / 2 项 · 成绩 85 / 100 · 通过")

    stranger = visit()
    open_package(stranger, title)
    expect(lesson(stranger.page).locator("#said")).to_contain_text("第一次来")
    expect(stranger.main).to_contain_text("登录后再打开")


def test_a_package_fills_in_its_own_description(visit: Visit, tmp_path: Path) -> None:
    package = tmp_path / "lesson.zip"
    package.write_bytes(packages.scorm12())
    teacher = visit("teacher1")
    start_resource(teacher)
    teacher.page.get_by_label("标题").fill("我自己的标题")
    expect(teacher.page.locator("#saved")).to_contain_text("自动保存于")
    bring(teacher, package)
    expect(teacher.page.get_by_label("内容说明")).to_have_value("认识几分之一。")
    expect(teacher.page.get_by_label("关键词")).to_have_value("分数、几分之一、数学")
    expect(teacher.page.get_by_label("标题")).to_have_value("我自己的标题")
    expect(teacher.main).to_contain_text("由课件包填写，请核对。")
    teacher.page.reload()
    expect(teacher.page.get_by_label("语种")).to_have_value("zh-CN")


def test_a_scorm_2004_lesson_goes_on_and_reports(visit: Visit, tmp_path: Path) -> None:
    title = publish(visit, tmp_path, lesson_zip=packages.scorm2004())
    pupil = visit("pupil2")
    with pupil.page.expect_response(lambda answer: answer.request.method == "PUT"):
        open_package(pupil, title)
        expect(lesson(pupil.page).locator("#said")).to_contain_text("第一次来")
    pupil.page.reload()
    expect(lesson(pupil.page).locator("#said")).to_contain_text("第二题")
    with pupil.page.expect_response(lambda answer: answer.request.method == "PUT"):
        lesson(pupil.page).get_by_role("button", name="交卷").click()
    expect(pupil.main).to_contain_text("成绩 9 / 10")


def test_an_h5p_goes_on_and_reports(visit: Visit, tmp_path: Path) -> None:
    title = publish(visit, tmp_path, fraction_h5p=packages.h5p())
    pupil = visit("pupil2")
    open_package(pupil, title)
    content = player(pupil.page)
    expect(content.locator(".said")).to_contain_text("还没有答")
    with pupil.page.expect_response(lambda answer: answer.request.method == "PUT"):
        content.get_by_role("button", name="3/4").click()
    expect(pupil.main).to_contain_text("成绩 1 / 1")
    pupil.page.reload()
    expect(content.locator(".said")).to_contain_text("您答过：3/4")


def test_a_common_cartridge_opens_item_by_item(visit: Visit, tmp_path: Path) -> None:
    title = publish(visit, tmp_path, course_imscc=packages.cartridge())
    pupil = visit("pupil2")
    open_package(pupil, title)
    expect(lesson(pupil.page).get_by_role("heading", name="怎样观察")).to_be_visible()
    expect(pupil.main.locator("[data-courseware-said]")).to_contain_text("已学完")
    contents = pupil.main.get_by_role("navigation", name="课件目录")
    expect(contents).to_contain_text("小测验 测验，平台暂时不能播放")
    contents.get_by_role("link", name="植物园").click()
    link = pupil.main.get_by_role("link", name="打开网页")
    expect(link).to_have_attribute("href", "https://garden.example.org/")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


SPY = """<!doctype html><meta charset="utf-8"><title>spy</title><p id="found">?</p><script>
(async () => {
  const site = "%(site)s", found = {};
  const attempt = async (name, deed) => {
    try { found[name] = String((await deed()) ?? ""); } catch { found[name] = ""; }
  };
  await attempt("cookie", () => document.cookie);
  await attempt("top document", () => window.top.document.cookie);
  await attempt("top storage", () => window.top.localStorage.getItem("secret"));
  await attempt("top address", () => window.top.location.href);
  for (const mode of ["cors", "no-cors"])
    await attempt("fetch " + mode, () =>
      fetch(site + "/account/", { mode, credentials: "include" }).then((answer) => answer.text()));
  await attempt("picture", () => new Promise((yes, no) => {
    const image = new Image();
    image.onload = () => yes("loaded");
    image.onerror = no;
    image.src = site + "/static/app/icon.svg";
  }));
  await attempt("window", () => window.open(site + "/account/")?.closed === false ? "opened" : "");
  await attempt("worker", () => navigator.serviceWorker.register("sw.js").then(() => "registered"));
  await attempt("leaving", () => { window.top.location = site + "/account/"; return ""; });
  document.cookie = "heluo_session=forged; domain=localhost; path=/";
  const report = { completion: "completed", state: {} };
  window.top.postMessage({ mark: "heluo-courseware", say: "report", report }, "*");
  document.getElementById("found").textContent = JSON.stringify(found);
})();
</script>"""


def test_a_hostile_package_finds_nothing_of_the_site(visit: Visit, platform: RunningPlatform, tmp_path: Path) -> None:
    site = f"http://localhost:{platform.port}"
    spy = packages.packed(packages.scorm12_files(**{"lesson/index.html": SPY % {"site": site}, "lesson/sw.js": ""}))
    title = publish(visit, tmp_path, spy_zip=spy)
    victim = visit("school1")
    for words in ("Content Security Policy", "sandbox", "CORS", "Failed to load", "ServiceWorker", "Unsafe"):
        victim.expect_complaint(words)
    sent: list[str] = []
    victim.page.on("request", lambda request: sent.append(request.url))
    victim.open("/account/")
    victim.page.evaluate("() => localStorage.setItem('secret', 'of the site')")
    cookies = {cookie["name"]: cookie["value"] for cookie in victim.page.context.cookies(site)}
    open_package(victim, title)
    del sent[:]
    found = lesson(victim.page).locator("#found")
    expect(found).to_contain_text("leaving")
    outcomes = found.evaluate("(one) => JSON.parse(one.textContent)")
    assert {name: value for name, value in outcomes.items() if value} == {}
    assert not [url for url in sent if url.startswith(f"{site}/account")]
    assert "/packages/" in victim.page.url
    assert len(victim.page.context.pages) == 1
    # A message of the lesson itself is not one of the player page: nothing was kept of it.
    expect(victim.main.locator("[data-courseware-said]")).not_to_contain_text("已学完")

    victim.open("/account/")
    assert {cookie["name"]: cookie["value"] for cookie in victim.page.context.cookies(site)} == cookies


@pytest.mark.parametrize("where", ["inside", "player"])
def test_a_package_is_not_served_outside_its_frame(visit: Visit, tmp_path: Path, where: str) -> None:
    title = publish(visit, tmp_path, lesson_zip=packages.scorm12())
    reader = visit("school1")
    open_package(reader, title)
    expect(lesson(reader.page).locator("#said")).to_be_visible()
    frames: list[Frame] = [frame for frame in reader.page.frames if ("/p/" in frame.url) == (where == "inside")]
    address = next(frame.url for frame in frames if "content.localhost" in frame.url)
    reader.expect_complaint("404")
    reader.expect_complaint("Blocked script execution")
    answer = reader.page.goto(address)
    assert answer is not None
    assert answer.status == 404
