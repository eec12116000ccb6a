"""Finding entries: words, facets, order, and who may see what."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.enums import Sort, Visibility
from heluo.engines.catalogue.public import (
    EntryDraft,
    Facet,
    browse_entries,
    entries_by_ids,
    entry_by_identifier,
    entry_detail,
    facet_counts,
    find_entries,
    publish_entries,
    publish_entry,
    similar_entries,
    titles_of,
    weigh_uses,
    withdraw_entry,
)
from heluo.engines.catalogue.queries import finding
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.feedback.enums import UseKind
from heluo.kernel.feedback.models import UseCount
from tests.engines.catalogue.conftest import NOON, Tree, identifier


def publish(tree: Tree, *drafts: EntryDraft, first: int = 1) -> None:
    for number, draft in enumerate(drafts, start=first):
        publish_entry(
            by=tree.reviewer, identifier=identifier(number), draft=draft, now=NOON + timedelta(minutes=number)
        )


def titles(actor: Actor = PUBLIC_ACTOR, **asked: Any) -> list[str]:
    return [entry.title for entry in find_entries(actor=actor, **asked).items]


def test_a_two_character_word_finds_a_title(tree: Tree) -> None:
    publish(tree, tree.draft(), tree.draft(title="古诗三首"))
    assert titles(text="四边") == ["平行四边形的面积"]
    assert titles(text="古诗") == ["古诗三首"]
    assert titles(text="古诗 面积") == []


def test_keywords_description_and_creator_are_found_too(tree: Tree) -> None:
    publish(tree, tree.draft(keywords=["割补法"], description="用剪刀把图形变成长方形", creator_name="郑示例"))
    for text in ("割补", "剪刀", "郑示例"):
        assert titles(text=text) == ["平行四边形的面积"]


def test_the_best_fit_comes_first_then_the_newest(tree: Tree) -> None:
    publish(
        tree,
        tree.draft(title="面积单位"),
        tree.draft(title="长方形", description="面积"),
        tree.draft(title="面积与周长"),
    )
    assert titles(text="面积") == ["面积与周长", "面积单位", "长方形"]


def test_without_words_the_newest_come_first_and_the_order_can_be_turned(tree: Tree) -> None:
    publish(tree, tree.draft(title="一"), tree.draft(title="二"))
    assert titles() == ["二", "一"]
    assert titles(sort=Sort.OLDEST) == ["一", "二"]
    assert find_entries(actor=PUBLIC_ACTOR, sort=Sort.FIT).sort == Sort.NEWEST


def test_facets_narrow_and_several_values_of_one_widen(tree: Tree) -> None:
    publish(
        tree,
        tree.draft(title="一"),
        tree.draft(title="二", facets={"subject": ["chinese"], "stage": ["primary"]}),
        tree.draft(title="三", facets={"subject": ["chinese"], "stage": ["junior"]}),
    )
    assert titles(facets={"subject": ["chinese"]}) == ["三", "二"]
    assert titles(facets={"subject": ["chinese"], "stage": ["junior"]}) == ["三"]
    assert titles(facets={"subject": ["chinese", "math"]}) == ["三", "二", "一"]
    assert titles(facets={"subject": []}) == ["三", "二", "一"]


@pytest.mark.parametrize(
    "asked", [{"facets": {"subject": ["alchemy"]}}, {"facets": {"colour": ["red"]}}, {"kinds": ["course"]}]
)
def test_what_does_not_exist_finds_nothing(tree: Tree, asked: dict[str, Any]) -> None:
    publish(tree, tree.draft())
    assert titles(**asked) == []
    assert titles(kinds=["entry"]) == ["平行四边形的面积"]


@given(text=st.text(max_size=60), key=st.text(max_size=20), code=st.text(max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
def test_nothing_typed_is_an_error(tree: Tree, text: str, key: str, code: str) -> None:
    page = find_entries(actor=PUBLIC_ACTOR, text=text, facets={key: [code]}, kinds=[code])
    assert page.items == []
    browse_entries(actor=PUBLIC_ACTOR, text=text, facets={key: [code]})


def test_pages_of_every_order_hold_each_entry_once(tree: Tree) -> None:
    drafts = {
        identifier(number): tree.draft(title=f"面积第{number}课", description="面积" * (number % 3))
        for number in range(1, 12)
    }
    publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)
    for sort in Sort:
        seen: list[str] = []
        cursor = None
        while True:
            page = find_entries(actor=PUBLIC_ACTOR, text="面积", sort=sort, cursor=cursor, size=3)
            seen += [entry.title for entry in page.items]
            if (cursor := page.next_cursor) is None:
                break
        assert sorted(seen) == sorted(draft.title for draft in drafts.values())


def test_the_total_stops_at_the_cap(tree: Tree) -> None:
    drafts = {identifier(number): tree.draft(title=f"第{number}课") for number in range(1, 1003)}
    publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)
    assert str(find_entries(actor=PUBLIC_ACTOR).total) == "1000+"
    assert str(find_entries(actor=PUBLIC_ACTOR, text="1001").total) == "1"
    assert facet_counts(actor=PUBLIC_ACTOR) == {}
    assert facet_counts(actor=PUBLIC_ACTOR, text="1001") == {"stage": {"primary": 1}, "subject": {"math": 1}}
    above_the_cap = browse_entries(actor=PUBLIC_ACTOR).groups
    assert [[choice.count for choice in group.choices] for group in above_the_cap] == [[None, None], [None, None]]


def test_above_the_cap_a_word_in_the_title_still_comes_first(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "WEIGHED_AT_ONCE", 0)
    oldest = {identifier(1): tree.draft(title="面积的由来")}
    others = {identifier(number): tree.draft(title=f"第{number}课", description="面积") for number in range(2, 1103)}
    publish_entries(by=tree.reviewer, drafts=oldest, now=NOON)
    publish_entries(by=tree.reviewer, drafts=others, now=NOON + timedelta(minutes=1))
    page = find_entries(actor=PUBLIC_ACTOR, text="面积")
    assert page.total.is_capped
    assert page.items[0].title == "面积的由来"
    assert find_entries(actor=PUBLIC_ACTOR, text="面积", cursor=page.next_cursor).items[0].title != "面积的由来"


def use(number: int, times: int, *, days_ago: int = 0) -> None:
    UseCount.objects.create(
        kind="entry",
        subject=identifier(number),
        use=UseKind.VIEW,
        day=local_day(NOON) - timedelta(days=days_ago),
        count=times,
    )


def test_what_is_used_most_of_late_comes_first(tree: Tree) -> None:
    publish(tree, *(tree.draft(title=title) for title in ("甲面积", "乙面积", "丙面积", "丁面积")))
    use(1, 2)
    use(1, 3, days_ago=5)
    use(2, 4)
    use(3, 99, days_ago=91)
    assert weigh_uses(now=NOON) == 2
    assert weigh_uses(now=NOON) == 0
    assert titles(sort=Sort.USED) == ["甲面积", "乙面积", "丁面积", "丙面积"]
    assert titles(sort=Sort.USED, text="面积", size=2) == ["甲面积", "乙面积"]
    assert weigh_uses(now=NOON + timedelta(days=90)) == 1
    assert titles(sort=Sort.USED) == ["乙面积", "甲面积", "丁面积", "丙面积"]
    weigh_uses(now=NOON + timedelta(days=200))
    assert titles(sort=Sort.USED) == titles(sort=Sort.NEWEST)


def test_above_the_cap_the_most_used_still_comes_first(tree: Tree) -> None:
    publish_entries(by=tree.reviewer, drafts={identifier(1): tree.draft(title="最老的")}, now=NOON)
    others = {identifier(number): tree.draft(title=f"第{number}课") for number in range(2, 1103)}
    publish_entries(by=tree.reviewer, drafts=others, now=NOON + timedelta(minutes=1))
    use(1, 5)
    weigh_uses(now=NOON)
    page = find_entries(actor=PUBLIC_ACTOR, sort=Sort.USED)
    assert page.total.is_capped
    assert page.items[0].title == "最老的"
    assert "最老的" not in titles(sort=Sort.USED, cursor=page.next_cursor)


def test_counts_of_a_chosen_facet_say_what_another_choice_brings(tree: Tree) -> None:
    publish(
        tree,
        tree.draft(),
        tree.draft(facets={"subject": ["chinese"], "stage": ["primary"]}),
        tree.draft(facets={"subject": ["chinese"], "stage": ["junior"]}),
    )
    counts = facet_counts(actor=PUBLIC_ACTOR, facets={"subject": ["math"]})
    assert counts == {"stage": {"primary": 1}, "subject": {"math": 1, "chinese": 2}}
    groups = browse_entries(actor=PUBLIC_ACTOR, facets={"subject": ["math"]}).groups
    assert [(group.title, [(c.title, c.count, c.is_chosen) for c in group.choices]) for group in groups] == [
        ("学段", [("小学", 1, False)]),
        ("学科", [("数学", 1, True), ("语文", 2, False)]),
    ]


def test_who_may_find_what(tree: Tree) -> None:
    publish(
        tree,
        tree.draft(title="公开"),
        tree.draft(title="登录", visibility=Visibility.SIGNED_IN),
        tree.draft(title="本校", visibility=Visibility.TREE),
        tree.draft(title="全县", visibility=Visibility.TREE, shared_with_id=tree.county.pk),
        tree.draft(title="下架"),
    )
    withdraw_entry(by=tree.reviewer, identifier=identifier(5), reason="版权争议", now=NOON)
    sees = {
        "public": PUBLIC_ACTOR,
        "pupil": tree.someone(Role.PUPIL, tree.school),
        "county teacher": tree.someone(Role.TEACHER, tree.county),
        "county officer": tree.someone(Role.COUNTY_OFFICER, tree.county, Permission.VIEW),
        "neighbour": tree.someone(Role.COUNTY_OFFICER, tree.other_county, Permission.VIEW),
        "platform": platform_actor("采集", [Permission.VIEW]),
    }
    assert {name: set(titles(actor)) for name, actor in sees.items()} == {
        "public": {"公开"},
        "pupil": {"公开", "登录", "本校", "全县"},
        "county teacher": {"公开", "登录", "全县"},
        "county officer": {"公开", "登录", "本校", "全县"},
        "neighbour": {"公开", "登录"},
        "platform": {"公开", "登录", "本校", "全县"},
    }
    for number, title in ((3, "本校"), (5, "下架")):
        with pytest.raises(NotFound):
            entry_detail(actor=PUBLIC_ACTOR, identifier=identifier(number))
        assert title not in {
            entry.title for entry in entries_by_ids(actor=PUBLIC_ACTOR, identifiers=[identifier(number)]).values()
        }
    counted = facet_counts(actor=PUBLIC_ACTOR)["subject"]
    assert counted == {"math": 1}


def test_a_detail_shows_only_versions_that_were_shared(tree: Tree) -> None:
    draft = tree.draft(title="校内稿", visibility=Visibility.TREE)
    publish(tree, draft)
    publish(tree, replace(draft, title="公开稿", visibility=Visibility.PUBLIC))
    numbers = [version.number for version in entry_detail(actor=PUBLIC_ACTOR, identifier=identifier(1)).versions]
    assert numbers == [2]
    pupil = tree.someone(Role.PUPIL, tree.school)
    assert len(entry_detail(actor=pupil, identifier=identifier(1)).versions) == 2


def test_similar_entries_share_most_facets(tree: Tree) -> None:
    publish(
        tree,
        tree.draft(title="一"),
        tree.draft(title="同科同段"),
        tree.draft(title="同段", facets={"subject": ["chinese"], "stage": ["primary"]}),
        tree.draft(title="都不同", facets={"subject": ["chinese"], "stage": ["junior"]}),
    )
    one = entry_by_identifier(actor=PUBLIC_ACTOR, identifier=identifier(1))
    assert [entry.title for entry in similar_entries(actor=PUBLIC_ACTOR, entry=one)] == ["同科同段", "同段"]


def test_facets_in_words(tree: Tree) -> None:
    publish(tree, tree.draft())
    entry = entry_by_identifier(actor=PUBLIC_ACTOR, identifier=identifier(1))
    assert titles_of(entry) == [("学段", ["小学"]), ("学科", ["数学"])]


@pytest.mark.parametrize("count", [1, 3, 20])
def test_queries_do_not_grow_with_the_items(tree: Tree, count: int) -> None:
    drafts = {identifier(number): tree.draft(title=f"面积{number}") for number in range(1, count + 2)}
    publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)
    pupil = tree.someone(Role.PUPIL, tree.school)

    def counted(call: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            call()
        return len(captured)

    def listed() -> None:
        for entry in find_entries(actor=pupil, text="面积", size=count).items:
            assert entry.organisation.name

    one = entry_by_identifier(actor=pupil, identifier=identifier(1))
    assert counted(listed) == 3
    assert counted(lambda: browse_entries(actor=pupil, text="面积", facets={"subject": ["math"]})) == 4
    assert counted(lambda: entry_detail(actor=pupil, identifier=identifier(1))) == 2
    assert counted(lambda: entries_by_ids(actor=pupil, identifiers=drafts)) == 1
    assert counted(lambda: similar_entries(actor=pupil, entry=one)) == 1


def test_a_facet_with_too_many_values_names_those_asked_for_and_offers_those_chosen() -> None:
    known = {"a": "甲", "b": "乙"}
    facet = Facet("chapter", "章节", named=lambda codes: {code: known[code] for code in codes if code in known})
    assert facet.titles() == {}
    assert facet.titles(["a", "x"]) == {"a": "甲"}
    assert facet.offered([]) == []
    assert [value.title for value in facet.offered(["b", "x"])] == ["乙"]
    assert facet.listed() == ()
