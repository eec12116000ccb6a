"""What will do instead of a word that somebody types."""

from django.db import connection
from django.db.models import QuerySet

from heluo.engines.catalogue.models import SynonymSet
from heluo.kernel.search.public import Alternatives, asked_in


def alternatives_for(text: str) -> Alternatives:
    """What will do instead of words of a typed line: their synonyms, and words written so in pinyin. One query."""
    asked = asked_in(text)
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(ALTERNATIVES, {"asked": asked, "most": READINGS})
        rows = cursor.fetchall()
    found: dict[str, list[str]] = {}
    for word, other in rows:
        found.setdefault(word, []).append(other)
    return found


READINGS = 8
"""Words of one pinyin that are tried."""
ALTERNATIVES = """
    SELECT asked.word, other
      FROM unnest(%(asked)s::text[]) AS asked(word)
      JOIN catalogue_synonymset AS known ON known.words @> ARRAY[asked.word]::varchar[]
      CROSS JOIN LATERAL unnest(known.words) AS other
     WHERE other <> asked.word
    UNION ALL
    SELECT asked.word, reading.word
      FROM unnest(%(asked)s::text[]) AS asked(word)
      CROSS JOIN LATERAL (SELECT word FROM catalogue_reading WHERE pinyin = asked.word ORDER BY id LIMIT %(most)s)
        AS reading
"""


def synonym_sets() -> QuerySet[SynonymSet]:
    """All sets, in the order of whoever keeps them."""
    return SynonymSet.objects.all()
