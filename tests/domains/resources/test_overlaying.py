"""A resource of another platform, described further here by officers: on its page, in its chapter, and nowhere else."""

from uuid import UUID

import pytest
from django.urls import reverse

from heluo.domains.textbooks.models import Chapter, KnowledgePoint
from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.models import Overlay
from heluo.engines.catalogue.public import EntryDraft, publish_entry
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import platform_actor
from tests.domains.resources.conftest import House, browser_of
from tests.domains.textbooks.conftest import PROVINCE, TREE, imported
from tests.factories import COUNTY, NOON, a_bureau, a_person, a_teacher

pytestmark = pytest.mark.django_db
ONE = UUID(int=1)
URL = f"/workbench/resources/{ONE}/overlay/"


@pytest.fixture(autouse=True)
def _elsewhere(house: House) -> None:
    imported(a_person(Role.PROVINCE_ADMIN, a_bureau(PROVINCE)).actor, *TREE)
    publish_entry(
        by=platform_actor("测试", [*Permission]),
        identifier=ONE,
        draft=EntryDraft(
            kind="resource",
            title="分数的初步认识",
            organisation_id=a_bureau(COUNTY).pk,
            licence="CC-BY-4.0",
            creator_name="示例教师",
        ),
        origin="node.example",
        now=NOON,
    )


def test_an_officer_adds_words_a_chapter_and_a_note(house: House) -> None:
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau(COUNTY)).actor)
    assert URL in officer.get(reverse("resources:detail", args=[ONE])).content.decode()
    chapter, point = Chapter.objects.get(number="1.1"), KnowledgePoint.objects.get()
    sent = {
        "revision": "0",
        "keywords": "洛阳、乡土教材",
        "note": "配合参观博物馆使用",
        "visibility": "",
        "chapters": [str(chapter.uuid)],
        "knowledge_points": [str(point.uuid)],
    }
    answer = officer.post(URL, sent)
    assert answer.headers["Location"] == reverse("resources:detail", args=[ONE])
    page = officer.get(reverse("resources:detail", args=[ONE])).content.decode()
    for said in ("洛阳、乡土教材", "配合参观博物馆使用", chapter.title, point.title):
        assert said in page
    assert "分数的初步认识" in officer.get(reverse("textbooks:chapter", args=[chapter.uuid])).content.decode()
    assert "分数的初步认识" in officer.get("/resources/?q=乡土教材").content.decode()
    again = officer.get(URL).content.decode()
    assert f'value="{chapter.uuid}" checked' in again
    assert again.count("checked") == 2, "the textbook above the chapter is no choice of its own"


def test_who_comes_second_sees_what_was_saved_and_decides(house: House) -> None:
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau(COUNTY)).actor)
    officer.post(URL, {"revision": "0", "keywords": "洛阳"})
    late = officer.post(URL, {"revision": "0", "keywords": "孟津"})
    assert late.status_code == 422
    page = late.content.decode()
    for said in ("别人刚刚改过", "洛阳", 'value="孟津"', 'name="revision" value="1"'):
        assert said in page
    assert Overlay.objects.get().keywords == ["洛阳"]
    assert officer.post(URL, {"revision": "1", "keywords": "孟津"}).status_code == 302
    assert Overlay.objects.get().keywords == ["孟津"]


def test_what_is_wrong_is_said_beside_its_field(house: House) -> None:
    officer = browser_of(a_person(Role.COUNTY_OFFICER, a_bureau(COUNTY)).actor)
    answer = officer.post(URL, {"revision": "0", "keywords": " ".join(f"词{number}" for number in range(21))})
    assert answer.status_code == 422
    assert "标签最多 20 个" in answer.content.decode()
    assert officer.post(URL, {"revision": "0", "chapters": [str(UUID(int=7))]}).status_code == 302
    assert officer.post(URL, {"revision": "1", "knowledge_points": [str(UUID(int=7))]}).status_code == 422


def test_others_have_no_such_page(house: House) -> None:
    for actor in (a_teacher(house.school).actor, a_person(Role.COUNTY_OFFICER, a_bureau("410324")).actor):
        browser = browser_of(actor)
        assert browser.get(URL).status_code in {403, 404}
        assert browser.post(URL, {"revision": "0", "keywords": "洛阳"}).status_code in {403, 404}
        assert URL not in browser.get(reverse("resources:detail", args=[ONE])).content.decode()
    assert not Overlay.objects.exists()
