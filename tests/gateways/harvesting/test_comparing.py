"""What is here of a source is held against its proof, found wrong in few questions, and mended."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid5

import pytest

from heluo.engines.catalogue.enums import EntryState
from heluo.engines.catalogue.models import Entry
from heluo.gateways.harvesting.actions import begin_run, compare, order_comparison
from heluo.gateways.harvesting.actions.taking import HARVESTER
from heluo.gateways.harvesting.enums import RunState, Trouble
from heluo.gateways.harvesting.errors import AlreadyRunning, NoProofThere
from heluo.gateways.harvesting.models import Arrival, Comparison, Run, Source
from heluo.gateways.harvesting.queries import uncompared_sources
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.notices.models import Notice
from tests.domains.resources.conftest import browser_of
from tests.engines.catalogue.tree import built, leaf
from tests.factories import NOON, a_bureau, a_person
from tests.gateways.harvesting.conftest import House, done, oai, ran
from tests.gateways.harvesting.provider import Provider, dc, record

DEPTH = 2
SHA = "ab" * 32
SPACE = UUID(int=7)


@dataclass
class Told:
    """A catalogue of our own kind elsewhere: what it tells, and proves."""

    titles: dict[UUID, str | None]
    provider: Provider = field(default_factory=Provider)
    seq: int = 100
    later: set[UUID] = field(default_factory=set)
    asked: int = 0

    def records(self) -> list[str]:
        return [record(f"oai:a.example:{uuid}", _metadata(title)) for uuid, title in self.titles.items()]

    def tell(self) -> None:
        self.provider.records = self.records()

    def prove(self, prefixes: list[str]) -> bytes:
        self.asked += 1
        leaves = {uuid: leaf(uuid, _texts(title)) for uuid, title in self.titles.items() if title is not None}
        parts = built(leaves, DEPTH)
        count, root = parts.get("", (0, ""))
        below = [one for one in parts if one and one[:-1] in prefixes]
        at_bottom = [uuid for uuid in self.titles if uuid.hex[:DEPTH] in prefixes]
        return json.dumps(
            {
                "seq": self.seq,
                "at": "2026-09-10T04:00:00Z",
                "depth": DEPTH,
                "root": {"prefix": "", "count": count, "hash": root},
                "parts": [{"prefix": one, "count": parts[one][0], "hash": parts[one][1]} for one in below],
                "entries": [
                    {
                        "identifier": str(uuid),
                        "origin": "a.example",
                        "seq": self.seq + 1 if uuid in self.later else 1,
                        "gone": self.titles[uuid] is None,
                        "leaf": leaves[uuid].hex() if uuid in leaves else "",
                    }
                    for uuid in at_bottom
                ],
            }
        ).encode()


def _metadata(title: str | None) -> str | None:
    if title is None:
        return None
    return (
        f'<entry xmlns="urn:heluo:entry:1" kind="resource" version="3"><title>{title}</title>'
        "<description>两行：\n第二行</description><keyword>几分之一</keyword><keyword>分 数</keyword>"
        '<facet key="subject" code="14"/><facet key="stage" code="primary"/><facet key="grade" code="primary-3"/>'
        "<language>zh-CN</language><licence>CC-BY-SA-4.0</licence><creator>王老师</creator>"
        '<organisation id="00000000-0000-0000-0000-000000000008">甲小学</organisation>'
        "<firstPublished>2026-08-01T00:00:00Z</firstPublished><published>2026-08-02T00:00:00Z</published>"
        f'<file sha256="{SHA}" size="12" type="application/pdf" name="课.pdf" href="https://a.example/f/1"/></entry>'
    )


def _texts(title: str) -> list[str]:
    facets = "grade=primary-3\nstage=primary\nsubject=14"
    return [title, "两行：\n第二行", "几分之一\n分 数", facets, "zh-CN", "CC-BY-SA-4.0", "王老师", "", "3", SHA]


@pytest.fixture
def told() -> Told:
    return Told({number(one): f"第{one}个" for one in range(60)})


def number(one: int) -> UUID:
    return uuid5(SPACE, str(one))


@pytest.fixture
def source(house: House, told: Told) -> Source:
    told.provider = house.provider(*told.records(), formats=["heluo"], proof=told.prove)
    source = house.source(told.provider)
    done(house.harvest(source))
    return source


def test_what_was_harvested_is_whole(source: Source, told: Told) -> None:
    """One question is enough to know."""
    found = compare(source=source, now=NOON)
    assert (found.trouble, found.told, found.requests, told.asked) == ("", 60, 1, 1)
    assert found.is_whole


def test_one_wrong_byte_is_found_in_few_questions_and_mended(source: Source) -> None:
    Entry.objects.filter(uuid=number(17)).update(creator_name="王老帅")
    found = compare(source=source, now=NOON)
    assert (found.wrong, found.missing, found.surplus, found.mended) == (1, 0, 0, 1)
    assert found.requests == DEPTH + 2
    assert Entry.objects.get(uuid=number(17)).creator_name == "王老师"
    assert compare(source=source, now=NOON).requests == 1


def test_what_is_missing_is_asked_for(source: Source, told: Told) -> None:
    told.titles |= {number(100): "没有说过的", number(101): "说过以后的"}
    told.later = {number(101)}
    told.tell()
    found = compare(source=source, now=NOON)
    assert (found.missing, found.mended) == (1, 1)
    assert Entry.objects.get(uuid=number(100)).title == "没有说过的"
    assert not Entry.objects.filter(uuid=number(101)).exists(), "comes with the next harvest"


def test_nothing_is_deleted_because_it_is_not_told(source: Source, told: Told) -> None:
    del told.titles[number(3)]
    found = compare(source=source, now=NOON)
    assert (found.wrong, found.missing, found.surplus) == (0, 0, 1)
    assert Entry.objects.get(uuid=number(3)).state == "published"


def test_a_tombstone_that_was_missed_is_harvested(source: Source, told: Told) -> None:
    """Within the bounds of every harvest, and not here."""
    told.titles[number(3)] = None
    found = compare(source=source, now=NOON)
    assert (found.wrong, found.mended, found.is_whole) == (1, 0, False)
    run = Run.objects.latest("pk")
    assert (run.state, run.window) == (RunState.RUNNING, None)
    assert compare(source=source, now=NOON).wrong == 1, "while that run is under way"
    assert Run.objects.latest("pk") == run


def test_a_tombstone_of_what_never_came_is_nothing_to_miss(source: Source, told: Told) -> None:
    told.titles[number(200)] = None
    found = compare(source=source, now=NOON)
    assert (found.requests, found.is_whole) == (1, True)
    assert Run.objects.count() == 1


def test_what_cannot_be_mended_is_said(source: Source, told: Told) -> None:
    """The source proves what it does not tell."""
    told.titles[number(3)] = "别的"
    found = compare(source=source, now=NOON)
    assert (found.wrong, found.mended, found.is_whole) == (1, 0, False)


def test_our_own_that_came_back_is_not_theirs_to_say(source: Source, told: Told) -> None:
    Arrival.objects.filter(entry=number(5)).update(is_echo=True, speaks=False)
    Entry.objects.filter(uuid=number(5)).update(creator_name="我们")
    found = compare(source=source, now=NOON)
    assert (found.wrong, found.trouble) == (0, "")
    assert Entry.objects.get(uuid=number(5)).creator_name == "我们"


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (lambda told: setattr(told.provider, "proof", lambda _prefixes: b"<html>"), Trouble.BAD_PROOF),
        (lambda told: setattr(told.provider, "proof", lambda _prefixes: b'{"seq": 1}'), Trouble.BAD_PROOF),
        (lambda told: setattr(told.provider, "proof", _renewed(told)), Trouble.MOVING),
        (lambda told: setattr(told.provider, "proof", None), Trouble.FAULT),
    ],
    ids=["no JSON", "no proof", "renewed meanwhile", "gone"],
)
def test_a_proof_that_leads_nowhere(
    source: Source, told: Told, change: Callable[[Told], None], trouble: Trouble
) -> None:
    Entry.objects.filter(uuid=number(17)).update(creator_name="王老帅")
    change(told)
    if trouble == Trouble.FAULT:
        told.provider.instead = lambda _asked, _number: (404, {}, b"")
        trouble = Trouble.NO_PROOF
    found = compare(source=source, now=NOON)
    assert (found.trouble, found.is_whole) == (trouble, False)


def _renewed(told: Told) -> Callable[[list[str]], bytes]:
    def prove(prefixes: list[str]) -> bytes:
        told.seq += 1
        return told.prove(prefixes)

    return prove


def test_ordering(house: House, source: Source) -> None:
    stranger = a_person(Role.CITY_OFFICER, a_bureau("410200")).actor
    with pytest.raises(NotAllowed):
        order_comparison(by=stranger, source=source, now=NOON)
    order_comparison(by=house.officer, source=source, now=NOON)
    Run.objects.update(state=RunState.RUNNING)
    with pytest.raises(AlreadyRunning):
        order_comparison(by=house.officer, source=source, now=NOON)
    plain = house.source(house.provider(record("oai:b.example:1", None), domain="b.example"))
    with pytest.raises(NoProofThere):
        order_comparison(by=house.officer, source=plain, now=NOON)


def test_once_a_day(source: Source) -> None:
    assert list(uncompared_sources(NOON)) == [source.pk]
    compare(source=source, now=NOON)
    assert not uncompared_sources(NOON)
    assert list(uncompared_sources(NOON + timedelta(days=1))) == [source.pk]
    assert Comparison.objects.count() == 1


def kept() -> int:
    return Entry.objects.filter(state=EntryState.PUBLISHED).count()


def news() -> list[tuple[str, bool]]:
    return [(one.kind, not one.is_read) for one in Notice.objects.order_by("pk")]


def test_a_source_that_was_emptied_deletes_nothing_and_officers_are_told_once_until_it_is_back(
    source: Source, told: Told
) -> None:
    before, told.titles = told.titles, {}
    told.tell()
    later = NOON + timedelta(days=1)
    done(ran(begin_run(by=HARVESTER, source=source, now=later), now=later))
    for day in (1, 2):
        compare(source=source, now=NOON + timedelta(days=day))
    assert kept() == 60
    assert news() == [("harvesting.emptied", True)]
    source.refresh_from_db()
    assert source.emptied_at == NOON + timedelta(days=1)
    told.titles = before
    compare(source=source, now=NOON + timedelta(days=3))
    source.refresh_from_db()
    assert source.emptied_at is None
    assert news() == [("harvesting.emptied", False)]


def test_a_source_whose_proof_is_gone_with_all_else_is_looked_at_by_its_list(source: Source, told: Told) -> None:
    told.titles = {}
    told.tell()
    told.provider.proof = None
    told.provider.instead = lambda asked, _number: None if "verb" in asked else (404, {}, b"")
    found = compare(source=source, now=NOON)
    assert (found.trouble, found.surplus) == (Trouble.NO_PROOF, 60)
    assert news() == [("harvesting.emptied", True)]
    assert kept() == 60


@pytest.mark.parametrize(("left", "is_told"), [(0, True), (30, True), (55, False)])
def test_one_that_proves_nothing_is_looked_at_by_its_list(house: House, left: int, is_told: bool) -> None:
    records = [record(oai(one), dc(f"第{one}个")) for one in range(60)]
    provider = house.provider(*records)
    source = house.source(provider)
    done(house.harvest(source))
    provider.records = records[:left]
    assert compare(source=source, now=NOON).requests == 1
    assert bool(news()) is is_told
    assert kept() == 60


def test_officers_see_it_on_the_page_of_the_source(house: House, source: Source) -> None:
    Source.objects.update(emptied_at=NOON)
    officer = browser_of(house.officer)
    assert "可能被清空了" in officer.get(f"/workbench/harvesting/{source.uuid}/").content.decode()
    assert "可能被清空" in officer.get("/workbench/harvesting/").content.decode()
