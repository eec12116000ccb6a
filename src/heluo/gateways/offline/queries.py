"""What is chosen, what an addressee has already, and how packages stand."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from heluo.domains.allocations.public import entries_of_order
from heluo.domains.textbooks.enums import CHAPTER_FACET
from heluo.engines.catalogue.enums import Sort
from heluo.engines.catalogue.public import ToldLine, find_entries, told_lines, told_lines_of
from heluo.gateways.offline.enums import PackageState
from heluo.gateways.offline.errors import OrderUnknown, SetUnknown
from heluo.gateways.offline.models import READ_HERE, WRITTEN_HERE, Item, Package
from heluo.gateways.offline.selection import Chosen
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.nodes.public import ANYBODY

AT_ONCE = 200
COLLECTED = "items"
"""In the payload of a collection: what it puts together."""


def packages() -> QuerySet[Package]:
    """The newest first."""
    return Package.objects.all()


def next_number() -> int:
    last = Package.objects.filter(state__in=WRITTEN_HERE).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def last_read(domain: str) -> Package | None:
    """The newest package of a node that is here, be it half."""
    return Package.objects.filter(node=domain, state__in=READ_HERE).order_by("-number").first()


def chosen_entries(chosen: Chosen) -> list[UUID]:
    """The identifiers of what is chosen, each once. Refusals: SetUnknown, OrderUnknown."""
    found: dict[UUID, None] = dict.fromkeys(chosen.entries)
    for order in chosen.orders:
        ordered = entries_of_order(order)
        if not ordered:
            raise OrderUnknown(field="orders", order=order)
        found.update(dict.fromkeys(ordered))
    for name in chosen.sets:
        in_set = [line.identifier for line in _every_line(name)]
        if not in_set:
            raise SetUnknown(field="sets", name=name)
        found.update(dict.fromkeys(in_set))
    if chosen.chapters:
        found.update(dict.fromkeys(_under(chosen.chapters)))
    for line in told_lines_of(chosen.collections):
        items = line.entry.payload.get(COLLECTED, []) if line.entry else []
        found.update(dict.fromkeys(UUID(item["identifier"]) for item in items))
    if chosen.everything or chosen.own:
        found.update(
            (line.identifier, None)
            for line in _every_line("")
            if chosen.everything or line.origin == settings.NODE_DOMAIN
        )
    return list(found)


def _under(chapters: Sequence[UUID]) -> Iterator[UUID]:
    """What hangs on chapters or below them: an entry names those above its own as well."""
    wanted, cursor = {CHAPTER_FACET: [str(one) for one in chapters]}, None
    while True:
        page = find_entries(actor=PUBLIC_ACTOR, facets=wanted, sort=Sort.NEWEST, cursor=cursor, size=AT_ONCE)
        yield from (entry.uuid for entry in page.items)
        if (cursor := page.next_cursor) is None:
            return


def _every_line(within: str) -> Iterator[ToldLine]:
    after: int | None = 0
    while after is not None:
        page = told_lines(after=after, within=within, size=AT_ONCE)
        yield from page.lines
        after = page.next_after


def lines_to_carry(identifiers: Collection[UUID]) -> Iterator[list[ToldLine]]:
    """What everybody was told of some entries, some at a time; what they were never told is not there."""
    listed = list(identifiers)
    for first in range(0, len(listed), AT_ONCE):
        yield told_lines_of(listed[first : first + AT_ONCE])


def acknowledged(domain: str) -> QuerySet[Package]:
    """What a node told that it has taken, be it written for it or for anybody."""
    return Package.objects.filter(node=domain, state=PackageState.WRITTEN, acknowledged_at__isnull=False)


def entries_carried(domain: str) -> Mapping[UUID, int]:
    """Entry → version of the last time it went to a node, or to anybody; 0 where that told its end."""
    to = Q(node=domain) | Q(node=ANYBODY)
    return entries_had(Package.objects.filter(to, state=PackageState.WRITTEN))


def entries_had(within: QuerySet[Package]) -> Mapping[UUID, int]:
    """Entry → its version in the newest of some packages that has it."""
    rows = Item.objects.filter(package__in=within, entry__isnull=False).order_by("package__number", "pk")
    return {entry: version for entry, version in rows.values_list("entry", "version") if entry}


def contents_carried(within: QuerySet[Package]) -> set[str]:
    return set(Item.objects.filter(package__in=within).exclude(content="").values_list("content", flat=True))
