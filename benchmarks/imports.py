"""A school's people into the register, beside a bare COPY of the same rows, and beside Kolibri's own import of users.

    .venv/bin/python -m benchmarks.imports [--schools 10] [--pupils 1000] [--without-kolibri]

Starts its own PostgreSQL in a temporary folder. Ours is the merge that every roster ends in: each person with two
sealed identifiers and their keyed hashes, an account that waits for its activation, a role, a place in a class, pinyin
and search words, and what the audit keeps. The peer COPYs the very rows that ours wrote for a school into the same
tables of a second database, with the same indexes and constraints, right after it; the rounds are schools.
Kolibri is installed from its package into an environment of its own, imports a file of the same size by its own
command, and gets the time of a file with one person taken off, so that only rows count. It wants a password for
everybody and hashes it, which ours never does in an import; so it runs with the cheapest hash that Django has.
Aims: 0.2 of the bare COPY, 20 times Kolibri.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from benchmarks.database import own_database
from benchmarks.machine import print_table
from benchmarks.register import CLASSES, CLASSES_OF, FIRST_SCHOOL, NOW, names, open_schools

KOLIBRI = "kolibri==0.19.5"
COPY_AIM, KOLIBRI_AIM = 0.2, 20.0
TABLES = {
    "people_person": "id",
    "people_account": "id",
    "people_post": "id",
    "people_classmembership": "id",
    "people_identifier": "id",
    "audit_auditrow": "seq",
    "audit_auditdifference": "id",
}
"""What an import writes, and by what its new rows are known. In this order they can be written again."""
CHEAP_HASH = """
from kolibri.deployment.default.settings.base import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""
HEADINGS = (
    "Database ID (UUID)", "Username (USERNAME)", "Password (PASSWORD)", "Full name (FULL_NAME)",
    "User type (USER_TYPE)", "Identifier (IDENTIFIER)", "Birth year (BIRTH_YEAR)", "Gender (GENDER)",
    "Learner class enrollment (ENROLLED_IN)", "Coach class assignment (ASSIGNED_TO)",
)  # fmt: skip


def lines_of(school: int, pupils: int, classes: list[int]) -> list[Any]:
    """What a school says about its pupils."""
    from heluo.kernel.actors.enums import Role  # noqa: PLC0415  # needs Django set up
    from heluo.kernel.codes.public import resident_check  # noqa: PLC0415
    from heluo.kernel.people.enums import IdentifierKind  # noqa: PLC0415
    from heluo.kernel.people.public import ListedPerson  # noqa: PLC0415

    lines = []
    for line, name in enumerate(names(school, pupils), start=1):
        born = date(2012 + line % 6, 1 + line % 12, 1 + line % 28)
        serial = (school * pupils + line) // 1000
        first = f"99{serial:04d}{born:%Y%m%d}{line % 1000:03d}"
        resident = first + resident_check(first)
        identifiers = ((IdentifierKind.RESIDENT_ID, resident), (IdentifierKind.STUDENT_NUMBER, f"G{resident}"))
        lines.append(
            ListedPerson(
                line=line, role=Role.PUPIL, name=name, sex=str(1 + line % 2), born_on=born, identifiers=identifiers,
                klass=classes[line % len(classes)],
            )
        )  # fmt: skip
    return lines


def marks(session: psycopg.Connection[Any]) -> dict[str, int]:
    """The last row of every table."""
    found = {}
    for table, key in TABLES.items():
        row = session.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()
        assert row is not None
        found[table] = int(row[0])
    return found


def rows_since(session: psycopg.Connection[Any], before: dict[str, int]) -> dict[str, bytes]:
    """Every row written since, as COPY gives it."""
    found = {}
    for table, key in TABLES.items():
        content = BytesIO()
        with session.cursor().copy(
            f"COPY (SELECT * FROM {table} WHERE {key} > {before[table]}) TO STDOUT (FORMAT binary)"
        ) as copy:
            for piece in copy:
                content.write(piece)
        found[table] = content.getvalue()
    return found


def copy_barely(session: psycopg.Connection[Any], rows: dict[str, bytes]) -> float:
    """Seconds to write the rows into the same tables elsewhere, in one transaction."""
    began = time.perf_counter()
    with session.transaction():
        for table, content in rows.items():
            with session.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                copy.write(content)
    return time.perf_counter() - began


