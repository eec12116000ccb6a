"""Telling everybody what has changed: the public view of the change log."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from django.db import connection, transaction

from heluo.engines.catalogue.access import may_find
from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.models import Change, Entry, EntrySet, EntryVersion, Told
from heluo.engines.catalogue.proofs import LEAF, staying
from heluo.engines.catalogue.registry import facets as known_facets
from heluo.engines.catalogue.vocabulary import PLACE, TELLING_LOCK, is_set_name, set_name
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.events.public import below_horizon
from heluo.kernel.organisations.enums import OrganisationKind
from heluo.kernel.organisations.models import Organisation

TOLD_AT_ONCE = 1000


@transaction.atomic
def tell_public() -> int:
    """Read on in the change log and tell of each entry that everybody could ever see; how many lines were read.

    The second is not given: it is read while a lock is held that falls with the commit, and whoever asks waits for that
    lock (`moment_of_asking`). So nothing appears after an answer under a second before that answer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TELLING_LOCK])
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    bookmark, _is_new = Told.objects.get_or_create(pk=1)
    lines = list(
        below_horizon(Change.objects.filter(seq__gt=bookmark.seq))
        .order_by("seq")
        .values_list("entry_id", "seq")[:TOLD_AT_ONCE]
    )
    if not lines:
        return 0
    bookmark.seq = lines[-1][1]
    bookmark.at = max(_second(moment), bookmark.at or _second(moment))
    _tell(dict(lines), at=bookmark.at)
    bookmark.save()
    return len(lines)


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _tell(newest: Mapping[int, int], *, at: datetime) -> None:
    """Bring the faces of entries up to the newest of their lines. Entries that were never public get none."""
    was_public = (
        EntryVersion.objects.filter(entry__in=newest, visibility=Visibility.PUBLIC)
        .order_by("entry", "-number")
        .distinct("entry")
        .values_list("entry_id", "facets", "organisation__path")
    )
    shown = {key: (facets, path) for key, facets, path in was_public}
    if not shown:
        return
    is_public = set(Entry.objects.filter(may_find(PUBLIC_ACTOR), pk__in=shown).values_list("pk", flat=True))
    places = _places({path for _facets, path in shown.values()})
    names = {key: [*_facet_sets(facets), *places[path]] for key, (facets, path) in shown.items()}
    ids = _ids_of_sets({name for found in names.values() for name in found})
    faces = [
        {"entry_id": key, "seq": newest[key], "is_gone": key not in is_public, "sets": [ids[name] for name in found]}
        for key, found in names.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(LEAVE_SETS, [list(names)])
        left = {key for (key,) in cursor.fetchall()}
        cursor.execute(FACES, [at, staying(), json.dumps(faces)])
        cursor.execute(ENTER_SETS, [list(names)])
    EntrySet.objects.filter(pk__in={*left, *ids.values()}).update(seq=max(newest.values()))


LEAVE_SETS = """
    DELETE FROM catalogue_setmember AS member
     USING catalogue_publicface AS face CROSS JOIN LATERAL unnest(face.sets) AS known(id)
     WHERE face.entry_id = ANY(%s) AND member.entry_set_id = known.id AND member.seq = face.seq
    RETURNING member.entry_set_id
"""
FACES = f"""
    INSERT INTO catalogue_publicface (entry_id, seq, at, is_gone, sets, leaf)
    SELECT told.entry_id, told.seq, %s, told.is_gone, told.sets, {LEAF}
      FROM json_to_recordset(%s) AS told(entry_id bigint, seq bigint, is_gone boolean, sets bigint[])
      JOIN catalogue_entry AS entry ON entry.id = told.entry_id
    ON CONFLICT (entry_id) DO UPDATE
       SET seq = excluded.seq, at = excluded.at, is_gone = excluded.is_gone, sets = excluded.sets, leaf = excluded.leaf
"""  # noqa: S608  # statements of our own
ENTER_SETS = """
    INSERT INTO catalogue_setmember (entry_set_id, seq)
    SELECT known.id, face.seq
      FROM catalogue_publicface AS face CROSS JOIN LATERAL unnest(face.sets) AS known(id)
     WHERE face.entry_id = ANY(%s)
"""


def _facet_sets(facets: Mapping[str, Collection[str]]) -> list[str]:
    named = (
        set_name(facet.key, code) for facet in known_facets() if facet.makes_sets for code in facets.get(facet.key, ())
    )
    return [name for name in dict.fromkeys(named) if is_set_name(name)]


def _places(paths: Collection[str]) -> dict[str, list[str]]:
    """Of each path of the management tree the sets of the bureaus on it, the province first, by codes of regions."""
    above = {path: _prefixes(path) for path in paths}
    bureaus = Organisation.objects.filter(
        kind=OrganisationKind.BUREAU, path__in={prefix for prefixes in above.values() for prefix in prefixes}
    )
    codes = dict(bureaus.values_list("path", "region__code"))
    return {path: _nested(codes[prefix] for prefix in prefixes if prefix in codes) for path, prefixes in above.items()}


def _prefixes(path: str) -> list[str]:
    steps = path.split(".")[:-1]
    return ["".join(f"{step}." for step in steps[: depth + 1]) for depth in range(len(steps))]


def _nested(codes: Iterable[str]) -> list[str]:
    names: list[str] = []
    for code in codes:
        names.append(set_name(names[-1] if names else PLACE, code))
    return names


def _ids_of_sets(names: Collection[str]) -> dict[str, int]:
    EntrySet.objects.bulk_create([EntrySet(name=name) for name in sorted(names)], ignore_conflicts=True)
    return dict(EntrySet.objects.filter(name__in=names).values_list("name", "pk"))
