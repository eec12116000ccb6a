"""Records become entries: one batch for each page, in a number of statements that does not grow with the page."""

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.conf import settings
from django.db import connection
from django.utils import translation
from lxml import etree

from heluo.engines.catalogue.access import Permission as CataloguePermission
from heluo.engines.catalogue.public import EntryDraft, publish_entries
from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.enums import Fault
from heluo.gateways.harvesting.errors import BadRecord
from heluo.gateways.harvesting.metadata import Facts, Word, facts_of
from heluo.gateways.harvesting.models import LONGEST_IDENTIFIER, Arrival, Held, Run, Source, Term
from heluo.gateways.harvesting.protocol import DOMAIN, Listed, time_in
from heluo.gateways.harvesting.queries import Rival, branch_of, rivals_of, standing_entries
from heluo.gateways.harvesting.shapes import KIND, draft_of, meanings_by_themselves, value_of, values_of
from heluo.kernel.actors.public import platform_actor

HARVESTER = platform_actor("harvesting", [CataloguePermission.PUBLISH, CataloguePermission.RECEIVE, Permission.KEEP])
LARGEST_RECORD = 256 * 1024
AHEAD = timedelta(days=1)
"""So far a clock of theirs may run ahead of ours."""
LANGUAGE = "zh-hans"
"""In which our own words are told from theirs."""
_SCHEME = re.compile(r"oai:([^:]+):(.+)", re.DOTALL)
NEW_TERMS = """
    INSERT INTO harvesting_term (source_id, field, value, count, facet, code, by_itself)
    SELECT %s, field, value, 0, facet, code, facet <> ''
      FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS said(field, value, facet, code)
        ON CONFLICT (source_id, field, value) DO NOTHING
"""
COUNT_TERMS = """
    UPDATE harvesting_term AS term SET count = GREATEST(0, term.count + said.delta)
      FROM unnest(%s::text[], %s::text[], %s::integer[]) AS said(field, value, delta)
     WHERE term.source_id = %s AND term.field = said.field AND term.value = said.value
"""
SEEN = """
    UPDATE harvesting_arrival AS arrival
       SET datestamp = seen.datestamp, last_seen_at = %s, going_id = seen.going
      FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) AS seen(id, datestamp, going)
     WHERE arrival.id = seen.id
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of some records."""

    new: int = 0
    changed: int = 0
    held: int = 0


@dataclass(slots=True)
class _Incoming:
    identifier: str
    entry: UUID
    origin: str
    datestamp: datetime
    digest: str
    raw: bytes
    listed: Listed
    facts: Facts | None = None
    draft: EntryDraft | None = None

    @property
    def is_echo(self) -> bool:
        return self.origin == settings.NODE_DOMAIN.lower()

    @property
    def values(self) -> list[str]:
        return values_of(self.facts) if self.facts is not None and not self.is_echo else []


@dataclass(slots=True)
class _Bad:
    fault: Fault
    detail: str
    values: Sequence[str] = ()


def whose(source: Source, identifier: str) -> tuple[UUID, str]:
    """The entry that an identifier names, and the domain it is from."""
    found = _SCHEME.fullmatch(identifier)
    domain = found.group(1).lower() if found else ""
    origin = domain if DOMAIN.fullmatch(domain) else source.origin
    if found and origin == domain:
        try:
            return UUID(found.group(2)), origin
        except ValueError:
            pass
    return uuid5(uuid5(NAMESPACE_DNS, origin), identifier), origin


def take(
    source: Source,
    listed: Iterable[Listed],
    *,
    now: datetime,
    run: Run | None = None,
    anew: bool = False,
    mend: bool = False,
) -> Taken:
    """Take records over, inside the caller's transaction: publish what is new or changed, hold back what is bad, note
    what is to go with the run. `anew`: read also what has not changed; `mend`: and write it, too.
    """
    with translation.override(LANGUAGE):
        return _Batch(source, now=now, run=run, anew=anew or mend, mend=mend).take(listed)


