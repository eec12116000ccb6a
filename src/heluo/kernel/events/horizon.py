"""Moving the horizon: numbers are released once every transaction that could have drawn a smaller one has ended.

1. Read the sequence's last number `L`, then get a transaction id `X`: every transaction that drew a number up to `L`
   has an id smaller than `X`, because the number is drawn after the id.
2. Once the oldest running transaction is not older than `X`, all of those have ended: `L` is released.
"""

from django.db import connection, transaction

_MARK = """
    INSERT INTO events_tidemark (seq, xid)
    SELECT %(drawn)s, pg_current_xact_id()::text::bigint
     WHERE %(drawn)s > (SELECT coalesce(max(seq), 0) FROM (
               SELECT seq FROM events_tidemark UNION ALL SELECT released FROM events_horizon) AS known(seq))
"""
_RELEASE = """
    WITH ended AS (
        DELETE FROM events_tidemark
         WHERE xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
            OR xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        RETURNING seq, xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS safe
    ), newest AS (SELECT max(seq) AS seq FROM ended WHERE safe)
    INSERT INTO events_horizon (id, released) SELECT 1, seq FROM newest WHERE seq IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET released = greatest(events_horizon.released, excluded.released)
"""


def advance_horizon() -> int:
    """Note how far numbers are drawn, release what is safe, and say how far that is. Needs no open transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value, is_called FROM heluo_commit_order")
        last, called = cursor.fetchone()
    if called:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(_MARK, {"drawn": last})
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_RELEASE)
    return released()


def released() -> int:
    """The largest released number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(released), 0) FROM events_horizon")
        return int(cursor.fetchone()[0])
