"""Summing up how often resources are used and rated, along the management tree."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max

from heluo.domains.resources.models import PlaceUse
from heluo.domains.resources.queries import KIND
from heluo.kernel.feedback.public import SMALL_GROUP

DAYS_AGAIN = 2
"""So many days before the last one that was summed up may still have been counted since."""


@transaction.atomic
def sum_up_uses() -> int:
    """Bring the sums of places up to what is counted; how many rows were written.

    One statement, about the days that may have changed. A day's uses and ratings count where the resource lay when they
    were summed up; an organisation that moves later takes the past nowhere.
    """
    newest = PlaceUse.objects.aggregate(newest=Max("day"))["newest"]
    since = newest - timedelta(days=DAYS_AGAIN) if newest else None
    with connection.cursor() as cursor:
        cursor.execute(SUM_UP, {"kind": KIND, "since": since, "few": SMALL_GROUP})
        return int(cursor.rowcount)


SUM_UP = """
    WITH used AS (
        SELECT place.path, counted.day,
               coalesce(sum(counted.count) FILTER (WHERE counted.use = 'view'), 0) AS views,
               coalesce(sum(counted.count) FILTER (WHERE counted.use = 'download'), 0) AS downloads,
               coalesce(sum(counted.count) FILTER (WHERE counted.use = 'finish'), 0) AS finishes,
               coalesce(sum(counted.count) FILTER (WHERE counted.use = 'collect'), 0) AS collects
          FROM feedback_usecount AS counted
          JOIN resources_resource AS resource ON resource.uuid = counted.subject
          JOIN organisations_organisation AS place ON place.id = resource.organisation_id
         WHERE counted.kind = %(kind)s AND (%(since)s::date IS NULL OR counted.day >= %(since)s::date)
         GROUP BY place.path, counted.day
    ), rated AS (
        SELECT DISTINCT ON (day, given.subject, given.person)
               place.path, day, given.person, given.stars
          FROM feedback_rating AS given
          JOIN resources_resource AS resource ON resource.uuid = given.subject
          JOIN organisations_organisation AS place ON place.id = resource.organisation_id
          CROSS JOIN LATERAL (SELECT (given.at AT TIME ZONE 'Asia/Shanghai')::date) AS local(day)
         WHERE given.kind = %(kind)s
           AND (%(since)s::date IS NULL OR given.at >= %(since)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')
         ORDER BY day, given.subject, given.person, given.id DESC
    ), lineage AS (
        SELECT below.path, above.id
          FROM (SELECT path FROM used UNION SELECT path FROM rated) AS below
          CROSS JOIN LATERAL generate_series(1, cardinality(string_to_array(below.path, '.')) - 1) AS step(depth)
          JOIN organisations_organisation AS above
            ON above.path = array_to_string((string_to_array(below.path, '.'))[1:step.depth], '.') || '.'
    ), uses AS (
        SELECT lineage.id, used.day,
               sum(used.views) AS views, sum(used.downloads) AS downloads, sum(used.finishes) AS finishes,
               sum(used.collects) AS collects
          FROM used JOIN lineage USING (path) GROUP BY lineage.id, used.day
    ), ratings AS (
        SELECT lineage.id, rated.day, count(*) AS ratings, sum(rated.stars) AS stars,
               count(DISTINCT rated.person) >= %(few)s AS is_told
          FROM rated JOIN lineage USING (path) GROUP BY lineage.id, rated.day
    )
    INSERT INTO resources_placeuse AS known
           (organisation_id, day, views, downloads, finishes, collects, ratings, told, stars)
    SELECT id, day, coalesce(views, 0), coalesce(downloads, 0), coalesce(finishes, 0), coalesce(collects, 0),
           coalesce(ratings, 0), CASE WHEN is_told THEN ratings ELSE 0 END, CASE WHEN is_told THEN stars ELSE 0 END
      FROM uses FULL JOIN ratings USING (id, day)
    ON CONFLICT (organisation_id, day) DO UPDATE
       SET views = excluded.views, downloads = excluded.downloads, finishes = excluded.finishes,
           collects = excluded.collects, ratings = excluded.ratings, told = excluded.told, stars = excluded.stars
     WHERE (known.views, known.downloads, known.finishes, known.collects, known.ratings, known.told, known.stars)
           IS DISTINCT FROM (excluded.views, excluded.downloads, excluded.finishes, excluded.collects,
                             excluded.ratings, excluded.told, excluded.stars)
"""
