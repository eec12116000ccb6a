"""What keepers see of sources, narrowed to those that stand under organisations of their tree."""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from heluo.engines.catalogue.enums import Licence
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import Facet
from heluo.engines.catalogue.public import facets as known_facets
from heluo.gateways.harvesting.access import KEEPERS, Permission
from heluo.gateways.harvesting.enums import RunState
from heluo.gateways.harvesting.models import OPEN_STATES, Arrival, Comparison, Held, Run, Source, Term
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.clock.public import local_day
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Post, in_period

MOST_TOLD = 200
COMPARED_EVERY = timedelta(hours=23)


def sources_for(actor: Actor) -> QuerySet[Source]:
    return Source.objects.filter(within(actor, Permission.KEEP)).select_related("organisation")


def source_for(actor: Actor, uuid: UUID) -> Source:
    found = sources_for(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def source_called(text: str) -> Source:
    """The source of a name or an address, for whoever sits at the machine."""
    found = list(
        Source.objects.filter(Q(name=text) | Q(base_url=text)).select_related("organisation").order_by("pk")[:2]
    )
    if len(found) != 1:
        raise NotFound
    return found[0]


def last_run(source: Source) -> Run:
    """How its newest run stands."""
    return Run.objects.filter(source=source).latest("pk")


def records_here(source: Source) -> int:
    """How many records of a source stand here."""
    return Arrival.objects.filter(source=source, is_gone=False, is_echo=False).count()


def own_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Bureaus under which records of others may stand."""
    kept = within(actor, Permission.KEEP, field="path")
    return Organisation.objects.filter(kept, parent=None) | Organisation.objects.filter(kept, kind="bureau")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as the list shows it."""

    source: Source
    run: Run | None
    records: int
    held: int


def source_rows(sources: Sequence[Source]) -> list[SourceRow]:
    """Each with its last run and how much there is of it, in three queries."""
    last = {
        run.source_id: run
        for run in Run.objects.filter(source__in=sources).order_by("source", "-id").distinct("source")
    }
    records = counted(Arrival.objects.filter(source__in=sources, is_gone=False))
    held = counted(Held.objects.filter(source__in=sources, dismissed_at=None))
    return [SourceRow(one, last.get(one.pk), records.get(one.pk, 0), held.get(one.pk, 0)) for one in sources]


def counted(rows: QuerySet[Arrival] | QuerySet[Held]) -> dict[int, int]:
    return dict(rows.order_by().values_list("source").annotate(n=Count("pk")).values_list("source", "n"))


def runs_of(source: Source) -> QuerySet[Run]:
    return Run.objects.filter(source=source)


def open_run(source: Source) -> Run | None:
    return runs_of(source).filter(state__in=OPEN_STATES).first()


def held_of(source: Source) -> QuerySet[Held]:
    return Held.objects.filter(source=source, dismissed_at=None)


def held_for(source: Source, held_id: int) -> Held:
    found = held_of(source).filter(pk=held_id).first()
    if found is None:
        raise NotFound
    return found


def raw_of(held: Held) -> str:
    return zlib.decompress(held.raw).decode(errors="replace")


def terms_of(source: Source, *, is_open: bool) -> QuerySet[Term]:
    """Words that nobody has said the meaning of yet, or those that have one; of records that are here."""
    terms = Term.objects.filter(source=source, count__gt=0)
    return terms.filter(facet="") if is_open else terms.exclude(facet="")


def term_for(source: Source, term_id: int) -> Term:
    found = Term.objects.filter(source=source, pk=term_id).first()
    if found is None:
        raise NotFound
    return found


def offered_meanings() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a word may mean: facets with their values, and licences, as a grouped choice."""
    facets = [
        (str(facet.title), [(f"{facet.key}:{value.code}", str(value.title)) for value in facet.listed()])
        for facet in mappable()
    ]
    licences = [(f"{Term.LICENCE}:{one.value}", str(one.label)) for one in Licence]
    return [*facets, (str(_("许可")), licences)]


def mappable() -> list[Facet]:
    """Facets with values to choose from, that say something of the thing itself."""
    return [facet for facet in known_facets() if facet.named is None and facet.meaning is not None]


def meaning_of(term: Term, titles: Mapping[str, str]) -> str:
    if term.facet == Term.NOTHING:
        return _("没有对应，不使用")
    return titles.get(f"{term.facet}:{term.code}", f"{term.facet}:{term.code}")


@dataclass(frozen=True, slots=True)
class HarvestedFrom:
    """The path whose record an entry shows."""

    base_url: str
    prefix: str
    identifier: str
    datestamp: datetime
    harvested_at: datetime


def harvested_from(entries: Collection[UUID]) -> dict[UUID, HarvestedFrom]:
    """Of those of these entries that were harvested. One query."""
    speaking = Arrival.objects.filter(entry__in=entries, speaks=True, is_echo=False).select_related("source")
    return {
        one.entry: HarvestedFrom(
            one.source.base_url, one.source.prefix, one.identifier, one.datestamp, one.last_seen_at
        )
        for one in speaking.defer("raw", "values").order_by("pk")
    }


def due_sources(now: datetime) -> QuerySet[Source]:
    """Those that want a run, and have none."""
    return (
        Source.objects.filter(is_active=True, due_at__lte=now)
        .exclude(pk__in=Run.objects.filter(state__in=OPEN_STATES).values("source"))
        .select_related("organisation")
    )


def uncompared_sources(now: datetime) -> QuerySet[Source, int]:
    """Keys of those that were harvested to the end, and not compared for a day."""
    compared = Comparison.objects.filter(source=OuterRef("pk"), at__gt=now - COMPARED_EVERY)
    under_way = Run.objects.filter(source=OuterRef("pk"), state__in=OPEN_STATES)
    sources = Source.objects.filter(~Exists(compared), ~Exists(under_way), is_active=True, since__isnull=False)
    return sources.order_by("pk").values_list("pk", flat=True)


def last_comparison(source: Source) -> Comparison | None:
    return Comparison.objects.filter(source=source).order_by("-pk").first()


def forsaken_runs(now: datetime) -> QuerySet[Run]:
    """Runs that nobody is at any more, or that have waited long enough."""
    return Run.objects.filter(state=RunState.RUNNING, next_at__lte=now)


def going_of(run: Run) -> QuerySet[Arrival]:
    return Arrival.objects.filter(going=run)


def is_too_much(run: Run) -> int:
    """How many records a run would retire, if that is more than its source may without being asked; else 0."""
    going = going_of(run).filter(is_echo=False).count()
    if going < LEAST_TO_ASK:
        return 0
    return going if going * 100 > run.source.share * records_here(run.source) else 0


LEAST_TO_ASK = 20
"""Fewer records than that are retired without asking."""


def keepers_of(source: Source, *, now: datetime) -> list[UUID]:
    """Who decides on a source: officers at its organisation and above."""
    steps = source.organisation.path.split(".")[:-1]
    paths = [".".join(steps[:depth]) + "." for depth in range(1, len(steps) + 1)]
    posts = Post.objects.filter(in_period(local_day(now)), role__in=KEEPERS, organisation__path__in=paths)
    return list(posts.order_by("person__uuid").values_list("person__uuid", flat=True).distinct()[:MOST_TOLD])


def branch_of(organisation: Organisation) -> str:
    """The value of the facet of sources under which its entries are found: the node just below the root."""
    path = ".".join(organisation.path.split(".")[:2]) + "."
    found = Organisation.objects.filter(path=path, parent__isnull=False).values_list("uuid", flat=True).first()
    return str(found or "")


def paths_of(actor: Actor, entry: UUID) -> list[Arrival]:
    """By which of the actor's sources an entry came."""
    seen = Arrival.objects.filter(within(actor, Permission.KEEP, field="source__organisation__path"), entry=entry)
    return list(seen.select_related("source").defer("raw").order_by("first_seen_at", "id"))


def standing_entries(uuids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Entries that are here already: their origin and kind."""
    found = Entry.objects.filter(uuid__in=uuids).values_list("uuid", "origin", "kind")
    return {uuid: (origin, kind) for uuid, origin, kind in found}


@dataclass(frozen=True, slots=True)
class Rival:
    """Another path to an entry."""

    entry: UUID
    datestamp: datetime
    speaks: bool
    is_own: bool
    """Of the platform itself that the entry is from."""


def rivals_of(source: Source, entries: Collection[UUID]) -> dict[UUID, list[Rival]]:
    found: dict[UUID, list[Rival]] = {}
    rows = Arrival.objects.filter(entry__in=entries).exclude(source=source)
    for entry, datestamp, speaks, origin, domain in rows.values_list(
        "entry", "datestamp", "speaks", "origin", "source__origin"
    ):
        found.setdefault(entry, []).append(Rival(entry, datestamp, speaks, origin == domain))
    return found


def withdrawable(arrivals: Sequence[Arrival]) -> dict[str, list[UUID]]:
    """Origin → entries that go when these paths go: told by the origin itself, or held by no other path."""
    held = set(
        Arrival.objects.filter(entry__in={one.entry for one in arrivals}, is_gone=False, going=None)
        .exclude(pk__in=[one.pk for one in arrivals])
        .values_list("entry", flat=True)
    )
    standing = set(
        Entry.objects.filter(uuid__in={one.entry for one in arrivals})
        .exclude(origin=settings.NODE_DOMAIN)
        .values_list("uuid", "origin")
    )
    found: dict[str, list[UUID]] = {}
    for one in arrivals:
        is_own = one.source.origin == one.origin
        if not one.is_echo and (one.entry, one.origin) in standing and (is_own or one.entry not in held):
            found.setdefault(one.origin, []).append(one.entry)
    return found


def arrivals_saying(source: Source, value: str, *, after: int, most: int) -> list[Arrival]:
    """Records that entries show, and that say a word of theirs; all records, if none is given."""
    rows = Arrival.objects.filter(source=source, speaks=True, is_gone=False, pk__gt=after)
    if value:
        rows = rows.filter(values__contains=[value])
    return list(rows.order_by("pk")[:most])


def held_saying(source: Source, value: str) -> QuerySet[Held]:
    rows = held_of(source).filter(is_whole=True)
    return rows.filter(Q(values__contains=[value])) if value else rows
