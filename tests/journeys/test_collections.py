"""A teacher puts together what a class needs, a pupil finds it on a phone; a reviewer makes another one public."""

from playwright.sync_api import expect

from tests.journeys.conftest import Visit


def test_from_a_resource_to_the_pupil_of_the_class(visit: Visit) -> None:
    teacher = visit("teacher1")
    teacher.open("/resources/?q=春晓")
    teacher.follow("《春晓》朗读指导")
    teacher.follow("加入资源集")
    teacher.page.get_by_label("名称").fill("晨读用的诗")
    teacher.press("新建并加入")
    expect(teacher.page.get_by_role("heading", level=1)).to_have_text("晨读用的诗")
    teacher.main.get_by_role("link", name="写备注").click()
    teacher.page.get_by_label("备注").fill("读两遍，注意停顿")
    teacher.press("保存")
    expect(teacher.main.get_by_text("读两遍，注意停顿")).to_be_visible()

    teacher.press("移除 《春晓》朗读指导")
    expect(teacher.main.get_by_text("这里还没有资源")).to_be_visible()
    teacher.page.get_by_role("button", name="撤销").click()
    expect(teacher.main.get_by_text("读两遍，注意停顿")).to_be_visible()

    teacher.main.get_by_role("link", name="分享", exact=True).click()
    teacher.page.get_by_label("一个班").check()
    teacher.page.get_by_label("哪个班").select_option(index=1)
    teacher.press("保存")
    expect(teacher.main.get_by_text("一个班", exact=True)).to_be_visible()

    pupil = visit("pupil1", phone=True)
    pupil.open("/workbench/collections/?of=shared")
    pupil.follow("晨读用的诗")
    expect(pupil.main.get_by_text("读两遍，注意停顿")).to_be_visible()
    assert not pupil.is_wider_than_the_screen()
    pupil.follow("《春晓》朗读指导")
    expect(pupil.page.get_by_role("heading", level=1)).to_have_text("《春晓》朗读指导")
    pupil.follow("加入资源集")
    expect(pupil.main.get_by_role("heading", level=1)).to_contain_text("加入资源集")


def test_a_reviewer_makes_it_public_and_its_owner_is_told(visit: Visit) -> None:
    teacher = visit("teacher2")
    teacher.open("/resources/?q=静夜思")
    teacher.follow("《静夜思》诵读与想象")
    teacher.follow("加入资源集")
    teacher.page.get_by_label("名称").fill("月亮与诗")
    teacher.press("新建并加入")
    teacher.press("申请公开")
    expect(teacher.main.get_by_text("已申请公开")).to_be_visible()

    reviewer = visit("reviewer1")
    reviewer.open("/workbench/items/")
    reviewer.main.get_by_role("link", name="月亮与诗").first.click()
    expect(reviewer.main.get_by_role("link", name="《静夜思》诵读与想象")).to_be_visible()
    reviewer.main.get_by_label("公开", exact=True).check()
    reviewer.main.get_by_role("button", name="办理", exact=True).click()
    reviewer.page.wait_for_load_state("networkidle")

    public = visit("pupil2", phone=True)
    public.open("/collections/?q=月亮")
    public.follow("月亮与诗")
    expect(public.main.get_by_text("《静夜思》诵读与想象").first).to_be_visible()
