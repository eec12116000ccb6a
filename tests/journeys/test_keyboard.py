"""Signing in, searching and opening a result with the keyboard alone; the focus can always be seen."""

import re

from playwright.sync_api import Locator, expect
from playwright.sync_api import TimeoutError as TooSlow

from tests.journeys.browser import Visitor
from tests.journeys.conftest import Visit

MOST_STEPS = 60
IS_SEEN = """() => {
  const one = document.activeElement;
  if (one === document.body) return true;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return ring && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}"""


def tab_to(visitor: Visitor, wanted: Locator) -> None:
    """Press Tab until the wanted element has the focus, and see each stop on the way."""
    for _step in range(MOST_STEPS):
        visitor.page.keyboard.press("Tab")
        shown = visitor.page.evaluate("() => document.activeElement.outerHTML.slice(0, 160)")
        try:
            visitor.page.wait_for_function(IS_SEEN, timeout=10_000)
        except TooSlow:
            raise AssertionError(f"the focus cannot be seen on {shown}") from None
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by the keyboard")


def test_signing_in_and_searching_need_no_mouse(visit: Visit) -> None:
    pupil = visit()
    keyboard = pupil.page.keyboard
    pupil.open("/")
    tab_to(pupil, pupil.page.get_by_role("link", name="跳到正文"))
    tab_to(pupil, pupil.page.get_by_role("banner").get_by_role("link", name="登录"))
    keyboard.press("Enter")
    pupil.page.wait_for_url("**/accounts/login/**")
    if not pupil.page.get_by_label("用户名").evaluate("(one) => one === document.activeElement"):
        tab_to(pupil, pupil.page.get_by_label("用户名"))
    keyboard.type("pupil1")
    tab_to(pupil, pupil.page.get_by_label("密码", exact=True))
    keyboard.type(pupil.passwords["pupil1"])
    keyboard.press("Enter")
    pupil.page.wait_for_url("**/workbench/")

    tab_to(pupil, pupil.page.get_by_role("banner").get_by_role("searchbox"))
    keyboard.type("分数")
    keyboard.press("Enter")
    expect(pupil.page.get_by_role("heading", level=1)).to_contain_text("分数")
    tab_to(pupil, pupil.main.locator("#listing article a, #listing .card a").first)
    keyboard.press("Enter")
    expect(pupil.page).to_have_url(re.compile(r"/resources/[0-9a-f-]{36}/$"))
