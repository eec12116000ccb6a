"""Collections for programs: the same actions and the same narrowed reads as the pages."""

from typing import Annotated
from uuid import UUID

from ninja import Field, Router, Schema
from ninja.responses import Status

from heluo.domains.collections.access import Permission
from heluo.domains.collections.actions import (
    annotate_item,
    collect,
    delete_collection,
    describe_collection,
    propose_publication,
    remove_item,
    reorder_items,
    share_collection,
    start_collection,
    take_newer,
)
from heluo.domains.collections.enums import SharedWith
from heluo.domains.collections.models import Collection
from heluo.domains.collections.queries import (
    NEWEST,
    Shown,
    classes_to_share,
    collection_for,
    own_collection,
    own_collections,
    places_to_share,
    shared_collections,
    shown_to,
)
from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, operation

router = Router(tags=["collections"])
Cursor = Annotated[str, Field(max_length=2000)]


class CollectionOut(Schema):
    """A collection; `changed` says that the public still sees an earlier edition."""

    id: UUID
    title: str
    description: str
    owner: str
    organisation: UUID
    reach: SharedWith
    klass: UUID | None
    changed: bool

    @staticmethod
    def of(collection: Collection) -> "CollectionOut":
        return CollectionOut(
            id=collection.uuid,
            title=collection.title,
            description=collection.description,
            owner=collection.owner.name,
            organisation=collection.organisation.uuid,
            reach=SharedWith(collection.reach),
            klass=collection.klass.uuid if collection.klass else None,
            changed=collection.has_changed_since,
        )


class CollectionPage(Schema):
    """One page of collections; read on with `cursor` = `next`."""

    items: list[CollectionOut]
    next: str | None


class CollectedOut(Schema):
    """An entry of the catalogue in the version that was pinned. `item` is missing in a public edition."""

    item: int | None
    entry: UUID
    kind: str
    version: int
    title: str
    note: str
    gone: bool
    newer: bool

    @staticmethod
    def of(shown: Shown) -> "CollectedOut":
        return CollectedOut(
            item=shown.key,
            entry=shown.version.uuid,
            kind=shown.version.kind,
            version=shown.version.number,
            title=shown.version.title,
            note=shown.note,
            gone=shown.is_gone,
            newer=shown.has_newer,
        )


class FullOut(CollectionOut):
    """A collection with what is in it, in its order: what the caller may see of it."""

    items: list[CollectedOut]


class CollectionIn(Schema):
    title: str = Field(min_length=1, max_length=100)
    description: str = Field("", max_length=1000)


class ItemIn(Schema):
    """An entry to add; without a version, the one that is public now."""

    entry: UUID
    version: int | None = Field(None, ge=1)
    note: str = Field("", max_length=300)


class NoteIn(Schema):
    note: str = Field(max_length=300)


class ItemOrderIn(Schema):
    items: list[int] = Field(max_length=1000)


class ReachIn(Schema):
    """Who sees it: oneself, a class one teaches, a place where one works. Public needs a review."""

    reach: SharedWith
    klass: UUID | None = None
    organisation: UUID | None = None


class PublicationOut(Schema):
    process: UUID


def _full(request: PageRequest, collection: Collection) -> FullOut:
    items = [CollectedOut.of(one) for one in shown_to(request.actor, collection)]
    return FullOut(**CollectionOut.of(collection).dict(), items=items)


@router.get("/collections", response=CollectionPage, summary="Own collections, last changed first")
@operation(may=Permission.KEEP)
def list_own(request: PageRequest, cursor: Cursor = "") -> CollectionPage:
    page = keyset_page(own_collections(request.actor), order=NEWEST, cursor=cursor or None)
    return CollectionPage(items=[CollectionOut.of(one) for one in page.items], next=page.next_cursor)


@router.get("/collections/shared", response=CollectionPage, summary="Those shared with one's classes and places")
@operation(may=Permission.KEEP)
def list_shared(request: PageRequest, cursor: Cursor = "") -> CollectionPage:
    page = keyset_page(shared_collections(request.actor, on=local_day(now())), order=NEWEST, cursor=cursor or None)
    return CollectionPage(items=[CollectionOut.of(one) for one in page.items], next=page.next_cursor)


@router.post("/collections", response={201: FullOut}, summary="Begin a collection")
@operation(may=Permission.KEEP)
def create(request: PageRequest, wanted: CollectionIn) -> Status[FullOut]:
    made = start_collection(by=request.actor, title=wanted.title, description=wanted.description, now=now())
    return Status(201, _full(request, own_collection(request.actor, made.uuid)))


