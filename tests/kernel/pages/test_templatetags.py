"""Sizes, times and people as readers say them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import engines
from django.utils.translation import override

from heluo.kernel.clock.public import SHANGHAI, now
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.templatetags.pages import duration, filesize, initial, inside_marks, stars_of, state_badge, when


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (50_541_363, "48.2 MB"), (3 * 1024**4, "3.0 TB"), (None, "")],
)
def test_filesize(size: int | None, said: str) -> None:
    assert filesize(size) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00"), (42, "0:42"), (725.4, "12:05"), (3800, "1:03:20"), (None, "")]
)
def test_duration(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said
    if seconds is not None:
        assert duration(timedelta(seconds=seconds)) == said


def test_when_is_in_words_while_near_and_exact_in_the_title() -> None:
    assert ">刚刚</time>" in when(now() - timedelta(seconds=3))
    assert ">12 分钟前</time>" in when(now() - timedelta(minutes=12, seconds=5))
    assert ">3 天前</time>" in when(now() - timedelta(days=3))
    old = datetime(2020, 1, 1, 17, 30, tzinfo=UTC)
    assert 'title="2020-01-02 01:30"' in when(old)
    assert ">2020-01-02</time>" in when(old)
    assert when(None) == ""
    tomorrow = now().astimezone(SHANGHAI).replace(hour=9, minute=5) + timedelta(days=1)
    assert ">明天 09:05</time>" in when(tomorrow)


@pytest.mark.parametrize(("name", "sign"), [("示例教师甲", "甲"), ("Ada", "A"), ("", "·")])
def test_initial(name: str, sign: str) -> None:
    assert initial(name) == sign


def test_stars() -> None:
    assert stars_of(3.6) == [True, True, True, True, False]
    assert stars_of(None) == [False] * 5


@pytest.mark.parametrize("tone", Tone)
def test_a_state_is_word_icon_and_colour(tone: Tone) -> None:
    html = state_badge("<待审核>", tone)
    assert f"state-{tone.value}" in html
    assert "&lt;待审核&gt;" in html
    assert "<svg" in html


def test_tags_need_no_loading() -> None:
    with override("zh-hans"):
        template = engines["django"].from_string('{% icon "check" %}{{ 1024|filesize }}{% bundle "app" %}')
        assert "1 KB" in template.render({})


@pytest.mark.parametrize(
    ("title", "inside"),
    [("分数的初步认识", "分数的初步认识"), ("《春晓》朗读指导", "〈春晓〉朗读指导"), ("读《论语》", "读〈论语〉")],
)
def test_a_title_inside_title_marks_names_others_in_single_ones(title: str, inside: str) -> None:
    assert inside_marks(title) == inside
