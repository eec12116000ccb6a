"""Searches that somebody keeps: what is asked, what has come since, and nobody else's business."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.engines.catalogue.actions import erase_searches, forget_search, look_at_search, save_search
from heluo.engines.catalogue.errors import AlreadySaved, NothingAsked, TooManySearches
from heluo.engines.catalogue.models import SavedSearch
from heluo.engines.catalogue.public import publish_entries
from heluo.engines.catalogue.queries import kept_searches
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.holdings.public import Permission as HoldingsPermission
from tests.domains.resources.conftest import browser_of
from tests.engines.catalogue.conftest import NOON, Tree, identifier
from tests.factories import a_school, a_teacher

pytestmark = pytest.mark.django_db
SEARCHES = "/workbench/searches/"


@pytest.fixture
def teacher(db: None) -> Actor:
    return a_teacher(a_school()).actor


def saved(by: Actor, text: str = "面积", *, kind: str = "resource", **facets: list[str]) -> SavedSearch:
    return save_search(by=by, kind=kind, text=text, facets=facets, now=NOON)


def published(tree: Tree, *titles: str, later: int = 1, first: int = 1, **facets: list[str]) -> None:
    drafts = {
        identifier(number): tree.draft(kind="resource", title=title, facets=facets or {"subject": ["math"]})
        for number, title in enumerate(titles, start=first)
    }
    publish_entries(by=tree.reviewer, drafts=drafts, now=NOON + timedelta(minutes=later))


def new(actor: Actor) -> list[tuple[str, int]]:
    return [(one.search.title, one.new) for one in kept_searches(actor)]


def test_what_has_come_since_is_counted_until_it_is_looked_at(tree: Tree, teacher: Actor) -> None:
    published(tree, "旧的面积", later=-5)
    area, maths = saved(teacher), saved(teacher, "", subject=["math"])
    assert new(teacher) == [("数学", 0), ("面积", 0)]
    published(tree, "新的面积", "新的体积", first=2)
    assert new(teacher) == [("数学", 2), ("面积", 1)]
    look_at_search(by=teacher, search=area.uuid, now=NOON + timedelta(hours=1))
    assert new(teacher) == [("数学", 2), ("面积", 0)]
    forget_search(by=teacher, search=maths.uuid)
    assert new(teacher) == [("面积", 0)]


def test_only_what_one_may_find_is_counted(tree: Tree, teacher: Actor) -> None:
    saved(teacher)
    hidden = tree.draft(kind="resource", title="内部的面积", visibility="tree", shared_with_id=tree.other_county.pk)
    publish_entries(by=tree.reviewer, drafts={identifier(1): hidden}, now=NOON + timedelta(minutes=1))
    assert new(teacher) == [("面积", 0)]


def test_the_same_is_not_kept_twice_and_nothing_is_no_question(
    tree: Tree, teacher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(teacher, "面积", subject=["math", "chinese"])
    with pytest.raises(AlreadySaved):
        saved(teacher, " 面积 ", subject=["chinese", "math"])
    with pytest.raises(NothingAsked):
        saved(teacher, " ", unheard_of=["math"])
    monkeypatch.setattr("heluo.engines.catalogue.actions.saving.MOST_SEARCHES", 1)
    with pytest.raises(TooManySearches, match="1"):
        saved(teacher, "体积")


def test_it_is_nobody_elses(teacher: Actor) -> None:
    mine = saved(teacher)
    other = a_teacher(a_school()).actor
    assert new(other) == []
    with pytest.raises(NotFound):
        look_at_search(by=other, search=mine.uuid, now=NOON)
    for search in (mine.uuid, uuid4()):
        with pytest.raises(NotFound):
            forget_search(by=other, search=search)
    with pytest.raises(NotAllowed):
        saved(PUBLIC_ACTOR)
    with pytest.raises(NotAllowed):
        erase_searches(by=other, person=mine.person, now=NOON)
    eraser = platform_actor("测试", [HoldingsPermission.ERASE])
    assert erase_searches(by=eraser, person=mine.person, now=NOON) == 1


def test_a_list_is_kept_opened_forgotten_and_put_back(teacher: Actor) -> None:
    browser = browser_of(teacher)
    assert "保存这个搜索" not in browser.get("/resources/").content.decode()
    assert "保存这个搜索" in browser.get("/resources/?q=分数&subject=math").content.decode()
    assert "保存这个搜索" not in Client().get("/resources/?q=分数").content.decode()
    kept = browser.post(f"{SEARCHES}save/", {"kind": "resource", "asked": "q=分数&subject=math&utm=x"})
    assert kept.url == "/resources/?q=%E5%88%86%E6%95%B0&subject=math&sort=newest"
    [one] = SavedSearch.objects.all()
    assert one.title == "分数 · 数学"
    assert "分数 · 数学" in browser.get(SEARCHES).content.decode()
    before = one.seen_at
    assert browser.post(f"{SEARCHES}{one.uuid}/open/").url == kept.url
    one.refresh_from_db()
    assert one.seen_at > before
    browser.post(f"{SEARCHES}{one.uuid}/forget/")
    assert not SavedSearch.objects.exists()
    undo = browser.get(SEARCHES).content.decode()
    assert "q=%E5%88%86%E6%95%B0&amp;subject=math" in undo


@pytest.mark.parametrize(
    "sent", [{}, {"kind": "nonsense"}, {"kind": "comment", "asked": "q=a"}, {"kind": "resource", "asked": "x" * 3000}]
)
def test_what_no_list_asks_is_not_there(teacher: Actor, sent: dict[str, str]) -> None:
    assert browser_of(teacher).post(f"{SEARCHES}save/", sent).status_code == 404


def test_three_cost_as_many_statements_as_one(tree: Tree, teacher: Actor) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            kept_searches(teacher)
        return len(captured)

    saved(teacher)
    one = statements()
    for text in ("体积", "周长"):
        saved(teacher, text)
    assert statements() == one
