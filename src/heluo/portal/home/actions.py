"""Arranging the home page of a virtual platform."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.tenants.public import Permission as TenantPermission
from heluo.kernel.tenants.public import Row, Tenant, tenant_here
from heluo.portal.home.access import require_keeper
from heluo.portal.home.enums import BlockKind
from heluo.portal.home.errors import NothingToShow, TooManyBlocks
from heluo.portal.home.models import MOST_BLOCKS, HomeBlock
from heluo.portal.home.queries import OF_ENTRIES, identifiers_in, ways_in


@transaction.atomic
def add_block(
    *, by: Actor, kind: BlockKind, title: str, text: str, place: int | None = None, now: datetime
) -> HomeBlock:
    """At the end, or at a `place` counted from 0."""
    here = require_keeper(by)
    blocks = _locked()
    if len(blocks) >= MOST_BLOCKS:
        raise TooManyBlocks(most=MOST_BLOCKS)
    block = HomeBlock(kind=kind, title=title.strip(), text=text.strip(), position=len(blocks))
    _check(block)
    block.save()
    if place is not None:
        blocks.insert(max(0, place), block)
        _put_in_order(blocks)
    _note(by, now, "home.block_added", here)
    return block


@transaction.atomic
def change_block(*, by: Actor, block: HomeBlock, title: str, text: str, now: datetime) -> HomeBlock:
    here = require_keeper(by)
    fresh = next((one for one in _locked() if one.pk == block.pk), None)
    if fresh is None:
        raise NotFound
    fresh.title, fresh.text = title.strip(), text.strip()
    _check(fresh)
    fresh.save(update_fields=["title", "text"])
    _note(by, now, "home.block_changed", here)
    return fresh


@transaction.atomic
def raise_block(*, by: Actor, block: HomeBlock, now: datetime) -> None:
    """One place up."""
    here = require_keeper(by)
    blocks = _locked()
    place = _place_of(block, blocks)
    blocks.insert(max(0, place - 1), blocks.pop(place))
    _put_in_order(blocks)
    _note(by, now, "home.blocks_ordered", here)


@transaction.atomic
def remove_block(*, by: Actor, block: HomeBlock, now: datetime) -> HomeBlock:
    """Take it away. What is returned says where it stood, for whoever wants it back."""
    here = require_keeper(by)
    blocks = _locked()
    gone = blocks.pop(_place_of(block, blocks))
    HomeBlock.objects.filter(pk=gone.pk).delete()
    _put_in_order(blocks)
    _note(by, now, "home.block_removed", here)
    return gone


def _locked() -> list[HomeBlock]:
    return list(HomeBlock.objects.select_for_update())


def _place_of(block: HomeBlock, blocks: list[HomeBlock]) -> int:
    for place, one in enumerate(blocks):
        if one.pk == block.pk:
            return place
    raise NotFound


def _put_in_order(blocks: list[HomeBlock]) -> None:
    for place, block in enumerate(blocks):
        if block.position != place:
            HomeBlock.objects.filter(pk=block.pk).update(position=place)
            block.position = place


def _check(block: HomeBlock) -> None:
    """Refuse lines that would show nothing. Recommended resources may name none: then the newest stand there."""
    if block.kind in OF_ENTRIES:
        found: list[object] = [*identifiers_in(block)]
    elif block.kind == BlockKind.ENTRANCES:
        found = [*ways_in(block)]
    else:
        return
    if not found and block.kind != BlockKind.RECOMMENDED:
        raise NothingToShow(field="text")


def _note(by: Actor, now: datetime, deed: str, here: Tenant) -> None:
    subject = Subject(kind="tenant", id=str(here.uuid), title=here.name, path=here.organisation.path)
    record(by=by, at=now, deed=deed, subject=subject)


# -- moving along with the virtual platform ---------------------------------------------------------------------------

CARRIED = ("kind", "title", "text", "position")


def rows_to_carry() -> Iterator[Row]:
    """The home page of the virtual platform at hand, in plain values."""
    return ({name: getattr(one, name) for name in CARRIED} for one in HomeBlock.objects.all())


@transaction.atomic
def take_in(by: Actor, rows: Sequence[Row], now: datetime) -> None:
    """The home page as it was; it has no blocks but these."""
    require(by, TenantPermission.GRANT, on=tenant_here())
    HomeBlock.objects.all().delete()
    for row in rows:
        HomeBlock(**{name: row[name] for name in CARRIED}).save()
