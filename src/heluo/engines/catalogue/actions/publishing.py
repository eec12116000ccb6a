"""Publishing and withdrawing entries. One set-based path serves one draft and thousands alike."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.enums import Deed, EntryState
from heluo.engines.catalogue.errors import (
    AlreadyWithdrawn,
    DraftInvalid,
    EntryHeld,
    FromAnotherNode,
    KindIsFixed,
    ReasonNeeded,
)
from heluo.engines.catalogue.events import EntriesPublished, EntriesWithdrawn, EntryPublished, EntryWithdrawn
from heluo.engines.catalogue.models import Change, Entry, EntryVersion, Hold, Overlay, Shown
from heluo.engines.catalogue.registry import facet_named, known_kinds
from heluo.engines.catalogue.vocabulary import EntryDraft, tags_of, xml_text
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, Subject, record, record_batch
from heluo.kernel.codes.public import reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.search.public import vector_text

TITLE_LENGTH = 200
ROWS_PER_STATEMENT = 500
TABLE = "catalogue_entry"
ENTRY_COLUMNS = tuple(field.attname for field in Entry._meta.concrete_fields)  # noqa: SLF001  # Django's documented API
COLUMNS = tuple(field.attname for field in Shown._meta.fields)  # noqa: SLF001  # Django's documented model API
RENEW = f"""
    UPDATE catalogue_entry AS entry
       SET {", ".join(f"{column} = version.{column}" for column in COLUMNS)},
           version = version.number, words = fresh.words::tsvector,
           state = 'published', withdrawn_at = NULL, withdrawn_reason = ''
      FROM unnest(%s::bigint[], %s::text[]) AS fresh(id, words)
      JOIN catalogue_entryversion AS version ON version.entry_id = fresh.id
     WHERE entry.id = fresh.id AND version.number = entry.version + 1
"""  # noqa: S608  # column names of our own model
"""Entries take over what their newest version shows, in one statement."""
NARROW = """
    UPDATE catalogue_entry AS entry SET visibility = layer.visibility, shared_with_id = entry.organisation_id
      FROM catalogue_overlay AS layer
     WHERE layer.entry_id = entry.id AND layer.visibility <> '' AND entry.id = ANY(%s)
"""
"""What only some may see here stays so, whatever comes."""
INSERT = """
    INSERT INTO catalogue_entry SELECT * FROM json_populate_recordset(NULL::catalogue_entry, %s) AS fresh
     WHERE NOT EXISTS (SELECT FROM catalogue_hold AS hold WHERE hold.uuid = fresh.uuid AND hold.origin = fresh.origin)
        ON CONFLICT (uuid) DO NOTHING
    RETURNING id, uuid
"""
FIRST_VERSIONS = f"""
    INSERT INTO catalogue_entryversion (entry_id, number, published_by, {", ".join(COLUMNS)})
    SELECT id, version, %s, {", ".join(COLUMNS)} FROM catalogue_entry WHERE id = ANY(%s)
"""  # noqa: S608  # as above
"""A new entry and its first version show the same."""
LOG = """
    INSERT INTO catalogue_change (entry_id, deed, version, at)
    SELECT id, %s, version, %s FROM catalogue_entry WHERE id = ANY(%s) ORDER BY uuid
"""


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a batch: lines written, and drafts that changed nothing."""

    new: int
    changed: int
    unchanged: int


@transaction.atomic
def publish_entry(*, by: Actor, identifier: UUID, draft: EntryDraft, origin: str | None = None, now: datetime) -> Entry:
    """Show a draft under its identifier, as a new version. An identical draft changes nothing.

    The caller has checked that `by` may publish this thing. `origin` is the node it comes from, if not this one.
    """
    work = _publish({identifier: draft}, by=by, origin=origin, now=now)
    if not work.entries:
        raise EntryHeld(title=draft.title)
    entry = work.entries[0]
    if work.written:
        record(
            by=by,
            at=now,
            deed="catalogue.entry_published",
            subject=_subject(entry),
            details={"version": entry.version, "digest": entry.digest},
        )
        announce(EntryPublished(identifier=identifier, kind=entry.kind, version=entry.version), by=by, at=now)
    return entry


