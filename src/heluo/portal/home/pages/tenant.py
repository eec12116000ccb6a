"""The home page of a virtual platform: the blocks its keeper chose, each with what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.domains.news.public import News, latest_news
from heluo.domains.resources.public import KIND
from heluo.engines.catalogue.public import Card, cards_of, entries_by_ids, find_entries
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.blocks import Figure
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest
from heluo.kernel.tenants.public import Tenant, shown_tree
from heluo.portal.home.enums import BlockKind
from heluo.portal.home.models import HomeBlock
from heluo.portal.home.queries import OF_ENTRIES, Way, blocks_here, identifiers_in, ways_in

NEWEST, NEWS_SHOWN = 8, 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A block with what it shows. A banner at the top is the head of the page."""

    block: HomeBlock
    title: str | Promise
    cards: Sequence[Card] = ()
    news: Sequence[News] = ()
    ways: Sequence[Way] = ()
    figures: Sequence[Figure] = field(default_factory=list)


def tenant_home(request: PageRequest, tenant: Tenant) -> HttpResponse:
    blocks = blocks_here()
    banner = next((one for one in blocks if one.kind == BlockKind.BANNER), None)
    context = {
        "heading": banner.title if banner and banner.title else tenant.name,
        "lead": banner.text if banner else "",
        "blocks": _shown(request.actor, [one for one in blocks if one is not banner]),
    }
    return page_response(request, "home/tenant.html", context)


def _shown(actor: Actor, blocks: Sequence[HomeBlock]) -> list[Shown]:
    """Every block, in as many queries as its kinds need, however many there are of each."""
    kinds = {one.kind for one in blocks}
    named = {id(one): identifiers_in(one) for one in blocks if one.kind in OF_ENTRIES}
    cards = _cards(actor, [identifier for identifiers in named.values() for identifier in identifiers])
    wants_newest = any(one.kind == BlockKind.RECOMMENDED and not named[id(one)] for one in blocks)
    newest = find_entries(actor=actor, size=NEWEST, tree=shown_tree()) if wants_newest else None
    news = latest_news(on=local_day(now()), most=NEWS_SHOWN) if BlockKind.NEWS in kinds else []
    figures = _figures(actor) if BlockKind.FIGURES in kinds else []
    latest = cards_of(newest.items) if newest else []
    return [
        Shown(
            block=one,
            title=one.title or one.get_kind_display(),
            cards=[cards[key] for key in named.get(id(one), ()) if key in cards]
            or (latest if one.kind == BlockKind.RECOMMENDED and not named[id(one)] else []),
            news=news if one.kind == BlockKind.NEWS else [],
            ways=ways_in(one) if one.kind == BlockKind.ENTRANCES else [],
            figures=figures if one.kind == BlockKind.FIGURES else [],
        )
        for one in blocks
    ]


def _cards(actor: Actor, identifiers: Sequence[UUID]) -> Mapping[UUID, Card]:
    if not identifiers:
        return {}
    found = list(entries_by_ids(actor=actor, identifiers=identifiers).values())
    return dict(zip((entry.uuid for entry in found), cards_of(found), strict=True))


def _figures(actor: Actor) -> list[Figure]:
    resources = reverse("resources:list")
    own = find_entries(actor=actor, kinds=(KIND,), size=1, tree=shown_tree())
    everything = find_entries(actor=actor, kinds=(KIND,), size=1)
    return [
        Figure(_("本平台资源"), own.total, resources, _("个")),
        Figure(_("全部资源"), everything.total, f"{resources}?reach=all", _("个")),
    ]
