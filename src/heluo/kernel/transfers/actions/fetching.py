"""Bringing what is wanted: whose turn it is, which of it a node has, one content piece by piece."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.files import spool
from heluo.kernel.files.errors import StorageAway, StorageFull, UploadBusy, UploadGone
from heluo.kernel.files.spool import Spooled
from heluo.kernel.nodes.models import Node
from heluo.kernel.nodes.public import Standing
from heluo.kernel.transfers.access import Permission
from heluo.kernel.transfers.actions.keeping import keep_whole
from heluo.kernel.transfers.asking import Failed, Source, which_of
from heluo.kernel.transfers.enums import FINAL, CopyState, Trouble
from heluo.kernel.transfers.errors import OtherBytes
from heluo.kernel.transfers.models import Copy
from heluo.kernel.transfers.receiving import receive
from heluo.kernel.transfers.vocabulary import MOST_ASKED

AT_ONCE = MOST_ASKED
PIECES = 32
"""Fetched by one job before it makes room for another."""
CLAIMED_FOR = timedelta(minutes=30)
"""After which a content is asked for again whose job died with its worker."""
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=12)
MOST_FAILURES = 60
"""In a row: about a month of tries."""
MOST_WRONG = 3


@transaction.atomic
def claim_due(*, now: datetime) -> dict[str, list[int]]:
    """The copies to ask for by now, by the node they are asked from (empty: from an address). They are not due again
    for a while, so that nobody else asks for them meanwhile.
    """
    due = Copy.objects.filter(next_at__lte=now).order_by("next_at").select_for_update(skip_locked=True)
    claimed: dict[str, list[int]] = defaultdict(list)
    for key, node in due.values_list("pk", "node")[:AT_ONCE]:
        claimed[node].append(key)
    Copy.objects.filter(pk__in=[key for keys in claimed.values() for key in keys]).update(next_at=now + CLAIMED_FOR)
    return dict(claimed)


def ask_which(*, by: Actor, domain: str, keys: Sequence[int], now: datetime) -> list[int]:
    """Those of the copies wanted from a node that can be fetched: it has them for us, or an address is known besides.
    The others are put off. Refusal: NotAllowed.
    """
    require(by, Permission.FETCH)
    copies = {copy.sha256: copy for copy in Copy.objects.filter(pk__in=keys).exclude(state=CopyState.HERE)}
    node = _node(domain)
    try:
        had = which_of(node, list(copies)) if node else set()
    except Failed as failure:
        _put_off(copies.values(), failure.trouble, now)
        return []
    elsewhere = [copy for sha256, copy in copies.items() if sha256 not in had and copy.href]
    Copy.objects.filter(pk__in=[copy.pk for copy in elsewhere]).update(node="")
    lost = [copy for sha256, copy in copies.items() if sha256 not in had and not copy.href]
    _put_off(lost, Trouble.NOT_GIVEN if node else Trouble.NO_SOURCE, now)
    return [copy.pk for sha256, copy in copies.items() if sha256 in had or copy.href]


def _node(domain: str) -> Node | None:
    return Node.objects.filter(domain=domain, standing=Standing.ACTIVE).exclude(address="").first()


def _put_off(copies: Iterable[Copy], trouble: Trouble, now: datetime) -> None:
    """Say when to try again: a minute later, then ever longer pauses; in the end never."""
    listed = list(copies)
    for copy in listed:
        copy.failures = min(copy.failures + 1, MOST_FAILURES)
        copy.wrong += trouble == Trouble.WRONG_BYTES
        copy.trouble = trouble
        given_up = trouble in FINAL or copy.failures == MOST_FAILURES or copy.wrong >= MOST_WRONG
        copy.state = CopyState.FAILED if given_up else CopyState.WANTED
        pause = min(SHORTEST_PAUSE * 2 ** min(copy.failures - 1, 16), LONGEST_PAUSE)
        copy.next_at = None if given_up else now + pause
    Copy.objects.bulk_update(listed, ["failures", "wrong", "trouble", "state", "next_at"], batch_size=500)


def fetch_copy(*, by: Actor, key: int, now: datetime) -> bool:
    """Bring a content some pieces further, and keep it once it is whole; whether more of it is to come.

    What goes wrong is noted at the copy with the instant of the next try. What arrived stays, unless it is wrong.
    Refusal: NotAllowed.
    """
    require(by, Permission.FETCH)
    copy = Copy.objects.filter(Q(pk=key) & ~Q(state=CopyState.HERE)).first()
    if copy is None:
        return False
    try:
        return not _brought(by, copy, now)
    except (UploadBusy, UploadGone):
        return False  # another job has it, or has just finished it
    except Failed as failure:
        _put_off([copy], failure.trouble, now)
    except OtherBytes:
        spool.drop(copy.spooled_as)
        _put_off([copy], Trouble.WRONG_BYTES, now)
    except (StorageFull, StorageAway):
        _put_off([copy], Trouble.NO_ROOM, now)
    except Refusal:
        spool.drop(copy.spooled_as)
        _put_off([copy], Trouble.NOT_ACCEPTED, now)
    return False


def _brought(by: Actor, copy: Copy, now: datetime) -> bool:
    if copy.size > settings.MAX_UPLOAD_BYTES:
        raise Failed(Trouble.TOO_LARGE)
    source = _source_of(copy)
    place = copy.spooled_as
    spool.begin(place)
    with spool.held(place) as spooled:
        spool.require_room(copy.size - spooled.size)
        if not _received(spooled, copy, source):
            Copy.objects.filter(pk=copy.pk).update(
                state=CopyState.ARRIVING, failures=0, trouble="", next_at=now + CLAIMED_FOR
            )
            return False
        keep_whole(by=by, spooled=spooled, sha256=copy.sha256, name=copy.name, now=now)
        spool.drop(place)
    return True


def _received(spooled: Spooled, copy: Copy, source: Source) -> bool:
    before = spooled.size
    try:
        return receive(
            spooled,
            size=copy.size,
            piece=lambda offset: source.piece(copy.sha256, offset=offset, size=copy.size),
            pieces=PIECES,
        )
    except Failed as failure:
        if failure.trouble == Trouble.WRONG_BYTES:
            spooled.forget()
        elif spooled.size > before:
            copy.failures = 0  # it came forward
        raise


def _source_of(copy: Copy) -> Source:
    node = _node(copy.node)
    if node is not None:
        return Source(f"{node.address}/nodes/contents/{copy.sha256}", node=node.domain)
    if copy.href.startswith(("https://", "http://")):
        return Source(copy.href)
    raise Failed(Trouble.NO_SOURCE)
