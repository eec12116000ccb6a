"""Keeping collections, sharing them, and making them public."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from heluo.domains.collections.access import Permission, can_withdraw, require_owner, require_reviewer
from heluo.domains.collections.enums import KIND, PUBLICATION, SharedWith
from heluo.domains.collections.errors import (
    AlreadyCollected,
    BeingReviewed,
    ClassNeeded,
    NewestAlready,
    NothingCollected,
    NotPublic,
    StillPublic,
    TooManyCollections,
    TooManyItems,
    WithdrawalReasonNeeded,
)
from heluo.domains.collections.models import MOST_COLLECTIONS, MOST_ITEMS, Collection, CollectionItem
from heluo.domains.collections.queries import (
    Shown,
    classes_to_share,
    entry_draft,
    hidden_from_the_public,
    is_being_reviewed,
    places_to_share,
    standing_items,
)
from heluo.engines.catalogue.models import Entry, EntryVersion
from heluo.engines.catalogue.public import entry_by_identifier, pinned_versions, publish_entry, withdraw_entry
from heluo.engines.process.models import Instance
from heluo.engines.process.public import Subject as ProcessSubject
from heluo.engines.process.public import start_process
from heluo.engines.process.vocabulary import Values
from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, require, require_person
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.feedback.public import UseKind, note_use
from heluo.kernel.holdings.public import Permission as ErasePermission
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.pages.templatetags.pages import inside_marks
from heluo.kernel.people.models import Person

_BY_OWNER = _("所有者停止公开")


@transaction.atomic
def start_collection(
    *, by: Actor, title: str, description: str = "", first: UUID | None = None, local_id: str = "", now: datetime
) -> Collection:
    """Begin a collection for oneself, empty or with its first entry. `local_id` fixes its identifier, for a demo built
    twice.
    """
    require(by, Permission.KEEP)
    owner = Person.objects.select_for_update().get(uuid=require_person(by))
    if Collection.objects.filter(owner=owner).count() >= MOST_COLLECTIONS:
        raise TooManyCollections(most=MOST_COLLECTIONS)
    collection = Collection.objects.create(
        uuid=mint_identifier(KIND, local_id or str(uuid4())),
        title=title.strip(),
        description=description.strip(),
        owner=owner,
        organisation_id=by.posts[0].organisation_id,
        created_at=now,
        changed_at=now,
    )
    _note(by, now, "started", collection)
    if first is not None:
        collect(by=by, collection=collection, entry=first, now=now)
    return collection


@transaction.atomic
def describe_collection(
    *, by: Actor, collection: Collection, title: str, description: str, now: datetime
) -> Collection:
    """Give it another name or description."""
    fresh = _to_change(by, collection)
    fresh.title, fresh.description = title.strip(), description.strip()
    _touch(fresh, now, "title", "description")
    _note(by, now, "described", fresh)
    return fresh


@transaction.atomic
def collect(
    *,
    by: Actor,
    collection: Collection,
    entry: UUID,
    number: int | None = None,
    note: str = "",
    place: int | None = None,
    now: datetime,
) -> CollectionItem:
    """Add an entry that one may see, in the version that is public now or in the `number` that is named.

    It goes to the end, or to a `place` counted from 0.
    """
    fresh = _to_change(by, collection)
    found = entry_by_identifier(actor=by, identifier=entry)
    version = _version(by, found, number or found.version)
    order = list(fresh.items.values_list("pk", flat=True))
    if len(order) >= MOST_ITEMS:
        raise TooManyItems(most=MOST_ITEMS)
    with refused_as(AlreadyCollected, constraint="entry_once_in_a_collection", title=inside_marks(found.title)):
        item = CollectionItem.objects.create(
            collection=fresh, entry=found, version=version, note=note.strip(), position=len(order), added_at=now
        )
    if place is not None:
        order.insert(max(0, place), item.pk)
        _put_in_order(order)
    _touch(fresh, now)
    _note(by, now, "collected", fresh, entry=str(entry), version=version.number)
    note_use(by=by, kind=found.kind, subject=entry, use=UseKind.COLLECT, visitor=str(require_person(by)), now=now)
    return item


@transaction.atomic
def remove_item(*, by: Actor, collection: Collection, item: int, now: datetime) -> CollectionItem:
    """Take an item out. What is returned says where it stood, for whoever wants it back."""
    fresh = _to_change(by, collection)
    gone = _item(fresh, item)
    CollectionItem.objects.filter(pk=gone.pk).delete()
    fresh.items.filter(position__gt=gone.position).update(position=F("position") - 1)
    _touch(fresh, now)
    _note(by, now, "removed", fresh, entry=str(gone.entry.uuid), version=gone.version.number)
    return gone


@transaction.atomic
def reorder_items(*, by: Actor, collection: Collection, order: Sequence[int], now: datetime) -> None:
    """Put the items in another order; what the order leaves out follows in its old order."""
    fresh = _to_change(by, collection)
    standing = list(fresh.items.values_list("pk", flat=True))
    if not set(order) <= set(standing):
        raise NotFound
    _put_in_order([*dict.fromkeys(order), *(key for key in standing if key not in set(order))])
    _touch(fresh, now)
    _note(by, now, "reordered", fresh)


@transaction.atomic
def annotate_item(*, by: Actor, collection: Collection, item: int, note: str, now: datetime) -> CollectionItem:
    """Say what an item is for."""
    fresh = _to_change(by, collection)
    found = _item(fresh, item)
    found.note = note.strip()
    found.save(update_fields=["note"])
    _touch(fresh, now)
    _note(by, now, "annotated", fresh, entry=str(found.entry.uuid))
    return found


@transaction.atomic
def take_newer(*, by: Actor, collection: Collection, item: int, now: datetime) -> CollectionItem:
    """Pin the version that is public now instead of the one pinned before."""
    fresh = _to_change(by, collection)
    found = _item(fresh, item)
    entry = entry_by_identifier(actor=by, identifier=found.entry.uuid)
    if entry.version == found.version.number:
        raise NewestAlready
    found.version = _version(by, entry, entry.version)
    found.save(update_fields=["version"])
    _touch(fresh, now)
    _note(by, now, "renewed", fresh, entry=str(entry.uuid), version=entry.version)
    return found


@transaction.atomic
def share_collection(
    *,
    by: Actor,
    collection: Collection,
    reach: SharedWith,
    klass: Klass | None = None,
    place: Organisation | None = None,
    now: datetime,
) -> Collection:
    """Keep it for oneself, or share it as it stands with a class one teaches or a place where one works.

    A public one is public no longer. To make it public, `propose_publication`.
    """
    fresh = _to_change(by, collection)
    if reach == SharedWith.PUBLIC:
        raise NotFound
    if reach != SharedWith.PRIVATE:
        require(by, Permission.SHARE)
    if reach == SharedWith.KLASS:
        if klass is None:
            raise ClassNeeded(field="klass")
        if klass not in classes_to_share(by, on=local_day(now)):
            raise NotFound
    if reach == SharedWith.PLACE and place not in places_to_share(by):
        raise NotFound
    was_public = fresh.reach == SharedWith.PUBLIC
    fresh.reach = reach
    fresh.klass = klass if reach == SharedWith.KLASS else None
    fresh.published_at = None
    if reach == SharedWith.PLACE and place is not None:
        fresh.organisation = place
    fresh.save(update_fields=["reach", "klass", "published_at", "organisation"])
    if was_public:
        withdraw_entry(by=by, identifier=fresh.uuid, reason=str(_BY_OWNER), now=now)
    _note(by, now, "shared", fresh, reach=reach.value)
    return fresh


@transaction.atomic
def propose_publication(*, by: Actor, collection: Collection, now: datetime) -> Instance:
    """Ask the nearest reviewers to make it public as it stands, or to renew the public edition."""
    fresh = _to_change(by, collection)
    require(by, Permission.SHARE)
    _require_publishable(fresh)
    instance = start_process(
        by=by,
        key=PUBLICATION,
        subject=ProcessSubject(KIND, fresh.uuid, fresh.title),
        organisation=fresh.organisation,
        values={},
        now=now,
    )
    _note(by, now, "proposed", fresh)
    return instance


@transaction.atomic
def publish_collection(*, by: Actor, subject: ProcessSubject, values: Values, now: datetime) -> None:
    """Make the edition that was reviewed public. A service of the process."""
    del values
    fresh = _locked(Collection.objects.filter(uuid=subject.id))
    require_reviewer(by, fresh)
    items = _require_publishable(fresh)
    publish_entry(by=by, identifier=fresh.uuid, draft=entry_draft(fresh, items), now=now)
    fresh.reach, fresh.klass, fresh.published_at, fresh.changed_at = SharedWith.PUBLIC, None, now, now
    fresh.save(update_fields=["reach", "klass", "published_at", "changed_at"])
    _note(by, now, "published", fresh)


@transaction.atomic
def withdraw_collection(*, by: Actor, collection: Collection, reason: str, now: datetime) -> Collection:
    """Take a public collection from the public, for an officer above. Its owner keeps it."""
    fresh = _locked(Collection.objects.filter(pk=collection.pk))
    if not can_withdraw(by, fresh):
        raise NotFound
    if not reason.strip():
        raise WithdrawalReasonNeeded(field="reason")
    fresh.reach, fresh.published_at = SharedWith.PRIVATE, None
    fresh.save(update_fields=["reach", "published_at"])
    withdraw_entry(by=by, identifier=fresh.uuid, reason=reason.strip(), now=now)
    _note(by, now, "withdrawn", fresh, reason=reason.strip())
    return fresh


@transaction.atomic
def delete_collection(*, by: Actor, collection: Collection, now: datetime) -> None:
    """Throw a collection away that is not public. What it held stays where it is."""
    fresh = _to_change(by, collection)
    if fresh.reach == SharedWith.PUBLIC:
        raise StillPublic
    _note(by, now, "deleted", fresh, size=fresh.items.count())
    fresh.delete()


@transaction.atomic
def erase_collections(*, by: Actor, person: UUID, now: datetime) -> int:
    """Forget what somebody collected for themselves and others, save what is public; decided elsewhere."""
    require(by, ErasePermission.ERASE)
    del now
    mine = Collection.objects.filter(owner__uuid=person).exclude(reach=SharedWith.PUBLIC)
    return mine.delete()[1].get("collections.Collection", 0)


def _require_publishable(collection: Collection) -> Sequence[Shown]:
    """What the public would see of it; refuses where something is hidden from the public, or nothing is there."""
    items = standing_items(PUBLIC_ACTOR, collection)
    if not items and not collection.items.exists():
        raise NothingCollected
    seen = {item.key for item in items}
    hidden = [one.version.title for one in collection.items.select_related("version") if one.pk not in seen]
    if hidden := [*hidden, *hidden_from_the_public(items)]:
        raise NotPublic(titles="、".join(f"《{inside_marks(title)}》" for title in hidden[:5]))
    return items


def _to_change(by: Actor, collection: Collection) -> Collection:
    """The collection as it stands now, its owner's to change, kept from others until this transaction ends."""
    fresh = _locked(Collection.objects.filter(pk=collection.pk))
    require_owner(by, fresh)
    if is_being_reviewed(fresh):
        raise BeingReviewed
    return fresh


def _locked(one: QuerySet[Collection]) -> Collection:
    found = one.select_for_update(of=("self",)).select_related("owner", "organisation", "klass__school").first()
    if found is None:
        raise NotFound
    return found


def _item(collection: Collection, key: int) -> CollectionItem:
    found = collection.items.select_related("entry", "version").filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def _version(by: Actor, entry: Entry, number: int) -> EntryVersion:
    found = pinned_versions(actor=by, pins={(entry.uuid, number)}).get((entry.uuid, number))
    if found is None:
        raise NotFound
    return found


def _put_in_order(keys: Sequence[int]) -> None:
    CollectionItem.objects.bulk_update(
        [CollectionItem(pk=key, position=place) for place, key in enumerate(keys)], ["position"]
    )


def _touch(collection: Collection, now: datetime, *also: str) -> None:
    collection.changed_at = now
    collection.save(update_fields=["changed_at", *also])


def _note(by: Actor, now: datetime, deed: str, collection: Collection, **details: object) -> None:
    record(
        by=by,
        at=now,
        deed=f"collections.{deed}",
        subject=Subject(kind=KIND, id=str(collection.uuid), title=collection.title, path=collection.access_path),
        details=details,
    )
