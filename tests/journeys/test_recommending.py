"""A lesson is recommended from its school to the province: sent back once, and its trail is right at each step."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.browser import Visitor
from tests.journeys.conftest import Visit
from tests.journeys.test_lesson import (
    approve,
    bring,
    describe,
    start_resource,
    submit,
    take_from_queue,
    unique_title,
    worksheet,
)


def take(somebody: Visitor, title: str) -> None:
    """Open the step about a title from the list of one's work."""
    somebody.open("/workbench/items/")
    somebody.follow(title)
    expect(somebody.page.get_by_role("heading", level=1)).to_contain_text(title)


def say(somebody: Visitor, title: str, choice: str, reason: str) -> None:
    take(somebody, title)
    if choice:
        somebody.page.get_by_label(choice).check()
    somebody.page.locator("textarea").fill(reason)
    somebody.main.get_by_role("button", name="办理", exact=True).click()
    expect(somebody.page.get_by_text("已办理“")).to_be_visible()


def test_a_lesson_is_recommended_from_its_school_to_the_province(visit: Visit, tmp_path: Path) -> None:
    title = unique_title()
    teacher = visit("teacher1")
    start_resource(teacher)
    bring(teacher, worksheet(tmp_path))
    describe(teacher, title)
    submit(teacher)
    reviewer = visit("reviewer1")
    take_from_queue(reviewer, title)
    approve(reviewer)

    teacher.open("/workbench/resources/")
    teacher.follow(title)
    teacher.press("申请逐级推荐")
    expect(teacher.page.get_by_text("已申请推荐，学校会先看。")).to_be_visible()
    process = teacher.page.url

    say(visit("school1"), title, "退回作者补充", "请补充教学对象。")
    teacher.open(process)
    expect(teacher.main).to_contain_text("意见：退回作者补充；理由：请补充教学对象。")
    say(teacher, title, "", "三年级上学期第一次接触分数。")
    say(visit("school1", phone=True), title, "评为校级推荐并上报", "内容准确。")
    say(visit("county1"), title, "评为县级推荐并上报", "可在全县使用。")
    say(visit("city1"), title, "评为市级推荐并上报", "可在全市使用。")
    say(visit("province1"), title, "评为省级推荐", "可在全省使用。")

    teacher.open(process)
    expect(teacher.main).to_contain_text("流程已经结束，只能查看。")
    events = teacher.main.locator(".trail li")
    expect(events).to_have_count(8)
    expect(events.last).to_contain_text("办结：省级推荐")

    pupil = visit("pupil1", phone=True)
    pupil.open(f"/resources/?recognised=province&q={title}")
    pupil.follow(title)
    expect(pupil.main).to_contain_text("省级推荐、市级推荐、县级推荐、校级推荐")