@transaction.atomic
def publish_entries(
    *, by: Actor, drafts: Mapping[UUID, EntryDraft], origin: str | None = None, mend: bool = False, now: datetime
) -> Published:
    """Show many drafts at once: the same rules, one audit row with a line per entry, one event. All or nothing.

    `mend`: write them also where they are as they were, because what stands here is known to be damaged.
    """
    work = _publish(drafts, by=by, origin=origin, mend=mend, now=now)
    if work.written:
        record_batch(
            by=by,
            at=now,
            deed="catalogue.entries_published",
            subject=_batch_subject(work.written),
            differences=[
                Difference(str(entry.uuid), after={"version": entry.version, "digest": entry.digest})
                for entry in work.written
            ],
        )
        kinds = tuple(sorted({entry.kind for entry in work.written}))
        announce(EntriesPublished(count=len(work.written), kinds=kinds), by=by, at=now)
    new = sum(entry.version == 1 for entry in work.written)
    return Published(new=new, changed=len(work.written) - new, unchanged=len(work.entries) - len(work.written))


@transaction.atomic
def withdraw_entry(*, by: Actor, identifier: UUID, reason: str, origin: str | None = None, now: datetime) -> None:
    """Take an entry out of sight and leave a tombstone for ever.

    The same node may publish the identifier again, only as a new version.
    """
    entry = Entry.objects.select_for_update(of=("self",)).select_related("organisation").filter(uuid=identifier).first()
    if entry is None:
        raise NotFound
    _require_right(by, Permission.PUBLISH, entry.organisation, origin=origin)
    if entry.origin != (origin or settings.NODE_DOMAIN):
        raise FromAnotherNode(title=entry.title, origin=entry.origin)
    if entry.state == EntryState.WITHDRAWN:
        raise AlreadyWithdrawn(title=entry.title)
    if not (reason := reason.strip()):
        raise ReasonNeeded(field="reason")
    entry.state = EntryState.WITHDRAWN
    entry.withdrawn_at = now
    entry.withdrawn_reason = reason[:200]
    entry.save(update_fields=["state", "withdrawn_at", "withdrawn_reason"])
    Change.objects.create(entry=entry, deed=Deed.WITHDRAWN, version=entry.version, at=now)
    record(
        by=by,
        at=now,
        deed="catalogue.entry_withdrawn",
        subject=_subject(entry),
        details={"version": entry.version, "reason": entry.withdrawn_reason},
    )
    announce(EntryWithdrawn(identifier=identifier, kind=entry.kind), by=by, at=now)


@transaction.atomic
def withdraw_entries(
    *, by: Actor, identifiers: Collection[UUID], reason: str, origin: str | None = None, now: datetime
) -> int:
    """Take many entries of one node out of sight for one reason: the same rules, one audit row, one event.

    `origin` is the node they come from, if not this one. What is withdrawn already stays as it is. All or nothing;
    how many were withdrawn.
    """
    node = origin or settings.NODE_DOMAIN
    if not (reason := reason.strip()):
        raise ReasonNeeded(field="reason")
    entries = list(
        Entry.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .defer("words")
        .filter(uuid__in=identifiers, state=EntryState.PUBLISHED)
        .order_by("uuid")
    )
    for entry in entries:
        if entry.origin != node:
            raise FromAnotherNode(title=entry.title, origin=entry.origin)
    for organisation in {entry.organisation for entry in entries}:
        _require_right(by, Permission.PUBLISH, organisation, origin=origin)
    if entries:
        keys = [entry.pk for entry in entries]
        Entry.objects.filter(pk__in=keys).update(
            state=EntryState.WITHDRAWN, withdrawn_at=now, withdrawn_reason=reason[:200]
        )
        with connection.cursor() as cursor:
            cursor.execute(LOG, [Deed.WITHDRAWN.value, now, keys])
        record_batch(
            by=by,
            at=now,
            deed="catalogue.entries_withdrawn",
            subject=_batch_subject(entries),
            differences=[Difference(str(entry.uuid), before={"version": entry.version}) for entry in entries],
            details={"reason": reason[:200]},
        )
        kinds = tuple(sorted({entry.kind for entry in entries}))
        announce(EntriesWithdrawn(count=len(entries), kinds=kinds), by=by, at=now)
    return len(entries)


@dataclass(frozen=True, slots=True)
class _Work:
    entries: Sequence[Entry]
    written: Sequence[Entry]


