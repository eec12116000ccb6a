"""Finding entries, narrowed to what the actor may see."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from heluo.engines.catalogue.access import is_shared_with, may_find
from heluo.engines.catalogue.enums import EntryState, Sort
from heluo.engines.catalogue.models import Change, Entry, EntryVersion
from heluo.engines.catalogue.queries.alternatives import alternatives_for
from heluo.engines.catalogue.registry import facets as known_facets
from heluo.engines.catalogue.vocabulary import facet_tag, kind_tag
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.events.public import below_horizon
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.search.public import COUNT_CAP, Alternatives, CappedCount, WordsQuery, fit, query_of
from heluo.kernel.tenants.public import Tree

Facets = Mapping[str, Sequence[str]]
NO_FACETS: Facets = {}
PAGE_SIZE = 20
CHANGES_AT_ONCE = 500
SIMILAR_CANDIDATES = 500
VERSIONS_SHOWN = 100
WEIGHED_AT_ONCE = 5000
TITLE_WEIGHT = "A"
ORDERS = {
    Sort.FIT: ("-fit", "-published_at", "-id"),
    Sort.NEWEST: ("-published_at", "-id"),
    Sort.OLDEST: ("published_at", "id"),
    Sort.USED: ("-uses", "-published_at", "-id"),
}


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One page of a list. `total` stops at the cap; facet counts are worth asking for only below it."""

    items: Sequence[Entry]
    total: CappedCount
    sort: Sort
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """An entry and its published versions, newest first."""

    entry: Entry
    versions: Sequence[EntryVersion]


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One value to filter by. `count` is unknown above the cap."""

    code: str
    title: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """One facet with the values worth showing: chosen ones, and others that would leave something."""

    key: str
    title: str
    choices: Sequence[FacetChoice]


@dataclass(frozen=True, slots=True)
class Browsed:
    """A page of a list, and what the list can be narrowed by."""

    page: EntryPage
    groups: Sequence[FacetGroup]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of the change log as an actor may see it: a gone entry shows its identifier and nothing else."""

    seq: int
    identifier: UUID
    gone: bool
    entry: Entry | None


@dataclass(frozen=True)
class Question:
    """What somebody asks of the catalogue. However many answers are made of it, it is evaluated once.

    A facet, value or kind that does not exist finds nothing.
    """

    actor: Actor
    text: str = ""
    facets: Facets = field(default_factory=lambda: NO_FACETS)
    kinds: Sequence[str] = ()
    tree: Tree | None = None

    @cached_property
    def otherwise(self) -> Alternatives:
        return alternatives_for(self.text)

    def words_in(self, weights: str = "") -> WordsQuery | None:
        """What an entry is weighed by, in the parts of it that have these weights (empty: all)."""
        return query_of(self.text, only=weights, otherwise=self.otherwise)

    @cached_property
    def found(self) -> QuerySet[Entry]:
        return self.found_with(self.facets)

    def found_with(self, facets: Facets) -> QuerySet[Entry]:
        """Entries the actor may find that hold the words and these facets, in no order."""
        found = entries_asked_for(self.actor, text=self.text, facets=facets, kinds=self.kinds, otherwise=self.otherwise)
        return found if self.tree is None else found.filter(self.tree.holds())

    @cached_property
    def keys(self) -> list[int]:
        """Which entries these are, up to one more than the cap."""
        return list(self.found.order_by().values_list("pk", flat=True)[: COUNT_CAP + 1])

    @property
    def is_evaluated(self) -> bool:
        return "keys" in self.__dict__

    @property
    def total(self) -> CappedCount:
        return CappedCount(value=min(len(self.keys), COUNT_CAP), is_capped=len(self.keys) > COUNT_CAP)

    @property
    def listed(self) -> QuerySet[Entry]:
        """The same entries, by their keys where these are all known."""
        return self.found if self.total.is_capped else Entry.objects.filter(pk__in=self.keys)


