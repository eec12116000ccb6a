"""Two clients that others wrote (Sickle and oaipmh-scythe) harvest over HTTP while people write.

They have an environment of their own, made by `tools/outside-client`, and talk to 127.0.0.1 and to nobody else. What
they end up with is compared with the change log, not with the rows that were told.
"""

import json
import subprocess
import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.models import Change
from heluo.engines.catalogue.public import tell_public
from heluo.kernel.events.public import advance_horizon
from tests.factories import a_school
from tests.gateways.oaipmh.conftest import NODE, Catalogue, oai

HERE = Path(__file__).parent
PYTHON = HERE.parents[2] / "build" / "outside-client" / "bin" / "python"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not PYTHON.exists(), reason="the outside clients are not there: tools/outside-client"),
]
CLIENTS = ("sickle", "scythe")
WORDS = {
    "sickle": {"prefix": "metadataPrefix", "since": "from", "within": "set"},
    "scythe": {"prefix": "metadata_prefix", "since": "from_", "within": "set_"},
}
"""How each client calls the arguments."""
Told = dict[str, Any]


def read(client: str, address: str, verb: str, **asked: str) -> Told:
    """What a client makes of a question."""
    named = {WORDS[client].get(name, name): value for name, value in asked.items()}
    done = subprocess.run(
        [PYTHON, HERE / "outside_reader.py"],
        input=json.dumps({"client": client, "base_url": f"{address}/oai", "verb": verb, "asked": named}),
        capture_output=True,
        text=True,
        check=False,
        env={"NO_PROXY": "*"},
    )
    assert done.returncode == 0, done.stderr
    answer: Told = json.loads(done.stdout)
    return answer


class Mirror:
    """A copy that is kept as `docs/oaipmh.md` says."""

    def __init__(self, client: str, address: str) -> None:
        self.client, self.address = client, address
        self.copy: dict[str, tuple[str | None, frozenset[str]]] = {}
        self.since = ""

    def harvest(self) -> None:
        asked = {"prefix": "oai_dc"} | ({"since": self.since} if self.since else {})
        answer = read(self.client, self.address, "ListRecords", **asked)
        if "refused" in answer:
            assert answer["refused"] == "NoRecordsMatch"
            return
        for one in answer["told"]:
            title = None if one["gone"] else one["metadata"]["title"][0]
            self.copy[one["identifier"]] = (title, frozenset(one["sets"]))
        # One goes on from the date of its first answer, the other from the newest datestamp it was given.
        self.since = answer["asked_at"] or max(one["at"] for one in answer["told"])


def as_the_log_has_it() -> dict[str, str | None]:
    """Of each entry that was ever public its title as it is now, or None; read line by line from the change log."""
    found: dict[str, str | None] = {}
    for line in Change.objects.select_related("entry").order_by("seq"):
        entry = line.entry
        is_public = entry.state == "published" and entry.visibility == Visibility.PUBLIC
        if entry.versions.filter(visibility=Visibility.PUBLIC).exists():
            found[f"oai:{NODE}:{entry.uuid}"] = entry.title if is_public else None
    return found


def write(catalogue: Catalogue, first: int) -> None:
    """What people do: new, changed, withdrawn, taken back from the public, brought back, opened to the public."""
    try:
        for turn in range(6):
            catalogue.publish(100 * first + turn)
            catalogue.publish(first + turn, description=f"第{turn}次改")
            catalogue.publish(100 * first + turn, facets={"subject": ["13"]})
            if turn % 2:
                catalogue.withdraw(100 * first + turn)
            else:
                catalogue.publish(100 * first + turn, visibility=Visibility.TREE)
            if turn % 3 == 0:
                catalogue.publish(100 * first + turn, description="回来了")
        catalogue.publish(12 + first)
    finally:
        connection.close()


def tell_until(is_over: threading.Event) -> None:
    """What the pulses do."""
    try:
        while not is_over.wait(0.05):
            advance_horizon()
            tell_public()
    finally:
        connection.close()


def test_two_mirrors_equal_the_log(live_server: LiveServer, settings: Settings) -> None:
    settings.HARVEST_PAGE = 4
    catalogue = Catalogue(a_school())
    catalogue.publish(*range(1, 13))
    catalogue.publish(*range(13, 16), visibility=Visibility.TREE)
    is_over = threading.Event()
    writers = [threading.Thread(target=write, args=[catalogue, first]) for first in (1, 2)]
    teller = threading.Thread(target=tell_until, args=[is_over])
    mirrors = [Mirror(client, live_server.url) for client in CLIENTS]
    for thread in (teller, *writers):
        thread.start()
    while any(writer.is_alive() for writer in writers):
        for mirror in mirrors:
            mirror.harvest()
    is_over.set()
    for thread in (teller, *writers):
        thread.join()
    for _turn in range(3):
        advance_horizon()
        tell_public()
    for mirror in mirrors:
        mirror.harvest()
    log = as_the_log_has_it()
    assert None in log.values()
    for mirror in mirrors:
        assert {identifier: title for identifier, (title, _sets) in mirror.copy.items()} == log, mirror.client
    assert mirrors[0].copy == mirrors[1].copy


@pytest.mark.parametrize("client", CLIENTS)
def test_both_clients_understand_every_verb(live_server: LiveServer, settings: Settings, client: str) -> None:
    settings.HARVEST_PAGE = 2
    catalogue = Catalogue(a_school())
    catalogue.publish(1, 2, 3, 4)
    catalogue.withdraw(2)
    for _turn in range(2):
        advance_horizon()
    tell_public()

    def told(verb: str, **asked: str) -> list[Told]:
        found: list[Told] = read(client, live_server.url, verb, **asked)["told"]
        return found

    [said] = told("Identify")
    assert (said["deletedRecord"], said["granularity"]) == (
        (["persistent"], ["YYYY-MM-DDThh:mm:ssZ"])
        if isinstance(said["deletedRecord"], list)
        else ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    )
    assert [one["metadataPrefix"] for one in told("ListMetadataFormats")] in (
        ["oai_dc", "lom", "heluo"],
        [["oai_dc"], ["lom"], ["heluo"]],
    )
    sets = [one["setSpec"] if isinstance(one["setSpec"], str) else one["setSpec"][0] for one in told("ListSets")]
    assert sets == ["place:410000", "place:410000:410300", "place:410000:410300:410305", "stage:primary", "subject:14"]
    headers = told("ListIdentifiers", prefix="oai_dc", within="subject:14")
    assert [(one["identifier"], one["gone"]) for one in headers] == [
        (oai(1), False),
        (oai(3), False),
        (oai(4), False),
        (oai(2), True),
    ]
    [record] = told("GetRecord", identifier=oai(1), prefix="lom")
    assert "第1个" in record["metadata"]["string"]
    [gone] = told("GetRecord", identifier=oai(2), prefix="lom")
    assert gone["gone"]
    refused = read(client, live_server.url, "GetRecord", identifier=oai(9), prefix="oai_dc")
    assert refused == {"refused": "IdDoesNotExist"}
    assert UUID(record["identifier"].rpartition(":")[2]) == UUID(int=1)
