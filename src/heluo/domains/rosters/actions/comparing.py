"""The rows beside the register: what cannot stand, what would change, who would end. Nothing is written there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from heluo.domains.rosters.actions.working import alone, keep_findings, moved, numbers_of
from heluo.domains.rosters.enums import BatchState, Fault, RowKind, Severity
from heluo.domains.rosters.models import RosterBatch, RosterPart, RosterRow
from heluo.domains.rosters.queries.batches import CORRECT_TASK, ROLES, klass_keys, stop_percent
from heluo.domains.rosters.queries.cells import ENDS, PLATFORM, Wrong
from heluo.domains.rosters.queries.layout import COLUMNS, CSV, SHEETS, grades, title_in
from heluo.kernel.access.public import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.jobs.public import defer
from heluo.kernel.organisations.public import visible_organisations
from heluo.kernel.people.crypto import KeyRing
from heluo.kernel.people.enums import ClashKind, Deed, IdentifierKind
from heluo.kernel.people.models import Account, Person
from heluo.kernel.people.public import (
    Clash,
    Comparison,
    Line,
    ListedGuardianship,
    ListedPerson,
    ListedTeaching,
    Lists,
    compare_lists,
    ring_at_hand,
)

ROUNDS = 4
"""Rows that point to rows that cannot stand cannot stand either: compared again without them, at most so often."""
TELLS_A_NAME = frozenset({ClashKind.OTHER_NAME})
TELLS_A_PLACE = frozenset({ClashKind.PUPIL_ELSEWHERE, ClashKind.TEACHES_ELSEWHERE})
POINTS = frozenset({ClashKind.NOT_HERE})
POINTING = frozenset({"child", "teacher"})
"""Columns that point to somebody else."""


def compare_batch(*, batch_id: int, now: datetime) -> None:
    """Compare a batch that was read before with the register as it is now. Safe to repeat."""
    batch = RosterBatch.objects.select_related("scope").get(pk=batch_id)
    with alone(batch) as is_alone:
        if is_alone and batch.state == BatchState.READING:
            compare_rows(batch, now=now)


def actor_of(person: Person, *, on: date) -> Actor:
    """Somebody as the actor they are today: a job has no more rights than whoever ordered it."""
    return actor_for(Account(person=person), on=on)


def compare_rows(batch: RosterBatch, *, now: datetime) -> None:
    """Compare every school of a batch, then say what the whole comes to."""
    today = local_day(now)
    by = actor_of(batch.opened_by, on=today)
    with transaction.atomic():
        batch.findings.filter(is_from_register=True).delete()
        batch.rows.filter(Q(clashes=True) | ~Q(deed="")).update(clashes=False, deed="", changed=[], person=None)
    totals: Counter[str] = Counter()
    for part in batch.parts.select_related("school").order_by("pk"):
        with transaction.atomic():
            totals += _compare_part(batch, part, by=by, on=today)
            moved(batch, now=now)
    _conclude(batch, totals, now)


def _compare_part(batch: RosterBatch, part: RosterPart, *, by: Actor, on: date) -> Counter[str]:
    ring = ring_at_hand()
    _mark_unknown_classes(batch, part, on=on)
    for _round in range(ROUNDS):
        lists = lists_of(batch, part, ring=ring, on=on)
        comparison = compare_lists(by=by, lists=lists, on=on)
        if not _mark_clashes(batch, comparison, by=by):
            break
    _note_deeds(comparison)
    percent = stop_percent()
    part.endings = {str(role): [len(people), comparison.here.get(role, 0)] for role, people in comparison.ended.items()}
    part.ends_many = any(comparison.share_ended(role) * 100 >= percent for role in comparison.ended)
    counts = Counter(str(deed) for deed, _fields in comparison.deeds.values())
    counts[str(Deed.ENDED)] = sum(len(people) for people in comparison.ended.values())
    counts.update(comparison.counts)
    counts["classes_opened"] = len(new_class_keys(batch, part, on=on))
    part.counts = dict(counts)
    part.save(update_fields=["endings", "ends_many", "counts"])
    return counts


# -- from rows to lists -----------------------------------------------------------------------------------------------


def clean_rows(batch: RosterBatch, part: RosterPart) -> "Q":
    """The rows of a school that stand."""
    return Q(batch=batch, school=part.school_id, has_error=False, clashes=False)


def new_class_keys(batch: RosterBatch, part: RosterPart, *, on: date) -> list[str]:
    """Classes the rows name that the school does not have yet."""
    named = (
        RosterRow.objects.filter(clean_rows(batch, part), kind=RowKind.KLASS)
        .values_list("klass_key", flat=True)
        .distinct()
    )
    return sorted(set(named) - klass_keys(part.school, on=on).keys())


def lists_of(batch: RosterBatch, part: RosterPart, *, ring: KeyRing, on: date) -> Lists:
    """A school's rows as lists to compare or merge. Classes that do not exist yet have negative keys."""
    keys = klass_keys(part.school, on=on)
    keys |= {key: -place for place, key in enumerate(new_class_keys(batch, part, on=on), start=1)}
    excluded = set(
        RosterRow.objects.filter(Q(has_error=True) | Q(clashes=True), batch=batch, school=part.school_id)
        .values_list("kind", flat=True)
        .distinct()
    )
    unplaced = RosterRow.objects.filter(batch=batch, school__isnull=True).exists()
    present = set(
        RosterRow.objects.filter(batch=batch, school=part.school_id).values_list("kind", flat=True).distinct()
    )
    whole = set() if batch.is_delta or unplaced or _has_odd_sheet(batch) else present - excluded
    return Lists(
        school=part.school,
        lines=_lines(batch, part, keys, ring),
        complete=frozenset(role for kind, role in ROLES.items() if kind in whole and role != Role.GUARDIAN),
        complete_teachings=RowKind.TEACHING in whole,
        complete_guardianships=RowKind.GUARDIAN in whole,
    )


