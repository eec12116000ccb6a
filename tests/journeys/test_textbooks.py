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


def test_a_teacher_plans_a_unit_on_a_phone_and_keeps_what_was_found(visit: Visit) -> None:
    """From the shelf to a chapter, to a resource, on to the next one in the chapter, both into one collection."""
    teacher = visit("teacher2", phone=True)
    title = teacher.page.get_by_role("heading", level=1)
    first, second = "《春晓》朗读指导", "《静夜思》诵读与想象"
    teacher.open("/textbooks/")
    for choice in ("小学", "语文", "示例版"):
        teacher.main.get_by_role("link", name=choice, exact=True).click()
    teacher.follow("示例版·语文一年级全一册")
    teacher.main.get_by_role("link", name=re.compile("读读背背")).click()
    for found in (first, second):
        expect(teacher.main.get_by_role("link", name=found)).to_be_visible()
    teacher.follow(first)
    expect(title).to_have_text(first)
    teacher.follow("加入资源集")
    teacher.page.get_by_label("名称").fill("古诗单元")
    teacher.press("新建并加入")
    expect(title).to_have_text("古诗单元")

    teacher.follow(first)
    onward = teacher.main.get_by_role("region", name=re.compile("下一节：1.2"))
    onward.get_by_role("link", name=second).click()
    expect(title).to_have_text(second)
    teacher.follow("加入资源集")
    teacher.press("加入 古诗单元")
    expect(title).to_have_text("古诗单元")
    for found in (first, second):
        expect(teacher.main.get_by_role("link", name=found, exact=True)).to_be_visible()
    assert not teacher.is_wider_than_the_screen()
