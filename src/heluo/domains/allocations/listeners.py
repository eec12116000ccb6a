"""What allocations hear: messages of other nodes, changes of the catalogue, contents that came."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from heluo.domains.allocations.actions import (
    apply_received,
    note_contents,
    note_receipt,
    receive_cancel,
    receive_part,
)
from heluo.domains.allocations.enums import CANCEL, ORDER, RECEIPT
from heluo.domains.allocations.forms import read_cancel, read_part, read_receipt
from heluo.engines.catalogue.events import EntriesPublished, EntriesWithdrawn, EntryPublished, EntryWithdrawn
from heluo.kernel.events.public import Announcement, subscribe
from heluo.kernel.nodes.public import Message, register_message
from heluo.kernel.transfers.public import ContentsArrived


def take_order(message: Message) -> None:
    receive_part(sender=message.sender, part=read_part(message.body), now=message.now)


def take_cancel(message: Message) -> None:
    order, reason = read_cancel(message.body)
    receive_cancel(sender=message.sender, order=order, reason=reason, now=message.now)


def take_receipt(message: Message) -> None:
    note_receipt(sender=message.sender, receipt=read_receipt(message.body), sent_at=message.sent_at)


register_message(ORDER, title=_("调配单"), handler=take_order)
register_message(CANCEL, title=_("撤销调配单"), handler=take_cancel)
register_message(RECEIPT, title=_("调配回执"), handler=take_receipt)


def _follow(announcements: Sequence[Announcement[Any]]) -> None:
    """Hearing it twice changes nothing twice."""
    apply_received(now=max(heard.at for heard in announcements))


@subscribe(EntryPublished)
def follow_published(announcements: Sequence[Announcement[EntryPublished]]) -> None:
    _follow(announcements)


@subscribe(EntriesPublished)
def follow_many_published(announcements: Sequence[Announcement[EntriesPublished]]) -> None:
    _follow(announcements)


@subscribe(EntryWithdrawn)
def follow_withdrawn(announcements: Sequence[Announcement[EntryWithdrawn]]) -> None:
    _follow(announcements)


@subscribe(EntriesWithdrawn)
def follow_many_withdrawn(announcements: Sequence[Announcement[EntriesWithdrawn]]) -> None:
    _follow(announcements)


@subscribe(ContentsArrived)
def follow_contents(announcements: Sequence[Announcement[ContentsArrived]]) -> None:
    del announcements
    note_contents()
