"""A small action by 16 writers, with and without its audit row. Aim: a ratio of at least 0.7.

    .venv/bin/python -m benchmarks.audited_action [--seconds 4] [--rounds 3] [--writers 16]

Starts its own PostgreSQL in a temporary folder with its usual durability. The action checks a right, reads its thing,
changes it and notes the change: one SELECT, one UPDATE, one INSERT, one commit. The rounds alternate between the action
alone, with the audit row, and with the audit row while a sealer chains and signs beside it; the table shows medians.
At the end the whole chain is verified.
"""

import argparse
import multiprocessing
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

import psycopg

from benchmarks.database import own_database
from benchmarks.machine import print_table

THINGS = 10_000
MODES = {"alone": (False, False), "with audit": (True, False), "with audit and sealer": (True, True)}

TABLES = f"""
CREATE TABLE bench_thing (id bigint PRIMARY KEY, title text NOT NULL, version int NOT NULL, at timestamptz NOT NULL);
CREATE TABLE bench_note (id bigserial PRIMARY KEY, thing bigint NOT NULL, title text NOT NULL, at timestamptz NOT NULL);
INSERT INTO bench_thing SELECT n, 'thing ' || n, 1, now() FROM generate_series(0, {THINGS - 1}) n;
"""


def prepare_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heluo.site.settings")
    import django  # noqa: PLC0415  # each process sets Django up for itself, after the fork

    django.setup()


def write(number: int, orders: Connection) -> None:
    """One writer: for each order (audited or not, for how many seconds), the action again and again; answers how often.

    A closed pipe ends it.
    """
    prepare_django()
    import random  # noqa: PLC0415

    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from heluo.kernel.actors.public import platform_actor, require  # noqa: PLC0415
    from heluo.kernel.audit.public import Subject, record  # noqa: PLC0415

    by = platform_actor("bench", ["bench.write"])
    chance = random.Random(number)  # noqa: S311  # the same choices in every run

    @transaction.atomic
    def rename(thing: int, *, audited: bool) -> None:
        require(by, "bench.write")
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT title, version FROM bench_thing WHERE id = %s FOR UPDATE", [thing])
            title, version = cursor.fetchone()
            cursor.execute("UPDATE bench_thing SET version = %s, at = %s WHERE id = %s", [version + 1, now, thing])
            cursor.execute("INSERT INTO bench_note (thing, title, at) VALUES (%s, %s, %s)", [thing, title, now])
        if audited:
            subject = Subject(kind="thing", id=str(thing), title=title, path="1.5.33.")
            record(by=by, at=now, deed="bench.thing_renamed", subject=subject, details={"version": version + 1})

    rename(number, audited=True)
    orders.send(0)
    with suppress(EOFError):
        while True:
            audited, seconds = orders.recv()
            until = time.perf_counter() + seconds
            count = 0
            while time.perf_counter() < until:
                rename(chance.randrange(THINGS), audited=audited)
                count += 1
            orders.send(count)


def seal(stopping: Event) -> None:
    """What the worker's pulses do meanwhile."""
    prepare_django()
    from django.utils import timezone  # noqa: PLC0415

    from heluo.kernel.audit.sealer import Sealer  # noqa: PLC0415
    from heluo.kernel.events.public import advance_horizon  # noqa: PLC0415

    sealer = Sealer()
    while not stopping.wait(0.3):
        advance_horizon()
        sealer.seal(now=timezone.now())


@contextmanager
def crowd_of(writers: int) -> Iterator[list[Connection]]:
    """So many writers, each warmed up and waiting for orders."""
    pipes = [multiprocessing.Pipe() for _ in range(writers)]
    processes = [
        multiprocessing.Process(target=write, args=[number, theirs]) for number, (_, theirs) in enumerate(pipes)
    ]
    for process, (ours, theirs) in zip(processes, pipes, strict=True):
        process.start()
        theirs.close()
        ours.recv()
    yield [ours for ours, _ in pipes]
    for process, (ours, _) in zip(processes, pipes, strict=True):
        ours.close()
        process.join()


@contextmanager
def sealing(wanted: bool) -> Iterator[None]:
    stopping = multiprocessing.Event()
    process = multiprocessing.Process(target=seal, args=[stopping])
    if wanted:
        process.start()
        time.sleep(3)
    yield
    stopping.set()
    if wanted:
        process.join()


def measure(crowd: list[Connection], seconds: float, *, audited: bool, sealed: bool) -> float:
    """Actions per second of all writers together."""
    with sealing(sealed):
        for writer in crowd:
            writer.send((audited, seconds))
        return sum(writer.recv() for writer in crowd) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--writers", type=int, default=16)
    options = parser.parse_args()
    with own_database() as url:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(TABLES)
        figures: dict[str, list[float]] = {mode: [] for mode in MODES}
        with crowd_of(options.writers) as crowd:
            for _ in range(options.rounds):
                for mode, (audited, sealed) in MODES.items():
                    figures[mode].append(measure(crowd, options.seconds, audited=audited, sealed=sealed))
        alone = figures["alone"]
        rows = [
            [mode, statistics.median(of_mode), statistics.median(a / b for a, b in zip(of_mode, alone, strict=True))]
            for mode, of_mode in figures.items()
        ]
        print_table(
            f"A small action by {options.writers} writers ({options.rounds} rounds of {options.seconds:g} s)",
            ["action", "per second", "ratio to alone"],
            rows,
        )
        say_whether_the_chain_holds()


def say_whether_the_chain_holds() -> None:
    prepare_django()
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from heluo.kernel.audit.public import verify  # noqa: PLC0415
    from heluo.kernel.audit.sealer import Sealer  # noqa: PLC0415

    began = time.perf_counter()
    sealer = Sealer()
    left = 0
    while sealed := sealer.seal(now=timezone.now()):
        left += sealed
    sealed_in = time.perf_counter() - began
    began = time.perf_counter()
    report = verify()
    verified_in = time.perf_counter() - began
    connection.close()
    print(f"\nsealed the last {left} rows in {sealed_in:.1f} s; verified {report.links} rows in {verified_in:.1f} s")
    if not report.intact or report.unsealed:
        raise SystemExit(f"the chain does not hold: {report}")


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