def find_entries(
    *,
    actor: Actor,
    text: str = "",
    facets: Facets = NO_FACETS,
    kinds: Sequence[str] = (),
    sort: Sort | None = None,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    tree: Tree | None = None,
) -> EntryPage:
    """A page of entries that hold every word of the text and, of each facet named, at least one value.

    Two queries, three above the cap, and one more for synonyms where there are words. Without words there is no fit to
    sort by: then the newest come first. Where many thousands match, fit is weighed among the newest thousand that hold
    the words in their title and the newest thousand of all: weighing every one would cost more than it tells. Sorted
    by use, those used most of late come first, and above the cap the newest thousand behind them. `tree` keeps what a
    virtual platform shows as its own.
    """
    return _page_of(Question(actor, text, facets, kinds, tree), sort=sort, cursor=cursor, size=size)


def browse_entries(
    *,
    actor: Actor,
    text: str = "",
    facets: Facets = NO_FACETS,
    kinds: Sequence[str] = (),
    sort: Sort | None = None,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    tree: Tree | None = None,
) -> Browsed:
    """A page of entries as `find_entries` gives it, and what the list can be narrowed by.

    The counts of a facet that is filtered by leave its own filter out, so that they say what another choice brings.
    Above the cap all values are offered, without counts. A facet that lists no values shows those chosen. One query
    more than the page alone, none more above the cap.
    """
    question = Question(actor, text, facets, kinds, tree)
    page = _page_of(question, sort=sort, cursor=cursor, size=size)
    return Browsed(page=page, groups=_groups_of(question))


