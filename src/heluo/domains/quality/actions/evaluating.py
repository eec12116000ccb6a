"""One rule over one part of the tree, in a few statements: what is new, what is gone, who must mend it, the tally."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count

from heluo.domains.quality.enums import ALL, NoteKind, TicketState
from heluo.domains.quality.models import Rule, RuleSetting
from heluo.domains.quality.queries.checks import look
from heluo.domains.quality.queries.datasets import Rows

RULE_LOCK = 0x5155
"""First key of the advisory lock that lets one check at a time write about a rule."""

_GONE = """
    UPDATE quality_finding AS old SET gone_at = %(now)s
      FROM organisations_organisation AS source
     WHERE source.id = old.organisation_id AND source.path LIKE %(below)s
       AND old.rule_id = %(rule)s AND old.gone_at IS NULL
       AND NOT EXISTS (
           SELECT FROM quality_found AS seen WHERE seen.subject = old.subject AND seen.owner = old.organisation_id)
"""
_SEEN = """
    INSERT INTO quality_finding AS kept (rule_id, organisation_id, subject, title, first_seen_at, is_excused)
    SELECT DISTINCT ON (subject, owner) %(rule)s, owner, subject, left(title, 160), %(now)s, false FROM quality_found
    ON CONFLICT (rule_id, subject, organisation_id) WHERE gone_at IS NULL
    DO UPDATE SET title = excluded.title WHERE kept.title IS DISTINCT FROM excluded.title
"""
_TALLY = """
    MERGE INTO quality_tally AS old
    USING (
        SELECT looked.owner, looked.rows, coalesce(open.findings, 0) AS findings
          FROM quality_looked AS looked
          LEFT JOIN (
              SELECT organisation_id, count(*) AS findings FROM quality_finding
               WHERE rule_id = %(rule)s AND gone_at IS NULL AND NOT is_excused GROUP BY organisation_id
          ) AS open ON open.organisation_id = looked.owner
    ) AS fresh ON old.rule_id = %(rule)s AND old.organisation_id = fresh.owner
    WHEN MATCHED AND (old.checked, old.broken) IS DISTINCT FROM (fresh.rows, least(fresh.findings, fresh.rows)) THEN
        UPDATE SET checked = fresh.rows, broken = least(fresh.findings, fresh.rows)
    WHEN NOT MATCHED THEN
        INSERT (rule_id, organisation_id, checked, broken)
        VALUES (%(rule)s, fresh.owner, fresh.rows, least(fresh.findings, fresh.rows))
"""
_FORGET_TALLY = """
    DELETE FROM quality_tally AS old USING organisations_organisation AS source
     WHERE source.id = old.organisation_id AND source.path LIKE %(below)s AND old.rule_id = %(rule)s
       AND NOT EXISTS (SELECT FROM quality_looked AS looked WHERE looked.owner = old.organisation_id)
