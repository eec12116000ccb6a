"""Every data quality rule over a register of a million people. Limit: all of them within a minute.

    .venv/bin/python -m benchmarks.quality [--people 1000000]

Starts its own PostgreSQL in a temporary folder and fills the register with set-based statements: schools under every
county's bureau, classes of forty, a teacher for each fifteen pupils, guardians and identifiers for some; one pupil in
a hundred breaks some rule. Measured is the action a run is made of: a first check, which writes every finding and
ticket, and a second one, which finds nothing new, as on most days. The peer is one bare count of the rows that each
rule looks at.
"""

import argparse
import time

from benchmarks.database import own_database
from benchmarks.machine import print_table
from benchmarks.register import NOW, fill

LIMIT = 60.0
"""Seconds for all rules."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000, help="how many pupils to build (1000000)")
    asked = parser.parse_args()
    with own_database(fsync="off"):
        from django.db import transaction  # noqa: PLC0415  # needs Django set up

        from heluo.domains.quality.actions.evaluating import evaluate, score  # noqa: PLC0415
        from heluo.domains.quality.queries import rules_with_settings  # noqa: PLC0415
        from heluo.domains.quality.queries.datasets import dataset_rows  # noqa: PLC0415
        from heluo.kernel.clock.public import local_day  # noqa: PLC0415

        filled, today, rows = fill(asked.people), local_day(NOW), []
        for rule, setting in rules_with_settings():
            taken = []
            for _check in range(2):
                began = time.perf_counter()
                with transaction.atomic():
                    counts = evaluate(rule, setting, below="", on=today, now=NOW)
                taken.append(time.perf_counter() - began)
            began = time.perf_counter()
            dataset_rows(rule.dataset, below="", on=today).count()
            bare = time.perf_counter() - began
            rows.append([rule.key, counts.checked, counts.found, *taken, bare])
        began = time.perf_counter()
        with transaction.atomic():
            score(below="", on=today)
        scored = time.perf_counter() - began
    first, second, bare = (sum(row[place] for row in rows) for place in (3, 4, 5))
    rows.append(["scores of every organisation", "", "", scored, scored, ""])
    rows.append(["all", "", "", first + scored, second + scored, bare])
    print_table(
        f"Data quality: {len(rows) - 2} rules over {asked.people} pupils and their teachers, classes and schools"
        f" (built in {filled:.0f} s)",
        ["rule", "rows", "findings", "first check s", "next check s", "bare count s"],
        rows,
    )
    print(
        f"\nlimit {LIMIT:.0f} s: first check {(first + scored) / LIMIT:.2f} of it, next {(second + scored) / LIMIT:.2f}"
    )


if __name__ == "__main__":
    main()