def _has_odd_sheet(batch: RosterBatch) -> bool:
    """Whether people may be missing without being named: by a sheet that is wrong as a whole, or by anything wrong in
    a package, where a line that cannot be read may be what makes somebody a pupil."""
    whole = Q(severity=Severity.ERROR, fault__in=(Fault.SHEET_HIDDEN, Fault.HEADER_MISSING, Fault.MERGED))
    line = Q(severity=Severity.ERROR, is_from_register=False) | Q(fault=Fault.ROLE_LATER)
    return batch.findings.filter(whole | Q(line, sheet__endswith=CSV)).exists()


def _lines(batch: RosterBatch, part: RosterPart, keys: dict[str, int], ring: KeyRing) -> Iterator[Line]:
    """Each row is one line about somebody (twice its key) or points to somebody (twice its key and one)."""
    rows = RosterRow.objects.filter(clean_rows(batch, part)).exclude(kind=RowKind.KLASS).order_by("id")
    for row in rows.iterator(chunk_size=2000):
        numbers = numbers_of(batch, row, ring)
        own, other = row.pk * 2, row.pk * 2 + 1
        pointed = _pointed(row, numbers)
        ends = ENDS in row.facts
        if row.kind == RowKind.TEACHING:
            yield ListedPerson(line=other, role=Role.TEACHER, is_reference=True, **pointed)
            yield ListedTeaching(
                line=own,
                teacher=other,
                klass=keys[row.klass_key],
                subject=row.facts.get("subject", ""),
                is_homeroom="is_homeroom" in row.facts or (None if batch.is_delta else False),
                ends=ends,
            )
            continue
        born_on = row.facts.get("born_on")
        yield ListedPerson(
            line=own,
            role=ROLES[RowKind(row.kind)],
            name=row.name,
            sex=row.facts.get("sex", ""),
            born_on=date.fromisoformat(born_on) if born_on else None,
            identifiers=tuple((kind, numbers[kind]) for kind in IdentifierKind if kind in numbers),
            klass=keys[row.klass_key] if row.klass_key else None,
            number=row.facts.get(PLATFORM, ""),
            is_reference=ends,
            ends=ends,
        )
        if pointed:
            yield ListedPerson(line=other, role=Role.PUPIL, is_reference=True, **pointed)
            yield ListedGuardianship(line=own, guardian=own, child=other, relation=row.facts.get("relation", ""))


