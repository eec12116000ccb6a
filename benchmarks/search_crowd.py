"""Eight people search the catalogue at once: whole pages, their statements, and the bare full-text query.

    .venv/bin/python -m benchmarks.search_crowd [--entries 1000000] [--clients 8] [--seconds 6] [--seed 1]

Starts its own PostgreSQL in a temporary folder and fills it as `benchmarks/search.py` does. Each client is a process
that asks for pages one after the other: two-character words, two words, a word with two filters, and a common word
without any. The turns alternate between the pages and the bare query: the same words on the same index, ranked, top 20,
nothing else. Aim: the database works for a page at most 2 times as long as for the bare query. What it works is the
processor time of the connection's own backend: how long a statement takes among eight clients on two cores is mostly
waiting for a turn, and a page of ten statements waits ten times. The times that people wait are told beside it.
"""

import argparse
import logging
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlencode

import psutil

from benchmarks.database import own_database
from benchmarks.machine import print_table
from benchmarks.search import STAGES, SUBJECTS, TOPICS, fill

AIM = 2.0
PAIRS = [topic for topic in TOPICS if len(topic) == 2]
BARE = """
    SELECT id, title FROM catalogue_entry WHERE words @@ %s::tsquery AND state = 'published'
     ORDER BY ts_rank(words, %s::tsquery) DESC LIMIT 20
"""
Question = dict[str, str]
KINDS: dict[str, Callable[[random.Random], Question]] = {
    "one word of two characters": lambda dice: {"q": dice.choice(PAIRS)},
    "two words": lambda dice: {"q": " ".join(dice.sample(PAIRS[:40], 2))},
    "a word and two filters": lambda dice: {
        "q": dice.choice(PAIRS), "stage": dice.choice(STAGES), "subject": dice.choice(SUBJECTS)
    },
    "the commonest word, no filter": lambda _dice: {"q": PAIRS[0]},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """What one client saw in one turn: milliseconds of the whole and of its statements, one by one; and how long the
    database worked for each, on average.
    """

    taken: list[tuple[float, float]]
    worked: float


def client(number: int, seed: int, orders: Connection) -> None:
    """One person: for each order (which kind, bare or not, how long), asks and answers with the milliseconds taken."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heluo.site.settings")
    import django  # noqa: PLC0415  # each process sets Django up for itself

    django.setup()
    logging.disable(logging.INFO)  # a line for every page would be measured too
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from heluo.engines.catalogue.vocabulary import facet_tag  # noqa: PLC0415
    from heluo.kernel.search.public import query_of  # noqa: PLC0415

    dice = random.Random(seed * 100 + number)  # noqa: S311  # the same questions in every run
    browser = Client(headers={"host": "localhost", "accept-language": "zh-CN"})
    spent = 0.0

    def timed(execute: Callable[..., Any], *rest: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(*rest)
        finally:
            spent += time.perf_counter() - began

    def bare(question: Question) -> None:
        tags = [[facet_tag(key, value)] for key, value in question.items() if key != "q"]
        query = query_of(question["q"], tags)
        assert query is not None
        with connection.cursor() as cursor:
            cursor.execute(BARE, [query.notation, query.notation])
            cursor.fetchall()

    def worked() -> float:
        """Milliseconds of processor time that the backend of this connection has used so far."""
        used = psutil.Process(connection.connection.info.backend_pid).cpu_times()
        return (used.user + used.system) * 1000

    browser.get("/resources/")
    orders.send(Turn([], 0.0))
    while order := orders.recv():
        kind, is_bare, seconds = order
        taken: list[tuple[float, float]] = []
        before = worked()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or not taken:
            question, spent, began = KINDS[kind](dice), 0.0, time.perf_counter()
            if is_bare:
                bare(question)
            else:
                with connection.execute_wrapper(timed):
                    answer = browser.get(f"/resources/?{urlencode(question)}")
                assert answer.status_code == 200, (question, answer.status_code)
            taken.append(((time.perf_counter() - began) * 1000, spent * 1000))
        orders.send(Turn(taken, (worked() - before) / len(taken)))


def ask(crowd: list[Connection], kind: str, seconds: float, *, bare: bool) -> list[Turn]:
    """What everybody saw."""
    for one in crowd:
        one.send((kind, bare, seconds))
    return [one.recv() for one in crowd]


def compare(crowd: list[Connection], kind: str, seconds: float) -> list[object]:
    pages: list[Turn] = []
    plain: list[Turn] = []
    for _turn in range(2):
        pages += ask(crowd, kind, seconds / 2, bare=False)
        plain += ask(crowd, kind, seconds / 2, bare=True)
    whole, statements = ([one[place] for turn in pages for one in turn.taken] for place in (0, 1))
    bare = [one[0] for turn in plain for one in turn.taken]
    middle = [statistics.median(taken) for taken in (whole, statements, bare)]
    late = [statistics.quantiles(taken, n=20)[-1] for taken in (whole, statements, bare)]
    waited = [figure for pair in zip(middle, late, strict=True) for figure in pair]
    ours, theirs = (statistics.mean(turn.worked for turn in turns) for turns in (pages, plain))
    return [kind, *waited, middle[1] / middle[2], ours, theirs, ours / theirs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000, help="how many entries to build (1000000)")
    parser.add_argument("--clients", type=int, default=8, help="how many ask at once (8)")
    parser.add_argument("--seconds", type=float, default=6, help="how long each kind of question is asked (6)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other titles and questions (1)")
    asked = parser.parse_args()
    with own_database(fsync="off"):
        took = fill(asked.seed, asked.entries)
        pipes = [multiprocessing.Pipe() for _ in range(asked.clients)]
        people = [
            multiprocessing.Process(target=client, args=[number, asked.seed, theirs])
            for number, (_ours, theirs) in enumerate(pipes)
        ]
        for one in people:
            one.start()
        crowd = [ours for ours, _theirs in pipes]
        for one in crowd:
            one.recv()
        rows = [compare(crowd, kind, asked.seconds) for kind in KINDS]
        for ours, person in zip(crowd, people, strict=True):
            ours.send(None)
            person.join()
    print_table(
        f"Search by {asked.clients} clients at once: {asked.entries} entries (built in {took:.0f} s; "
        f"aim: the database works at most {AIM:g} times as long as for the bare query)",
        [
            "question",
            "page p50 ms",
            "p95",
            "statements p50",
            "p95",
            "bare query p50",
            "p95",
            "ratio (p50)",
            "database works ms a page",
            "a bare query",
            "ratio",
        ],
        rows,
    )


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