def _page_of(question: Question, *, sort: Sort | None, cursor: str | None, size: int) -> EntryPage:
    words, total, listed = question.words_in(), question.total, question.listed
    sort = sort or Sort.FIT
    if sort == Sort.FIT and words is None:
        sort = Sort.NEWEST
    if sort == Sort.FIT and words is not None:
        if total.is_capped and _estimate(question.found) > WEIGHED_AT_ONCE:
            in_title = question.found.filter(words=question.words_in(TITLE_WEIGHT))
            listed = Entry.objects.filter(pk__in=_newest(in_title).union(_newest(question.found)))
        listed = listed.annotate(fit=fit("words", words))
    if sort == Sort.USED:
        if total.is_capped:
            listed = Entry.objects.filter(pk__in=_most_used(question.found).union(_newest(question.found)))
        listed = listed.annotate(uses=Coalesce("popularity__uses", 0))
    listed = listed.select_related("organisation").defer("words", "payload")
    page = keyset_page(listed, order=ORDERS[sort], cursor=cursor, size=size)
    return EntryPage(
        items=page.items,
        total=total,
        sort=sort,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


def _estimate(found: QuerySet[Entry]) -> int:
    """About how many rows match, as the planner sees it: enough to choose how to weigh them, and almost free."""
    (plan,) = json.loads(found.order_by().explain(format="json"))
    return int(plan["Plan"]["Plan Rows"])


def _newest(found: QuerySet[Entry]) -> QuerySet[Entry, Any]:
    return found.order_by("-published_at", "-id").values("pk")[:COUNT_CAP]


def _most_used(found: QuerySet[Entry]) -> QuerySet[Entry, Any]:
    used = found.filter(popularity__isnull=False)
    return used.order_by("-popularity__uses", "-popularity__entry").values("pk")[:COUNT_CAP]


def entries_asked_for(
    actor: Actor, *, text: str, facets: Facets, kinds: Sequence[str], otherwise: Alternatives
) -> QuerySet[Entry]:
    """Entries the actor may find that hold the words and facets, in no order."""
    found = Entry.objects.filter(may_find(actor))
    query = query_of(text, tags=_tag_groups(facets, kinds), otherwise=otherwise)
    return found if query is None else found.filter(words=query)


def _tag_groups(facets: Facets, kinds: Sequence[str]) -> list[list[str]]:
    groups = [[facet_tag(key, code) for code in codes] for key, codes in facets.items() if codes]
    return [*groups, [kind_tag(kind) for kind in kinds]] if kinds else groups


def _groups_of(question: Question) -> list[FacetGroup]:
    counts = _counts_of(question)
    groups: list[FacetGroup] = []
    for facet in known_facets():
        chosen = set(question.facets.get(facet.key, ()))
        counted = counts.get(facet.key)
        choices = [
            FacetChoice(
                code=value.code,
                title=str(value.title),
                count=None if counted is None else counted.get(value.code, 0),
                is_chosen=value.code in chosen,
            )
            for value in facet.offered(chosen)
            if counted is None or counted.get(value.code) or value.code in chosen
        ]
        if choices:
            groups.append(FacetGroup(key=facet.key, title=str(facet.title), choices=choices))
    return groups


def facet_counts(
    *,
    actor: Actor,
    text: str = "",
    facets: Facets = NO_FACETS,
    kinds: Sequence[str] = (),
    tree: Tree | None = None,
) -> dict[str, dict[str, int]]:
    """Facet key → value code → number of entries, for each registered facet whose list is below the cap.

    The list of a facet that is filtered by leaves its own filter out. One query, and one for synonyms where there are
    words.
    """
    return _counts_of(Question(actor, text, facets, kinds, tree))


def _counts_of(question: Question) -> dict[str, dict[str, int]]:
    if question.is_evaluated and question.total.is_capped:
        # Every list without one of the filters is longer still.
        return {}
    chosen = [facet.key for facet in known_facets() if question.facets.get(facet.key)]
    lists: dict[str, QuerySet[Entry]] = {}
    if not question.is_evaluated:
        lists[""] = question.found
    elif question.keys:
        lists[""] = question.listed
    for key in chosen:
        lists[key] = question.found_with({other: codes for other, codes in question.facets.items() if other != key})
    if not lists:
        return {facet.key: {} for facet in known_facets()}
    parts: list[str] = []
    params: list[Any] = []
    for name, found in lists.items():
        sql, found_params = (
            found.order_by().values("facets", "overlay__facets")[: COUNT_CAP + 1].query.sql_with_params()
        )
        parts.append(f"SELECT %s AS list, found.facets, found.added FROM ({sql}) AS found(facets, added)")  # noqa: S608  # Django's SQL
        params += [name, *found_params]
    with connection.cursor() as cursor:
        cursor.execute(COUNT_FACETS.format(found=" UNION ALL ".join(parts)), [*params, COUNT_CAP])
        rows = cursor.fetchall()
    totals = {name: number for name, key, _code, number in rows if key is None}
    counts: dict[str, dict[str, int]] = {}
    for facet in known_facets():
        source = facet.key if facet.key in chosen else ""
        if totals.get(source, 0) <= COUNT_CAP:
            counts[facet.key] = {code: number for name, key, code, number in rows if (name, key) == (source, facet.key)}
    return counts


COUNT_FACETS = """
    WITH matched AS MATERIALIZED ({found}),
         totals AS MATERIALIZED (SELECT list, count(*) AS number FROM matched GROUP BY list)
    SELECT list, NULL AS key, NULL AS code, number FROM totals
    UNION ALL
    SELECT list, facet.key, code, count(*)
      FROM matched JOIN totals USING (list), jsonb_each(
             CASE WHEN added IS NULL THEN facets ELSE (
               WITH own AS (SELECT * FROM jsonb_each(facets)), laid AS (SELECT * FROM jsonb_each(added))
               SELECT jsonb_object_agg(key, codes) FROM (
                 SELECT key, jsonb_agg(DISTINCT one) AS codes
                   FROM (TABLE own UNION ALL TABLE laid) AS said(key, value),
                        jsonb_array_elements_text(value) AS one
                  GROUP BY key
               ) AS merged
             ) END
           ) AS facet, jsonb_array_elements_text(facet.value) AS code
     WHERE totals.number <= %s
     GROUP BY list, facet.key, code
"""
"""Of lists longer than the cap nothing is unfolded. What is laid over an entry counts as its own, once."""


def entry_by_identifier(*, actor: Actor, identifier: UUID) -> Entry:
    """One published entry the actor may see; `NotFound` otherwise."""
    entry = Entry.objects.filter(may_find(actor), uuid=identifier).select_related("organisation").defer("words").first()
    if entry is None:
        raise NotFound
    return entry


def entry_detail(*, actor: Actor, identifier: UUID) -> EntryDetail:
    """An entry with its versions, newest first; only versions that were shared with the actor. Two queries."""
    entry = entry_by_identifier(actor=actor, identifier=identifier)
    versions = EntryVersion.objects.filter(is_shared_with(actor), entry=entry).order_by("-number")[:VERSIONS_SHOWN]
    return EntryDetail(entry=entry, versions=list(versions))


def entries_by_ids(*, actor: Actor, identifiers: Iterable[UUID]) -> dict[UUID, Entry]:
    """The published entries among these that the actor may see. One query."""
    found = Entry.objects.filter(may_find(actor), uuid__in=list(identifiers)).select_related("organisation")
    return {entry.uuid: entry for entry in found.defer("words")}


Pin = tuple[UUID, int]
"""A version of an entry: its identifier and the version's number."""


def pinned_versions(*, actor: Actor, pins: Collection[Pin]) -> dict[Pin, EntryVersion]:
    """Versions that were shared with the actor, of entries the actor may see or that are withdrawn. One query."""
    seen = Entry.objects.filter(may_find(actor) | Q(state=EntryState.WITHDRAWN), pk=OuterRef("entry_id"))
    found = (
        EntryVersion.objects.filter(
            is_shared_with(actor),
            Exists(seen),
            entry__uuid__in={identifier for identifier, _number in pins},
            number__in={number for _identifier, number in pins},
        )
        .select_related("entry", "organisation")
        .defer("entry__words", "entry__description", "description")
    )
    return {(version.uuid, version.number): version for version in found if (version.uuid, version.number) in pins}


def similar_entries(*, actor: Actor, entry: Entry, limit: int = 6) -> list[Entry]:
    """Entries of the same kind that share most facet values, the newest first among equals. One query.

    Looks among the newest few hundred that share at least one value.
    """
    tags = [facet_tag(key, code) for key, codes in entry.facets.items() for code in codes]
    query = query_of("", tags=[tags]) if tags else None
    if query is None:
        return []
    same_kind = query_of("", tags=[[kind_tag(entry.kind)], tags])
    newest = (
        Entry.objects.filter(may_find(actor), words=same_kind)
        .exclude(pk=entry.pk)
        .order_by("-published_at", "-id")
        .values("pk")[:SIMILAR_CANDIDATES]
    )
    return list(
        Entry.objects.filter(pk__in=newest)
        .annotate(shared=fit("words", query))
        .select_related("organisation")
        .defer("words", "payload")
        .order_by("-shared", "-published_at", "-id")[:limit]
    )


def changes_after(*, actor: Actor, seq: int = 0, limit: int = CHANGES_AT_ONCE) -> list[ChangeLine]:
    """Lines of the change log behind `seq`, in order, below the horizon: read on from the last line's `seq`.

    Of entries the actor may see now, the entry as it is now; of those they could see once, a line that says it is
    gone; of others, nothing. Two queries. A full answer may have more behind it, a shorter one has not.
    """
    was_shared = EntryVersion.objects.filter(is_shared_with(actor), entry=OuterRef("entry_id"))
    lines = list(
        below_horizon(Change.objects.filter(Exists(was_shared), seq__gt=seq))
        .order_by("seq")
        .values_list("seq", "entry_id", "entry__uuid")[:limit]
    )
    visible = (
        Entry.objects.filter(may_find(actor), pk__in={entry_id for _seq, entry_id, _uuid in lines})
        .select_related("organisation")
        .defer("words")
        .in_bulk()
    )
    return [
        ChangeLine(seq=number, identifier=identifier, gone=entry_id not in visible, entry=visible.get(entry_id))
        for number, entry_id, identifier in lines
    ]
