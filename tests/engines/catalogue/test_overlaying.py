"""What is laid over entries of other nodes: found and shown here, told to nobody, never in place of what they say."""

import threading
from collections.abc import Collection, Mapping
from typing import Any

import pytest
from django.db import connection

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.errors import OverlayChanged, OverlayInvalid, OwnEntry
from heluo.engines.catalogue.models import Change, Entry, Overlay, PublicFace
from heluo.engines.catalogue.public import (
    Facet,
    Layer,
    browse_entries,
    find_entries,
    leaves_of,
    overlay_entry,
    publish_entry,
    register_facets,
)
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, platform_actor
from heluo.kernel.audit.models import AuditRow
from tests.engines.catalogue.conftest import NOON, Tree, identifier, tell

ONE, OWN = identifier(1), identifier(2)
ELSEWHERE = "node.example"
HARVESTER = platform_actor("测试", [*Permission])
LAYER = Layer(keywords=["洛阳", " 洛阳 ", "乡土  教材"], facets={"chapter": ["book", "c1"]}, note=" 配合参观使用 ")


def titles(codes: Collection[str]) -> Mapping[str, str]:
    return {code: code for code in codes if code in {"book", "c1", "c2"}}


@pytest.fixture(autouse=True)
def _local(_facets: None) -> None:
    register_facets([Facet("chapter", "教材章节", order=9, named=titles, local=True)])


def arrive(tree: Tree, **changes: Any) -> Entry:
    draft = tree.draft(organisation_id=tree.county.pk, **changes)
    return publish_entry(by=HARVESTER, identifier=ONE, draft=draft, origin=ELSEWHERE, now=NOON)


def officer(tree: Tree) -> Actor:
    return tree.someone(Role.COUNTY_OFFICER, tree.county, Permission.OVERLAY, Permission.VIEW)


def found(**asked: Any) -> list[str]:
    return [entry.title for entry in find_entries(actor=PUBLIC_ACTOR, **asked).items]


def test_it_is_found_by_what_is_laid_over_it_and_stays_as_it_came(tree: Tree) -> None:
    before = arrive(tree)
    assert found(text="乡土教材") == []
    overlay = overlay_entry(by=officer(tree), identifier=ONE, layer=LAYER, revision=0, now=NOON)
    assert (overlay.keywords, overlay.note, overlay.revision) == (["洛阳", "乡土 教材"], "配合参观使用", 1)
    assert found(text="洛阳") == found(text="乡土教材") == found(facets={"chapter": ["c1"]}) == [before.title]
    entry = Entry.objects.get()
    for name in ("title", "keywords", "facets", "digest", "version", "creator_name", "licence", "origin"):
        assert getattr(entry, name) == getattr(before, name)
    row = AuditRow.objects.get(deed="catalogue.entry_overlaid")
    assert row.details["after"]["keywords"] == ["洛阳", "乡土 教材"]


def test_lists_count_it_once_by_what_it_says_and_what_is_laid_over_it(tree: Tree) -> None:
    arrive(tree, facets={"subject": ["math"], "chapter": ["c1"]})
    overlay_entry(by=officer(tree), identifier=ONE, layer=Layer(facets={"chapter": ["c1", "c2"]}), revision=0, now=NOON)
    groups = browse_entries(actor=PUBLIC_ACTOR, facets={"chapter": ["c1", "c2"]}).groups
    assert {group.key: {one.code: one.count for one in group.choices} for group in groups} == {
        "subject": {"math": 1},
        "chapter": {"c1": 1, "c2": 1},
    }


def test_what_comes_anew_leaves_the_layer(tree: Tree) -> None:
    arrive(tree)
    narrow = Layer(keywords=["洛阳"], visibility=Visibility.TREE)
    overlay_entry(by=officer(tree), identifier=ONE, layer=narrow, revision=0, now=NOON)
    arrive(tree, title="梯形的面积")
    entry = Entry.objects.get()
    assert (entry.title, entry.version, entry.visibility, entry.shared_with) == ("梯形的面积", 2, "tree", tree.county)
    teacher = tree.someone(Role.TEACHER, tree.school)
    assert [one.title for one in find_entries(actor=teacher, text="洛阳").items] == ["梯形的面积"]
    assert found(text="洛阳") == []