def _publish(
    drafts: Mapping[UUID, EntryDraft], *, by: Actor, origin: str | None, mend: bool = False, now: datetime
) -> _Work:
    """Insert what is new, lock and compare what is there, write a version and a line of the log for each change.

    Rows are taken in order of identifier, so that two batches wait for each other instead of dead-locking; a second
    writer of the same new identifier waits for the first and then finds its row. What its node has
    taken down is refused here, and passed over in what comes from that node.
    """
    node = origin or settings.NODE_DOMAIN
    organisations = _organisations_for(drafts.values())
    facet_codes = _known_codes(drafts.values()) if origin is None else None
    kinds = known_kinds()
    rows: dict[UUID, Entry] = {}
    for identifier in sorted(drafts):
        draft = drafts[identifier]
        _check(draft, organisations, facet_codes, kinds)
        _require_right(by, Permission.PUBLISH, organisations[draft.organisation_id], origin=origin)
        rows[identifier] = _row(identifier, draft, node=node, now=now)

    known = set(Entry.objects.filter(uuid__in=rows).values_list("uuid", flat=True))
    inserted = _insert([row for identifier, row in rows.items() if identifier not in known])
    others = (
        Entry.objects.select_for_update(of=("self",))
        .filter(uuid__in=rows.keys() - inserted.keys())
        .select_related("organisation")
        .annotate(is_held=Exists(Hold.objects.filter(uuid=OuterRef("uuid"), origin=node)))
        .defer("words")
    )
    standing = {entry.uuid: entry for entry in others.order_by("uuid")}
    written: list[Entry] = []
    renewed: list[Entry] = []
    for identifier, wanted in rows.items():
        if identifier in inserted:
            wanted.organisation = organisations[wanted.organisation_id]
            written.append(wanted)
            continue
        entry = _open_to(wanted, standing.get(identifier), origin=origin)
        if entry is None:
            continue
        _require_right(by, Permission.PUBLISH, entry.organisation, origin=origin)
        if entry.digest == wanted.digest and entry.state == EntryState.PUBLISHED and not mend:
            continue
        renewed.append(entry)
        written.append(entry)
        for column in COLUMNS:
            setattr(entry, column, getattr(wanted, column))
        entry.organisation = organisations[wanted.organisation_id]
        entry.version += 1
        entry.state = EntryState.PUBLISHED
        entry.withdrawn_at = None
        entry.withdrawn_reason = ""
    EntryVersion.objects.bulk_create(
        [
            EntryVersion(
                entry=entry,
                number=entry.version,
                published_by=by.person_id,
                **{column: getattr(entry, column) for column in COLUMNS},
            )
            for entry in renewed
        ],
        batch_size=ROWS_PER_STATEMENT,
    )
    layers = overlays_of(renewed)
    with connection.cursor() as cursor:
        if renewed:
            fresh = [words_of(entry, layers.get(entry.pk)) for entry in renewed]
            cursor.execute(RENEW, [[entry.pk for entry in renewed], fresh])
        if layers:
            cursor.execute(NARROW, [list(layers)])
        cursor.execute(FIRST_VERSIONS, [by.person_id, list(inserted.values())])
        cursor.execute(LOG, [Deed.PUBLISHED.value, now, [entry.pk for entry in written]])
    return _Work(entries=[*standing.values(), *(rows[identifier] for identifier in inserted)], written=written)


def _open_to(wanted: Entry, entry: Entry | None, *, origin: str | None) -> Entry | None:
    """What stands under the identifier of a draft and may become it; None where its node has taken it down."""
    if entry is not None and entry.origin != wanted.origin:
        raise FromAnotherNode(title=entry.title, origin=entry.origin)
    if entry is None or entry.is_held:  # type: ignore[attr-defined]  # annotated by the query
        if origin is None:
            raise EntryHeld(title=wanted.title)
        return None
    if entry.kind != wanted.kind:
        raise KindIsFixed(title=entry.title)
    return entry


def _insert(rows: Sequence[Entry]) -> Mapping[UUID, int]:
    """Insert entries; the keys of those that nobody else inserted at the same moment."""
    found: dict[UUID, int] = {}
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        batch = rows[start : start + ROWS_PER_STATEMENT]
        for row, key in zip(batch, reserve_ids(TABLE, len(batch)), strict=True):
            row.pk, row.words = key, words_of(row)
        said = json.dumps([{name: getattr(row, name) for name in ENTRY_COLUMNS} for row in batch], default=str)
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [said])
            found |= {identifier: key for key, identifier in cursor.fetchall()}
    return found


def _require_right(by: Actor, permission: Permission, organisation: Organisation, *, origin: str | None) -> None:
    require(by, permission, on=organisation)
    if origin is not None and origin != settings.NODE_DOMAIN:
        require(by, Permission.RECEIVE, on=organisation)


def _organisations_for(drafts: Iterable[EntryDraft]) -> Mapping[int, Organisation]:
    wanted = {draft.organisation_id for draft in drafts} | {draft.shared_with_id or 0 for draft in drafts}
    return Organisation.objects.in_bulk(wanted)


