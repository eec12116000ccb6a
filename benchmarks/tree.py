"""The tree of organisations: a county of 1,000 schools that changes its superior, and pages at 65,000 beside 650.

    .venv/bin/python -m benchmarks.tree [--small 650] [--large 65000]

Starts its own PostgreSQL in a temporary folder with two databases, fills both through the batch action (the bureaus,
then schools under every county), and asks the same pages of both in turns, so that a noisy minute hits both. The
move is timed on a county that has exactly 1,000 schools; the peer writes their paths one by one, as a loop would.
Aims: the move under a second; a page at the large size within 1.3 times the same page at the small.
"""

import argparse
import json
import shutil
import statistics
import tempfile
from pathlib import Path

from benchmarks.machine import print_table
from benchmarks.sized import Database, compare
from heluo.site.postgres import Postgres

MOVED_SCHOOLS = 1000
LISTED_SCHOOLS = 60
"""Schools of the county whose list is asked for, at least: more than a page, at both sizes."""
PAGES = {
    "tree, first page": "/organisations/",
    "a county's schools": "/organisations/{county}/",
    "search, a rare name": "/organisations/?q=明德3",
    "search, a word in every name": "/organisations/?q=示例",
    "search, initials": "/organisations/?q=slmd",
    "search, a code": "/organisations/?q=214190",
    "API, by name": "/api/v1/organisations?size=50",
    "a county's schools, on a past day": "/organisations/{county}/?on={past}",
    "search, on a past day": "/organisations/?q=示例&on={past}",
}

WORKER = r"""
import json, sys, time
from datetime import date, timedelta
import django
django.setup()
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import Level, OrganisationKind
from heluo.kernel.organisations.models import Organisation, OrganisationState, Region
from heluo.kernel.organisations.public import (
    NewOrganisation, bureau_of, found_bureaus, move_organisation, open_organisations,
)
from heluo.kernel.people.access import Permission as People
from heluo.kernel.people.public import NewPerson, register_people

BY = platform_actor("benchmark", [*Permission, *People])
WORDS = ("明德", "博雅", "致远", "崇文", "启智", "育英", "尚学", "弘毅")
began = now()
today = local_day(began)
number, moved, listed = json.loads(sys.argv[1])
opened_on = today - timedelta(days=60)


def rows(region, parent, serials):
    return [
        NewOrganisation(
            kind=OrganisationKind.SCHOOL, name=f"{region.name}示例{WORDS[serial % 8]}{serial}小学", region=region,
            parent=parent, on=opened_on, school_type="211", code=f"2141{serial:06d}",
        )
        for serial in serials
    ]


found_bureaus(by=BY, now=began)
counties = list(Region.objects.in_force(today).filter(level=Level.COUNTY).select_related("parent").order_by("code"))
extra = counties.index(next(one for one in counties if one.code == "410324"))
left = number - 175 - moved - listed
serial = 900000 - (number + 1000) - 1
filled = time.perf_counter()
for place, region in enumerate(counties):
    share = left // len(counties) + (place < left % len(counties))
    if region.code == "410305":
        share += listed
    if moved and place == extra:
        share = moved
    schools = rows(region, bureau_of(region.code, on=today), range(serial, serial + share))
    open_organisations(by=BY, rows=schools, now=began)
    serial += share
filled = time.perf_counter() - filled
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
[person] = register_people(
    by=BY,
    people=[NewPerson(name="河洛测", posts=((Role.PROVINCE_ADMIN, bureau_of("410000", on=today)),), starts_on=opened_on,
                      born_on=date(1990, 1, 1), username="bench")],
    now=began,
)
account = get_user_model().objects.get(username="bench")
account.must_change_password, account.is_demo = False, True
account.save()
client = Client(headers={"host": "localhost", "accept-language": "zh-CN"})
client.force_login(account)
county = bureau_of("410305", on=today)
past = (today - timedelta(days=7)).isoformat()
print(json.dumps({"organisations": Organisation.objects.count(), "filled": filled}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if "page" in asked:
        address = asked["page"].format(county=county.uuid, past=past)
        began_at = time.perf_counter()
        answer = client.get(address)
        took = time.perf_counter() - began_at
        assert answer.status_code == 200, (address, answer.status_code)
    elif asked["move"] == "ours":
        target = bureau_of("410324", on=today)
        old = target.parent
        began_at = time.perf_counter()
        moved_one = move_organisation(
            by=BY, organisation=target, parent=bureau_of("410000", on=today), reason="省直管", now=now())
        took = time.perf_counter() - began_at
        move_organisation(by=BY, organisation=moved_one, parent=old, reason="复原", now=now())
    else:
        target = bureau_of("410324", on=today)
        with transaction.atomic():
            began_at = time.perf_counter()
            for school in Organisation.objects.filter(path__startswith=target.path):
                school.path = "9" + school.path
                school.save(update_fields=["path"])
            took = time.perf_counter() - began_at
            transaction.set_rollback(True)
    print(json.dumps(took), flush=True)
connection.close()
"""


def worker_for(number: int, moved: int) -> list[str]:
    return ["-c", WORKER, json.dumps([number, moved, LISTED_SCHOOLS])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=650, help="organisations in the small database (650)")
    parser.add_argument("--large", type=int, default=65_000, help="organisations in the large one (65000)")
    asked = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="heluo-bench-"))
    postgres = Postgres(data, fsync="off")
    try:
        postgres.start()
        small = Database(postgres.url, data, "small", worker_for(asked.small, 0))
        large = Database(postgres.url, data, "large", worker_for(asked.large, MOVED_SCHOOLS))
        rows = [[name, *compare({"page": page}, small, large)] for name, page in PAGES.items()]
        moves = [large.ask(move="ours") for _round in range(3)]
        loop = large.ask(move="loop")
        for database in (small, large):
            database.close()
    finally:
        postgres.stop()
        shutil.rmtree(data, ignore_errors=True)
    few, many = small.told["organisations"], large.told["organisations"]
    print_table(
        f"A county of {MOVED_SCHOOLS} schools changes its superior (paths, history, audit, event; aim 1000 ms)",
        ["move, ms (best of 3)", "median", "paths one by one, ms", "times faster"],
        [[min(moves), statistics.median(moves), loop, loop / min(moves)]],
    )
    print_table(
        f"Pages of the register at {many} and at {few} organisations (aim: ratio 1.3; "
        f"filled in {large.told['filled']:.0f} s)",
        ["page", f"{few}: p50 ms", f"{many}: p50 ms", "ratio of p50", "ratio of best"],
        rows,
    )


if __name__ == "__main__":
    main()
