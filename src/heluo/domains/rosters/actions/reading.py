"""From a file to rows: read as a stream, kept in chunks, then looked over as a whole."""

import json
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.db.models import Count, Q

from heluo.domains.rosters.actions.comparing import compare_rows
from heluo.domains.rosters.actions.working import alone, copy_rows, keep_findings, moved
from heluo.domains.rosters.enums import BatchState, Fault, PartState, RowKind, Severity
from heluo.domains.rosters.models import RosterBatch, RosterPart
from heluo.domains.rosters.queries.batches import setting_of
from heluo.domains.rosters.queries.cells import CheckedRow, Setting, Wrong, check_row
from heluo.domains.rosters.queries.formats import open_source
from heluo.domains.rosters.queries.layout import COLUMNS, CSV, SHEETS, title_in
from heluo.domains.rosters.queries.reads import Oddity, Read
from heluo.kernel.clock.public import local_day
from heluo.kernel.jobs.public import to_plain
from heluo.kernel.people.public import ring_at_hand
from heluo.kernel.tables.public import Unreadable

CHUNK = 2000
"""Rows that are kept in one transaction."""


def read_batch(*, batch_id: int, now: datetime) -> None:
    """Read a batch's file, find what is wrong with it, and compare it with the register. Safe to repeat.

    Begun again after a kill it starts over: reading is cheap beside the import, and half a file proves nothing.
    """
    batch = RosterBatch.objects.select_related("scope", "file__blob").get(pk=batch_id)
    with alone(batch) as is_alone:
        if not is_alone or batch.state not in {BatchState.RECEIVED, BatchState.READING}:
            return
        _begin(batch, now)
        try:
            _read(batch, now)
            _look_over(batch)
            compare_rows(batch, now=now)
        except Unreadable as refusal:
            _refuse(batch, refusal, now)


@transaction.atomic
def _begin(batch: RosterBatch, now: datetime) -> None:
    batch.rows.all().delete()
    batch.findings.all().delete()
    batch.parts.all().delete()
    batch.state, batch.rows_read, batch.letters = BatchState.READING, 0, {}
    batch.save(update_fields=["state", "rows_read", "letters"])
    moved(batch, now=now)


@transaction.atomic
def _refuse(batch: RosterBatch, refusal: Unreadable, now: datetime) -> None:
    batch.rows.all().delete()
    batch.state, batch.finished_at = BatchState.REFUSED, now
    batch.refusal = refusal.code
    batch.refusal_details = {name: to_plain(value) for name, value in refusal.details.items()}
    batch.save(update_fields=["state", "finished_at", "refusal", "refusal_details"])
    moved(batch, now=now)


def _read(batch: RosterBatch, now: datetime) -> None:
    ring = ring_at_hand()
    setting = setting_of(batch.scope, today=local_day(now))
    elsewhere: set[tuple[str, int, str, Fault]] = set()
    with open_source(batch, setting) as source:
        batch.is_delta = source.is_delta
        while chunk := list(islice(source.items, CHUNK)):
            rows, wrongs = _checked(chunk, setting, elsewhere)
            _note_letters(batch, chunk)
            with transaction.atomic():
                copy_rows(batch, rows, ring)
                keep_findings(batch, wrongs)
                batch.rows_read += len(rows)
                batch.save(update_fields=["rows_read", "is_delta", "letters"])
                moved(batch, now=now)


def _note_letters(batch: RosterBatch, chunk: list[Read | Oddity]) -> None:
    """Remember where each sheet has its columns, for what is found later, when the file is closed."""
    for item in chunk:
        if isinstance(item, Read) and item.letters and item.sheet not in batch.letters:
            titles = {column.key: column.title for column in COLUMNS[item.kind]}
            batch.letters[item.sheet] = {titles[key]: letter for key, letter in item.letters.items()}


def _checked(
    chunk: list[Read | Oddity], setting: Setting, elsewhere: set[tuple[str, int, str, Fault]]
) -> tuple[list[CheckedRow], list[Wrong]]:
    """The rows of a chunk and what is wrong. A wrong cell that several rows share is told `elsewhere`, once."""
    rows: list[CheckedRow] = []
    wrongs: list[Wrong] = []
    for item in chunk:
        if isinstance(item, Oddity):
            wrongs.append(Wrong.of(item))
        else:
            row = check_row(item, setting)
            rows.append(row)
            for wrong in row.findings:
                place = (wrong.sheet, wrong.number, wrong.column, wrong.fault)
                if item.spots and place in elsewhere:
                    continue
                if item.spots:
                    elsewhere.add(place)
                wrongs.append(wrong)
    return rows, wrongs


# -- the file as a whole ----------------------------------------------------------------------------------------------


