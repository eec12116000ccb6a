"""The demo has something in every state, with media that really play, and is made only once."""

from collections import Counter
from pathlib import Path

import pytest

from heluo.domains.resources import demo
from heluo.domains.resources.demo.lessons import LESSONS, Fate
from heluo.domains.resources.enums import ResourceState, VersionState
from heluo.domains.resources.models import Resource, ResourceVersion
from heluo.domains.textbooks import demo as textbooks_demo
from heluo.engines.process.enums import ItemState
from heluo.engines.process.models import WorkItem
from heluo.kernel.clock.public import local_day
from heluo.kernel.files.enums import CoursewareKind, PreviewState
from heluo.kernel.files.models import Blob
from heluo.kernel.files.recognition import courseware_in
from heluo.kernel.organisations import demo as organisations_demo
from heluo.kernel.organisations.public import bureau_of
from heluo.kernel.people import demo as people_demo
from tests.factories import NOON

ONE_OF_EACH = ("spring-dawn", "stork-tower", "sorting-song", "willow", "sea-and-sun", "rubbish-week")


@pytest.mark.slow
@pytest.mark.django_db
def test_the_demo_has_something_in_every_state(monkeypatch: pytest.MonkeyPatch) -> None:
    organisations_demo.build(size="small", say=str, now=NOON)
    people_demo.build(size="small", say=str, now=NOON)
    monkeypatch.setattr(demo, "LESSONS", [lesson for lesson in LESSONS if lesson.key in ONE_OF_EACH])

    said: list[str] = []
    demo.build(size="small", say=said.append, now=NOON)
    demo.build(size="small", say=said.append, now=NOON)

    assert len(said) == len(ONE_OF_EACH)
    assert set(ResourceVersion.objects.values_list("state", flat=True)) == set(VersionState.values)
    assert Resource.objects.filter(state=ResourceState.WITHDRAWN).count() == 2
    assert set(Blob.objects.values_list("preview_state", flat=True)) == {PreviewState.READY}
    video = Blob.objects.filter(media_type="video/mp4").first()
    assert video is not None
    assert (video.codec, video.width, video.height) == ("h264", 960, 540)
    waiting = {item.element: item.place for item in WorkItem.objects.filter(state=ItemState.OPEN)}
    assert waiting == {
        "review": bureau_of("410305", on=local_day(NOON)),
        "revise": None,
        "city_review": bureau_of("410300", on=local_day(NOON)),
    }


def test_a_film_is_the_same_bytes_every_time() -> None:
    film = next(lesson.film for lesson in LESSONS if lesson.key == "clock")
    assert film is not None
    assert film.encode() == film.encode()


def test_courseware_is_the_same_bytes_every_time_and_opens(tmp_path: Path) -> None:
    lesson = next(lesson for lesson in LESSONS if lesson.courseware)
    [(name, content)] = demo.media_of(lesson)
    assert demo.media_of(lesson) == [(name, content)]
    (tmp_path / name).write_bytes(content)
    manifest = courseware_in(tmp_path / name)
    assert (manifest.kind, manifest.obstacle) == (CoursewareKind.SCORM12, "")
    assert [item.title for item in manifest.items] == ["五道题比大小"]


@pytest.mark.django_db
def test_every_lesson_finds_its_chapter_in_the_example_tree() -> None:
    textbooks_demo.build(size="small", say=str, now=NOON)
    lost = [lesson.key for lesson in LESSONS if demo.place_of(lesson) is None]
    assert not lost


def test_keys_are_unique_and_every_fate_is_there() -> None:
    assert max(Counter(lesson.key for lesson in LESSONS).values()) == 1
    assert {lesson.fate for lesson in LESSONS} == set(Fate)
    assert sum(lesson.fate == Fate.PUBLISHED for lesson in LESSONS) >= 24
