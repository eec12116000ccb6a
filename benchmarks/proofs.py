"""Proof that a copy is whole: what it costs to make one, beside reading the same rows once, and to find one wrong byte.

    .venv/bin/python -m benchmarks.proofs [--entries 1000000] [--seed 1]

Starts its own PostgreSQL in a temporary folder, fills it with synthetic entries (seeded), tells them to the public by
the action that the pulse calls, and asks the API as a copy would, in this process.
"""

import argparse
import json
import time
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection

from benchmarks.database import own_database
from benchmarks.machine import print_table
from benchmarks.oaipmh import tell_everything
from benchmarks.search import fill

READ = """
    SELECT entry.uuid, entry.title, entry.description, entry.keywords, entry.facets, entry.payload, face.is_gone
      FROM catalogue_publicface AS face JOIN catalogue_entry AS entry ON entry.id = face.entry_id
"""
ROUNDS = 3


def best_of(what: Callable[[], object]) -> float:
    """Seconds of the quickest round."""
    taken = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        what()
        taken.append(time.perf_counter() - began)
    return min(taken)


def read_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), sum(length(row(said.*)::text)) FROM ({READ}) AS said")
        cursor.fetchall()


def located(wrong: UUID) -> tuple[int, int]:
    """Requests and bytes until the wrong entry of a copy is known."""
    from django.test import Client  # noqa: PLC0415  # needs Django set up

    from heluo.engines.catalogue.models import Entry  # noqa: PLC0415
    from heluo.engines.catalogue.public import leaves_of, tree_of  # noqa: PLC0415

    web, asked, read = Client(headers={"host": "localhost"}), 0, 0

    def ask(**wanted: str) -> dict:  # type: ignore[type-arg]
        nonlocal asked, read
        body = web.get(f"/api/v1/catalogue/proof?{urlencode(wanted)}").content
        asked, read = asked + 1, read + len(body)
        return json.loads(body)  # type: ignore[no-any-return]

    copy = Entry.objects.all()
    root = ask()
    ours = tree_of(copy, depth=root["depth"])
    prefix = ""
    while len(prefix) < root["depth"]:
        [prefix] = [part["prefix"] for part in ask(prefix=prefix)["parts"] if ours[part["prefix"]].hash != part["hash"]]
    own = leaves_of(copy, prefixes=[prefix])
    found = [one["identifier"] for one in ask(prefix=prefix)["entries"] if own[UUID(one["identifier"])] != one["leaf"]]
    assert found == [str(wrong)]
    return asked, read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000, help="how many entries to build (1000000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other titles (1)")
    asked = parser.parse_args()
    with own_database(fsync="off"):
        from heluo.engines.catalogue.actions.proving import EVERYTHING, prove  # noqa: PLC0415  # needs Django set up
        from heluo.engines.catalogue.models import Entry, Proof  # noqa: PLC0415
        from heluo.engines.catalogue.proofs import depth_for  # noqa: PLC0415
        from heluo.engines.catalogue.public import renew_proofs, tree_of  # noqa: PLC0415
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        fill(asked.seed, asked.entries)
        tell_everything()
        copy = Entry.objects.all()
        reading = best_of(read_once)
        proving = best_of(lambda: prove(EVERYTHING, None, now=now()))
        copying = best_of(lambda: tree_of(copy, depth=depth_for(asked.entries)))
        Proof.objects.all().delete()
        began = time.perf_counter()
        renew_proofs(now=now())
        all_sets = time.perf_counter() - began
        flipped = Entry.objects.order_by("uuid")[asked.entries // 2]
        Entry.objects.filter(pk=flipped.pk).update(creator_name=f"{flipped.creator_name}?")
        requests, size = located(flipped.uuid)
    print_table(
        f"Proofs over {asked.entries} entries; one wrong byte is found in {requests} requests, {size} bytes",
        ["what", "seconds", "times reading once"],
        [
            ["reading every row once", reading, 1.0],
            ["proof at the original, of everything", proving, proving / reading],
            ["the same tree at the copy", copying, copying / reading],
            ["proofs of everything and of every set", all_sets, all_sets / reading],
        ],
    )


if __name__ == "__main__":
    main()