@transaction.atomic
def _look_over(batch: RosterBatch) -> None:
    """What only shows beside other rows: the same person twice, the same class twice, two homeroom teachers."""
    titles = {str(kind): title for kind, title in SHEETS.items()}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE rosters_rosterrow, rosters_rosterfinding")
        for query, fault, column in _DOUBLES:
            cursor.execute(
                f"""
                INSERT INTO rosters_rosterfinding
                       (batch_id, kind, sheet, number, "column", letter, found, fault, details, severity,
                        is_from_register)
                 SELECT %(batch)s, kind, sheet, number,
                       CASE WHEN sheet LIKE %(csv)s THEN %(csv_column)s ELSE %(column)s END,
                       COALESCE(%(letters)s::jsonb -> sheet ->> %(column)s, ''), '', %(fault)s,
                       jsonb_build_object('sheet', first_sheet, 'row', first_number), %(error)s, false
                  FROM ({query}) AS doubled WHERE place > 1
                """,  # noqa: S608  # our own words
                {
                    "batch": batch.pk,
                    "fault": fault,
                    "column": column,
                    "letters": json.dumps(batch.letters),
                    "csv": f"%{CSV}",
                    "csv_column": title_in(CSV, column),
                    "error": Severity.ERROR,
                    **{kind.name: str(kind) for kind in RowKind},
                },
            )
        cursor.execute(
            """
            UPDATE rosters_rosterrow mine SET has_error = true
              FROM rosters_rosterfinding wrong
             WHERE mine.batch_id = %s AND wrong.batch_id = mine.batch_id AND wrong.sheet = mine.sheet
               AND wrong.number = mine.number AND wrong.severity = %s AND NOT mine.has_error
            """,
            [batch.pk, Severity.ERROR],
        )
    schools = batch.rows.filter(school__isnull=False).values_list("school", flat=True).distinct().order_by("school")
    RosterPart.objects.bulk_create(
        [RosterPart(batch=batch, school_id=school, state=PartState.WAITING) for school in schools]
    )
    batch.sheets = {
        row["kind"]: {"rows": row["rows"], "title": titles.get(row["kind"], "")}
        for row in batch.rows.values("kind").annotate(rows=Count("pk"), wrong=Count("pk", filter=Q(has_error=True)))
    }
    batch.save(update_fields=["sheets"])


_DOUBLE = """
    SELECT kind, sheet, number, row_number() OVER same AS place, first_value(sheet) OVER same AS first_sheet,
           first_value(number) OVER same AS first_number
      FROM rosters_rosterrow WHERE batch_id = %(batch)s AND {which}
    WINDOW same AS (PARTITION BY {by} ORDER BY id)
"""
_DOUBLES: tuple[tuple[str, Fault, str], ...] = (
    (_DOUBLE.format(which="kind = %(PUPIL)s AND resident IS NOT NULL", by="resident"), Fault.TWICE, "身份证号"),
    (_DOUBLE.format(which="kind = %(PUPIL)s AND student IS NOT NULL", by="student"), Fault.TWICE, "学籍号"),
    (_DOUBLE.format(which="kind = %(PUPIL)s AND facts ? 'platform'", by="facts->>'platform'"), Fault.TWICE, "姓名"),
    (
        _DOUBLE.format(which="kind = %(TEACHER)s AND resident IS NOT NULL", by="school_id, resident"),
        Fault.TWICE,
        "身份证号",
    ),
    (_DOUBLE.format(which="kind = %(TEACHER)s AND phone IS NOT NULL", by="school_id, phone"), Fault.TWICE, "手机号"),
    (
        _DOUBLE.format(which="kind = %(KLASS)s AND klass_key <> ''", by="school_id, klass_key"),
        Fault.TWICE,
        "班号",
    ),
    (
        _DOUBLE.format(which="kind = %(GUARDIAN)s AND phone IS NOT NULL AND other IS NOT NULL", by="phone, other"),
        Fault.TWICE,
        "手机号",
    ),
    (
        _DOUBLE.format(
            which="kind = %(TEACHING)s AND klass_key <> '' AND other IS NOT NULL",
            by="school_id, klass_key, other, facts->>'subject'",
        ),
        Fault.TWICE,
        "学科",
    ),
    (
        _DOUBLE.format(
            which="kind = %(TEACHING)s AND klass_key <> '' AND facts ? 'is_homeroom' AND other IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM rosters_rosterrow same_one WHERE same_one.batch_id = %(batch)s"
            " AND same_one.kind = rosters_rosterrow.kind AND same_one.school_id = rosters_rosterrow.school_id"
            " AND same_one.klass_key = rosters_rosterrow.klass_key AND same_one.other = rosters_rosterrow.other"
            " AND same_one.facts ? 'is_homeroom' AND same_one.id < rosters_rosterrow.id)",
            by="school_id, klass_key",
        ),
        Fault.HOMEROOM_TWICE,
        "班主任",
    ),
)
"""Rows that are alike, the fault of every one but the first, and the column it is shown in. A pupil may be in a whole
batch once, in whichever school; a teacher once in each school."""
