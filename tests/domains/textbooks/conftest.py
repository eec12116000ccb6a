"""Who keeps the tree in these tests, who may not, and small files of it."""

from dataclasses import dataclass
from io import BytesIO

import pytest
from django.core.cache import cache

from heluo.domains.textbooks.actions import import_tree_file, open_tree_file
from heluo.domains.textbooks.models import TreeFile
from heluo.domains.textbooks.queries.layout import HEADINGS
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.pages.sheets import write_csv
from tests.factories import NOON, a_bureau, a_person, a_school, a_teacher

PROVINCE = "410000"
POINT = ("知识点", "小学", "数学", "", "", "", "SX-1", "分数的意义", "", "", "", "是")
BOOK = ("教材", "小学", "数学", "示例版", "三年级", "上册", "", "示例数学三年级上册", "", "", "1", "是")


def a_chapter(number: str, title: str, *, points: str = "", volume: str = "上册") -> tuple[str, ...]:
    return ("章节", "小学", "数学", "示例版", "三年级", volume, number, title, points, "", "", "")


TREE = (POINT, BOOK, a_chapter("1", "分一分"), a_chapter("1.1", "几分之一", points="SX-1"), a_chapter("2", "量一量"))


def a_file(*rows: tuple[str, ...]) -> bytes:
    file = BytesIO()
    write_csv(file, HEADINGS, rows)
    return file.getvalue()


@dataclass(frozen=True)
class Keepers:
    """The province keeps the tree; the others do not."""

    province: Actor
    county: Actor
    teacher: Actor


@pytest.fixture
def keepers(db: None) -> Keepers:
    cache.clear()
    school = a_school()
    return Keepers(
        province=a_person(Role.PROVINCE_ADMIN, a_bureau(PROVINCE)).actor,
        county=a_person(Role.COUNTY_OFFICER, a_bureau()).actor,
        teacher=a_teacher(school).actor,
    )


def opened(by: Actor, *rows: tuple[str, ...], is_complete: bool = False) -> TreeFile:
    return open_tree_file(by=by, name="目录.csv", content=a_file(*rows), is_complete=is_complete, now=NOON)


def imported(by: Actor, *rows: tuple[str, ...], is_complete: bool = False) -> TreeFile:
    return import_tree_file(by=by, file=opened(by, *rows, is_complete=is_complete), now=NOON)
