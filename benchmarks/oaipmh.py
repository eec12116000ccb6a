"""Harvesting: records a second that Sickle reads, beside a provider of a page that has everything in memory; and what a
page costs at the beginning and behind most of the catalogue.

    .venv/bin/python -m benchmarks.oaipmh [--entries 1000000] [--harvest 20000] [--seed 1]

Starts its own PostgreSQL in a temporary folder, fills it with synthetic entries (seeded), tells them to the public by
the action that the pulse calls, and serves both providers by granian. Wants `tools/outside-client` for Sickle.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from django.db import connection

from benchmarks.database import own_database
from benchmarks.machine import print_table
from benchmarks.pages import free_port, running
from benchmarks.search import fill

OUTSIDE = Path(__file__).resolve().parent.parent / "build" / "outside-client" / "bin" / "python"
ROUNDS = 25
READ = """
import itertools, sys, time
from sickle import Sickle
client = Sickle(sys.argv[1], max_retries=3)
began = time.perf_counter()
read = sum(1 for _ in itertools.islice(client.ListRecords(metadataPrefix="oai_dc"), int(sys.argv[2])))
print(read / (time.perf_counter() - began))
"""
LOGGED = (
    """
    INSERT INTO catalogue_entryversion (entry_id, number, {columns}) SELECT id, version, {columns} FROM catalogue_entry
    """,
    """
    INSERT INTO catalogue_change (entry_id, deed, version, at)
    SELECT id, 'published', version, now() FROM catalogue_entry ORDER BY id
    """,
)


def tell_everything() -> float:
    """Seconds that it takes to tell all entries to the public, once they stand in the log."""
    from heluo.engines.catalogue.models import Shown  # noqa: PLC0415  # needs Django set up
    from heluo.engines.catalogue.public import TOLD_AT_ONCE, tell_public  # noqa: PLC0415
    from heluo.kernel.events.public import advance_horizon  # noqa: PLC0415

    columns = ", ".join(field.attname for field in Shown._meta.fields)  # noqa: SLF001  # Django's documented model API
    with connection.cursor() as cursor:
        for statement in LOGGED:
            cursor.execute(statement.format(columns=columns))
    advance_horizon()
    advance_horizon()
    began = time.perf_counter()
    while tell_public() == TOLD_AT_ONCE:
        pass
    took = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return took


def harvested(address: str, records: int) -> float:
    """Records a second that Sickle reads."""
    done = subprocess.run(
        [OUTSIDE, "-c", READ, address, str(records)], check=True, capture_output=True, text=True, env={"NO_PROXY": "*"}
    )
    return float(done.stdout)


def pages(address: str, within: str) -> list[object]:
    """Milliseconds of the first page and of the last whole one, asked in turns."""
    from heluo.engines.catalogue.models import EntrySet, PublicFace, SetMember  # noqa: PLC0415  # needs Django set up
    from heluo.gateways.oaipmh.enums import Verb  # noqa: PLC0415
    from heluo.gateways.oaipmh.selection import Part, token_behind  # noqa: PLC0415

    rows = PublicFace.objects.all()
    numbers = SetMember.objects.filter(entry_set=EntrySet.objects.get(name=within)) if within else rows
    total = numbers.count()
    late = max(total - 101, 0)
    after = numbers.order_by("seq").values_list("seq", flat=True)[late]
    part = Part(prefix="oai_dc", within=within)
    asked = {
        "first": {"verb": "ListRecords", "metadataPrefix": "oai_dc"} | ({"set": within} if within else {}),
        "late": {
            "verb": "ListRecords",
            "resumptionToken": token_behind(Verb.RECORDS, part, after=after, given=late),
        },
    }
    taken: dict[str, list[float]] = {"first": [], "late": []}
    for warm in range(ROUNDS + 3):
        for name, arguments in asked.items():
            began = time.perf_counter()
            with urlopen(f"{address}?{urlencode(arguments)}") as answer:
                assert b"<record>" in answer.read()
            if warm >= 3:
                taken[name].append((time.perf_counter() - began) * 1000)
    first, last = statistics.median(taken["first"]), statistics.median(taken["late"])
    return [within or "everything", total, late, first, last, last / first]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000, help="how many entries to build (1000000)")
    parser.add_argument("--harvest", type=int, default=20_000, help="how many records Sickle reads (20000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other titles (1)")
    asked = parser.parse_args()
    if not OUTSIDE.exists():
        raise SystemExit("the outside clients are not there: tools/outside-client")
    ports = free_port(), free_port()
    ours, peer = f"http://localhost:{ports[0]}/oai", f"http://localhost:{ports[1]}/"
    granian = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", "2", "--port"]
    serve_ours = [*granian, str(ports[0]), "heluo.site.wsgi:application"]
    serve_peer = [*granian, str(ports[1]), "benchmarks.oaipmh_peer:application"]
    records = min(asked.harvest, asked.entries)
    in_memory = {"PEER_SEED": str(asked.seed), "PEER_ENTRIES": str(records)}
    with own_database(fsync="off"):
        fill(asked.seed, asked.entries)
        told = asked.entries / tell_everything()
        with running(serve_ours, {}, f"{ours}?verb=Identify"), running(serve_peer, in_memory, f"{peer}?"):
            mine, theirs = harvested(ours, records), harvested(peer, records)
            costs = [pages(ours, within) for within in ("", "subject:math")]
    print_table(
        f"Harvesting {records} of {asked.entries} records by Sickle (told to the public at {told:.0f}/s)",
        ["records/s", "in memory: records/s", "ratio"],
        [[mine, theirs, mine / theirs]],
    )
    print_table(
        "A page at the beginning and behind most of the list, median",
        ["set", "records", "late page behind", "first page ms", "late page ms", "ratio"],
        costs,
    )


if __name__ == "__main__":
    main()
