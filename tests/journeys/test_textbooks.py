"""From the home page by textbook to a resource, on a phone."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visit


def test_a_teacher_turns_to_a_section_and_opens_what_hangs_on_it(visit: Visit) -> None:
    teacher = visit("teacher1", phone=True)
    page = teacher.page
    teacher.open("/")
    teacher.main.get_by_role("link", name="按教材找").click()
    for choice in ("小学", "数学", "示例版"):
        teacher.main.get_by_role("link", name=choice, exact=True).click()
        expect(teacher.main.get_by_role("link", name=choice, exact=True)).to_have_attribute("aria-current", "true")
    teacher.main.get_by_role("link", name="示例版·数学三年级全一册").click()
    teacher.main.get_by_role("link", name=re.compile("几分之一和几分之几")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1.1 几分之一和几分之几")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    teacher.main.get_by_role("link", name="分数的初步认识").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("分数的初步认识")
    teacher.main.get_by_role("link", name=re.compile("几分之一和几分之几")).click()
    expect(page).to_have_url(re.compile("/textbooks/chapters/"))
