"""How often somebody may knock at the API, counted in PostgreSQL so that all web processes share one count."""

from datetime import UTC, datetime

from django.db import connection

from heluo.kernel.access.errors import TooManyRequests
from heluo.kernel.access.models import Knock

WINDOW_SECONDS = 60
KEPT_WINDOWS = 10

COUNT = """
    INSERT INTO access_knock (caller, "window", count) VALUES (%s, %s, 1)
    ON CONFLICT (caller, "window") DO UPDATE SET count = access_knock.count + 1
    RETURNING count
"""


def window_of(at: datetime) -> datetime:
    """The start of the window an instant falls in."""
    return datetime.fromtimestamp(at.timestamp() // WINDOW_SECONDS * WINDOW_SECONDS, tz=UTC)


def count_knock(caller: str, *, limit: int, now: datetime) -> None:
    """Count one request of a caller; refuse beyond `limit` in a window of 60 s. One statement, safe in any race."""
    window = window_of(now)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [caller, window])
        (count,) = cursor.fetchone()
    if count > limit:
        raise TooManyRequests(seconds=int(WINDOW_SECONDS - (now - window).total_seconds()) + 1)
    if count == 1:
        oldest = datetime.fromtimestamp(window.timestamp() - KEPT_WINDOWS * WINDOW_SECONDS, tz=UTC)
        Knock.objects.filter(window__lt=oldest).delete()
