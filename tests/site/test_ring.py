"""Three platforms that harvest each other in a ring, and one that outside clients harvest while it is written to and
its servers are killed. Each is a whole platform, asked over HTTP.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.gateways.oaipmh.test_outside_clients import CLIENTS, PYTHON, Mirror
from tests.server import REPOSITORY
from tests.site.platform import Platform, heluo, variables

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]
RESOURCES = int(os.environ.get("RING", "300"))
"""Over all three. `RING=10000` says the same at size."""
NETWORKS = {"OUTWARD_NETWORKS": "127.0.0.0/8"}


def named(name: str) -> dict[str, str]:
    return {"NODE": f"{name}.example", **NETWORKS}


def hand(platform: Platform, *said: str) -> subprocess.Popen[str]:
    more = named(platform.data.name) | {"PYTHONPATH": f"{REPOSITORY / 'src'}:{REPOSITORY}"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.site.catalogue_hand", *said],
        cwd=platform.data.parent,
        env=variables(platform.data, platform.port, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def done(running: subprocess.Popen[str]) -> str:
    told, trouble = running.communicate(timeout=600)
    assert running.returncode == 0, trouble
    return told


def state(platform: Platform) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(done(hand(platform, "state")))
    return told


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[list[Platform]]:
    platforms = [Platform(tmp_path / name, **named(name)) for name in ("a", "b", "c")]
    try:
        yield [platform.wait_until_ready() for platform in platforms]
    finally:
        for platform in platforms:
            platform.stop()


def test_a_ring_of_three_holds_everything_once(ring: list[Platform]) -> None:
    share = RESOURCES // 3
    shares = [share, share, RESOURCES - 2 * share]
    for running in [hand(one, "publish", "0", str(count)) for one, count in zip(ring, shares, strict=True)]:
        done(running)
    before = {ring[number]: ring[number - 1] for number in range(3)}
    for one, former in before.items():
        done(hand(one, "told"))
        done(hand(former, "told"))
        done(hand(one, "source", former.data.name, f"http://127.0.0.1:{former.port}/oai"))
    for _round in range(3):
        for one, former in before.items():
            harvest = heluo(one.data, "harvest", former.data.name, timeout=900, **named(one.data.name))
            assert harvest.returncode == 0, harvest.stderr
            done(hand(one, "told"))
    states = [state(one) for one in ring]
    assert [len(one["entries"]) for one in states] == [RESOURCES] * 3
    assert states[0]["entries"] == states[1]["entries"] == states[2]["entries"]
    assert [one["echoes"] for one in states] == shares, "all came back to where they are from, and were only noted"


@pytest.mark.skipif(not PYTHON.exists(), reason="the outside clients are not there: tools/outside-client")
def test_mirrors_equal_the_log_though_servers_die(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "a", HARVEST_PAGE="7", **named("a"))
    mirrors = [Mirror(client, f"http://127.0.0.1:{platform.port}") for client in CLIENTS]
    try:
        platform.wait_until_ready()
        done(hand(platform, "publish", "1000", "50"))
        writer = hand(platform, "write", "15")
        killed = 0
        while writer.poll() is None:
            for mirror in mirrors:
                harvested(mirror, platform)
            if killed < 3:
                servers = psutil.Process(platform.pid_of("web"))
                for process in [*servers.children(recursive=True), servers]:
                    process.send_signal(signal.SIGKILL)
                killed += 1
        done(writer)
        done(hand(platform, "told"))
        platform.stop()
        platform = Platform(platform.data, platform.port, HARVEST_PAGE="7", **named("a")).wait_until_ready()
        for mirror in mirrors:
            harvested(mirror, platform)
        log = state(platform)["entries"]
    finally:
        platform.stop()
    assert killed == 3
    assert None in log.values()
    for mirror in mirrors:
        assert {identifier: title for identifier, (title, _sets) in mirror.copy.items()} == log, mirror.client


def harvested(mirror: Mirror, platform: Platform) -> None:
    """A client that meets a dead server gives up and begins again where it was, as `docs/oaipmh.md` says."""
    until = time.monotonic() + 60
    while True:
        try:
            return mirror.harvest()
        except AssertionError:
            assert time.monotonic() < until, platform.said()
            time.sleep(0.5)
