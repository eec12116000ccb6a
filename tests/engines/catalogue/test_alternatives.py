"""Synonyms and pinyin: what is found by another word than the one that is written."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.actions import keep_synonyms, learn_readings
from heluo.engines.catalogue.errors import SynonymsUnclear
from heluo.engines.catalogue.models import Reading, SynonymSet
from heluo.engines.catalogue.public import find_entries, publish_entries
from heluo.engines.catalogue.queries import alternatives_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.public import advance_horizon
from tests.domains.resources.conftest import browser_of
from tests.engines.catalogue.conftest import NOON, Tree, identifier
from tests.factories import a_bureau, a_person, a_school, a_teacher

pytestmark = pytest.mark.django_db
KEEPER = platform_actor("测试", [Permission.KEEP_SYNONYMS])
SYNONYMS = "/workbench/synonyms/"


def published(tree: Tree, *titles: str, keywords: tuple[str, ...] = ()) -> None:
    drafts = {
        identifier(number): tree.draft(title=title, keywords=keywords) for number, title in enumerate(titles, start=1)
    }
    publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)


def found(text: str, actor: Actor = PUBLIC_ACTOR) -> set[str]:
    return {entry.title for entry in find_entries(actor=actor, text=text).items}


def test_a_word_finds_what_is_written_with_its_synonym(tree: Tree) -> None:
    keep_synonyms(by=KEEPER, lines=[["课件", "演示文稿", "PPT"], ["朗读", "诵读"]], now=NOON)
    published(tree, "分数课件", "分数演示文稿", "分数PPT", "春晓诵读")
    for asked in ("课件", "演示文稿", "ppt", "ＰＰＴ", "分数 课件", "分数的课件"):
        assert found(asked) == {"分数课件", "分数演示文稿", "分数PPT"}, asked
    assert found("朗读") == {"春晓诵读"}
    assert found("朗读 课件") == set()


def test_synonyms_narrow_like_words(tree: Tree) -> None:
    keep_synonyms(by=KEEPER, lines=[["课件", "演示文稿"]], now=NOON)
    published(tree, "小数演示文稿", "分数演示文稿")
    assert found("分数课件") == {"分数演示文稿"}


def test_pinyin_of_a_word_finds_it_once_it_was_learnt(tree: Tree) -> None:
    published(tree, "分数的认识", "春晓", keywords=("平均分",))
    assert found("fenshu") == set()
    advance_horizon()
    assert learn_readings() == 2
    assert learn_readings() == 0
    assert found("fenshu") == {"分数的认识"}
    assert found("FenShu") == {"分数的认识"}
    assert found("pingjunfen") == {"分数的认识", "春晓"}
    assert found("chunxiao") == {"春晓"}
    assert found("fenshuo") == set()


def test_learning_goes_on_where_it_stopped(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.engines.catalogue.actions.searching.LEARNT_AT_ONCE", 1)
    published(tree, "分数", "小数")
    advance_horizon()
    assert [learn_readings() for _turn in range(3)] == [1, 1, 0]
    assert set(Reading.objects.values_list("word", flat=True)) == {"分数", "小数"}


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ([["课件"]], 1, "至少写两个"),
        ([["课件", "演示文稿"], [], ["课件", "微课"]], 3, "已在第 1 行"),
        ([["课件", "长" * 31]], 1, "超过 30 个字"),
        ([[f"词{number}" for number in range(21)]], 1, "最多 20 个词"),
        ([["课件", " 课 件 "]], 1, "至少写两个"),
    ],
)
def test_a_line_that_cannot_stand_is_named_and_nothing_changes(lines: list[list[str]], line: int, words: str) -> None:
    before = list(SynonymSet.objects.values_list("words", flat=True))
    with pytest.raises(SynonymsUnclear, match=f"第 {line} 行.*{words}"):
        keep_synonyms(by=KEEPER, lines=lines, now=NOON)
    assert list(SynonymSet.objects.values_list("words", flat=True)) == before


def test_the_province_keeps_them_and_nobody_else(db: None) -> None:
    keeper = browser_of(a_person(Role.PROVINCE_ADMIN, a_bureau("410000")).actor)
    assert "演示文稿" in keeper.get(SYNONYMS).content.decode()
    wrong = keeper.post(SYNONYMS, {"sets": "课件、演示文稿\n微课"})
    assert (wrong.status_code, "第 2 行" in wrong.content.decode()) == (422, True)
    assert keeper.post(SYNONYMS, {"sets": "课件、演示文稿\n\n微课，短视频"}).status_code == 302
    assert list(SynonymSet.objects.values_list("words", flat=True)) == [["课件", "演示文稿"], ["微课", "短视频"]]
    assert AuditRow.objects.filter(deed="catalogue.synonyms_kept").count() == 1
    for other in (a_teacher(a_school()).actor, a_person(Role.COUNTY_OFFICER, a_bureau()).actor):
        assert browser_of(other).get(SYNONYMS).status_code == 403
        with pytest.raises(NotAllowed):
            keep_synonyms(by=other, lines=[], now=NOON)
    assert Client().get(SYNONYMS).status_code == 302


@given(words=st.lists(st.text(max_size=12), max_size=4), asked=st.text(max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
def test_whatever_is_kept_and_typed_is_a_question(db: None, words: list[str], asked: str) -> None:
    SynonymSet.objects.all().delete()
    SynonymSet.objects.create(words=[word.replace("\x00", "") for word in [*words, "课件"]], position=0)
    for text in (asked, "课件", " ".join(words)):
        alternatives_for(text)
        find_entries(actor=PUBLIC_ACTOR, text=text)
