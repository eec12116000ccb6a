"""Reads of collections, each already narrowed to what its caller may see."""

from collections.abc import Collection as Many
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from heluo.domains.collections.access import Permission, is_owner, own
from heluo.domains.collections.enums import KIND, PUBLICATION, SharedWith
from heluo.domains.collections.models import Collection
from heluo.engines.catalogue.enums import EntryState, Licence, Visibility
from heluo.engines.catalogue.models import Entry, EntryVersion
from heluo.engines.catalogue.public import EntryDraft, entries_by_ids, pinned_versions
from heluo.engines.process.enums import InstanceState
from heluo.engines.process.models import Instance
from heluo.engines.process.public import processes_about
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, address_of, allows, tree_paths
from heluo.kernel.feedback.public import SubjectRef
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.public import classes_of

NEWEST = ("-changed_at", "-id")
SHARED_FACETS = ("stage", "grade", "subject")
"""What a collection is filtered by in the catalogue: whatever its items are filed under."""
LICENCE = Licence.CC_BY
"""Terms of the order and the notes; each item keeps its own."""
OFFERED = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as somebody sees it. `key` is empty in a public edition."""

    version: EntryVersion
    note: str
    key: int | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the thing was taken down since."""
        return self.version.entry.state == EntryState.WITHDRAWN

    @property
    def has_newer(self) -> bool:
        return not self.is_gone and not self.version.is_current


def _collections() -> QuerySet[Collection]:
    return Collection.objects.select_related("owner", "organisation", "klass__school")


def own_collections(actor: Actor) -> QuerySet[Collection]:
    """What an actor keeps, each with `size`."""
    return _collections().filter(own(actor)).annotate(size=Count("items"))


def shared_collections(actor: Actor, *, on: date) -> QuerySet[Collection]:
    """What others share with the classes and places of an actor, each with `size`."""
    return _collections().filter(_reaches(actor, on)).exclude(own(actor)).annotate(size=Count("items"))


def _reaches(actor: Actor, on: date) -> Q:
    reaches = Q(reach=SharedWith.KLASS, klass__in=classes_of(actor, on=on))
    if paths := tree_paths(actor):
        reaches |= Q(reach=SharedWith.PLACE, organisation__path__in=paths)
    return reaches


