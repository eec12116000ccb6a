"""Reading a source page by page: what it says, where it goes on, and when it stops."""

from datetime import timedelta
from typing import Any

import pytest

from heluo.gateways.harvesting.actions import (
    approve_retirement,
    begin_run,
    go_on,
    look_at,
    pause_source,
    reject_retirement,
    running,
)
from heluo.gateways.harvesting.enums import RunState, Trouble
from heluo.gateways.harvesting.errors import AlreadyRunning, NothingToDecide, OurOwn, Paused, SourceTroubled
from heluo.gateways.harvesting.jobs import begin
from heluo.gateways.harvesting.models import Arrival, Run
from heluo.gateways.harvesting.public import source_called
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import require_person
from heluo.kernel.notices.models import Notice
from tests.factories import NOON, a_bureau, a_stranger
from tests.gateways.harvesting.conftest import House, done, faults, oai, ran, titles
from tests.gateways.harvesting.provider import Provider, dc, record

pytestmark = pytest.mark.django_db
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>&b;</responseDate></OAI-PMH>"""


def some(*numbers: int) -> list[str]:
    return [record(oai(number), dc(f"第{number}个")) for number in numbers]


def gone(*numbers: int, at: str = "2026-09-09T00:00:00Z") -> list[str]:
    return [record(oai(number), None, at) for number in numbers]


# -- adding -----------------------------------------------------------------------------------------------------------


def test_the_richest_format_and_the_domain_are_found_before_anything_is_kept(house: House) -> None:
    found = look_at(by=house.officer, base_url=house.provider(formats=["oai_dc", "lom", "marc"]).url)
    assert (found.prefix, found.domain, found.granularity, found.name) == ("lom", "a.example", "second", "示例市平台")
    assert look_at(by=house.officer, base_url=house.provider(formats=["lom", "heluo"]).url).prefix == "heluo"
    nameless = house.provider(domain="")
    assert house.source(nameless).origin == "127.0.0.1"


def test_what_is_no_provider_is_named(house: House, settings: Any) -> None:
    page = house.provider(instead=lambda _asked, _n: (200, {}, b"<html><body>404</body></html>"))
    gone_away = house.provider(instead=lambda _asked, _n: (404, {}, b""))
    marc = house.provider(formats=["marc"])
    for provider, trouble in ((page, Trouble.NOT_OAI), (gone_away, Trouble.REFUSED), (marc, Trouble.NO_FORMAT)):
        with pytest.raises(SourceTroubled) as troubled:
            look_at(by=house.officer, base_url=provider.url)
        assert troubled.value.trouble == trouble
    with pytest.raises(SourceTroubled) as troubled:
        look_at(by=house.officer, base_url="http://10.0.0.1/oai")
    assert troubled.value.trouble == Trouble.UNREACHABLE
    with pytest.raises(OurOwn):
        look_at(by=house.officer, base_url=f"{settings.PUBLIC_URL}/oai")
    with pytest.raises(OurOwn):
        house.source(house.provider(domain=settings.NODE_DOMAIN))


def test_strangers_and_officers_elsewhere_may_nothing(house: House) -> None:
    provider = house.provider(*some(1))
    source = house.source(provider)
    for by in (a_stranger().actor, House(a_bureau("410200"), _officer_at("410200"), house.stack).officer):
        with pytest.raises(NotAllowed):
            begin_run(by=by, source=source, now=NOON)
        with pytest.raises(NotAllowed):
            approve_retirement(by=by, source=source, now=NOON)
        with pytest.raises(NotAllowed):
            pause_source(by=by, source=source, is_active=False, now=NOON)
    with pytest.raises(NotAllowed):
        look_at(by=a_stranger().actor, base_url=provider.url)


def _officer_at(region: str) -> Any:
    from heluo.kernel.actors.enums import Role  # noqa: PLC0415
    from tests.factories import a_person  # noqa: PLC0415

    return a_person(Role.CITY_OFFICER, a_bureau(region)).actor


# -- reading ----------------------------------------------------------------------------------------------------------


def test_page_by_page_and_then_only_what_changed(house: House) -> None:
    provider = house.provider(*some(1, 2, 3, 4, 5), size=2)
    source = house.source(provider)
    run = done(house.harvest(source))
    assert (run.pages, run.records, run.new, run.changed) == (3, 5, 5, 0)
    assert titles() == {f"第{number}个": "published" for number in range(1, 6)}
    provider.records = [record(oai(2), dc("第2个，改过"), "2026-09-10T00:00:00Z")]
    again = done(house.harvest(source))
    assert provider.lists()[-1]["from"] == "2026-09-10T04:00:00Z"
    assert (again.new, again.changed) == (0, 1)
    assert "第2个，改过" in titles()


def test_a_source_that_knows_days_only_is_asked_by_days(house: House) -> None:
    provider = house.provider(*some(1), granularity="YYYY-MM-DD")
    source = house.source(provider)
    done(house.harvest(source))
    done(house.harvest(source))
    assert provider.lists()[-1]["from"] == "2026-09-10"


def test_nothing_new_is_a_run_without_change_and_an_emptied_source_deletes_nothing(house: House) -> None:
    provider = house.provider(*some(1, 2))
    source = house.source(provider)
    done(house.harvest(source))
    provider.records = []
    run = done(house.harvest(source, whole=True))
    assert (run.records, run.retired) == (0, 0)
    assert set(titles().values()) == {"published"}


def test_who_dies_between_pages_goes_on_there(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = house.provider(*some(1, 2, 3, 4), size=1)
    run = begin_run(by=house.officer, source=house.source(provider), now=NOON)
    asked = running._asked  # the moment of death
    left = [2]

    def dies(run: Run) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise SystemExit
        return asked(run)

    monkeypatch.setattr(running, "_asked", dies)
    with pytest.raises(SystemExit):
        ran(run)
    monkeypatch.undo()
    run.refresh_from_db()
    assert (run.state, run.pages, run.token) == (RunState.RUNNING, 2, "2")
    assert len(titles()) == 2
    ran(run)
    run.refresh_from_db()
    assert done(run).pages == 4
    assert [asked.get("resumptionToken") for asked in provider.lists()] == [None, "1", "2", "3"]


def test_who_dies_while_a_page_is_kept_keeps_none_of_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin_run(by=house.officer, source=house.source(house.provider(*some(1, 2))), now=NOON)

    def dies(*_args: Any, **_named: Any) -> Any:
        raise SystemExit

    monkeypatch.setattr(running, "is_too_much", dies)  # after the records were written
    with pytest.raises(SystemExit):
        go_on(run_id=run.pk, now=NOON)
    assert titles() == {}
    assert not Arrival.objects.exists()
    monkeypatch.undo()
    assert done(ran(run)).new == 2


def test_two_workers_at_one_run_take_each_page_once(house: House) -> None:
    provider = house.provider(*some(1, 2, 3), size=1)
    run = begin_run(by=house.officer, source=house.source(provider), now=NOON)
    slow = Run.objects.select_related("source__organisation").get(pk=run.pk)
    page = running._asked(slow)
    go_on(run_id=run.pk, now=NOON)
    assert running.take_page(run=slow, page=page, now=NOON) is None
    assert done(ran(run)).records == 3


def test_the_pulse_begins_what_is_due_and_goes_on_with_what_was_left(house: House) -> None:
    source = house.source(house.provider(*some(1)))
    begin()
    run = Run.objects.get()
    begin()
    assert Run.objects.count() == 1
    with pytest.raises(AlreadyRunning):
        begin_run(by=house.officer, source=source, now=NOON)
    ran(run)
    pause_source(by=house.officer, source=source, is_active=False, now=NOON)
    with pytest.raises(Paused):
        begin_run(by=house.officer, source=source, now=NOON)


# -- sources that do not behave ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (BOMB, Trouble.UNSAFE_XML),
        ("<OAI-PMH>分数</OAI-PMH>".encode("gb18030"), Trouble.NOT_UTF8),
        (b"<OAI-PMH><open></OAI-PMH>", Trouble.NOT_XML),
        (b"", Trouble.NOT_XML),
        (b"\x89PNG\r\n", Trouble.NOT_UTF8),
        (b"<rss/>", Trouble.NOT_OAI),
        (b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>', Trouble.NOT_OAI),
        (b"<a>" * 400, Trouble.NOT_XML),
    ],
)
def test_a_page_that_is_none_stops_the_run_with_its_name(house: House, body: bytes, trouble: Trouble) -> None:
    provider = house.provider(*some(1, 2), size=1)
    source = house.source(provider)
    provider.instead = lambda asked, _n: (200, {}, body) if "resumptionToken" in asked else None
    run = house.harvest(source)
    assert (run.state, run.trouble) == (RunState.FAILED, trouble)
    assert titles() == {"第1个": "published"}
    source.refresh_from_db()
    assert source.since is None


def test_an_external_entity_is_not_fetched(house: House) -> None:
    provider = house.provider()
    source = house.source(provider)
    body = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{provider.url}?verb=Identify">]>' + provider.whole("<x>&e;</x>")
    body = body.replace('<?xml version="1.0" encoding="UTF-8"?>', "")
    provider.instead = lambda asked, _n: (200, {}, body.encode()) if asked["verb"] == "ListRecords" else None
    before = len(provider.asked)
    assert house.harvest(source).trouble == Trouble.UNSAFE_XML
    assert len(provider.asked) == before + 1


def test_a_page_beyond_the_bound_is_not_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.gateways.harvesting.protocol.LARGEST_PAGE", 5000)
    assert house.harvest(house.source(house.provider(*some(*range(1, 100))))).trouble == Trouble.TOO_LARGE


@pytest.mark.parametrize("circle", [["a"], ["a", "b"], ["a", "b", "c", "d", "e"]])
def test_tokens_that_go_in_a_circle_end(house: House, circle: list[str]) -> None:
    provider = house.provider()
    source = house.source(provider)

    def turns(asked: dict[str, str], _number: int) -> str | None:
        if asked["verb"] != "ListRecords":
            return None
        at = circle.index(asked["resumptionToken"]) + 1 if "resumptionToken" in asked else 0
        return provider.page(some(1), circle[at % len(circle)])

    provider.instead = turns
    run = house.harvest(source)
    assert (run.state, run.trouble) == (RunState.FAILED, Trouble.LOOP)
    assert run.pages <= 4 * len(circle)


def test_tokens_that_never_end_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_PAGES", 5)
    provider = house.provider()
    source = house.source(provider)
    provider.instead = lambda asked, number: (
        provider.page(some(1), f"t{number}") if asked["verb"] == "ListRecords" else None
    )
    run = house.harvest(source)
    assert (run.trouble, run.pages) == (Trouble.TOO_MANY_PAGES, 5)


def test_a_token_that_expired_begins_the_window_anew(house: House) -> None:
    provider = house.provider(*some(1, 2, 3), size=1)
    source = house.source(provider)
    expired = iter([True])

    def forgets(asked: dict[str, str], _number: int) -> str | None:
        if asked.get("resumptionToken") == "2" and next(expired, False):
            return '<error code="badResumptionToken"/>'
        return None

    provider.instead = forgets
    run = done(house.harvest(source))
    assert (run.new, run.restarts) == (3, 1)
    assert [asked.get("resumptionToken") for asked in provider.lists()] == [None, "1", "2", None, "1", "2"]
    provider.instead = lambda asked, _n: '<error code="badResumptionToken"/>' if "resumptionToken" in asked else None
    assert house.harvest(source, whole=True).trouble == Trouble.EXPIRED


def test_a_busy_source_is_asked_again_when_it_says(house: House) -> None:
    provider = house.provider(*some(1))
    source = house.source(provider)
    provider.instead = lambda asked, _n: (503, {"Retry-After": "120"}, b"") if asked["verb"] == "ListRecords" else None
    run = begin_run(by=house.officer, source=source, now=NOON)
    assert go_on(run_id=run.pk, now=NOON) == NOON + timedelta(seconds=120)
    provider.instead = lambda _asked, _n: None
    run = done(ran(run, now=NOON + timedelta(seconds=120)))
    assert run.new == 1


def test_a_comment_is_no_text(house: House) -> None:
    provider = house.provider(record(oai(1), dc("标题").replace("标题", "标<!-- 不是 -->题")))
    done(house.harvest(house.source(provider)))
    assert titles() == {"标题": "published"}


def test_the_command_line_names_a_source_by_name_or_address(house: House) -> None:
    provider = house.provider()
    source = house.source(provider)
    assert source_called("示例市平台") == source_called(provider.url) == source
    house.source(house.provider(domain="b.example"))
    for unclear in ("示例市平台", "没有这个"):
        with pytest.raises(NotFound):
            source_called(unclear)


def test_a_source_that_stays_busy_ends_the_run(house: House) -> None:
    provider = house.provider(*some(1))
    source = house.source(provider)
    provider.instead = lambda _asked, _n: (503, {}, b"")
    run = begin_run(by=house.officer, source=source, now=NOON)
    waits, at = [], NOON
    while (then := go_on(run_id=run.pk, now=at)) is not None:
        waits.append(int((then - at).total_seconds()))
        at = then
    run.refresh_from_db()
    assert (run.state, run.trouble) == (RunState.FAILED, Trouble.BUSY)
    assert waits == [60, 120, 240, 480, 960, 1920]


def test_a_fault_of_the_protocol_is_shown_as_it_was_told(house: House) -> None:
    provider = house.provider()
    source = house.source(provider)
    provider.instead = lambda asked, _n: (
        '<error code="badArgument">no such set</error>' if asked["verb"] == "ListRecords" else None
    )
    run = house.harvest(source)
    assert (run.trouble, run.detail) == (Trouble.FAULT, "badArgument no such set")


def test_a_page_of_bad_records_stops_the_run(house: House) -> None:
    good, bad = some(*range(1, 5)), [record(oai(number), dc("")) for number in range(10, 20)]
    run = house.harvest(house.source(house.provider(*good, *bad)))
    assert (run.state, run.trouble, run.held) == (RunState.FAILED, Trouble.TOO_MANY_BAD, 10)
    assert len(faults()) == 10
    assert len(titles()) == 4


# -- retiring ---------------------------------------------------------------------------------------------------------


def test_tombstones_withdraw_and_may_be_taken_back(house: House) -> None:
    provider = house.provider(*some(1, 2))
    source = house.source(provider)
    done(house.harvest(source))
    provider.records = gone(2, 9)
    assert done(house.harvest(source)).retired == 1
    assert titles() == {"第1个": "published", "第2个": "withdrawn"}
    assert done(house.harvest(source)).retired == 0
    provider.records = [record(oai(2), dc("第2个"), "2026-09-10T00:00:00Z")]
    done(house.harvest(source))
    assert titles() == {"第1个": "published", "第2个": "published"}


def prepared(house: House, provider: Provider) -> Any:
    """A source of 40 records that has withdrawn 21 of them, and the run that has stopped there."""
    source = house.source(provider)
    done(house.harvest(source))
    provider.records = gone(*range(1, 22))
    run = house.harvest(source)
    assert (run.state, run.to_retire) == (RunState.WAITING, 21)
    assert set(titles().values()) == {"published"}
    return source


def test_many_at_once_wait_for_an_officer_who_is_told(house: House) -> None:
    provider = house.provider(*some(*range(1, 41)), size=7)
    source = prepared(house, provider)
    notice = Notice.objects.get(person=require_person(house.officer))
    assert (notice.url, notice.parameters["count"]) == (f"/workbench/harvesting/{source.uuid}/", "21")
    with pytest.raises(AlreadyRunning):
        begin_run(by=house.officer, source=source, now=NOON)
    approve_retirement(by=house.officer, source=source, now=NOON)
    run = done(ran(Run.objects.latest("pk")))
    assert run.retired == 21
    assert sum(state == "withdrawn" for state in titles().values()) == 21
    notice.refresh_from_db()
    assert notice.read_at is not None
    with pytest.raises(NothingToDecide):
        approve_retirement(by=house.officer, source=source, now=NOON)


def test_an_officer_may_keep_them(house: House) -> None:
    source = prepared(house, house.provider(*some(*range(1, 41)), size=7))
    reject_retirement(by=house.officer, source=source, now=NOON)
    assert set(titles().values()) == {"published"}
    run = Run.objects.latest("pk")
    assert run.state == RunState.REJECTED
    assert not Arrival.objects.filter(going__isnull=False).exists()


def test_twenty_are_few_whatever_their_share(house: House) -> None:
    provider = house.provider(*some(*range(1, 20)))
    source = house.source(provider)
    done(house.harvest(source))
    provider.records = gone(*range(1, 20))
    assert done(house.harvest(source)).retired == 19
