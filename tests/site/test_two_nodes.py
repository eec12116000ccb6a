"""Two whole platforms on one machine: one asks the other to be let in, and each hears of the other."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.site.platform import START_LIMIT, Platform, heluo

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]
NAMES = {
    "hub": {"NODE": "hub.example", "NODE_NAME": "河南省"},
    "city": {
        "NODE": "luoyang.example",
        "NODE_NAME": "洛阳市",
        "NODE_TIER": "city",
        "NODE_EXCHANGE_SECONDS": "5",
        "OUTWARD_NETWORKS": "127.0.0.0/8",
    },
}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, Platform]]:
    folder = tmp_path_factory.mktemp("two")
    hub = Platform(folder / "hub", **NAMES["hub"])
    city = Platform(folder / "city", **NAMES["city"])
    try:
        yield hub.wait_until_ready(), city.wait_until_ready()
    finally:
        city.stop()
        hub.stop()


def said(platform: Platform, *arguments: str) -> str:
    told = heluo(platform.data, "nodes", *arguments, port=platform.port, **NAMES[platform.data.name])
    assert told.returncode == 0, told.stderr
    return told.stdout


def listed(platform: Platform) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(said(platform, "list", "--json"))
    return told


def until_contact(platform: Platform, former: str | None = None) -> dict[str, Any]:
    until = time.monotonic() + START_LIMIT
    while True:
        [node] = listed(platform)["nodes"]
        if node["standing"] == "active" and node["contact_at"] not in {None, former}:
            return node  # type: ignore[no-any-return]
        assert time.monotonic() < until, node
        time.sleep(1)


def test_two_nodes_join_and_each_hears_of_the_other(two: tuple[Platform, Platform]) -> None:
    hub, city = two
    joined = said(city, "join", f"http://127.0.0.1:{hub.port}")
    assert "hub.example" in joined
    [asked] = listed(hub)["requests"]
    assert (asked["domain"], asked["name"]) == ("luoyang.example", "洛阳市")
    assert asked["fingerprint"] in joined, "what both sides compare"
    wrong = heluo(hub.data, "nodes", "approve", "luoyang.example", "--fingerprint", "0" * 64, **NAMES["hub"])
    assert wrong.returncode == 1
    said(hub, "approve", "luoyang.example", "--fingerprint", asked["fingerprint"])
    there, here = until_contact(city), until_contact(hub)
    assert (there["domain"], there["name"], there["tier"]) == ("hub.example", "河南省", "province")
    assert (here["domain"], here["name"], here["tier"]) == ("luoyang.example", "洛阳市", "city")
    assert (there["failures"], there["in_trouble"]) == (0, 0)
    said(city, "rotate-key", "--revoke")
    until_contact(hub, former=here["contact_at"])
    [after] = listed(city)["nodes"]
    assert after["failures"] == 0
