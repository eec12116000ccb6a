"""What was typed into a long form is there again, for the same person, until it was sent or discarded."""

import re

from playwright.sync_api import expect

from tests.journeys.browser import Visitor
from tests.journeys.conftest import Visit

WORDS = "第二遍看的时候，分数线的写法可以再慢一点。"
KEPT = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('heluo-typed:')).length"


def open_a_lesson(visitor: Visitor) -> None:
    visitor.open("/resources/?q=分数")
    visitor.page.locator("main .card a").first.click()
    expect(visitor.page).to_have_url(re.compile(r"/resources/[0-9a-f-]{36}/$"))


def test_a_comment_survives_until_it_is_sent_or_discarded(visit: Visit) -> None:
    reader = visit("school1")
    open_a_lesson(reader)
    text = reader.main.locator("form.feedback-comment textarea")
    text.fill(WORDS)
    reader.page.reload()
    expect(text).to_have_value(WORDS)
    expect(reader.page.get_by_text("已恢复未提交的内容。")).to_be_visible()
    reader.press("放弃恢复的内容")
    expect(text).to_have_value("")
    reader.page.reload()
    expect(text).to_have_value("")

    text.fill(WORDS)
    reader.press("发表评论")
    expect(reader.page.get_by_text("评论已提交")).to_be_visible()
    assert reader.page.evaluate(KEPT) == 0


def test_signing_out_forgets_and_an_ended_session_does_not(visit: Visit) -> None:
    reader = visit("school1")
    open_a_lesson(reader)
    address, text = reader.page.url, reader.main.locator("form.feedback-comment textarea")
    text.fill(WORDS)
    # Only the session: what still loads for the page (its offline copy) would otherwise be given a CSRF cookie of its
    # own, in place of the one the form below was made for.
    reader.page.context.clear_cookies(name="heluo_session")
    reader.sign_in("school1")
    reader.open(address)
    expect(text).to_have_value(WORDS)
    reader.page.locator("summary").filter(has=reader.page.locator(".avatar")).click()
    reader.page.get_by_role("button", name="退出登录").click()
    reader.page.wait_for_url(re.compile(r"/(accounts/.*)?$"))
    assert reader.page.evaluate(KEPT) == 0
