"""Finding people among a million, and lists of people at a million beside the same lists at ten thousand.

    .venv/bin/python -m benchmarks.people [--small 10000] [--large 1000000] [--seed 1]

Starts its own PostgreSQL in a temporary folder with two databases, fills both (`benchmarks/register.py`), and asks
whole pages of both in turns, as the keeper of the province, of a county and of a school. Questions are drawn from the
people themselves. The peer answers the same questions on the large database as a plain list would: a part of the name
by `LIKE '%…%'`, everything else by the beginning of a column that has no index for it.
Aims: the statements of a search p95 under 50 ms; a list within 1.3 times the same list at the small size.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.machine import print_table
from benchmarks.sized import Database, compare
from heluo.site.postgres import Postgres

SEARCHES = 24
LIMIT = 50.0
"""Milliseconds for the p95 of a search."""
KEEPERS = {"province": "province_admin", "county": "county_officer", "school": "school_admin"}
LISTS = (
    ("everybody", "/people/", ("province", "county", "school")),
    ("one role", "/people/?role=teacher", ("province", "county")),
    ("a search, whole name", "/people/?q=王子涵", ("province",)),
    ("staff of a school", "/organisations/{school}/people/", ("school",)),
    ("pupils of a class", "/classes/{klass}/", ("school",)),
)
KINDS = ("name", "part of the name", "surname", "pinyin", "pinyin of the surname", "initials", "number")


def serve(number: int, seed: int) -> None:
    """Fill the database and answer questions from standard input."""
    import django  # noqa: PLC0415  # only this process needs it

    django.setup()
    from django.test import Client  # noqa: PLC0415

    from benchmarks.register import FIRST_SCHOOL, fill  # noqa: PLC0415
    from heluo.kernel.organisations.models import Klass, Organisation  # noqa: PLC0415
    from heluo.kernel.people.models import Person  # noqa: PLC0415

    filled = fill(number, seed=seed)
    school = Organisation.objects.select_related("parent__parent").get(pk=FIRST_SCHOOL)
    clients = {who: keeper_of(who, role, school, Client) for who, role in KEEPERS.items()}
    klass = Klass.objects.filter(school=school).order_by("pk")[0]
    places = {"school": school.uuid, "klass": klass.uuid}
    print(json.dumps({"people": Person.objects.count(), "filled": filled}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "kind" in asked:
            took = ask_plainly(asked["kind"], asked["text"])
        else:
            address = asked["page"].format(**places)
            with Statements() as statements:
                began = time.perf_counter()
                answer = clients[asked["who"]].get(address)
                took = time.perf_counter() - began
            assert answer.status_code == 200, (address, answer.status_code)
            if asked.get("part") == "statements":
                took = statements.seconds
        print(json.dumps(took), flush=True)


class Statements:
    """Adds up the seconds that the statements about people take while it is open."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._wrapping = connection.execute_wrapper(self._timed)

    def __enter__(self) -> "Statements":
        self._wrapping.__enter__()
        return self

    def __exit__(self, *told: object) -> None:
        self._wrapping.__exit__(*told)  # type: ignore[arg-type]  # what the interpreter gives

    def _timed(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            if '"people_person"' in sql:
                self.seconds += time.perf_counter() - began


def keeper_of(who: str, role: str, school, client_of):  # type: ignore[no-untyped-def]  # Django's types, after set-up
    """A signed-in browser of somebody who keeps the province, a city, a county or a school."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415

    from heluo.kernel.actors.enums import Role  # noqa: PLC0415
    from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
    from heluo.kernel.clock.public import now  # noqa: PLC0415
    from heluo.kernel.people.access import Permission  # noqa: PLC0415
    from heluo.kernel.people.public import NewPerson, register_people  # noqa: PLC0415

    at = {
        "school": school,
        "county": school.parent,
        "province": school.parent.parent.parent,
    }[who]
    new = NewPerson(
        name="河洛测",
        posts=((Role(role), at),),
        starts_on=date(2024, 9, 1),
        born_on=date(1990, 1, 1),
        username=f"x.{who}",
    )
    register_people(by=platform_actor("benchmark", [*Permission]), people=[new], now=now())
    account = get_user_model().objects.get(username=f"x.{who}")
    account.must_change_password, account.is_demo = False, True
    account.save()
    client = client_of(headers={"host": "localhost", "accept-language": "zh-CN"})
    client.force_login(account)
    return client


def ask_plainly(kind: str, text: str) -> float:
    """Seconds of the list and its capped count without our indexes."""
    where = {"number": "number = %s"}.get(kind, "name LIKE %s" if text >= "\u2e80" else "lower(name_sort) LIKE %s")
    asked = [text if kind == "number" else f"%{text}%" if text >= "\u2e80" else f"{text}%"]
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM people_person WHERE {where} ORDER BY lower(name_sort), id LIMIT 51", asked)
        cursor.fetchall()
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM people_person WHERE {where} LIMIT 1001) AS capped", asked)
        cursor.fetchall()
    return time.perf_counter() - began


def questions(kind: str, people: int, seed: int) -> list[str]:
    """What somebody would type to find people of the register."""
    from benchmarks.register import NAMES, names  # noqa: PLC0415
    from heluo.kernel.codes.check_digits import platform_number  # noqa: PLC0415
    from heluo.kernel.organisations.pinyin import pinyin_initials, pinyin_key  # noqa: PLC0415

    known = list(names(seed, NAMES))
    dice = random.Random(seed)  # noqa: S311  # seeded on purpose
    drawn = [known[dice.randrange(NAMES)] for _ in range(SEARCHES * 3)]
    if kind == "number":
        return [platform_number(dice.randrange(1, people)) for _ in range(SEARCHES)]
    if kind == "part of the name":
        drawn = [name for name in drawn if len(name) > 2]
    ways = {
        "name": str,
        "part of the name": lambda name: name[1:],
        "surname": lambda name: name[0],
        "pinyin": pinyin_key,
        "pinyin of the surname": lambda name: pinyin_key(name[0]),
        "initials": pinyin_initials,
    }
    return [ways[kind](name) for name in drawn[:SEARCHES]]


def search(kind: str, who: str, large: Database, asked: argparse.Namespace) -> list[object]:
    """p50 and p95 of our whole page, of the plain statements, and how many times faster ours is."""
    ours, pages, plain = [], [], []
    for text in questions(kind, asked.large, asked.seed):
        page = f"/people/?q={text}"
        pages.append(large.ask(page=page, who=who))
        ours.append(large.ask(page=page, who=who, part="statements"))
        if who == "province":
            plain.append(large.ask(kind=kind, text=text))
    mine, mine95 = statistics.median(ours), statistics.quantiles(ours, n=20)[-1]
    beside = [statistics.median(plain), statistics.median(plain) / mine] if plain else ["", ""]
    return [who, kind, mine, mine95, mine95 / LIMIT, statistics.median(pages), *beside]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=10_000, help="pupils in the small database (10000)")
    parser.add_argument("--large", type=int, default=1_000_000, help="pupils in the large one (1000000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other names and questions (1)")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.seed)
        return
    data = Path(tempfile.mkdtemp(prefix="heluo-bench-"))
    postgres = Postgres(data, fsync="off")
    try:
        postgres.start()
        small, large = (
            Database(
                postgres.url, data, name, ["-m", "benchmarks.people", "--serve", str(size), "--seed", str(asked.seed)]
            )
            for name, size in (("small", asked.small), ("large", asked.large))
        )
        lists = [
            [who, name, *compare({"page": page, "who": who}, small, large)]
            for name, page, keepers in LISTS
            for who in keepers
        ]
        searches = [search(kind, who, large, asked) for who in KEEPERS for kind in KINDS]
        for database in (small, large):
            database.close()
    finally:
        postgres.stop()
        shutil.rmtree(data, ignore_errors=True)
    few, many = small.told["people"], large.told["people"]
    print_table(
        f"Finding people among {many} (statements of page and count; aim: p95 {LIMIT:.0f} ms; filled in "
        f"{large.told['filled']:.0f} s)",
        ["keeper of", "question", "p50", "p95 ms", "p95 of the aim", "page p50", "plain p50 ms", "times faster"],
        searches,
    )
    print_table(
        f"Lists of people at {many} and at {few} (whole page; aim: ratio 1.3)",
        ["keeper of", "list", f"{few}: p50 ms", f"{many}: p50 ms", "ratio of p50", "ratio of best"],
        lists,
    )


if __name__ == "__main__":
    main()