def _known_codes(drafts: Iterable[EntryDraft]) -> Mapping[str, frozenset[str]]:
    used: dict[str, set[str]] = defaultdict(set)
    for draft in drafts:
        for key, codes in draft.facets.items():
            used[key].update(codes)
    found = {key: facet_named(key) for key in used}
    return {key: frozenset(facet.titles(used[key])) for key, facet in found.items() if facet is not None}


def _check(
    draft: EntryDraft,
    organisations: Mapping[int, Organisation],
    facet_codes: Mapping[str, frozenset[str]] | None,
    kinds: frozenset[str],
) -> None:
    """Refuse a draft that cannot be shown. What other nodes send may hold facets we do not know (yet)."""
    for holds, problem in (
        (bool(xml_text(draft.title).strip()), _("缺少标题。")),
        (len(draft.title) <= TITLE_LENGTH, _("标题超过 200 个字。")),
        (draft.kind in kinds, _("未登记的内容类型。")),
        (bool(draft.licence.strip()), _("缺少版权许可。")),
        (bool(xml_text(draft.creator_name).strip()), _("缺少作者。")),
        (draft.organisation_id in organisations, _("没有这个单位。")),
        (draft.shared_with_id is None or draft.shared_with_id in organisations, _("没有这个共享单位。")),
    ):
        if not holds:
            raise DraftInvalid(title=draft.title[:40], problem=problem)
    if facet_codes is None:
        return
    for key, codes in draft.facets.items():
        if not set(codes) <= facet_codes.get(key, frozenset()):
            said = str(_("分类“{key}”中有未登记的值。")).format(key=_facet_title(key))
            raise DraftInvalid(title=draft.title[:40], problem=said)


def _facet_title(key: str) -> str:
    facet = facet_named(key)
    return str(facet.title) if facet else key


def _row(identifier: UUID, draft: EntryDraft, *, node: str, now: datetime) -> Entry:
    """A draft as a row. Its texts are such as XML can carry, so that they are the same wherever they arrive."""
    shown: dict[str, Any] = {
        "title": xml_text(draft.title).strip(),
        "description": xml_text(draft.description).strip(),
        "keywords": [xml_text(word) for word in draft.keywords],
        "facets": {key: list(codes) for key, codes in sorted(draft.facets.items()) if codes},
        "language": draft.language,
        "licence": draft.licence,
        "creator_name": xml_text(draft.creator_name).strip(),
        "creator_id": draft.creator_id,
        "organisation_id": draft.organisation_id,
        "visibility": draft.visibility,
        "shared_with_id": draft.shared_with_id or draft.organisation_id,
        "thumbnail": draft.thumbnail,
        "payload": dict(draft.payload),
    }
    canonical = json.dumps(shown, sort_keys=True, ensure_ascii=False, default=str)
    return Entry(
        uuid=identifier,
        kind=draft.kind,
        origin=node,
        state=EntryState.PUBLISHED,
        version=1,
        first_published_at=now,
        published_at=now,
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        **shown,
    )


def overlays_of(entries: Sequence[Entry]) -> dict[int, Overlay]:
    """The layers over those of these entries that are from other nodes, by their keys. One query for any of those."""
    foreign = [entry.pk for entry in entries if entry.origin != settings.NODE_DOMAIN]
    return Overlay.objects.in_bulk(foreign) if foreign else {}


def words_of(entry: Entry, layer: Overlay | None = None) -> str:
    """What an entry is found by: title, then keywords and creator, then description; kind and facets as tags. What is
    laid over it counts as its own.
    """
    keywords = [*entry.keywords, *(layer.keywords if layer else ())]
    tags = [*tags_of(entry.kind, entry.facets), *(tags_of(entry.kind, layer.facets) if layer else ())]
    return vector_text(
        {"A": entry.title, "B": " ".join([*keywords, entry.creator_name]), "C": entry.description},
        tags=list(dict.fromkeys(tags)),
    )


def _subject(entry: Entry) -> Subject:
    return Subject(kind="entry", id=str(entry.uuid), title=entry.title, path=entry.organisation.path)


def _batch_subject(entries: Sequence[Entry]) -> Subject:
    """Many entries as one subject: it lies where all of their organisations lie."""
    steps = [entry.organisation.path.split(".")[:-1] for entry in entries]
    shared = [same[0] for same in takewhile(lambda step: len(set(step)) == 1, zip(*steps, strict=False))]
    path = "".join(f"{step}." for step in shared)
    title = ngettext("%(count)d 条目录条目", "%(count)d 条目录条目", len(entries)) % {"count": len(entries)}
    return Subject(kind="entries", id=str(entries[0].uuid), title=title, path=path)
