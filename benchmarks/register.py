"""A register of any size for the benchmarks: schools under every county, classes of forty, teachers, families.

Everything is written by set-based statements and COPY, seeded, so that two runs measure the same register. Names follow
the shares of common surnames and given names, for what a search costs depends on them; nobody is meant by any.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import accumulate
from uuid import uuid4

from django.db import connection

FIRST_SCHOOL = 100_000
PER_CLASS, CLASSES, PER_TEACHER = 40, 25, 15
PER_SCHOOL = PER_CLASS * CLASSES
NAMES = 200_000
"""Different draws of a name; people share them as they do in life."""
NOW = datetime(2026, 10, 9, 4, tzinfo=UTC)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔牛赖文葛焦靳翟"
)
GIVEN = (
    "子涵轩宇浩然欣怡梓萱雨泽佳琪思源文博俊杰晨曦诗语明哲嘉乐静雅志强建国小丽春华秋实海涛玉洁红霞永康天佑一诺星辰"
    "若水清河书瑶景行沐阳知远云舒安宁可心如意依林婉婷梦瑶雪莹慧敏晓光振东立新少华德胜长青凤英桂兰秀珍淑芬"
)
FIRST_TEACHER = 10_000_000
"""Keys of pupils stay below."""
ONE_CHARACTER = 0.12
"""Share of given names of one character."""

CLASSES_OF = """
    INSERT INTO organisations_klass (uuid, school_id, stage, entry_year, number)
    SELECT gen_random_uuid(), school.id, 'primary', 2021 + n %% 6, 1 + n / 6
      FROM organisations_organisation AS school CROSS JOIN generate_series(0, %(classes)s - 1) AS n
     WHERE school.kind = 'school'
"""
NAMED = """
    CREATE TEMPORARY TABLE bench_names (
        draw int PRIMARY KEY, name text NOT NULL, name_sort text NOT NULL, initials text NOT NULL,
        words tsvector NOT NULL
    );
    CREATE TEMPORARY TABLE bench_numbers (serial bigint PRIMARY KEY, platform_number text NOT NULL)
"""
PEOPLE = (
    """
    CREATE TEMPORARY TABLE bench_seats AS
    SELECT klass.id AS klass, klass.school_id AS school, klass.entry_year,
           row_number() OVER (ORDER BY klass.id, n) AS serial
      FROM organisations_klass AS klass CROSS JOIN generate_series(1, %(per_class)s) AS n
    """,
    """
    INSERT INTO people_person (id, uuid, number, name, name_sort, initials, words, sex, born_on, created_at)
    SELECT serial, gen_random_uuid(), platform_number, name, name_sort, initials, words,
           CASE WHEN serial %% 100 = 1 THEN '' ELSE (1 + serial %% 2)::text END,
           make_date(entry_year - 6 - (serial %% 500 = 3)::int * 9, 1 + (serial %% 12)::int,
                     1 + (serial %% 28)::int), now()
      FROM bench_seats JOIN bench_names ON draw = serial * 7919 %% %(names)s JOIN bench_numbers USING (serial)
    """,
    """
    INSERT INTO people_post (person_id, organisation_id, role, starts_on)
    SELECT serial, school, 'pupil', '2024-09-01' FROM bench_seats
    """,
    """
    INSERT INTO people_classmembership (person_id, klass_id, starts_on)
    SELECT serial, klass, '2024-09-01' FROM bench_seats WHERE serial %% 250 <> 9
    """,
)
TEACHERS = (
    """
    CREATE TEMPORARY TABLE bench_teachers AS
    SELECT row_number() OVER (ORDER BY klass.id, n) + %(first_teacher)s AS serial, klass.id AS klass,
           klass.school_id AS school, n
      FROM organisations_klass AS klass CROSS JOIN generate_series(1, %(per_class)s / %(per_teacher)s + 1) AS n
    """,
    """
    INSERT INTO people_person (id, uuid, number, name, name_sort, initials, words, sex, born_on, created_at)
    SELECT serial, gen_random_uuid(), platform_number, name, name_sort, initials, words, '2', '1985-03-01', now()
      FROM bench_teachers JOIN bench_names ON draw = serial * 7919 %% %(names)s JOIN bench_numbers USING (serial)
    """,
    """
    INSERT INTO people_post (person_id, organisation_id, role, starts_on)
    SELECT serial, school, 'teacher', '2024-09-01' FROM bench_teachers
    """,
    """
    INSERT INTO people_teaching (person_id, klass_id, subject, is_homeroom, starts_on)
    SELECT serial, klass, '14', n = 1, '2024-09-01' FROM bench_teachers WHERE n = 1 OR serial %% 20 <> 0
    """,
)
IDENTIFIERS = """
    INSERT INTO people_identifier (person_id, kind, ciphertext, key_id, lookup, lookup_key_id, masked)
    SELECT person.id, kind, '\\x00', 'bench', decode(md5(person.id || kind), 'hex'), 'bench', '41************1X'
      FROM people_person AS person CROSS JOIN (VALUES ('resident_id'), ('student_number')) AS kinds(kind)
     WHERE person.id <= %(first_teacher)s AND person.id %% 100 <> 5