def own_collection(actor: Actor, uuid: UUID) -> Collection:
    """One that an actor keeps; `NotFound` otherwise."""
    found = _collections().filter(own(actor), uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def collection_for(actor: Actor, uuid: UUID, *, on: date) -> Collection:
    """One that an actor keeps, that is shared with them, or that is public; `NotFound` otherwise."""
    seen = Q(reach=SharedWith.PUBLIC)
    if actor.is_person:
        seen |= own(actor) | _reaches(actor, on)
    found = _collections().filter(seen, uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def public_collection(uuid: UUID) -> Collection:
    """One that is public, for whoever may take it from the public."""
    found = _collections().filter(reach=SharedWith.PUBLIC, uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def shown_to(actor: Actor, collection: Collection) -> list[Shown]:
    """What an actor sees of a collection: as it stands, or for the public the edition that was reviewed.

    Three queries at most, however many items.
    """
    if collection.reach == SharedWith.PUBLIC and not is_owner(actor, collection):
        return edition_of(actor, collection)
    return standing_items(actor, collection)


def standing_items(actor: Actor, collection: Collection) -> list[Shown]:
    """The items as they stand, those the actor may see."""
    rows = collection.items.values_list("version__entry__uuid", "version__number", "note", "pk")
    return _shown(actor, [((identifier, number), note, key) for identifier, number, note, key in rows])


def edition_of(actor: Actor, collection: Collection) -> list[Shown]:
    """The items of the public edition, those the actor may see."""
    entry = entries_by_ids(actor=actor, identifiers=[collection.uuid]).get(collection.uuid)
    if entry is None:
        return []
    return _shown(
        actor, [((UUID(row["identifier"]), row["number"]), row["note"], None) for row in entry.payload["items"]]
    )


def _shown(actor: Actor, rows: Sequence[tuple[tuple[UUID, int], str, int | None]]) -> list[Shown]:
    found = pinned_versions(actor=actor, pins={pin for pin, _note, _key in rows})
    return [Shown(version=found[pin], note=note, key=key) for pin, note, key in rows if pin in found]


def running_publication(actor: Actor, collection: Collection) -> Instance | None:
    """The review that is under way, as far as the actor may know of it."""
    about = processes_about(actor, KIND, collection.uuid)
    return about.filter(key=PUBLICATION, state=InstanceState.RUNNING).first()


def is_being_reviewed(collection: Collection) -> bool:
    """Whether a decision is awaited: for actions, whoever asks."""
    return Instance.objects.filter(
        key=PUBLICATION, kind=KIND, subject=collection.uuid, state=InstanceState.RUNNING
    ).exists()


def places_to_share(actor: Actor) -> QuerySet[Organisation]:
    """Where an actor's posts let them share."""
    held = [post.organisation_id for post in actor.posts] if allows(actor, Permission.SHARE) else []
    return Organisation.objects.filter(pk__in=held).order_by("path")


def classes_to_share(actor: Actor, *, on: date) -> list[Klass]:
    """The classes an actor teaches, in the order of the school."""
    if not allows(actor, Permission.SHARE):
        return []
    taught = classes_of(actor, on=on, teaching=True).select_related("school")
    return list(taught.order_by("-entry_year", "number", "pk"))


def entry_draft(collection: Collection, items: Sequence[Shown]) -> EntryDraft:
    """What the catalogue shows of a collection: its items' pictures and subjects, and the edition itself."""
    facets: dict[str, list[str]] = {
        key: _union(item.version.facets.get(key, ()) for item in items) for key in SHARED_FACETS
    }
    return EntryDraft(
        kind=KIND,
        title=collection.title,
        description=collection.description,
        facets={key: codes for key, codes in facets.items() if codes},
        licence=LICENCE.value,
        creator_name=collection.owner.name,
        creator_id=collection.owner.uuid,
        organisation_id=collection.organisation_id,
        thumbnail=next((item.version.thumbnail for item in items if item.version.thumbnail), None),
        payload={
            "items": [
                {"identifier": str(item.version.uuid), "number": item.version.number, "note": item.note}
                for item in items
            ]
        },
    )


def _union(lists: Iterable[Iterable[str]]) -> list[str]:
    return sorted({code for codes in lists for code in codes})


def hidden_from_the_public(items: Sequence[Shown]) -> list[str]:
    """Titles of items that not everybody may see, or that are gone."""
    return [
        item.version.title
        for item in items
        if item.is_gone
        or item.version.visibility != Visibility.PUBLIC
        or item.version.entry.visibility != Visibility.PUBLIC
    ]


def feedback_subjects(actor: Actor, uuids: Many[UUID]) -> dict[UUID, SubjectRef]:
    """Public collections among these, as things people may rate and discuss. One query."""
    del actor
    found = _collections().filter(reach=SharedWith.PUBLIC, uuid__in=uuids)
    return {collection.uuid: subject_of(collection) for collection in found}


def subject_of(collection: Collection) -> SubjectRef:
    """A public collection as a thing people may rate and discuss."""
    return SubjectRef(
        kind=KIND,
        uuid=collection.uuid,
        path=collection.access_path,
        title=collection.title,
        url=address_of(KIND, collection.uuid),
        owner_id=collection.owner.uuid,
    )


def offered_for(actor: Actor, entry: Entry) -> list[tuple[Collection, bool]]:
    """The newest collections of an actor, each with whether the entry is in it. Two queries."""
    collections = list(own_collections(actor).order_by(*NEWEST)[:OFFERED])
    inside = set(entry_in(collections, entry))
    return [(collection, collection.pk in inside) for collection in collections]


def entry_in(collections: Sequence[Collection], entry: Entry) -> QuerySet[Collection, int]:
    return Collection.objects.filter(pk__in=[one.pk for one in collections], items__entry=entry).values_list(
        "pk", flat=True
    )
