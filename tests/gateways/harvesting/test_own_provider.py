"""Our own provider, harvested as the platform of another: everything arrives, and what is withdrawn goes.

Provider and harvester are one platform here, so what the provider says passes through a hand that gives its entries
another domain and other identifiers.
"""

from contextlib import ExitStack
from ipaddress import ip_network
from urllib.parse import urlencode
from urllib.request import urlopen
from uuid import UUID

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import EntryDraft, publish_entries, tell_public, withdraw_entry
from heluo.gateways.harvesting.actions import begin_run, go_on
from heluo.gateways.harvesting.enums import Prefix, RunState
from heluo.gateways.harvesting.models import Run, Source
from heluo.gateways.oaipmh.shapes import FORMATS
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import now
from heluo.kernel.events.public import advance_horizon
from heluo.kernel.organisations.models import Organisation
from tests.factories import NOON, a_bureau, a_person
from tests.gateways.harvesting.conftest import CITY, House
from tests.gateways.harvesting.provider import Answer, Provider

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KEEPER = platform_actor("测试", [*Permission])
OURS, THEIRS = "00000000-0000-0000-0000-", "a0000000-0000-0000-0000-"


def publish(bureau: Organisation, *numbers: int) -> None:
    drafts = {
        UUID(int=number): EntryDraft(
            kind="resource",
            title=f"第{number}个",
            description="用一个圆的平均分认识几分之一。",
            keywords=["分数"],
            organisation_id=bureau.pk,
            licence="CC-BY-SA-4.0",
            creator_name="示例教师",
            facets={"subject": ["14"], "stage": ["primary"], "resource_type": ["courseware"]},
            payload={"version": 2, "formats": ["video/mp4"]},
        )
        for number in numbers
    }
    publish_entries(by=KEEPER, drafts=drafts, now=NOON)
    tell()


def tell() -> None:
    for _turn in range(2):
        advance_horizon()
    tell_public()


def through_another_hand(provider: Provider, live_server: LiveServer, prefix: str) -> None:
    """Asks our provider, and gives what it says the domain and identifiers of another platform."""

    def asks(asked: dict[str, str], _number: int) -> Answer | None:
        if asked["verb"] == "ListMetadataFormats":
            return None
        with urlopen(f"{live_server.url}/oai?{urlencode(asked)}") as answer:
            said = answer.read().decode()
        return 200, {}, said.replace("heluo.localhost", "a.example").replace(OURS, THEIRS).encode()

    provider.formats = [prefix]
    provider.instead = asks


def harvest(house: House, source: Source) -> Run:
    run = begin_run(by=house.officer, source=source, now=now())
    while go_on(run_id=run.pk, now=now()) is not None:
        pass
    run.refresh_from_db()
    assert (run.state, run.trouble, run.held) == (RunState.DONE, "", 0), run.detail
    return run


def of(origin: str) -> dict[str, tuple[str, object]]:
    """Title → what is comparable of the entries of a platform."""
    return {
        one.title: (
            one.state,
            (one.description, one.licence, one.creator_name, one.facets.get("subject"), one.facets.get("stage")),
        )
        for one in Entry.objects.filter(origin=origin)
    }


@pytest.mark.parametrize("prefix", [prefix for prefix in Prefix if prefix.value in {str(one) for one in FORMATS}])
def test_our_own_catalogue_arrives_whole(live_server: LiveServer, settings: Settings, prefix: Prefix) -> None:
    settings.OUTWARD_NETWORKS = [ip_network("127.0.0.1/32")]
    settings.HARVEST_PAGE = 3
    bureau = a_bureau(CITY)
    publish(bureau, *range(1, 9))
    with ExitStack() as stack:
        house = House(bureau, a_person(Role.CITY_OFFICER, bureau).actor, stack)
        provider = house.provider()
        through_another_hand(provider, live_server, prefix)
        source = house.source(provider)
        assert source.origin == "a.example"
        assert harvest(house, source).new == 8
        assert of("a.example") == of("heluo.localhost")
        arrived = Entry.objects.get(origin="a.example", title="第1个")
        assert arrived.uuid == UUID(f"{THEIRS}000000000001")
        assert arrived.payload["address"].endswith(f"/resources/{arrived.uuid}/")
        withdraw_entry(by=KEEPER, identifier=UUID(int=2), reason="版权争议", now=NOON)
        publish(bureau, 20)
        run = harvest(house, source)
        assert (run.new, run.retired) == (1, 1)
        assert of("a.example") == of("heluo.localhost")
        assert of("a.example")["第2个"][0] == "withdrawn"