def _pointed(row: RosterRow, numbers: Mapping[str, str]) -> dict[str, Any]:
    """Whom a row points to, as a line says who somebody is; empty if it points to nobody."""
    if not row.other_kind:
        return {}
    if row.other_kind == PLATFORM:
        return {"number": numbers["other"]}
    return {"identifiers": ((IdentifierKind(row.other_kind), numbers["other"]),)}


# -- what is found ----------------------------------------------------------------------------------------------------


def _mark_unknown_classes(batch: RosterBatch, part: RosterPart, *, on: date) -> None:
    known = {*klass_keys(part.school, on=on), *new_class_keys(batch, part, on=on)}
    wrong = list(
        RosterRow.objects.filter(clean_rows(batch, part))
        .exclude(klass_key="")
        .exclude(klass_key__in=known)
        .only("kind", "sheet", "number", "klass_key")
    )
    keep_findings(
        batch,
        [
            Wrong(
                RowKind(row.kind),
                row.sheet,
                row.number,
                Fault.CLASS_UNKNOWN,
                title_in(row.sheet, "班号"),
                found=label_of(row.klass_key, on=on),
                details={"label": label_of(row.klass_key, on=on)},
            )
            for row in wrong
        ],
        is_from_register=True,
    )
    RosterRow.objects.filter(pk__in=[row.pk for row in wrong]).update(clashes=True)


def label_of(klass_key: str, *, on: date) -> str:
    """三年级（2）班, from the key of a class."""
    stage, entry_year, number = klass_key.split("/")
    year = SchoolYear.on(on).starts - int(entry_year) + 1
    grade = next((name for name, place in grades().items() if place == (stage, year)), "")
    return f"{grade}（{number}）班"


