"""What the search knows beside the entries: how much they are used, what words stand for one another, and pinyin."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.errors import (
    SynonymsUnclear,
)
from heluo.engines.catalogue.models import Change, Learnt, Reading, SynonymSet
from heluo.kernel.actors.public import WHOLE_TREE, Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import below_horizon
from heluo.kernel.organisations.public import pinyin_key
from heluo.kernel.search.public import fold, segment

ROWS_PER_STATEMENT = 500
USES_COUNT = timedelta(days=90)
"""How long a use counts for the order of lists."""


@transaction.atomic
def weigh_uses(*, now: datetime) -> int:
    """Bring the order by use up to what feedback has counted of late; how many entries changed their place."""
    with connection.cursor() as cursor:
        cursor.execute(WEIGH_USES, {"since": local_day(now) - USES_COUNT})
        return int(cursor.rowcount)


WEIGH_USES = """
    WITH used AS (
        SELECT entry.id, sum(counted.count) AS uses
          FROM feedback_usecount AS counted
          JOIN catalogue_entry AS entry ON entry.uuid = counted.subject AND entry.kind = counted.kind
         WHERE counted.day >= %(since)s
         GROUP BY entry.id
    ), forgotten AS (
        DELETE FROM catalogue_popularity AS known
         WHERE NOT EXISTS (SELECT FROM used WHERE used.id = known.entry_id)
    )
    INSERT INTO catalogue_popularity AS known (entry_id, uses)
    SELECT id, uses FROM used
    ON CONFLICT (entry_id) DO UPDATE SET uses = excluded.uses WHERE known.uses <> excluded.uses
"""


LEARNT_AT_ONCE = 1000
SHORTEST_READING, LONGEST_READING, LONGEST_WORD = 3, 60, 20


@transaction.atomic
def learn_readings() -> int:
    """Read on in the change log and note how the words of titles and keywords are written in pinyin.

    How many lines were read; as many as are read at once means that there may be more.
    """
    bookmark, _is_new = Learnt.objects.get_or_create(pk=1)
    bookmark = Learnt.objects.select_for_update().get(pk=1)
    lines = list(
        below_horizon(Change.objects.filter(seq__gt=bookmark.seq))
        .order_by("seq")
        .values_list("seq", "entry__title", "entry__keywords")[:LEARNT_AT_ONCE]
    )
    if not lines:
        return 0
    words = {word for _seq, title, keywords in lines for word in segment(" ".join([title, *keywords]))}
    readings = [
        Reading(pinyin=pinyin, word=word)
        for word in sorted(words)
        if 1 < len(word) <= LONGEST_WORD
        and not word.isascii()
        and SHORTEST_READING <= len(pinyin := pinyin_key(word)) <= LONGEST_READING
        and pinyin.isascii()
    ]
    Reading.objects.bulk_create(readings, ignore_conflicts=True, batch_size=ROWS_PER_STATEMENT)
    bookmark.seq = lines[-1][0]
    bookmark.save(update_fields=["seq"])
    return len(lines)


MOST_SETS, MOST_IN_A_SET, LONGEST_SYNONYM = 500, 20, 30


@transaction.atomic
def keep_synonyms(*, by: Actor, lines: Sequence[Sequence[str]], now: datetime) -> int:
    """Say anew which words stand for one another, a set in each line; how many sets there are.

    All or nothing: the first line that cannot stand is named by its number, counted from 1.
    """
    require(by, Permission.KEEP_SYNONYMS)
    sets: list[list[str]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        words = list(dict.fromkeys("".join(fold(word).split()) for word in line if word.strip()))
        if not words:
            continue
        problem = _problem_of(words, seen)
        if problem is None and len(sets) >= MOST_SETS:
            problem = str(_("最多 500 组。"))
        if problem is not None:
            raise SynonymsUnclear(field="sets", line=number, problem=problem)
        seen |= dict.fromkeys(words, number)
        sets.append(words)
    before = SynonymSet.objects.count()
    SynonymSet.objects.all().delete()
    SynonymSet.objects.bulk_create([SynonymSet(words=words, position=place) for place, words in enumerate(sets)])
    record(
        by=by,
        at=now,
        deed="catalogue.synonyms_kept",
        subject=Subject(kind="synonyms", id="synonyms", title=str(_("同义词")), path=WHOLE_TREE),
        details={"before": before, "after": len(sets)},
    )
    return len(sets)


def _problem_of(words: Sequence[str], seen: Mapping[str, int]) -> str | None:
    if len(words) < 2:  # a word is no synonym of itself
        return str(_("至少写两个不同的词，用顿号隔开。"))
    if len(words) > MOST_IN_A_SET:
        return str(_("一组最多 20 个词。"))
    for word in words:
        if len(word) > LONGEST_SYNONYM:
            return str(_("“{word}”超过 30 个字。")).format(word=word[:10])
        if word in seen:
            return str(_("“{word}”已在第 {other} 行，一个词只能在一组里。")).format(word=word, other=seen[word])
    return None
