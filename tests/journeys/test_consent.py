"""A child under fourteen waits for a guardian's consent, and is out again when it is withdrawn."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visit


def test_a_guardians_consent_lets_a_child_in_and_its_withdrawal_out(visit: Visit) -> None:
    child = visit(phone=True)
    child.sign_in("pupil3", wait_for="**/waiting/")
    expect(child.page.get_by_text("要先请家长同意")).to_be_visible()
    child.open("/workbench/")
    expect(child.page).to_have_url(re.compile("/waiting/$"))

    parent = visit(phone=True)
    parent.sign_in("parent1", wait_for="**/account/children/")  # a decision waits, so it comes first
    parent.expect_complaint("status of 422")  # the answer to an agreement without its tick
    card = parent.main.locator(".card").filter(has=parent.page.get_by_role("link", name="阅读并决定"))
    name = card.get_by_role("heading").inner_text()
    parent.follow("阅读并决定")
    parent.press("同意")
    expect(parent.page.get_by_text("请先读完告知，再勾选这一项。").first).to_be_visible()
    parent.page.get_by_label("已读完上面的告知").check()
    parent.press("同意")
    expect(parent.page.get_by_text("您已同意。")).to_be_visible()

    child.follow("家长已同意，再看一次")
    expect(child.page).to_have_url(re.compile("/workbench/$"))

    card = parent.main.locator(".card").filter(has=parent.page.get_by_role("heading", name=name, exact=True))
    card.get_by_role("link", name="查看或撤回").click()
    parent.press("撤回对")
    expect(parent.page.get_by_text("您已撤回同意。")).to_be_visible()
    child.open("/workbench/")
    expect(child.page).to_have_url(re.compile("/waiting/$"))
