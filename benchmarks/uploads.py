"""Storing a file that somebody sends, beside a plain copy plus SHA-256 of the same bytes. Aim: a ratio of at least 0.5.

    .venv/bin/python -m benchmarks.uploads [--rounds 9] [--seed 1]

Starts its own PostgreSQL and data folder in a temporary folder. Ours is what every way in ends in: bytes into the
spool, hashed as they come, recognised by content, kept in the store under their hash, with file, audit row and event
committed. The peer reads the same file, writes a copy, and hashes it. Files are films as far as anybody recognises
them; every round has other bytes, for the store keeps one content once.
"""

import argparse
import hashlib
import random
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.database import own_database
from benchmarks.machine import print_table

MIB = 2**20
SIZES = (1, 16, 128)
"""MiB of each file."""
AIM = 0.5
HEAD = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0\0\0\x10moov" + bytes(8)


def write_film(place: Path, size: int, dice: random.Random) -> None:
    """So many bytes that begin as a film begins."""
    with place.open("wb") as file:
        file.write(HEAD)
        file.write((size - len(HEAD)).to_bytes(4, "big") + b"mdat")
        file.write(dice.randbytes(size - len(HEAD) - 8))


def copy_and_hash(place: Path, to: Path) -> float:
    began = time.perf_counter()
    shutil.copyfile(place, to)
    with to.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    return time.perf_counter() - began


def store(place: Path) -> float:
    from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415  # needs Django set up
    from heluo.kernel.files.access import Permission  # noqa: PLC0415
    from heluo.kernel.files.public import store_file  # noqa: PLC0415

    by = platform_actor("benchmark", [*Permission])
    began = time.perf_counter()
    with place.open("rb") as content:
        store_file(by=by, name="bench.mp4", content=content, now=datetime.now(UTC))
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="files of each size (9)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other bytes (1)")
    asked = parser.parse_args()
    dice = random.Random(asked.seed)  # noqa: S311  # seeded on purpose
    rows = []
    with own_database(), tempfile.TemporaryDirectory(prefix="heluo-bench-") as folder:
        film, copy = Path(folder) / "film", Path(folder) / "copy"
        for size in SIZES:
            ours, plain = [], []
            for turn in range(asked.rounds + 1):
                write_film(film, size * MIB, dice)
                times = (copy_and_hash(film, copy), store(film))
                if turn:  # the first one warms up
                    plain.append(times[0])
                    ours.append(times[1])
            ratio = statistics.median(bare / mine for bare, mine in zip(plain, ours, strict=True))
            mine, theirs = (size / statistics.median(taken) for taken in (ours, plain))
            rows.append([f"{size} MiB", mine, theirs, ratio, ratio / AIM])
    print_table(
        f"Storing a file beside a plain copy plus SHA-256 ({asked.rounds} rounds; aim {AIM})",
        ["file", "ours MiB/s", "copy and hash MiB/s", "ratio", "of the aim"],
        rows,
    )


if __name__ == "__main__":
    main()
