"""Proofs that a copy is whole: held against trees that are built as another's software would."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.models import Entry, EntrySet, Proof, ProofPart, PublicFace
from heluo.engines.catalogue.proofs import depth_for
from heluo.engines.catalogue.public import (
    Facet,
    FacetValue,
    leaves_of,
    publish_entries,
    publish_entry,
    register_facets,
    renew_proofs,
    tree_of,
    withdraw_entry,
    xml_text,
)
from tests.engines.catalogue.conftest import NOON, Tree, identifier, tell
from tests.engines.catalogue.tree import Parts, built, leaf

pytestmark = pytest.mark.django_db
SPACE = UUID(int=7)
MATH, CHINESE = "subject:math", "subject:chinese"


@pytest.fixture(autouse=True)
def _staying(_facets: None) -> None:
    register_facets([Facet("source", "来源", (FacetValue("1", "一"),), order=3, travels=False)])


def leaf_of(entry: Entry) -> bytes:
    facets = [f"{key}={code}" for key, codes in entry.facets.items() if key != "source" for code in codes]
    texts = [
        entry.title,
        entry.description,
        "\n".join(entry.keywords),
        "\n".join(sorted(facets, key=str.encode)),
        entry.language,
        entry.licence,
        entry.creator_name,
        str(entry.creator_id or ""),
        str(entry.payload.get("version", entry.version)),
        "\n".join(file["sha256"] for file in entry.payload.get("files", [])),
    ]
    return leaf(entry.uuid, texts)


def told_leaves(within: str = "") -> dict[UUID, bytes]:
    faces = PublicFace.objects.select_related("entry")
    sets = {face.entry.uuid: face for face in faces}
    if within:
        wanted = EntrySet.objects.get(name=within).pk
        sets = {uuid: face for uuid, face in sets.items() if wanted in face.sets}
    return {uuid: leaf_of(face.entry) for uuid, face in sets.items() if not face.is_gone}


def ask(within: str = "", prefixes: Iterable[str] = ()) -> dict[str, Any]:
    answer = Client().get("/api/v1/catalogue/proof", {"set": within, "prefix": list(prefixes)})
    assert answer.status_code == 200, answer.content
    said: dict[str, Any] = answer.json()
    return said


def kept(name: str = "") -> Parts:
    parts = ProofPart.objects.filter(proof__name=name)
    return {part.prefix: (part.count, bytes(part.hash).hex()) for part in parts}


def publish(place: Tree, numbers: Iterable[int], **changes: Any) -> None:
    drafts = {uuid5(SPACE, str(number)): place.draft(title=f"第{number}个", **changes) for number in numbers}
    publish_entries(by=place.reviewer, drafts=drafts, now=NOON)


def test_the_tree_is_what_another_builds(tree: Tree) -> None:
    files = [{"sha256": "a" * 64}, {"sha256": "b" * 64}]
    publish(tree, range(300), keywords=["面积", "Área"], payload={"version": 4, "files": files})
    publish(tree, range(300, 305), facets={"subject": ["chinese", "math"], "stage": ["primary"], "source": ["1"]})
    publish(tree, [305], visibility=Visibility.TREE)
    withdraw_entry(by=tree.reviewer, identifier=uuid5(SPACE, "7"), reason="版权争议", now=NOON)
    tell()
    renew_proofs(now=NOON)
    depth = depth_for(305)
    assert depth == 2
    assert kept() == built(told_leaves(), depth)
    assert kept(CHINESE) == built(told_leaves(CHINESE), 0)
    assert kept(CHINESE)[""][0] == 5
    assert Proof.objects.get(name="").depth == depth


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20),
    keywords=st.lists(st.text(alphabet="分数Aé𠮷=", max_size=5), max_size=3),
    files=st.lists(st.sampled_from(["a" * 64, "b" * 64]), max_size=3),
)
def test_a_leaf_is_what_another_computes(tree: Tree, title: str, keywords: list[str], files: list[str]) -> None:
    if not xml_text(title).strip():
        title = "无题"
    draft = tree.draft(title=title, keywords=keywords, payload={"files": [{"sha256": one} for one in files]})
    publish_entry(by=tree.reviewer, identifier=identifier(1), draft=draft, now=NOON)
    tell()
    face = PublicFace.objects.select_related("entry").get()
    assert bytes(face.leaf) == leaf_of(face.entry)


def test_one_flipped_byte_in_a_copy_is_found_in_few_requests(tree: Tree) -> None:
    """From the root down, one request a level: the entries of one part are all that is looked at."""
    publish(tree, range(400))
    tell()
    renew_proofs(now=NOON)
    flipped = uuid5(SPACE, "123")
    Entry.objects.filter(uuid=flipped).update(creator_name="示例教帅")

    rows = Entry.objects.all()
    requests = [ask()]
    ours = tree_of(rows, depth=requests[0]["depth"])
    assert ours[""].hash != requests[0]["root"]["hash"]
    prefix = ""
    while len(prefix) < requests[0]["depth"]:
        requests.append(ask(prefixes=[prefix]))
        differing = [part["prefix"] for part in requests[-1]["parts"] if ours[part["prefix"]].hash != part["hash"]]
        [prefix] = differing
    requests.append(ask(prefixes=[prefix]))
    own = leaves_of(rows, prefixes=[prefix])
    wrong = [one for one in requests[-1]["entries"] if own.get(UUID(one["identifier"])) != one["leaf"]]
    assert [one["identifier"] for one in wrong] == [str(flipped)]
    assert len(requests) == requests[0]["depth"] + 2
    assert len(requests[-1]["entries"]) < 20


def test_only_what_changed_is_proved_anew(tree: Tree) -> None:
    publish(tree, [1], facets={"subject": ["math"], "stage": ["primary"]})
    publish(tree, [2], facets={"subject": ["chinese"], "stage": ["primary"]})
    tell()
    assert renew_proofs(now=NOON) == 5, "everything, two subjects, two places"
    assert renew_proofs(now=NOON) == 0
    before = {proof.name: proof.seq for proof in Proof.objects.all()}
    publish(tree, [2], facets={"subject": ["math"], "stage": ["primary"]}, licence="CC0-1.0")
    tell()
    renew_proofs(now=NOON)
    after = {proof.name: proof.seq for proof in Proof.objects.all()}
    assert {name for name in after if after[name] > before[name]} == set(before), "the set that was left, too"
    assert kept(CHINESE) == {}
    assert ask(CHINESE)["root"] == {"prefix": "", "count": 0, "hash": ""}
    publish(tree, [3], facets={"subject": ["math"], "stage": ["primary"]})
    tell()
    renew_proofs(now=NOON)
    assert Proof.objects.get(name=CHINESE).seq == after[CHINESE]
    assert Proof.objects.get(name=MATH).seq > after[MATH]


def test_an_entry_told_after_the_proof_says_so(tree: Tree) -> None:
    publish(tree, [1, 2])
    tell()
    renew_proofs(now=NOON)
    publish(tree, [2], licence="CC0-1.0")
    tell()
    said = ask(prefixes=[""])
    later = {one["identifier"]: one["seq"] > said["seq"] for one in said["entries"]}
    assert later == {str(uuid5(SPACE, "1")): False, str(uuid5(SPACE, "2")): True}


def test_what_was_never_proved_or_cannot_be_asked(tree: Tree) -> None:
    web = Client()
    assert web.get("/api/v1/catalogue/proof").json()["code"] == "no_proof_yet"
    publish(tree, [1])
    tell()
    renew_proofs(now=NOON)
    assert web.get("/api/v1/catalogue/proof", {"set": "subject:nothing"}).status_code == 404
    for wrong in ("G", "AB", "0" * 33, "0-1"):
        assert web.get("/api/v1/catalogue/proof", {"prefix": wrong}).status_code == 422, wrong
    assert ask(prefixes=["0" * 32])["entries"] == []
    assert ask(MATH, prefixes=[""])["entries"][0]["gone"] is False


def test_what_is_hidden_is_told_as_gone_and_nothing_more(tree: Tree) -> None:
    publish(tree, [1])
    publish(tree, [2], visibility=Visibility.SIGNED_IN)
    tell()
    publish(tree, [1], visibility=Visibility.TREE)
    tell()
    renew_proofs(now=NOON)
    [entry] = ask(prefixes=[""])["entries"]
    assert entry["gone"] is True
    assert entry["leaf"] == ""
    assert ask()["root"]["count"] == 0


def test_statements_do_not_grow_with_what_is_proved(tree: Tree) -> None:
    taken = []
    for numbers in ([1], [2], [3, 4, 5]):
        publish(tree, numbers)
        tell()
        with CaptureQueriesContext(connection) as proving:
            renew_proofs(now=NOON)
        with CaptureQueriesContext(connection) as asking:
            ask(prefixes=[f"{number:x}" for number in range(len(numbers))])
        taken.append((len(proving), len(asking)))
    assert taken[1] == taken[2]
