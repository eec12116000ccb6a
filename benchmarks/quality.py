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
from datetime import UTC, date, datetime
from uuid import uuid4

from benchmarks.database import own_database
from benchmarks.machine import print_table

LIMIT = 60.0
"""Seconds for all rules."""
FIRST_SCHOOL = 100_000
PER_CLASS, CLASSES, PER_TEACHER = 40, 25, 15
NOW = datetime(2026, 10, 9, 4, tzinfo=UTC)

CLASSES_OF = """
    INSERT INTO organisations_klass (uuid, school_id, stage, entry_year, number)
    SELECT gen_random_uuid(), school.id, 'primary', 2021 + n %% 6, 1 + n / 6
      FROM organisations_organisation AS school CROSS JOIN generate_series(0, %(classes)s - 1) AS n
     WHERE school.kind = 'school'
"""
PEOPLE = """
    WITH seats AS (
        SELECT klass.id AS klass, klass.school_id AS school, klass.entry_year, n,
               row_number() OVER () AS serial
          FROM organisations_klass AS klass CROSS JOIN generate_series(1, %(per_class)s) AS n
    ), people AS (
        INSERT INTO people_person (id, uuid, number, name, name_sort, sex, born_on, created_at)
        SELECT serial, gen_random_uuid(), lpad(serial::text, 12, '0'), '洛书' || serial, 'luoshu' || serial,
               CASE WHEN serial %% 100 = 1 THEN '' ELSE (1 + serial %% 2)::text END,
               make_date(entry_year - 6 - (serial %% 500 = 3)::int * 9, 1 + (serial %% 12)::int,
                         1 + (serial %% 28)::int), now()
          FROM seats
    ), posts AS (
        INSERT INTO people_post (person_id, organisation_id, role, starts_on)
        SELECT serial, school, 'pupil', '2024-09-01' FROM seats
    )
    INSERT INTO people_classmembership (person_id, klass_id, starts_on)
    SELECT serial, klass, '2024-09-01' FROM seats WHERE serial %% 250 <> 9
"""
TEACHERS = """
    WITH teachers AS (
        SELECT row_number() OVER () + 10000000 AS serial, klass.id AS klass, klass.school_id AS school, n
          FROM organisations_klass AS klass CROSS JOIN generate_series(1, %(per_class)s / %(per_teacher)s + 1) AS n
    ), people AS (
        INSERT INTO people_person (id, uuid, number, name, name_sort, sex, born_on, created_at)
        SELECT serial, gen_random_uuid(), serial::text, '洛书师' || serial, 'luoshushi' || serial, '2', '1985-03-01',
               now()
          FROM teachers
    ), posts AS (
        INSERT INTO people_post (person_id, organisation_id, role, starts_on)
        SELECT serial, school, 'teacher', '2024-09-01' FROM teachers
    )
    INSERT INTO people_teaching (person_id, klass_id, subject, is_homeroom, starts_on)
    SELECT serial, klass, '14', n = 1, '2024-09-01' FROM teachers WHERE n = 1 OR serial %% 20 <> 0
"""
IDENTIFIERS = """
    INSERT INTO people_identifier (person_id, kind, ciphertext, key_id, lookup, lookup_key_id, masked)
    SELECT person.id, kind, '\\x00', 'bench', decode(md5(person.id || kind), 'hex'), 'bench', '41************1X'
      FROM people_person AS person CROSS JOIN (VALUES ('resident_id'), ('student_number')) AS kinds(kind)
     WHERE person.id < 10000000 AND person.id %% 100 <> 5
"""
GUARDIANS = """
    INSERT INTO people_guardianship (guardian_id, child_id, relation, starts_on)
    SELECT 10000001 + person.id %% 1000, person.id, '母亲', '2024-09-01' FROM people_person AS person
     WHERE person.id < 10000000 AND person.id %% 50 <> 3
"""


def fill(people: int) -> float:
    """Write the register; seconds it took."""
    from django.db import connection  # noqa: PLC0415  # needs Django set up

    from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
    from heluo.kernel.organisations.access import Permission  # noqa: PLC0415
    from heluo.kernel.organisations.enums import Level, OrganisationKind  # noqa: PLC0415
    from heluo.kernel.organisations.models import Organisation  # noqa: PLC0415
    from heluo.kernel.organisations.public import found_bureaus  # noqa: PLC0415

    began = time.perf_counter()
    found_bureaus(by=platform_actor("demo", Permission), now=NOW)
    values = {
        "classes": CLASSES,
        "per_class": PER_CLASS,
        "per_teacher": PER_TEACHER,
    }
    counties = list(Organisation.objects.filter(level=Level.COUNTY).order_by("pk"))
    Organisation.objects.bulk_create(
        Organisation(
            pk=FIRST_SCHOOL + serial,
            uuid=uuid4(),
            kind=OrganisationKind.SCHOOL,
            level=Level.SCHOOL,
            name=f"示例小学{serial}",
            code=str(2141000000 + serial),
            school_type="999" if serial % 200 == 7 else "211",
            region_id=above.region_id,
            parent=above,
            path=f"{above.path}{FIRST_SCHOOL + serial}.",
            parent_source="benchmark",
            opened_on=date(2020, 9, 1),
        )
        for serial in range(max(1, people // (PER_CLASS * CLASSES)))
        for above in [counties[serial % len(counties)]]
    )
    with connection.cursor() as cursor:
        for statement in (CLASSES_OF, PEOPLE, TEACHERS, IDENTIFIERS, GUARDIANS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - began


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