"""
GUARDIANS = """
    INSERT INTO people_guardianship (guardian_id, child_id, relation, starts_on)
    SELECT %(first_teacher)s + 1 + person.id %% %(guardians)s, person.id, '母亲', '2024-09-01'
      FROM people_person AS person
     WHERE person.id <= %(first_teacher)s AND person.id %% 50 <> 3
"""


def names(seed: int, number: int) -> Iterator[str]:
    """Names as they occur: few surnames common, many rare."""
    dice = random.Random(seed)  # noqa: S311  # seeded on purpose
    surnames = list(accumulate(1 / (rank + 1) ** 0.8 for rank in range(len(SURNAMES))))
    given = list(accumulate(1 / (rank + 3) ** 0.5 for rank in range(len(GIVEN))))
    for _draw in range(number):
        length = 1 if dice.random() < ONE_CHARACTER else 2
        yield dice.choices(SURNAMES, cum_weights=surnames)[0] + "".join(
            dice.choices(GIVEN, cum_weights=given, k=length)
        )


def open_schools(number: int) -> None:
    """The bureaus of the province, and schools under every county in turn; one of two hundred has an unknown type."""
    from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415  # needs Django set up
    from heluo.kernel.organisations.access import Permission  # noqa: PLC0415
    from heluo.kernel.organisations.enums import Level, OrganisationKind  # noqa: PLC0415
    from heluo.kernel.organisations.models import Organisation  # noqa: PLC0415
    from heluo.kernel.organisations.public import found_bureaus  # noqa: PLC0415

    found_bureaus(by=platform_actor("demo", Permission), now=NOW)
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
        for serial in range(number)
        for above in [counties[serial % len(counties)]]
    )


def fill(people: int, *, seed: int = 1) -> float:
    """Write schools of a thousand pupils each, with all that belongs to them; seconds it took."""
    from heluo.kernel.codes.public import platform_number  # noqa: PLC0415  # needs Django set up
    from heluo.kernel.organisations.public import pinyin_initials, pinyin_key  # noqa: PLC0415
    from heluo.kernel.search.public import name_vector_text  # noqa: PLC0415

    began = time.perf_counter()
    schools = max(1, people // PER_SCHOOL)
    open_schools(schools)
    teachers = schools * CLASSES * (PER_CLASS // PER_TEACHER + 1)
    values = {
        "classes": CLASSES,
        "per_class": PER_CLASS,
        "per_teacher": PER_TEACHER,
        "names": NAMES,
        "first_teacher": FIRST_TEACHER,
        "guardians": min(1000, teachers),
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMED)
        with cursor.copy("COPY bench_names FROM STDIN") as copy:
            for draw, name in enumerate(names(seed, NAMES)):
                copy.write_row((draw, name, pinyin_key(name), pinyin_initials(name), name_vector_text(name)))
        with cursor.copy("COPY bench_numbers FROM STDIN") as copy:
            for first, number in ((1, schools * PER_SCHOOL), (FIRST_TEACHER + 1, teachers)):
                for serial in range(first, first + number):
                    copy.write_row((serial, platform_number(serial)))
        cursor.execute("ANALYZE bench_names, bench_numbers")
        for statement in (CLASSES_OF, *PEOPLE, *TEACHERS, IDENTIFIERS, GUARDIANS):
            cursor.execute(statement, values)
        cursor.execute("SELECT setval(pg_get_serial_sequence('people_person', 'id'), %s)", [FIRST_TEACHER * 2])
        cursor.execute("SELECT setval('people_platform_number', %s)", [FIRST_TEACHER * 2])
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - began
