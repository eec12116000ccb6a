"""A package for a box: written, and taken in, beside `cp` plus `sha256sum` of the same files. Aim: at least 0.7.

    .venv/bin/python -m benchmarks.boxes [--files 40] [--mib 16] [--rounds 3] [--seed 1]

Starts a PostgreSQL of its own for the hub and one for the box, each in a process of its own, with folders in a
temporary folder. The hub publishes resources with a film each. Writing is all that `heluo package export` does: the
entries and their contents are settled, every byte is read, hashed against its name, written to parts and synced. Taking
in is all that `heluo package import` does: every byte is checked before anything is applied, then read again into the
store. The peer copies the same films one by one with `cp` and hashes what it wrote with `sha256sum`, once for each of
the two; whether that has reached the disk is not asked of it.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from uuid import UUID

from benchmarks.database import own_database
from benchmarks.machine import print_table
from benchmarks.uploads import MIB, write_film

AIM = 0.7
HUB, BOX = "hub.example", "box.example"


def publish(films: list[Path]) -> None:
    """A resource for each film, for everybody."""
    from heluo.engines.catalogue.access import Permission  # noqa: PLC0415  # needs Django set up
    from heluo.engines.catalogue.public import TOLD_AT_ONCE, EntryDraft, publish_entries, tell_public  # noqa: PLC0415
    from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
    from heluo.kernel.events.public import advance_horizon  # noqa: PLC0415
    from heluo.kernel.files.access import Permission as FilesPermission  # noqa: PLC0415
    from heluo.kernel.files.public import store_file  # noqa: PLC0415

    by, now = platform_actor("benchmark", [*Permission, FilesPermission.UPLOAD]), datetime.now(UTC)
    place, drafts = root(), {}
    for number, film in enumerate(films, 1):
        with film.open("rb") as content:
            stored = store_file(by=by, name=film.name, content=content, now=now)
            content.seek(0)
            sha256 = file_digest(content, "sha256").hexdigest()
        told: dict[str, str | int] = {
            "file": str(stored.uuid),
            "name": film.name,
            "sha256": sha256,
            "size": film.stat().st_size,
            "type": "video/mp4",
        }
        drafts[UUID(int=number)] = EntryDraft(
            kind="resource",
            title=f"基准示例 {number}",
            organisation_id=place,
            licence="CC-BY-4.0",
            creator_name="示例教师",
            facets={"subject": ["14"]},
            payload={"version": 1, "files": [told]},
        )
    publish_entries(by=by, drafts=drafts, now=now)
    advance_horizon()
    advance_horizon()
    while tell_public() == TOLD_AT_ONCE:
        pass


def root() -> int:
    """The top of the tree, made where there is none: under it stands what comes from elsewhere."""
    from heluo.kernel.organisations import demo  # noqa: PLC0415  # needs Django set up
    from heluo.kernel.organisations.models import Organisation  # noqa: PLC0415

    if not Organisation.objects.exists():
        demo.build(size="small", say=str, now=datetime.now(UTC))
    return Organisation.objects.filter(parent=None).values_list("pk", flat=True).order_by("pk")[0]


def hub(folder: Path, rounds: int) -> list[float]:
    """Seconds that each package took to write."""
    from heluo.gateways.offline.public import CARRIER, Chosen, order_package, write_package  # noqa: PLC0415

    publish(sorted((folder / "films").iterdir()))
    taken = []
    for turn in range(rounds):
        target = folder / f"disk{turn}"
        target.mkdir()
        os.sync()
        began, now = time.perf_counter(), datetime.now(UTC)
        package = order_package(
            by=CARRIER, to="any", chosen=Chosen(everything=True), target=target, part_size=256 * MIB, now=now
        )
        write_package(by=CARRIER, package=package, now=now)
        taken.append(time.perf_counter() - began)
    return taken


def box(folder: Path, fingerprint: str) -> list[float]:
    """Seconds that the first package took to be taken in."""
    from heluo.gateways.offline.public import CARRIER, read_package  # noqa: PLC0415  # needs Django set up

    root()
    (package,) = (folder / "disk0").iterdir()
    os.sync()
    began = time.perf_counter()
    read = read_package(
        by=CARRIER, folder=package, fingerprint=fingerprint, allow_deletions=False, now=datetime.now(UTC)
    )
    assert read.new
    assert not read.left_out
    return [time.perf_counter() - began]


def own_key() -> str:
    from heluo.kernel.nodes.public import own_fingerprint  # noqa: PLC0415  # needs Django set up

    return own_fingerprint(now=datetime.now(UTC))


def apart(side: str, folder: Path, *more: str) -> dict[str, object]:
    """A node in a process of its own: Django is set up for one database."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.boxes", "--side", side, "--folder", str(folder), *more],
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "NODE": HUB if side == "hub" else BOX},
        text=True,
    )
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def copied(folder: Path, to: Path) -> float:
    """Seconds of `cp` and `sha256sum`, one film after the other."""
    to.mkdir()
    os.sync()
    began = time.perf_counter()
    for film in sorted(folder.iterdir()):
        subprocess.run(["cp", film, to / film.name], check=True)
        subprocess.run(["sha256sum", to / film.name], check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - began
    shutil.rmtree(to)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=40, help="how many films (40)")
    parser.add_argument("--mib", type=int, default=16, help="MiB of each (16)")
    parser.add_argument("--rounds", type=int, default=3, help="packages written, boxes that read (3)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other bytes (1)")
    parser.add_argument("--side", choices=["hub", "box"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--fingerprint", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        with own_database():
            taken = hub(asked.folder, asked.rounds) if asked.side == "hub" else box(asked.folder, asked.fingerprint)
            print(json.dumps({"taken": taken, "fingerprint": own_key()}))
        return
    dice = random.Random(asked.seed)  # noqa: S311  # seeded on purpose
    with tempfile.TemporaryDirectory(prefix="heluo-bench-") as name:
        folder = Path(name)
        (folder / "films").mkdir()
        for number in range(asked.files):
            write_film(folder / "films" / f"film{number:04d}.mp4", asked.mib * MIB, dice)
        plain = [copied(folder / "films", folder / "copies") for _ in range(asked.rounds)]
        written = apart("hub", folder, "--rounds", str(asked.rounds))
        key = str(written["fingerprint"])
        read = [apart("box", folder, "--fingerprint", key)["taken"] for _ in range(asked.rounds)]
        plain += [copied(folder / "films", folder / "copies") for _ in range(asked.rounds)]
    size = asked.files * asked.mib
    theirs = statistics.median(plain)
    rows = []
    for what, times in (("written", written["taken"]), ("taken in", [one for each in read for one in each])):  # type: ignore[attr-defined]  # lists of seconds
        mine = statistics.median(times)  # type: ignore[arg-type]  # as above
        rows.append([what, size / mine, size / theirs, theirs / mine, theirs / mine / AIM])
    print_table(
        f"A package of {asked.files} films of {asked.mib} MiB beside cp plus sha256sum (aim {AIM})",
        ["package", "MiB/s", "cp + sha256sum: MiB/s", "ratio", "of the aim"],
        rows,
    )


if __name__ == "__main__":
    main()