def _mark_clashes(batch: RosterBatch, comparison: Comparison, *, by: Actor) -> bool:
    """Keep what clashes as findings; whether any row fell out by it."""
    clashes = comparison.clashes
    keys = {line // 2 for clash in clashes for line in (clash.line, clash.other) if line is not None}
    rows = RosterRow.objects.in_bulk(keys)
    paths = {clash.said for clash in clashes if clash.kind in TELLS_A_PLACE}
    places = dict(visible_organisations(by).filter(path__in=paths).values_list("path", "name"))
    broken = _broken_numbers(batch, rows)
    seen = set(batch.findings.filter(is_from_register=True).values_list("sheet", "number", "fault"))
    wrongs = []
    for clash in clashes:
        wrong = _wrong(clash, rows, places, broken)
        if (wrong.sheet, wrong.number, wrong.fault) not in seen:
            seen.add((wrong.sheet, wrong.number, wrong.fault))
            wrongs.append(wrong)
    keep_findings(batch, wrongs, is_from_register=True)
    errors = {clash.line // 2 for clash in comparison.errors}
    RosterRow.objects.filter(pk__in=errors).update(clashes=True)
    return bool(errors)


def _broken_numbers(batch: RosterBatch, rows: dict[int, RosterRow]) -> dict[bytes, RosterRow]:
    """Rows that do not stand, by their numbers: whoever points to one is told so."""
    wanted = [bytes(row.other) for row in rows.values() if row.other is not None]
    found: dict[bytes, RosterRow] = {}
    for row in RosterRow.objects.filter(
        Q(resident__in=wanted) | Q(student__in=wanted) | Q(phone__in=wanted),
        Q(has_error=True) | Q(clashes=True),
        batch=batch,
    ):
        for number in (row.resident, row.student, row.phone):
            if number is not None:
                found[bytes(number)] = row
    return found


def _wrong(clash: Clash, rows: dict[int, RosterRow], places: dict[str, str], broken: dict[bytes, RosterRow]) -> Wrong:
    row = rows[clash.line // 2]
    kind = RowKind(row.kind)
    details: dict[str, object] = {}
    if clash.kind in TELLS_A_NAME:
        details["name"] = clash.said[:1] + "*" * max(len(clash.said) - 1, 0)
    if clash.kind in TELLS_A_PLACE:
        details["place"] = places.get(clash.said, "另一所学校")
    fault = Fault.TWICE if clash.kind == ClashKind.LISTED_TWICE else Fault(str(clash.kind))
    if clash.other is not None and clash.other // 2 in rows:
        other = rows[clash.other // 2]
        details |= {"sheet": other.sheet, "row": other.number}
        if clash.kind == ClashKind.OTHER_NAME:
            details["name"] = other.name
    if clash.kind in POINTS and row.other is not None and bytes(row.other) in broken:
        other = broken[bytes(row.other)]
        fault = Fault.POINTS_TO_WRONG
        details = {"sheet": other.sheet, "row": other.number}
    is_pointing = clash.line % 2 == 1
    column = next(
        column for column in COLUMNS[kind] if (column.key in POINTING if is_pointing else column.key == "name")
    )
    return Wrong(
        kind,
        row.sheet,
        row.number,
        fault,
        title_in(row.sheet, column.title),
        found=row.name if column.key == "name" else "",
        severity=Severity.WARNING if clash.is_warning else Severity.ERROR,
        details=details,
    )


def _note_deeds(comparison: Comparison) -> None:
    """Write at each row what becomes of its person, and who that is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS rosters_deed (row_id bigint, deed text, changed jsonb)"
            " ON COMMIT DELETE ROWS; TRUNCATE rosters_deed"
        )
        with cursor.copy("COPY rosters_deed (row_id, deed, changed) FROM STDIN") as copy:
            for line, head in comparison.heads.items():
                if line % 2 == 0 and head in comparison.deeds:
                    deed, fields = comparison.deeds[head]
                    copy.write_row((line // 2, str(deed), "[" + ", ".join(f'"{name}"' for name in fields) + "]"))
        cursor.execute(
            """
            UPDATE rosters_rosterrow mine SET deed = told.deed, changed = told.changed, person_id = line.person_id
              FROM rosters_deed told JOIN people_line line ON line.line = told.row_id * 2 WHERE mine.id = told.row_id
            """
        )
        cursor.execute(
            """
            UPDATE rosters_rosterrow mine SET deed = %s, person_id = line.person_id
              FROM people_line line WHERE line.ends AND line.line = mine.id * 2 AND line.person_id IS NOT NULL
            """,
            [Deed.ENDED],
        )


def _conclude(batch: RosterBatch, totals: Counter[str], now: datetime) -> None:
    """Sum up, and wait for a person."""
    sheets = {
        row["kind"]: {"rows": row["rows"], "wrong": row["wrong"]}
        for row in batch.rows.values("kind")
        .order_by("kind")
        .annotate(rows=Count("pk"), wrong=Count("pk", filter=Q(has_error=True) | Q(clashes=True)))
    }
    severities = dict(batch.findings.values_list("severity").annotate(Count("pk")))
    with transaction.atomic():
        batch.sheets = {str(kind): sheets[kind] for kind in SHEETS if kind in sheets}
        batch.counts = dict(totals)
        batch.error_count = severities.get(Severity.ERROR, 0)
        batch.warning_count = severities.get(Severity.WARNING, 0)
        batch.clean_rows = batch.rows.filter(has_error=False, clashes=False).count()
        batch.corrections = None
        if batch.error_count:
            defer(CORRECT_TASK, batch_id=batch.pk)
        batch.state, batch.checked_at = BatchState.READ, now
        batch.save(
            update_fields=[
                *("sheets", "counts", "error_count", "warning_count", "clean_rows"),
                *("state", "checked_at", "corrections"),
            ]
        )
        moved(batch, now=now)