def ours_and_copied(schools: int, pupils: int) -> Iterator[tuple[float, float]]:
    """Seconds of an import and of the bare COPY of its rows, school by school."""
    with own_database() as url:
        from django.db import connection  # noqa: PLC0415  # needs Django set up

        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
        from heluo.kernel.organisations.models import Klass, Organisation  # noqa: PLC0415
        from heluo.kernel.people.access import Permission  # noqa: PLC0415
        from heluo.kernel.people.public import Lists, merge_lists  # noqa: PLC0415

        open_schools(schools)
        with connection.cursor() as cursor:
            cursor.execute(CLASSES_OF, {"classes": CLASSES})
            cursor.execute("ANALYZE")
        connection.close()
        twin = urlunsplit(urlsplit(url)._replace(path="/twin"))
        with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as server:
            server.execute(f'CREATE DATABASE twin TEMPLATE "{urlsplit(url).path[1:]}"')
        by = platform_actor("benchmark", [*Permission])
        with psycopg.connect(url, autocommit=True) as here, psycopg.connect(twin, autocommit=True) as there:
            for number in range(schools):
                school = Organisation.objects.get(pk=FIRST_SCHOOL + number)
                classes = list(Klass.objects.filter(school=school).order_by("pk").values_list("pk", flat=True))
                lists = Lists(school=school, lines=lines_of(number, pupils, classes))
                before = marks(here)
                began = time.perf_counter()
                merge_lists(by=by, lists=lists, most_ended_percent=None, now=NOW)
                took = time.perf_counter() - began
                yield took, copy_barely(there, rows_since(here, before))


def kolibri_seconds(people: int) -> float | str:
    """Seconds Kolibri's own import needs for so many people, or why it was not run."""
    with tempfile.TemporaryDirectory(prefix="heluo-bench-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", KOLIBRI]
        if subprocess.run(install, check=False, capture_output=True).returncode:
            return "not run: the package could not be installed"

        (Path(folder) / "bench_settings.py").write_text(CHEAP_HASH)

        def run(*words: str) -> float:
            began = time.perf_counter()
            environment = {**os.environ, "KOLIBRI_HOME": f"{folder}/home", "PYTHONPATH": folder}
            command = [f"{folder}/bin/kolibri", "manage", "--settings", "bench_settings", *words]
            subprocess.run(command, check=True, capture_output=True, env=environment)
            return time.perf_counter() - began

        owner = ("--superusername", "bench", "--superuserpassword", "bench-bench")
        run("provisiondevice", "--facility", "Bench", *owner, "--preset", "formal", "--language_id", "en", "--noinput")
        one, all_of_them = (users_file(Path(folder), number) for number in (1, people))
        return -run("bulkimportusers", one) + run("bulkimportusers", all_of_them)


def users_file(folder: Path, people: int) -> str:
    """A file as Kolibri reads it."""
    place = folder / f"{people}.csv"
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for serial, name in enumerate(names(people, people)):
            writer.writerow(
                [
                    "",
                    f"p{people}x{serial}",
                    f"bench{serial}",
                    name,
                    "LEARNER",
                    serial,
                    2015,
                    "FEMALE",
                    f"{serial // 40}",
                    "",
                ]
            )
    return str(place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schools", type=int, default=10, help="how many schools are imported (10)")
    parser.add_argument("--pupils", type=int, default=1000, help="people of each school (1000)")
    parser.add_argument("--without-kolibri", action="store_true", help="do not install and run Kolibri")
    asked = parser.parse_args()
    pairs = list(ours_and_copied(asked.schools, asked.pupils))
    ours, copied = (statistics.median(asked.pupils / pair[place] for pair in pairs) for place in (0, 1))
    ratio = statistics.median(bare / mine for mine, bare in pairs)
    theirs = "not run: asked not to" if asked.without_kolibri else kolibri_seconds(asked.pupils)
    beside: list[object] = [theirs, ""]
    if isinstance(theirs, float):
        beside = [asked.pupils / theirs, ours * theirs / asked.pupils]
    rows: list[list[object]] = [
        ["ours", ours, "", ""],
        ["bare COPY into the same tables", copied, ratio, COPY_AIM],
        [f"Kolibri's bulkimportusers ({KOLIBRI})", *beside, KOLIBRI_AIM],
    ]
    print_table(
        f"Importing people: {asked.schools} schools of {asked.pupils} (medians of schools)",
        ["import", "people per second", "ours to it", "aim"],
        rows,
    )


if __name__ == "__main__":
    main()
