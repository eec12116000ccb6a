"""The installed app without a network: a page says so, what was kept opens, and nobody's name is kept."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit

KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) kept.push(new URL(request.url).pathname);
  return kept.filter((path) => !path.startsWith("/static/app/"));
}"""
OFFLINE_TEXT = "async () => (await caches.match('/offline/')).text()"
UNDER_CONTROL = "() => navigator.serviceWorker.controller?.state === 'activated'"


def wait_for_worker(page: Page) -> None:
    page.wait_for_function(UNDER_CONTROL)


def test_without_network_a_page_says_so_and_kept_pages_open(visit: Visit) -> None:
    pupil = visit("pupil1", phone=True)
    pupil.expect_complaint("ERR_INTERNET_DISCONNECTED")
    wait_for_worker(pupil.page)
    name = pupil.page.get_by_role("heading", level=1).inner_text().split("，")[0]
    pupil.open("/resources/")
    pupil.page.locator("main .card a").first.click()
    expect(pupil.page).to_have_url(re.compile(r"/resources/[0-9a-f-]{36}/$"))
    address, title = pupil.page.url, pupil.page.get_by_role("heading", level=1).inner_text()
    path = "/" + address.split("/", 3)[3]
    pupil.page.wait_for_function("async (path) => Boolean(await caches.match(path))", arg=path)
    pupil.open("/workbench/")

    assert set(pupil.page.evaluate(KEPT)) == {"/offline/", path}, "only what said that it may be kept"
    assert name not in pupil.page.evaluate(OFFLINE_TEXT), "shown to whoever holds the phone"

    pupil.page.context.set_offline(True)
    pupil.open("/workbench/")
    expect(pupil.page.get_by_text("没有网络").first).to_be_visible()
    assert pupil.page.evaluate("() => getComputedStyle(document.querySelector('.shell-header')).display") != "inline"
    assert pupil.page.evaluate("() => document.styleSheets.length") > 0
    pupil.open(path)
    expect(pupil.page.get_by_role("heading", level=1)).to_have_text(title)

    pupil.page.context.set_offline(False)
    pupil.open("/workbench/")
    pupil.page.locator("summary").filter(has=pupil.page.locator(".avatar")).click()
    pupil.page.get_by_role("button", name="退出登录").click()
    pupil.page.wait_for_function(f"async () => (await ({KEPT})()).length === 1")


def test_a_new_build_takes_over(visit: Visit) -> None:
    reader = visit()
    reader.open("/")
    wait_for_worker(reader.page)
    reader.page.evaluate(
        """async () => {
          await (await caches.open("heluo-shell-0")).put("/old", new Response("old"));
          const names = (await caches.keys()).filter((name) => name.startsWith("heluo-shell-"));
          const shell = names.find((name) => name !== "heluo-shell-0");
          await (await caches.open(shell)).put("/static/app/app-of-an-earlier-build.js", new Response("old"));
          window.took = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
        }"""
    )
    # Another address for the same place is to the browser what another text at the same address is: a new worker.
    reader.page.evaluate("() => navigator.serviceWorker.register('/service-worker.js?build=tomorrow')")
    reader.page.evaluate("async () => { await window.took; }")
    reader.page.wait_for_function("async () => !(await caches.keys()).includes('heluo-shell-0')")
    reader.page.wait_for_function("async () => !(await caches.match('/static/app/app-of-an-earlier-build.js'))")
    assert reader.page.evaluate(OFFLINE_TEXT)
