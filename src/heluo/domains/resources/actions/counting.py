"""Summing up how often resources are used, along the management tree."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max

from heluo.domains.resources.models import PlaceUse
from heluo.domains.resources.queries import KIND

DAYS_AGAIN = 2
"""So many days before the last one that was summed up may still have been counted since."""


@transaction.atomic
def sum_up_uses() -> int:
    """Bring the sums of places up to what is counted; how many rows were written.

    One statement, about the days that may have changed. A day's uses count where the resource lay when they were
    summed up; an organisation that moves later takes the past nowhere.
    """
    newest = PlaceUse.objects.aggregate(newest=Max("day"))["newest"]
    since = newest - timedelta(days=DAYS_AGAIN) if newest else None
    with connection.cursor() as cursor:
        cursor.execute(SUM_UP, {"kind": KIND, "since": since})
        return int(cursor.rowcount)


SUM_UP = """
    WITH used AS (
        SELECT place.path, counted.day,
               coalesce(sum(counted.count) FILTER (WHERE counted.use = 'view'), 0) AS views,
               coalesce(sum(counted.count) FILTER (WHERE counted.use = 'download'), 0) AS downloads,
               coalesce(sum(counted.count) FILTER (WHERE counted.use = 'finish'), 0) AS finishes
          FROM feedback_usecount AS counted
          JOIN resources_resource AS resource ON resource.uuid = counted.subject
          JOIN organisations_organisation AS place ON place.id = resource.organisation_id
         WHERE counted.kind = %(kind)s AND (%(since)s::date IS NULL OR counted.day >= %(since)s::date)
         GROUP BY place.path, counted.day
    )
    INSERT INTO resources_placeuse AS known (organisation_id, day, views, downloads, finishes)
    SELECT above.id, used.day, sum(used.views), sum(used.downloads), sum(used.finishes)
      FROM used
      CROSS JOIN LATERAL generate_series(1, cardinality(string_to_array(used.path, '.')) - 1) AS step(depth)
      JOIN organisations_organisation AS above
        ON above.path = array_to_string((string_to_array(used.path, '.'))[1:step.depth], '.') || '.'
     GROUP BY above.id, used.day
    ON CONFLICT (organisation_id, day) DO UPDATE
       SET views = excluded.views, downloads = excluded.downloads, finishes = excluded.finishes
     WHERE (known.views, known.downloads, known.finishes)
           IS DISTINCT FROM (excluded.views, excluded.downloads, excluded.finishes)
"""