"""
_TICKETS = """
    WITH open AS (
        SELECT finding.organisation_id, count(*) AS findings
          FROM quality_finding AS finding
          JOIN organisations_organisation AS source ON source.id = finding.organisation_id
         WHERE finding.rule_id = %(rule)s AND finding.gone_at IS NULL AND NOT finding.is_excused
           AND source.path LIKE %(below)s
         GROUP BY finding.organisation_id
    ), standing AS (
        SELECT ticket.id, ticket.organisation_id, ticket.findings_count AS before, ticket.state AS state_before,
               coalesce(open.findings, 0) AS findings
          FROM quality_ticket AS ticket
          JOIN organisations_organisation AS source ON source.id = ticket.organisation_id
          LEFT JOIN open ON open.organisation_id = ticket.organisation_id
         WHERE ticket.rule_id = %(rule)s AND ticket.state IN (%(is_open)s, %(is_explained)s)
           AND source.path LIKE %(below)s
           FOR UPDATE OF ticket
    ), settled AS (
        UPDATE quality_ticket AS ticket SET state = %(is_settled)s, closed_at = %(now)s, findings_count = 0
          FROM standing WHERE ticket.id = standing.id AND standing.findings = 0
        RETURNING ticket.id, %(settled_note)s AS note, 0 AS findings
    ), counted AS (
        UPDATE quality_ticket AS ticket
           SET findings_count = standing.findings,
               state = CASE WHEN standing.findings > standing.before THEN %(is_open)s ELSE standing.state_before END
          FROM standing
         WHERE ticket.id = standing.id AND standing.findings > 0 AND standing.findings <> standing.before
        RETURNING ticket.id, CASE WHEN standing.findings > standing.before THEN %(grew_note)s END AS note,
                  standing.findings AS findings
    ), opened AS (
        INSERT INTO quality_ticket (rule_id, organisation_id, state, findings_count, opened_at, due_on)
        SELECT %(rule)s, open.organisation_id, %(is_open)s, open.findings, %(now)s, %(due)s
          FROM open WHERE NOT EXISTS (SELECT FROM standing WHERE standing.organisation_id = open.organisation_id)
        RETURNING id, %(opened_note)s AS note, findings_count AS findings
    )
    INSERT INTO quality_ticketnote (ticket_id, kind, text, findings_count, by_name, at)
    SELECT id, note, %(text)s, findings, '', %(now)s
      FROM (SELECT * FROM settled UNION ALL SELECT * FROM counted UNION ALL SELECT * FROM opened) AS happened
     WHERE note IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows looked at and rows that break the rule."""

    checked: int
    found: int


def evaluate(rule: Rule, setting: RuleSetting, *, below: str, on: date, now: datetime, text: str = "") -> Counts:
    """Bring findings, tallies and tickets of one rule below a tree path up to date. Needs an open transaction.

    The number of statements does not depend on the number of rows. `text` goes into the notes of tickets that settle.
    """
    looked = look(rule, setting, below=below, on=on)
    values: dict[str, int | str | date | datetime] = {
        "rule": rule.pk,
        "below": f"{below}%",
        "now": now,
        "due": on + timedelta(days=setting.due_days),
        "text": text,
        "is_open": TicketState.OPEN.value,
        "is_explained": TicketState.EXPLAINED.value,
        "is_settled": TicketState.SETTLED.value,
        "settled_note": NoteKind.SETTLED.value,
        "grew_note": NoteKind.GREW.value,
        "opened_note": NoteKind.OPENED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [RULE_LOCK, rule.pk])
        _keep(
            cursor,
            "quality_found",
            "owner bigint, subject uuid, title text",
            looked.broken.values_list("owner", "subject", "title"),
        )
        _keep(
            cursor,
            "quality_looked",
            "owner bigint, rows bigint",
            looked.rows.order_by().values_list("owner").annotate(rows=Count("pk")),
        )
        for statement in (_GONE, _SEEN, _TALLY, _FORGET_TALLY, _TICKETS):
            cursor.execute(statement, values)
        cursor.execute(
            "SELECT (SELECT coalesce(sum(rows), 0) FROM quality_looked), (SELECT count(*) FROM quality_found)"
        )
        checked, found = cursor.fetchone()
        cursor.execute("DROP TABLE quality_found, quality_looked")
    return Counts(int(checked), int(found))


def _keep(cursor: Any, table: str, columns: str, rows: Rows) -> None:
    """The rows of a query in a temporary table, for the statements that follow."""
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
    try:
        sql, parameters = rows.order_by().query.sql_with_params()
    except EmptyResultSet:
        return
    cursor.execute(f"INSERT INTO {table} {sql}", parameters)  # our own name, a compiled query
    cursor.execute(f"ANALYZE {table}")


_SCORES = """
    WITH weighed AS (
        SELECT tally.organisation_id, rule.dimension,
               sum(tally.checked * setting.weight) AS checked, sum(tally.broken * setting.weight) AS broken
          FROM quality_tally AS tally
          JOIN quality_rule AS rule ON rule.id = tally.rule_id
          JOIN LATERAL (
              SELECT weight FROM quality_rulesetting WHERE rule_id = rule.id ORDER BY id DESC LIMIT 1
          ) AS setting ON true
          JOIN organisations_organisation AS source ON source.id = tally.organisation_id
         WHERE source.path LIKE %(below)s
         GROUP BY tally.organisation_id, rule.dimension
    ), rolled AS (
        SELECT above.id AS organisation_id, coalesce(weighed.dimension, %(all)s) AS dimension,
               sum(weighed.checked) AS checked, sum(weighed.broken) AS broken
          FROM weighed
          JOIN organisations_organisation AS source ON source.id = weighed.organisation_id
          CROSS JOIN LATERAL unnest(string_to_array(rtrim(source.path, '.'), '.')::bigint[]) AS above(id)
          JOIN organisations_organisation AS shown ON shown.id = above.id AND shown.path LIKE %(below)s
         GROUP BY GROUPING SETS ((above.id, weighed.dimension), (above.id))
    )
    INSERT INTO quality_score AS kept (organisation_id, dimension, day, checked, broken)
    SELECT organisation_id, dimension, %(day)s, checked, broken FROM rolled
    ON CONFLICT (organisation_id, dimension, day)
    DO UPDATE SET checked = excluded.checked, broken = excluded.broken
    WHERE (kept.checked, kept.broken) IS DISTINCT FROM (excluded.checked, excluded.broken)
"""


def score(*, below: str, on: date) -> None:
    """The scores of a day for everything below a tree path, from the tallies, rolled up the tree in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SCORES, {"below": f"{below}%", "all": ALL, "day": on})
