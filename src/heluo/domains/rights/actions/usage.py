"""Usage home: each day the sums of how often works from elsewhere were used here, told to the node they are from."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum

from heluo.domains.rights.actions.ledger import note_uses
from heluo.domains.rights.actions.takedowns import NODES
from heluo.domains.rights.actions.wire import MOST_COUNTS, UsageBody, shaped
from heluo.domains.rights.enums import MessageKind
from heluo.domains.rights.errors import NotItsWord
from heluo.domains.rights.models import Progress, UsageElsewhere
from heluo.engines.catalogue.models import Entry
from heluo.kernel.clock.public import local_day
from heluo.kernel.feedback.enums import UseKind
from heluo.kernel.feedback.models import UseCount
from heluo.kernel.nodes.public import Message, active_nodes, node_called, send_message

SETTLED = timedelta(hours=2)
"""So long after midnight everything of the day before has been counted."""
DAYS_AT_ONCE = 31
Line = tuple[UUID, int, int, int]


@transaction.atomic
def close_days(*, now: datetime) -> int:
    """Tell and note the uses of the days that are over and were not yet; how many days. Begins with yesterday."""
    over = local_day(now - SETTLED) - timedelta(days=1)
    progress = Progress.objects.select_for_update().first() or Progress.objects.create()
    day = progress.day + timedelta(days=1) if progress.day else over
    days = 0
    while day <= over and days < DAYS_AT_ONCE:
        note_uses(day=day, now=now)
        report_uses(day=day, now=now)
        progress.day, day, days = day, day + timedelta(days=1), days + 1
    if days:
        progress.save(update_fields=["day"])
    return days


@transaction.atomic
def report_uses(*, day: date, now: datetime) -> int:
    """Send the sums of a day to the nodes that works are from, by the hub where we do not know them; how many messages.

    Sums are told as they are, small ones too: no person stands in them, and their author is told no more than of works
    at home.
    """
    nodes = list(active_nodes())
    known = {node.domain for node in nodes}
    hub = next((node.domain for node in nodes if node.is_hub), "")
    sent = 0
    for origin, lines in sorted(_used_here(day).items()):
        to = origin if origin in known else hub
        for start in range(0, len(lines) if to else 0, MOST_COUNTS):
            counts = [[str(entry), *numbers] for entry, *numbers in lines[start : start + MOST_COUNTS]]
            body = {"origin": origin, "node": settings.NODE_DOMAIN, "day": day.isoformat(), "counts": counts}
            send_message(kind=MessageKind.USAGE, to=to, body=body, by=NODES, now=now)
            sent += 1
    return sent


def _used_here(day: date) -> dict[str, list[Line]]:
    """Node → its works that were used here on a day."""
    sums = {use: Sum("count", filter=Q(use=use), default=0) for use in UseKind}
    rows = UseCount.objects.filter(
        day=day, subject__in=Entry.objects.exclude(origin=settings.NODE_DOMAIN).values("uuid")
    )
    used = {
        row["subject"]: (row["views"], row["downloads"], row["adoptions"])
        for row in rows.values("subject")
        .annotate(views=sums[UseKind.VIEW], downloads=sums[UseKind.DOWNLOAD], adoptions=sums[UseKind.COLLECT])
        .order_by("subject")
    }
    found: dict[str, list[Line]] = defaultdict(list)
    for entry, origin in Entry.objects.filter(uuid__in=used).order_by("uuid").values_list("uuid", "origin"):
        found[origin].append((entry, *used[entry]))
    return found


def take_usage(message: Message) -> None:
    """Keep what a node tells of works of ours, or pass it on to the node they are from. The newest word for a day
    counts. Refusals: OrderMalformed, NotItsWord.
    """
    said = shaped(message.body, UsageBody)
    sender = node_called(message.sender)
    if said.node != message.sender and not (sender and sender.is_hub and said.origin == settings.NODE_DOMAIN):
        raise NotItsWord(sender=message.sender, node=said.node)
    if said.origin != settings.NODE_DOMAIN:
        if active_nodes().filter(domain=said.origin).exists():
            body = said.model_dump(mode="json")
            send_message(kind=MessageKind.USAGE, to=said.origin, body=body, by=NODES, now=message.now)
        return
    counts = {entry: numbers for entry, *numbers in said.counts}
    ours = Entry.objects.filter(uuid__in=counts, origin=settings.NODE_DOMAIN).values_list("uuid", flat=True)
    newer = UsageElsewhere.objects.filter(
        entry__in=counts, node=said.node, day=said.day, said_at__gt=message.sent_at
    ).values_list("entry", flat=True)
    UsageElsewhere.objects.bulk_create(
        [
            UsageElsewhere(
                entry=entry,
                node=said.node,
                day=said.day,
                views=counts[entry][0],
                downloads=counts[entry][1],
                adoptions=counts[entry][2],
                said_at=message.sent_at,
            )
            for entry in sorted(set(ours) - set(newer))
        ],
        update_conflicts=True,
        unique_fields=["entry", "node", "day"],
        update_fields=["views", "downloads", "adoptions", "said_at"],
    )
