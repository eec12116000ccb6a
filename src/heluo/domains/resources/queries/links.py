"""Links of published resources: which there are, which are to be looked at, which are broken."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Count, F, QuerySet

from heluo.domains.resources.access import Permission, is_author
from heluo.domains.resources.models import LONGEST_ADDRESS, Link, ResourceVersion
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.files.enums import ItemKind
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.models import Organisation

ADDRESS = re.compile(r"https?://[^\s<>\"'`，。；：、！？（）【】《》“”‘’「」]+", re.IGNORECASE)
AFTER_IT = ".,;:!?*_~|\\]}"
"""What ends the sentence, not the address."""
MOST_LINKS = 200
"""Of one version; a package may hold thousands."""
MANY = 5
"""So many times more due links are read than are looked at, for the case that one host has most of them."""
LINK_PATH = "version__resource__organisation__path"


def links_in(version: ResourceVersion, files: Iterable[StoredFile]) -> list[str]:
    """Addresses that a version names in what it says, and in the web links of its Common Cartridges."""
    found = [
        _without_its_sentence(address)
        for text in (version.description, version.third_party_statement)
        for address in ADDRESS.findall(text)
    ]
    for file in files:
        if file.blob.courseware is not None:
            found += [item.href for item in file.blob.courseware.items if item.kind == ItemKind.LINK]
    whole = [address for address in dict.fromkeys(found) if len(address) <= LONGEST_ADDRESS and host_of(address)]
    return whole[:MOST_LINKS]


def host_of(address: str) -> str:
    """The host an address names; none where it is no address."""
    try:
        return (urlsplit(address).hostname or "")[:253]
    except ValueError:
        return ""


def _without_its_sentence(address: str) -> str:
    address = address.rstrip(AFTER_IT)
    return address.rstrip(f"){AFTER_IT}") if address.endswith(")") and "(" not in address else address


def public_links() -> QuerySet[Link]:
    """Links of what is public now."""
    return Link.objects.filter(version=F("version__resource__published"))


def due_links(now: datetime) -> QuerySet[Link]:
    return Link.objects.filter(due_at__lte=now)


def broken_links(version: ResourceVersion) -> QuerySet[Link]:
    """Links of a version that lead nowhere."""
    return version.links.filter(broken_at__isnull=False).order_by("pk")


def broken_for_author(actor: Actor, version: ResourceVersion) -> list[Link]:
    """What the author sees of it on the pages of their resource; nobody else does there."""
    return list(broken_links(version)) if is_author(actor, version.resource) else []


def broken_below(actor: Actor, place: Organisation | None = None) -> QuerySet[Link]:
    """Broken links of what is public in the actor's tree, or in the part of it below a place."""
    found = public_links().filter(within(actor, Permission.SEE_LINKS, LINK_PATH), broken_at__isnull=False)
    if place is not None:
        found = found.filter(**{f"{LINK_PATH}__startswith": place.path})
    return found.select_related("version__resource__organisation", "version__resource__author")


@dataclass(frozen=True, slots=True)
class BrokenBranch:
    """How many links are broken in an organisation and everything below it."""

    organisation: Organisation
    count: int


def broken_by_branch(actor: Actor, place: Organisation) -> list[BrokenBranch]:
    """The direct children of a place with any, the most first. Two queries."""
    counted: Counter[str] = Counter()
    for path, count in broken_below(actor, place).order_by().values_list(LINK_PATH).annotate(count=Count("pk")):
        if path != place.path:
            counted[path[: path.index(".", len(place.path)) + 1]] += count
    children = Organisation.objects.filter(parent=place, path__in=list(counted))
    branches = [BrokenBranch(child, counted[child.path]) for child in children]
    return sorted(branches, key=lambda row: (-row.count, row.organisation.path))


def seen_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Every organisation whose broken links the actor may see."""
    return Organisation.objects.filter(within(actor, Permission.SEE_LINKS, "path"))


def addresses_to_look_at(now: datetime, *, hosts: int, each: int) -> dict[str, list[str]]:
    """Host → addresses of it that are due longest; few hosts, and few addresses of each. One query."""
    found: dict[str, list[str]] = {}
    waiting = public_links().filter(due_at__lte=now).order_by("due_at", "pk").values_list("host", "address")
    for host, address in waiting[: hosts * each * MANY]:
        if host not in found and len(found) == hosts:
            continue
        known = found.setdefault(host, [])
        if address not in known and len(known) < each:
            known.append(address)
    return found


def links_to(addresses: Collection[str]) -> QuerySet[Link]:
    return Link.objects.filter(address__in=addresses)