def test_who_sees_it_is_narrowed_told_and_opened_again(tree: Tree) -> None:
    arrive(tree)
    tell()
    leaf = next(iter(leaves_of(Entry.objects.all())))
    by = officer(tree)
    overlay_entry(by=by, identifier=ONE, layer=Layer(visibility=Visibility.SIGNED_IN), revision=0, now=NOON)
    tell()
    assert PublicFace.objects.get().is_gone
    overlay_entry(by=by, identifier=ONE, layer=Layer(keywords=["洛阳"]), revision=1, now=NOON)
    tell()
    assert not PublicFace.objects.get().is_gone
    assert next(iter(leaves_of(Entry.objects.all()))) == leaf, "nothing of the layer is told"
    written = Change.objects.count()
    overlay_entry(by=by, identifier=ONE, layer=Layer(keywords=["孟津"]), revision=2, now=NOON)
    assert Change.objects.count() == written, "words alone are nobody else's business"


def test_others_may_not_and_do_not_find_what_they_may_not_see(tree: Tree) -> None:
    arrive(tree)
    for actor in (PUBLIC_ACTOR, tree.someone(Role.TEACHER, tree.school)):
        with pytest.raises(NotAllowed):
            overlay_entry(by=actor, identifier=ONE, layer=LAYER, revision=0, now=NOON)
    elsewhere = tree.someone(Role.COUNTY_OFFICER, tree.other_county, Permission.OVERLAY, Permission.VIEW)
    with pytest.raises(NotAllowed):
        overlay_entry(by=elsewhere, identifier=ONE, layer=LAYER, revision=0, now=NOON)
    overlay_entry(by=officer(tree), identifier=ONE, layer=Layer(visibility=Visibility.TREE), revision=0, now=NOON)
    with pytest.raises(NotFound):
        overlay_entry(by=elsewhere, identifier=ONE, layer=LAYER, revision=1, now=NOON)
    with pytest.raises(NotFound):
        overlay_entry(by=officer(tree), identifier=OWN, layer=LAYER, revision=0, now=NOON)


def test_our_own_is_changed_itself(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=OWN, draft=tree.draft(), now=NOON)
    with pytest.raises(OwnEntry):
        overlay_entry(by=officer(tree), identifier=OWN, layer=LAYER, revision=0, now=NOON)


@pytest.mark.parametrize(
    ("layer", "field"),
    [
        (Layer(keywords=[f"词{number}" for number in range(21)]), "keywords"),
        (Layer(keywords=["长" * 41]), "keywords"),
        (Layer(note="长" * 501), "note"),
        (Layer(visibility="nobody"), "visibility"),
        (Layer(facets={"subject": ["math"]}), "subject"),
        (Layer(facets={"licence": ["CC0-1.0"]}), "licence"),
        (Layer(facets={"chapter": ["c9"]}), "chapter"),
        (Layer(facets={"chapter": [f"c{number}" for number in range(201)]}), "facets"),
    ],
)
def test_what_cannot_be_laid_over_is_named(tree: Tree, layer: Layer, field: str) -> None:
    arrive(tree)
    with pytest.raises(OverlayInvalid) as refusal:
        overlay_entry(by=officer(tree), identifier=ONE, layer=layer, revision=0, now=NOON)
    assert refusal.value.field == field
    assert not Overlay.objects.exists()


def test_it_is_never_seen_more_widely_than_its_node_said(tree: Tree) -> None:
    arrive(tree, visibility=Visibility.SIGNED_IN)
    with pytest.raises(OverlayInvalid):
        overlay_entry(by=officer(tree), identifier=ONE, layer=Layer(visibility=Visibility.PUBLIC), revision=0, now=NOON)


def test_the_second_of_two_is_told(tree: Tree) -> None:
    arrive(tree)
    overlay_entry(by=officer(tree), identifier=ONE, layer=LAYER, revision=0, now=NOON)
    with pytest.raises(OverlayChanged):
        overlay_entry(by=officer(tree), identifier=ONE, layer=Layer(keywords=["孟津"]), revision=0, now=NOON)
    assert Overlay.objects.get().keywords == ["洛阳", "乡土 教材"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_both_be_first(tree: Tree) -> None:
    arrive(tree)
    by, barrier, came = officer(tree), threading.Barrier(2), []

    def write(word: str) -> None:
        try:
            barrier.wait()
            overlay_entry(by=by, identifier=ONE, layer=Layer(keywords=[word]), revision=0, now=NOON)
            came.append(word)
        except OverlayChanged:
            came.append("")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[word]) for word in ("洛阳", "孟津")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came)[0] == ""
    assert Overlay.objects.get().keywords == [max(came)]
