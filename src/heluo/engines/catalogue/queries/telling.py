"""What everybody has been told of the catalogue: each entry once, at its latest change, in the order of telling."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, Max, Q, QuerySet, Subquery

from heluo.engines.catalogue.access import may_find
from heluo.engines.catalogue.models import Entry, EntrySet, PublicFace, SetMember
from heluo.engines.catalogue.registry import facet_named
from heluo.engines.catalogue.vocabulary import PLACE, TELLING_LOCK
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.organisations.enums import OrganisationKind
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.tenants.public import Tree

ON_A_MAP = 50_000
"""Addresses in one part, as many as search engines take. A part is a range of keys, so that none ever moves."""


@dataclass(frozen=True, slots=True)
class ToldLine:
    """What everybody may know of an entry: the entry as it is now, or that it is gone. `at` is when they were told;
    `origin` the node that published it first.
    """

    seq: int
    at: datetime
    identifier: UUID
    origin: str
    entry: Entry | None
    sets: Sequence[str]


@dataclass(frozen=True, slots=True)
class ToldPage:
    """Lines in order. `next_after` is where to read on, where there is more."""

    lines: Sequence[ToldLine]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class ToldSet:
    """A part that can be read by itself. `place:410000:410300` lies in `place:410000`."""

    name: str
    title: str


def moment_of_asking() -> datetime:
    """The second in which somebody asks, by the clock that stamps. What they are not told now is told them under this
    second or a later one: a telling that is under way is waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() FROM pg_advisory_xact_lock_shared(%s)", [TELLING_LOCK])
        (moment,) = cursor.fetchone()
    return moment.astimezone(UTC).replace(microsecond=0)  # type: ignore[no-any-return]  # a datetime, says PostgreSQL


def told_lines(
    *, after: int = 0, since: datetime | None = None, before: datetime | None = None, within: str = "", size: int
) -> ToldPage:
    """A page of what was told behind `after`, from a second on, before a second, in a set. Four queries.

    Read along an index, so that the millionth page costs what the first does. An entry that everybody may no longer
    see is told as gone, even where the telling of that is still to come.
    """
    rows = SetMember.objects.filter(entry_set=Subquery(EntrySet.objects.filter(name=within).values("pk")))
    faces = PublicFace.objects.all()
    numbers = rows if within else faces
    numbers = numbers.filter(seq__gt=after).order_by("seq")
    if since is not None:
        numbers = numbers.filter(seq__gte=Subquery(faces.filter(at__gte=since).order_by("at", "seq").values("seq")[:1]))
    if before is not None:
        last = faces.filter(at__lt=before).order_by("-at", "-seq").values("seq")[:1]
        numbers = numbers.filter(seq__lte=Subquery(last))
    found = list(numbers.values_list("seq", flat=True)[: size + 1])
    page = found[:size]
    return ToldPage(
        lines=_lines(faces.filter(seq__in=page).order_by("seq")),
        next_after=page[-1] if len(found) > size else None,
    )


def told_line(identifier: UUID) -> ToldLine:
    """What everybody was told of one entry; `NotFound` where nothing ever was."""
    lines = _lines(PublicFace.objects.filter(entry__uuid=identifier))
    if not lines:
        raise NotFound
    return lines[0]


def told_lines_of(identifiers: Collection[UUID]) -> list[ToldLine]:
    """What everybody was told of some entries, in the order of telling; nothing of those nobody was told of. Three
    queries.
    """
    return _lines(PublicFace.objects.filter(entry__uuid__in=set(identifiers)).order_by("seq"))


def first_told() -> datetime | None:
    """The earliest second under which something stands; None where nothing does."""
    return PublicFace.objects.order_by("at", "seq").values_list("at", flat=True).first()


def told_sets(*, after: str = "", size: int) -> list[ToldSet]:
    """Sets that hold or held something, by name, behind a name."""
    names = EntrySet.objects.filter(name__gt=after).order_by("name").values_list("name", flat=True)[:size]
    return _titled(list(names))


def map_parts(tree: Tree | None = None) -> list[tuple[int, datetime]]:
    """The parts that hold something, each with when the last of it was told. `tree` keeps what a virtual platform shows
    as its own.
    """
    shown = PublicFace.objects.filter(Q() if tree is None else tree.holds("entry__organisation__path"), is_gone=False)
    parts = shown.annotate(part=F("entry_id") / ON_A_MAP)
    return list(parts.values("part").annotate(changed=Max("at")).order_by("part").values_list("part", "changed"))


def mapped_in(part: int, tree: Tree | None = None) -> list[tuple[str, UUID, datetime]]:
    """Kind, identifier and second of each entry of a part that everybody may see."""
    keys = {"pk__gte": part * ON_A_MAP, "pk__lt": (part + 1) * ON_A_MAP}
    entries = Entry.objects.filter(may_find(PUBLIC_ACTOR), Q() if tree is None else tree.holds(), **keys)
    faces = PublicFace.objects.filter(is_gone=False, entry__in=entries)
    return list(faces.order_by("pk").values_list("entry__kind", "entry__uuid", "at"))


def _lines(faces: QuerySet[PublicFace]) -> list[ToldLine]:
    columns = ("pk", "seq", "at", "is_gone", "sets", "entry__uuid", "entry__origin")
    rows = list(faces.values_list(*columns))
    keys = {key for row in rows for key in row[4]}
    names = dict(EntrySet.objects.filter(pk__in=keys).values_list("pk", "name"))
    entries = (
        Entry.objects.filter(may_find(PUBLIC_ACTOR), pk__in=[row[0] for row in rows if not row[3]])
        .defer("words")
        .in_bulk()
    )
    organisations = Organisation.objects.in_bulk({entry.organisation_id for entry in entries.values()})
    for entry in entries.values():
        entry.organisation = organisations[entry.organisation_id]
    return [
        ToldLine(
            seq=seq,
            at=at,
            identifier=identifier,
            origin=origin,
            entry=entries.get(key),
            sets=[names[one] for one in sets],
        )
        for key, seq, at, _gone, sets, identifier, origin in rows
    ]


def _titled(names: Sequence[str]) -> list[ToldSet]:
    """Names with the words for them: a facet and its value, or the bureau of a place."""
    codes: dict[str, list[str]] = defaultdict(list)
    for name in names:
        codes[name.partition(":")[0]].append(name.rpartition(":")[2])
    titles = {key: _set_titles(key, found) for key, found in codes.items()}
    return [ToldSet(name, titles[name.partition(":")[0]].get(code := name.rpartition(":")[2], code)) for name in names]


def _set_titles(key: str, codes: Sequence[str]) -> dict[str, str]:
    """Words for the sets of a facet, or of places."""
    if key == PLACE:
        bureaus = Organisation.objects.filter(kind=OrganisationKind.BUREAU, region__code__in=codes)
        return dict(bureaus.order_by("pk").values_list("region__code", "name"))
    facet = facet_named(key)
    return {code: f"{facet.title}：{title}" for code, title in facet.titles(codes).items()} if facet else {}
