"""A parent on a phone sees what is held, asks for corrections, and reads what the school did about them."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visit


def test_a_parent_asks_the_school_refuses_the_parent_objects(visit: Visit) -> None:
    parent = visit(phone=True)
    parent.sign_in("parent1", wait_for="**/account/children/")  # a decision waits, so it comes first
    parent.open("/my-data/")
    expect(parent.page.get_by_role("heading", name="我的信息", exact=True)).to_be_visible()
    parent.main.locator(".tab-links a").nth(1).click()
    expect(parent.page.get_by_role("heading", name="学籍", exact=True)).to_be_visible()
    expect(parent.page.get_by_text("来源：河洛示例小学").first).to_be_visible()
    child = parent.page.url

    parent.expect_complaint("status of 422")  # the answer to a form without its reason
    parent.follow("申请更正：学生类别")
    parent.page.get_by_label("应当是").fill("随迁子女")
    parent.press("提交申请")
    expect(parent.page.locator("[aria-invalid=true]").first).to_be_visible()
    parent.page.get_by_label("理由").fill("随父母从外省迁来")
    parent.press("提交申请")
    expect(parent.page.get_by_text("申请已送达“河洛示例小学”。")).to_be_visible()
    request = parent.page.url

    school = visit("school1")
    school.follow("更正学生类别")
    school.expect_complaint("status of 422")  # the answer to "corrected" where nothing was
    school.press("已更正")
    expect(school.page.get_by_text("请先在来源处改正，再标记为已更正。").first).to_be_visible()
    school.page.get_by_label("答复").fill("没有收到迁入证明，请补交")
    school.press("不同意")
    expect(school.page.get_by_text("已答复申请人。")).to_be_visible()

    parent.open(request)
    expect(parent.page.get_by_text("没有收到迁入证明，请补交")).to_be_visible()
    parent.page.get_by_label("异议的理由").fill("证明上月已经交到教务处")
    parent.press("提出异议")
    expect(parent.page.get_by_text("异议已送达上级单位。")).to_be_visible()

    county = visit("county1")
    expect(county.main.get_by_role("link", name="更正学生类别")).to_be_visible()

    parent.open(f"{child}looks/")
    expect(parent.page.get_by_text("河洛示例小学 · 学校管理员").first).to_be_visible()


def test_the_school_corrects_where_the_fact_is_kept_and_the_parent_sees_it(visit: Visit) -> None:
    parent = visit(phone=True)
    parent.sign_in("parent1", wait_for="**/account/children/")  # a decision waits, so it comes first
    parent.open("/my-data/")
    parent.follow("申请更正：姓名")
    wanted = "邙岭雁归"
    parent.page.get_by_label("应当是").fill(wanted)
    parent.page.get_by_label("理由").fill("登记时两个字写反了")
    parent.press("提交申请")
    expect(parent.page.get_by_text("申请已送达“河洛示例小学”。")).to_be_visible()

    school = visit("school1")
    school.follow("更正姓名")
    request = school.page.url
    school.follow("打开登记的页面")
    school.page.get_by_label("姓名").fill(wanted)
    school.page.get_by_label("更正依据").fill("身份证上的姓名")
    school.press("更正登记")
    expect(school.page).to_have_url(re.compile("/people/[0-9a-f-]+/$"))
    school.open(request)
    school.press("已更正")
    expect(school.page.get_by_text("已标记为更正完成。")).to_be_visible()

    parent.open("/my-data/requests/")
    expect(parent.page.get_by_text("已办理").first).to_be_visible()
    parent.open("/my-data/")
    expect(parent.main.get_by_text(wanted).first).to_be_visible()