@router.get("/collections/{uuid}", response=FullOut, summary="A collection one may see, with its items")
@operation(may=Audience.PUBLIC)
def read(request: PageRequest, uuid: UUID) -> FullOut:
    return _full(request, collection_for(request.actor, uuid, on=local_day(now())))


@router.put("/collections/{uuid}", response=FullOut, summary="Name and describe an own collection")
@operation(may=Permission.KEEP)
def describe(request: PageRequest, uuid: UUID, wanted: CollectionIn) -> FullOut:
    found = own_collection(request.actor, uuid)
    describe_collection(
        by=request.actor, collection=found, title=wanted.title, description=wanted.description, now=now()
    )
    return _full(request, own_collection(request.actor, uuid))


@router.delete("/collections/{uuid}", response={204: None}, summary="Throw an own collection away")
@operation(may=Permission.KEEP)
def delete(request: PageRequest, uuid: UUID) -> Status[None]:
    delete_collection(by=request.actor, collection=own_collection(request.actor, uuid), now=now())
    return Status(204, None)


@router.post("/collections/{uuid}/items", response={201: FullOut}, summary="Add an entry")
@operation(may=Permission.KEEP)
def add(request: PageRequest, uuid: UUID, wanted: ItemIn) -> Status[FullOut]:
    found = own_collection(request.actor, uuid)
    collect(
        by=request.actor,
        collection=found,
        entry=wanted.entry,
        number=wanted.version,
        note=wanted.note,
        now=now(),
    )
    return Status(201, _full(request, own_collection(request.actor, uuid)))


@router.put("/collections/{uuid}/items", response=FullOut, summary="Put the items in order")
@operation(may=Permission.KEEP)
def reorder(request: PageRequest, uuid: UUID, wanted: ItemOrderIn) -> FullOut:
    reorder_items(by=request.actor, collection=own_collection(request.actor, uuid), order=wanted.items, now=now())
    return _full(request, own_collection(request.actor, uuid))


@router.put("/collections/{uuid}/items/{item}/note", response=FullOut, summary="Say what an item is for")
@operation(may=Permission.KEEP)
def annotate(request: PageRequest, uuid: UUID, item: int, wanted: NoteIn) -> FullOut:
    found = own_collection(request.actor, uuid)
    annotate_item(by=request.actor, collection=found, item=item, note=wanted.note, now=now())
    return _full(request, own_collection(request.actor, uuid))


@router.post("/collections/{uuid}/items/{item}/renewal", response=FullOut, summary="Pin the version that is public now")
@operation(may=Permission.KEEP)
def renew(request: PageRequest, uuid: UUID, item: int) -> FullOut:
    take_newer(by=request.actor, collection=own_collection(request.actor, uuid), item=item, now=now())
    return _full(request, own_collection(request.actor, uuid))


@router.delete("/collections/{uuid}/items/{item}", response=FullOut, summary="Take an item out")
@operation(may=Permission.KEEP)
def remove(request: PageRequest, uuid: UUID, item: int) -> FullOut:
    remove_item(by=request.actor, collection=own_collection(request.actor, uuid), item=item, now=now())
    return _full(request, own_collection(request.actor, uuid))


@router.put("/collections/{uuid}/reach", response=FullOut, summary="Share it, or keep it for oneself")
@operation(may=Permission.SHARE)
def share(request: PageRequest, uuid: UUID, wanted: ReachIn) -> FullOut:
    classes = {one.uuid: one for one in classes_to_share(request.actor, on=local_day(now()))}
    places = {one.uuid: one for one in places_to_share(request.actor)}
    share_collection(
        by=request.actor,
        collection=own_collection(request.actor, uuid),
        reach=wanted.reach,
        klass=classes.get(wanted.klass) if wanted.klass else None,
        place=places.get(wanted.organisation) if wanted.organisation else None,
        now=now(),
    )
    return _full(request, own_collection(request.actor, uuid))


@router.post("/collections/{uuid}/publication", response={201: PublicationOut}, summary="Ask for it to be made public")
@operation(may=Permission.SHARE)
def publish(request: PageRequest, uuid: UUID) -> Status[PublicationOut]:
    found = own_collection(request.actor, uuid)
    return Status(201, PublicationOut(process=propose_publication(by=request.actor, collection=found, now=now()).uuid))
