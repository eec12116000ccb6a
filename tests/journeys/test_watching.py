"""A pupil stops a film half-way, and goes on there later, on another device."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.material import film
from tests.journeys.test_lesson import approve, bring, describe, start_resource, submit, take_from_queue, unique_title

HALF_WAY = 4.0
WATCH_FROM = """async (video, second) => {
  video.muted = true;
  video.currentTime = second;
  await video.play();
  await new Promise((seen) => video.addEventListener("timeupdate", () => video.currentTime > second && seen()));
  video.pause();
}"""
"""A glance, stopped from within the page: seen from outside, a busy machine would let the film run on."""


def test_a_film_goes_on_where_it_was_left(visit: Visit, tmp_path: Path) -> None:
    title = unique_title()
    teacher = visit("teacher1")
    start_resource(teacher)
    bring(teacher, film(tmp_path, seconds=8))
    describe(teacher, title)
    submit(teacher)
    reviewer = visit("reviewer1")
    take_from_queue(reviewer, title)
    approve(reviewer)

    pupil = visit("pupil2")
    pupil.open(f"/resources/?q={title}")
    pupil.follow(title)
    with pupil.page.expect_response("**/place/"):
        pupil.page.locator("video").evaluate(WATCH_FROM, HALF_WAY)

    at_home = visit("pupil2", phone=True)
    begun = at_home.main.locator("section").filter(has=at_home.page.get_by_role("heading", name="继续观看"))
    card = begun.locator(".card").filter(has_text=title)
    expect(card).to_contain_text(re.compile(r"看到 0:0[4-6]，共 0:08"))
    share = card.get_by_role("progressbar").evaluate("(bar) => bar.value")
    assert 45 <= share <= 80
    at_home.follow(title)
    video = at_home.page.locator("video")
    at_home.page.wait_for_function("() => document.querySelector('video')?.currentTime >= 4")
    expect(at_home.main).to_contain_text("上次看到 0:0")

    at_home.press("从头播放")
    at_home.page.wait_for_function("() => document.querySelector('video')?.currentTime < 3")
    with at_home.page.expect_response("**/place/"):
        video.evaluate("async (video) => { video.muted = true; video.currentTime = 7.8; await video.play(); }")
        at_home.page.wait_for_function("() => document.querySelector('video').ended")
    at_home.open("/workbench/")
    expect(begun.locator(".card").filter(has_text=title)).to_have_count(0)
