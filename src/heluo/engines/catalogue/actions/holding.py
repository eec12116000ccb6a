"""Taking an entry down by order, at the node it is from and wherever a copy of it stands; and bringing it back."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.actions.publishing import publish_entry, withdraw_entries, withdraw_entry
from heluo.engines.catalogue.enums import EntryState, Visibility
from heluo.engines.catalogue.errors import AlreadyHeld, FromAnotherNode, NobodyKeeps, NotHeld
from heluo.engines.catalogue.models import Entry, EntryVersion, Hold
from heluo.engines.catalogue.registry import keeper_of
from heluo.engines.catalogue.vocabulary import EntryDraft
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require

SWEPT_AT_ONCE = 500


@transaction.atomic
def hold_entry(*, by: Actor, identifier: UUID, reason: str, origin: str | None = None, now: datetime) -> bool:
    """Take an entry down and keep its identifier closed; whether something was withdrawn.

    Of this node's own entries, their domain closes its doors. `origin` is the node it is from, if not this one: what it
    holds need not have come here yet. The caller has checked that the order is that node's.
    """
    node = origin or settings.NODE_DOMAIN
    entry = _entry(identifier, node)
    if entry is None and origin is None:
        raise NotFound
    require(by, Permission.PUBLISH if origin is None else Permission.RECEIVE, on=entry.organisation if entry else None)
    try:
        with transaction.atomic():
            hold = Hold.objects.create(uuid=identifier, origin=node, took_down=False, at=now)
    except IntegrityError:
        raise AlreadyHeld from None
    if entry is None or (origin is not None and entry.state == EntryState.WITHDRAWN):
        return False
    if origin is None:
        keeper = keeper_of(entry.kind)
        if keeper is None:
            raise NobodyKeeps
        keeper.take_down(by=by, identifier=identifier, reason=reason, now=now)
    else:
        withdraw_entry(by=by, identifier=identifier, reason=reason, origin=origin, now=now)
    hold.took_down = True
    hold.save(update_fields=["took_down"])
    return True


@transaction.atomic
def release_entry(*, by: Actor, identifier: UUID, reason: str, origin: str | None = None, now: datetime) -> bool:
    """Open an identifier again and show what the hold took down as it was; whether there was something to show."""
    node = origin or settings.NODE_DOMAIN
    entry = _entry(identifier, node)
    require(by, Permission.PUBLISH if origin is None else Permission.RECEIVE, on=entry.organisation if entry else None)
    hold = Hold.objects.select_for_update().filter(uuid=identifier, origin=node).first()
    if hold is None:
        raise NotHeld
    hold.delete()
    if entry is None or not hold.took_down:
        return False
    keeper = keeper_of(entry.kind)
    if origin is None and keeper is not None:
        keeper.bring_back(by=by, identifier=identifier, reason=reason, now=now)
    else:
        publish_entry(by=by, identifier=identifier, draft=_as_told(entry), origin=origin, now=now)
    return True


def sweep_holds(*, by: Actor, reason: str, now: datetime) -> int:
    """Withdraw copies that came in while their hold did: a batch under way did not see it yet. How many."""
    found = Entry.objects.raw(SWEEP, [EntryState.PUBLISHED.value, settings.NODE_DOMAIN, SWEPT_AT_ONCE])
    for entry in found:
        with transaction.atomic():
            Hold.objects.filter(uuid=entry.uuid, origin=entry.origin).update(took_down=True)
            withdraw_entries(by=by, identifiers=[entry.uuid], reason=reason, origin=entry.origin, now=now)
    return len(found)


SWEEP = """
    SELECT entry.id, entry.uuid, entry.origin FROM catalogue_entry AS entry
      JOIN catalogue_hold AS hold ON hold.uuid = entry.uuid AND hold.origin = entry.origin
     WHERE entry.state = %s AND entry.origin <> %s LIMIT %s
"""


def _entry(identifier: UUID, node: str) -> Entry | None:
    entry = Entry.objects.select_related("organisation").defer("words").filter(uuid=identifier).first()
    if entry is not None and entry.origin != node:
        raise FromAnotherNode(title=entry.title, origin=entry.origin)
    return entry


def _as_told(entry: Entry) -> EntryDraft:
    """What its node told of an entry last, without what was laid over it here."""
    told = EntryVersion.objects.get(entry=entry, number=entry.version)
    return EntryDraft(
        kind=entry.kind,
        title=told.title,
        organisation_id=told.organisation_id,
        licence=told.licence,
        creator_name=told.creator_name,
        creator_id=told.creator_id,
        description=told.description,
        keywords=told.keywords,
        facets=told.facets,
        language=told.language,
        visibility=Visibility(told.visibility),
        shared_with_id=told.shared_with_id,
        thumbnail=told.thumbnail,
        payload=told.payload,
    )
