"""Finding pairs that may be one pupil, set-based; and the cases as bureaus see them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heluo.domains.students.access import Permission
from heluo.domains.students.enums import DuplicateState, Ground
from heluo.domains.students.models import DuplicateCase, StudentRecord
from heluo.domains.students.queries.bureaus import bureau_above
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, within
from heluo.kernel.organisations.models import Organisation

PAIRS_AT_ONCE = 5000
SUSPECTS = """
    SELECT least(a.id, b.id), greatest(a.id, b.id), %(ground)s
      FROM students_studentrecord ra
      JOIN people_person a ON a.id = ra.person_id
      JOIN people_person b ON b.born_on = a.born_on AND b.id <> a.id AND {alike}
      JOIN students_studentrecord rb ON rb.person_id = b.id AND rb.ended_on IS NULL {elsewhere}
     WHERE ra.ended_on IS NULL AND (a.sex = b.sex OR a.sex = '' OR b.sex = '')
       AND ({all} OR ra.id = ANY(%(records)s)) AND ({all_pairs} OR a.id < b.id)
       AND NOT EXISTS (SELECT FROM students_duplicatecase known
                        WHERE known.first_id = least(a.id, b.id) AND known.second_id = greatest(a.id, b.id))
     LIMIT %(limit)s
"""
SAME_NAME = {"alike": "b.name = a.name", "elsewhere": ""}
SAME_GUARDIAN = {
    "alike": """b.name <> a.name AND EXISTS (
                  SELECT FROM people_guardianship ga JOIN people_guardianship gb ON gb.guardian_id = ga.guardian_id
                   WHERE ga.child_id = a.id AND gb.child_id = b.id AND ga.ends_on IS NULL AND gb.ends_on IS NULL)
                AND EXISTS (SELECT FROM people_identifier number WHERE number.person_id IN (a.id, b.id)
                   AND number.kind = 'student_number' AND left(number.masked, 1) IN ('L', 'J'))""",
    "elsewhere": "AND rb.school_id <> ra.school_id",
}
"""Twins have one guardian and one birthday too; but they hardly ever go to different schools."""


def suspects(records: Collection[int] | None) -> dict[tuple[int, int], set[Ground]]:
    """Pairs of person keys, smaller first, that no case names yet. `records`: only pairs with one of these."""
    found: dict[tuple[int, int], set[Ground]] = defaultdict(set)
    for ground, shape in ((Ground.SAME_NAME, SAME_NAME), (Ground.SAME_GUARDIAN, SAME_GUARDIAN)):
        everything = "true" if records is None else "false"
        statement = SUSPECTS.format(all=everything, all_pairs="false" if records is None else "true", **shape)
        with connection.cursor() as cursor:
            cursor.execute(statement, {"ground": ground.value, "records": list(records or ()), "limit": PAIRS_AT_ONCE})
            for first, second, kind in cursor.fetchall():
                found[first, second].add(Ground(kind))
    return found


def not_yet_raised(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of some pairs, put in order, that no case names."""
    ordered = {(min(pair), max(pair)) for pair in pairs}
    known = DuplicateCase.objects.filter(first__in=[first for first, _second in ordered])
    return ordered - set(known.values_list("first_id", "second_id"))


def newest_records(people: Collection[int]) -> dict[int, StudentRecord]:
    """Person key → their open record, else the one that ended last."""
    rows = StudentRecord.objects.filter(person__in=people).order_by("ended_on", "id")
    found: dict[int, StudentRecord] = {}
    for row in rows:
        if row.ended_on is None or row.person_id not in found or found[row.person_id].ended_on is not None:
            found[row.person_id] = row
    return found


def duplicate_cases(actor: Actor) -> QuerySet[DuplicateCase]:
    """The cases that concern a school below an office where the actor decides."""
    concerned = within(actor, Permission.DECIDE, "first_record__school__path") | within(
        actor, Permission.DECIDE, "second_record__school__path"
    )
    return DuplicateCase.objects.filter(concerned).select_related(
        "first", "second", "first_record__school", "second_record__school", "kept"
    )


def waiting_cases(actor: Actor) -> QuerySet[DuplicateCase]:
    return duplicate_cases(actor).filter(state=DuplicateState.WAITING)


def case_for(actor: Actor, uuid: UUID) -> DuplicateCase:
    found = duplicate_cases(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def bureaus_of(case: DuplicateCase) -> list[Organisation]:
    """The bureaus a case concerns: one, or two when it crosses a border."""
    found = {
        bureau.pk: bureau
        for bureau in (bureau_above(case.first_record.school), bureau_above(case.second_record.school))
    }
    return list(found.values())


def deciding_for(actor: Actor, case: DuplicateCase) -> list[Organisation]:
    """The bureaus of a case for which the actor may speak; all of them is the last word."""
    return [bureau for bureau in bureaus_of(case) if allows(actor, Permission.DECIDE, on=bureau)]
