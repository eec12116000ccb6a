"""A thousand files for a thousand drafts of tables, beside a plain copy plus SHA-256 of the same files.

    .venv/bin/python -m benchmarks.batch_upload [--files 1000] [--kib 1024] [--seed 1]

Starts its own PostgreSQL and data folder in a temporary folder. Ours is all that the person of a batch waits for: the
tables are read and become drafts, every file is kept (spool, hash, recognition, store, audit, event) and finds its
draft by name. The peer copies the same files and hashes the copies. One run each, the peer first: what is measured is
long, and the files are in the machine's cache for both.
"""

import argparse
import csv
import random
import tempfile
import time
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from benchmarks.database import own_database
from benchmarks.machine import print_table
from benchmarks.uploads import copy_and_hash, write_film

KIB = 1024
ROWS_OF_A_TABLE = 200


def tables(names: list[str]) -> list[bytes]:
    """Tables with a row for each file, as the template has them."""
    from heluo.domains.resources.queries.sheets import LAYOUT  # noqa: PLC0415  # needs the settings

    made = []
    for start in range(0, len(names), ROWS_OF_A_TABLE):
        out = StringIO()
        writer = csv.DictWriter(out, list(LAYOUT.headings.values()))
        writer.writeheader()
        for name in names[start : start + ROWS_OF_A_TABLE]:
            writer.writerow({LAYOUT.headings["title"]: f"批量资源 {name}", LAYOUT.headings["files"]: name})
        made.append(out.getvalue().encode())
    return made


def bring(files: list[Path]) -> tuple[float, float]:
    """Seconds that the tables took, and the files."""
    from heluo.domains.resources.actions.sheets import attach_by_name, open_sheet  # noqa: PLC0415
    from heluo.kernel.access.public import actor_for  # noqa: PLC0415
    from heluo.kernel.clock.public import local_day  # noqa: PLC0415
    from heluo.kernel.files.public import store_file  # noqa: PLC0415
    from heluo.kernel.organisations import demo as organisations  # noqa: PLC0415
    from heluo.kernel.organisations.models import Organisation  # noqa: PLC0415
    from heluo.kernel.people import demo as people  # noqa: PLC0415
    from heluo.kernel.people.models import Account  # noqa: PLC0415

    now = datetime.now(UTC)
    for part in (organisations, people):
        part.build(size="small", say=str, now=now)
    account = Account.objects.select_related("person").get(username="teacher1")
    teacher = actor_for(account, on=local_day(now))
    school = Organisation.objects.get(pk=teacher.posts[0].organisation_id)
    began = time.perf_counter()
    sheets = [
        open_sheet(by=teacher, organisation=school, name=f"{number}.csv", content=table, now=now)
        for number, table in enumerate(tables([file.name for file in files]))
    ]
    opened = time.perf_counter()
    for number, file in enumerate(files):
        with file.open("rb") as content:
            stored = store_file(by=teacher, name=file.name, content=content, now=now)
        attach_by_name(by=teacher, sheet=sheets[number // ROWS_OF_A_TABLE], file=stored, now=now)
    return opened - began, time.perf_counter() - opened


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000, help="files, each of one draft (1000)")
    parser.add_argument("--kib", type=int, default=1024, help="KiB of each file (1024)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other bytes (1)")
    asked = parser.parse_args()
    dice = random.Random(asked.seed)  # noqa: S311  # seeded on purpose
    with own_database(), tempfile.TemporaryDirectory(prefix="heluo-bench-") as folder:
        files = [Path(folder) / f"batch-{number}.mp4" for number in range(asked.files)]
        for file in files:
            write_film(file, asked.kib * KIB, dice)
        plain = sum(copy_and_hash(file, Path(folder) / "copy") for file in files)
        opening, storing = bring(files)
    ours = opening + storing
    print_table(
        f"{asked.files} files of {asked.kib} KiB for as many drafts, beside copying and hashing them",
        ["what", "seconds", "files/s", "copy and hash: share of it"],
        [
            ["the tables become drafts", opening, asked.files / opening, plain / opening],
            ["the files are kept and find their drafts", storing, asked.files / storing, plain / storing],
            ["both", ours, asked.files / ours, plain / ours],
            ["copy and hash", plain, asked.files / plain, 1.0],
        ],
    )


if __name__ == "__main__":
    main()