class _Batch:
    def __init__(self, source: Source, *, now: datetime, run: Run | None, anew: bool, mend: bool) -> None:
        self.source, self.now, self.run, self.anew, self.mend = source, now, run, anew, mend
        self.incoming: dict[str, _Incoming] = {}
        self.bad: dict[str, _Bad] = {}
        self.elements: dict[str, bytes] = {}
        self.digests: dict[str, str] = {}

    def take(self, listed: Iterable[Listed]) -> Taken:
        for record in listed:
            self._look_at(record)
        known = {
            one.identifier: one
            for one in Arrival.objects.select_for_update(of=("self",))
            .filter(source=self.source, identifier__in=self.incoming)
            .defer("raw")
            .order_by("pk")
        }
        held = {one.key: one for one in Held.objects.filter(source=self.source, key__in=self.elements).defer("raw")}
        fresh = [one for one in self.incoming.values() if self._is_fresh(one, known.get(one.identifier))]
        for one in fresh:
            self._read(one)
        fresh = [one for one in fresh if one.facts is not None]
        terms = _terms(
            self.source, {word for one in fresh if one.facts and not one.is_echo for word in one.facts.words}
        )
        standing = standing_entries({one.entry for one in self.incoming.values()})
        branch = branch_of(self.source.organisation)
        for one in fresh:
            self._draft(one, terms, standing, branch)
        good = [one for one in self.incoming.values() if one.identifier not in self.bad]
        rivals = rivals_of(self.source, {one.entry for one in good})
        speaking = {
            one.identifier for one in good if one.draft and self._speaks(one, known.get(one.identifier), rivals)
        }
        new = changed = 0
        for origin in sorted({one.origin for one in good if one.identifier in speaking}):
            drafts = {
                one.entry: one.draft
                for one in good
                if one.origin == origin and one.identifier in speaking and one.draft is not None
            }
            published = publish_entries(by=HARVESTER, drafts=drafts, origin=origin, mend=self.mend, now=self.now)
            new, changed = new + published.new, changed + published.changed
        if speaking:
            silenced = {one.entry for one in good if one.identifier in speaking}
            Arrival.objects.filter(entry__in=silenced, speaks=True).exclude(source=self.source).update(speaks=False)
        self._count(good, known, held)
        self._keep(good, known, speaking, standing)
        return Taken(new=new, changed=changed, held=self._hold(held))

    def _look_at(self, one: Listed) -> None:
        raw = etree.tostring(one.element, encoding="utf-8", with_tail=False)
        digest = hashlib.sha256(etree.tostring(one.metadata, method="c14n") if one.metadata is not None else raw)
        key = one.identifier[:LONGEST_IDENTIFIER] or digest.hexdigest()
        self.elements[key], self.digests[key] = raw, digest.hexdigest()
        self.incoming.pop(key, None)
        self.bad.pop(key, None)
        at = time_in(one.datestamp)
        if not one.identifier:
            self.bad[key] = _Bad(Fault.NO_IDENTIFIER, "")
        elif len(one.identifier) > LONGEST_IDENTIFIER:
            self.bad[key] = _Bad(Fault.LONG_IDENTIFIER, one.identifier[:200])
        elif at is None or at > self.now + AHEAD:
            self.bad[key] = _Bad(Fault.BAD_DATE, one.datestamp[:100])
        elif len(raw) > LARGEST_RECORD:
            self.bad[key] = _Bad(Fault.TOO_LARGE, f"{len(raw) // 1024} KB")
        else:
            entry, origin = whose(self.source, one.identifier)
            self.incoming[key] = _Incoming(one.identifier, entry, origin, at, digest.hexdigest(), raw, one)

    def _is_fresh(self, one: _Incoming, known: Arrival | None) -> bool:
        if one.listed.is_gone:
            return False
        return self.anew or known is None or known.is_gone or known.digest != one.digest

    def _read(self, one: _Incoming) -> None:
        try:
            facts = facts_of(one.listed.metadata)
            for text in facts.dates:
                if time_in(text) is None:
                    raise BadRecord(Fault.BAD_DATE, text[:100])
            one.facts = facts
        except BadRecord as bad:
            self.bad[one.identifier] = _Bad(bad.fault, bad.detail)

    def _draft(
        self, one: _Incoming, terms: Mapping[str, Term], standing: Mapping[UUID, tuple[str, str]], branch: str
    ) -> None:
        if one.is_echo or one.facts is None:
            return
        if standing.get(one.entry, (one.origin, KIND)) != (one.origin, KIND):
            self.bad[one.identifier] = _Bad(Fault.TAKEN, standing[one.entry][0][:200], one.values)
            return
        try:
            one.draft = draft_of(one.facts, source=self.source, terms=terms, branch=branch, origin=one.origin)
        except BadRecord as bad:
            self.bad[one.identifier] = _Bad(bad.fault, bad.detail, one.values)

    def _speaks(self, one: _Incoming, known: Arrival | None, rivals: Mapping[UUID, Sequence[Rival]]) -> bool:
        """Whether an entry shows what came by this path: the platform it is from has the first word, and the last;
        between others the newer one."""
        if one.origin == self.source.origin:
            return True
        others = rivals.get(one.entry, ())
        if any(rival.is_own for rival in others):
            return False
        if known is not None and known.speaks:
            return True
        return all(one.datestamp > rival.datestamp for rival in others if rival.speaks)

    def _count(self, good: Sequence[_Incoming], known: Mapping[str, Arrival], held: Mapping[str, Held]) -> None:
        """How many records say each word, those held back among them."""
        deltas: Counter[str] = Counter()
        for one in good:
            if one.facts is None:
                continue
            deltas.update(one.values)
            if one.identifier in known:
                deltas.subtract(known[one.identifier].values)
        for before in held.values():
            if before.dismissed_at is None:
                deltas.subtract(before.values)
        for key, bad in self.bad.items():
            if not self._is_dismissed(held.get(key)):
                deltas.update(bad.values)
        count_terms(self.source, deltas)

    def _keep(
        self,
        good: Sequence[_Incoming],
        known: Mapping[str, Arrival],
        speaking: Collection[str],
        standing: Mapping[UUID, tuple[str, str]],
    ) -> None:
        """Note by which path each came. One statement for what was read, one for what is as it was or is to go."""
        read = [one for one in good if one.facts is not None]
        # A tombstone of what never came this way counts where the entry is the source's own and came another way.
        foretold = [
            one
            for one in good
            if one.listed.is_gone
            and one.identifier not in known
            and one.entry in standing
            and one.origin == self.source.origin
        ]
        Arrival.objects.bulk_create(
            [
                Arrival(
                    source=self.source,
                    identifier=one.identifier,
                    entry=one.entry,
                    origin=one.origin,
                    datestamp=one.datestamp,
                    digest=one.digest,
                    raw=zlib.compress(one.raw),
                    values=one.values,
                    speaks=one.identifier in speaking,
                    is_echo=one.is_echo,
                    going=self.run if one.listed.is_gone else None,
                    first_seen_at=self.now,
                    last_seen_at=self.now,
                )
                for one in sorted([*read, *foretold], key=lambda one: one.identifier)
            ],
            update_conflicts=True,
            unique_fields=["source", "identifier"],
            update_fields=["datestamp", "digest", "raw", "values", "speaks", "is_gone", "going", "last_seen_at"],
        )
        seen = [(one, known[one.identifier]) for one in good if one.facts is None and one.identifier in known]
        run = self.run.pk if self.run else None
        going = [run if one.listed.is_gone and not arrival.is_gone else None for one, arrival in seen]
        keys = [arrival.pk for _one, arrival in seen]
        with connection.cursor() as cursor:
            cursor.execute(SEEN, [self.now, keys, [one.datestamp for one, _arrival in seen], going])

    def _is_dismissed(self, held: Held | None) -> bool:
        """Whether an officer has dismissed just this record, as it is."""
        return held is not None and held.dismissed_at is not None and held.digest == self.digests[held.key]

    def _hold(self, held: Mapping[str, Held]) -> int:
        """Hold back what is bad, unless it was dismissed as it is; let go of what has become good."""
        rows = [
            Held(
                source=self.source,
                key=key,
                fault=bad.fault,
                detail=bad.detail[:300],
                digest=self.digests[key],
                raw=zlib.compress(self.elements[key][:LARGEST_RECORD]),
                values=list(bad.values),
                is_whole=len(self.elements[key]) <= LARGEST_RECORD,
                at=self.now,
            )
            for key, bad in sorted(self.bad.items())
            if not self._is_dismissed(held.get(key))
        ]
        Held.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["source", "key"],
            update_fields=[
                "fault",
                "detail",
                "digest",
                "raw",
                "values",
                "is_whole",
                "at",
                "dismissed_at",
                "reason",
            ],
        )
        mended = [key for key in held if key not in self.bad and held[key].dismissed_at is None]
        if mended:
            Held.objects.filter(source=self.source, key__in=mended).delete()
        return len(rows)


def _terms(source: Source, words: Collection[Word]) -> dict[str, Term]:
    """The terms of words, made where they are new; those that are our own words are understood at once."""
    if not words:
        return {}
    meant = meanings_by_themselves(words)
    rows = sorted({(word.field.value, word.value, *meant.get(word, ("", ""))) for word in words})
    with connection.cursor() as cursor:
        cursor.execute(NEW_TERMS, [source.pk, *(list(column) for column in zip(*rows, strict=True))])
    found = Term.objects.filter(source=source, value__in={word.value for word in words})
    return {value_of(term.field, term.value): term for term in found}


def count_terms(source: Source, deltas: Mapping[str, int]) -> None:
    """Note that so many more records say a word, or fewer."""
    moved = sorted((*value.split(":", 1), delta) for value, delta in deltas.items() if delta)
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(COUNT_TERMS, [*(list(column) for column in zip(*moved, strict=True)), source.pk])
