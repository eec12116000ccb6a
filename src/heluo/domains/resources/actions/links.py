"""Links of published resources: noted with them, looked at about weekly, told to the author where they are broken."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import blake2b

from django.db import transaction

from heluo.domains.resources.enums import LinkTrouble, NoticeKind
from heluo.domains.resources.models import Link, ResourceVersion
from heluo.domains.resources.queries import (
    addresses_to_look_at,
    due_links,
    host_of,
    links_in,
    links_to,
    news_about,
    public_links,
    versions_in,
)
from heluo.domains.resources.queries.rows import files_by_version
from heluo.kernel.clock.public import local_day
from heluo.kernel.notices.public import tell_people
from heluo.kernel.outward.public import Unreachable, ask

CHECK_TASK = "resources.check_links"
WEEK = timedelta(days=7)
SPREAD = timedelta(days=1)
"""So much earlier some are looked at again, so that what was published together is not due together for ever."""
AGAIN = timedelta(days=1)
"""After a failure, until it is broken."""
LENT = timedelta(hours=1)
"""A round that dies leaves what it was at for so long."""
BROKEN_AFTER = 3
"""Days on which it failed, one after the other."""
HOSTS, EACH, AT_ONCE = 40, 5, 4
PURPOSE = "link check"
FEW_BYTES = 512
NOT_FOR_EVERYBODY = frozenset({401, 403, 407, 418, 429, 451})
"""Somebody is there, and wants a sign-in, fewer questions, or no machines: for people the link leads somewhere."""
NOT_THERE = frozenset({404, 410})


def note_links(versions: Sequence[ResourceVersion], *, now: datetime) -> None:
    """Keep the addresses that versions name which are public from now on. In the transaction that publishes them."""
    files = files_by_version(versions)
    links = [
        Link(version=version, address=address, host=host_of(address), due_at=now)
        for version in versions
        for address in links_in(version, files[version.pk])
    ]
    Link.objects.bulk_create(
        links, update_conflicts=True, unique_fields=["version", "address"], update_fields=["due_at"], batch_size=500
    )


@transaction.atomic
def take_up_links(*, now: datetime) -> dict[str, list[str]]:
    """What the next round looks at, by host; until it comes back nobody else takes it up.

    What is no longer public is not looked at until it is published again.
    """
    due = due_links(now)
    due.exclude(pk__in=public_links().values("pk")).update(due_at=None)
    wanted = addresses_to_look_at(now, hosts=HOSTS, each=EACH)
    links_to([address for some in wanted.values() for address in some]).filter(due_at__lte=now).update(
        due_at=now + LENT
    )
    return wanted


def look_at_links(wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Address → why it leads nowhere, empty where it leads somewhere. A few hosts at once, one request at a host."""
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="heluo-links") as several:
        looked = several.map(lambda addresses: {one: trouble_with(one) for one in addresses}, wanted.values())
        return {address: trouble for found in looked for address, trouble in found.items()}


def trouble_with(address: str) -> str:
    """Ask for the head of a page, and where that is refused for its beginning."""
    try:
        status = ask(address, purpose=PURPOSE, method="HEAD").status
        if status >= 400:
            status = ask(address, purpose=PURPOSE, most_bytes=FEW_BYTES).status
    except Unreachable as unreachable:
        return str(unreachable.trouble.value)
    if status < 400 or status in NOT_FOR_EVERYBODY:
        return ""
    if status in NOT_THERE:
        return LinkTrouble.GONE
    return LinkTrouble.FAILING if status >= 500 else LinkTrouble.REFUSED


@transaction.atomic
def note_looks(*, found: Mapping[str, str], now: datetime) -> int:
    """Keep what a round has found; authors of what has become broken are told. How many links became broken.

    Several failures on one day count once, so a site that is down for an evening breaks nothing.
    """
    today = local_day(now)
    links = list(links_to(list(found)).select_for_update(of=("self",)).order_by("pk"))
    newly: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        link.checked_at, link.trouble = now, found[link.address]
        if not link.trouble:
            link.failures, link.failed_on, link.broken_at = 0, None, None
        elif link.failed_on != today:
            link.failures, link.failed_on = min(link.failures + 1, BROKEN_AFTER), today
        if link.trouble and link.broken_at is None and link.failures >= BROKEN_AFTER:
            link.broken_at = now
            newly[link.version_id].append(link)
        fails_lately = bool(link.trouble) and link.broken_at is None
        link.due_at = None if link.due_at is None else now + (AGAIN if fails_lately else WEEK - _early(link.address))
    Link.objects.bulk_update(
        links, ["checked_at", "trouble", "failures", "failed_on", "broken_at", "due_at"], batch_size=500
    )
    news = [
        news_about(
            version,
            NoticeKind.LINKS,
            f"{version.resource.uuid}:{version.number}:{today}",
            address=newly[version.pk][0].address,
        )
        for version in versions_in(newly)
        if version.pk == version.resource.published_id
    ]
    tell_people(news=news, now=now)
    return sum(map(len, newly.values()))


def _early(address: str) -> timedelta:
    """The same address is always as early: a share of the spread that its digest gives."""
    return SPREAD * (blake2b(address.encode(errors="replace"), digest_size=1).digest()[0] / 255)
