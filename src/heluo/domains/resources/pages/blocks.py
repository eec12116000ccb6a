"""What the resource centre shows on the workbench: to authors, pupils and those who oversee."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.access import Permission
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.pages.showing import TONES
from heluo.domains.resources.queries import (
    KIND,
    author_counts,
    author_places,
    being_watched,
    figures_below,
    own_versions,
    totals_in,
)
from heluo.engines.catalogue.public import cards_of, entries_by_ids, find_entries
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor, paths_for
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import grade_number
from heluo.kernel.pages.blocks import Block, Figure, Slot, workbench_block
from heluo.kernel.people.public import me, membership_of

SHOWN = 5
CARDS = 4
BRANCHES = 8


@workbench_block("resources.own", slot=Slot.PLACES, may=Permission.AUTHOR, order=10)
def own(actor: Actor) -> Block:
    """The author's desk: what is being written, what is under way, what is out."""
    counts = author_counts(actor)
    mine = reverse("resources:mine")
    open_states = (VersionState.DRAFT, VersionState.SUBMITTED)
    versions = own_versions(actor).filter(state__in=open_states).order_by("-changed_at", "-id")[:SHOWN]
    return Block(
        title=_("我的资源"),
        template="resources/blocks/own.html",
        context={
            "rows": [(version, TONES[VersionState(version.state)]) for version in versions],
            "places": author_places(actor),
        },
        figures=(
            Figure(_("草稿"), counts.drafts, f"{mine}?state={VersionState.DRAFT}", _("个")),
            Figure(_("待审核"), counts.in_review, f"{mine}?state={VersionState.SUBMITTED}", _("个")),
            Figure(_("已发布"), counts.published, f"{mine}?state={VersionState.PUBLISHED}", _("个")),
            Figure(_("被浏览"), counts.views, mine, _("次")),
        ),
        url=mine,
        link=_("看全部"),
        topics=(f"person:{actor.person_id}",),
    )


@workbench_block("resources.watching", slot=Slot.CHANGES, order=5)
def watching(actor: Actor) -> Block | None:
    """Films and recordings that somebody has begun."""
    playbacks = list(being_watched(actor)[:CARDS])
    entries = entries_by_ids(actor=actor, identifiers=[playback.resource.uuid for playback in playbacks])
    begun = [(playback, entries[playback.resource.uuid]) for playback in playbacks if playback.resource.uuid in entries]
    if not begun:
        return None
    cards = cards_of([entry for _playback, entry in begun], tags=())
    return Block(
        title=_("继续观看"),
        template="resources/blocks/watching.html",
        context={
            "begun": [
                (card, f"{card.url}#file-{playback.file_id}", playback)
                for card, (playback, _entry) in zip(cards, begun, strict=True)
            ]
        },
    )


@workbench_block("resources.for_me", slot=Slot.CHANGES, order=10)
def for_me(actor: Actor) -> Block | None:
    """What is new for a pupil's grade; for the whole stage while the grade has nothing."""
    today = local_day(now())
    membership = membership_of(me(actor), on=today) if Role.PUPIL in actor.roles else None
    if membership is None:
        return None
    klass = membership.klass
    year = grade_number(Stage(klass.stage), klass.entry_year, SchoolYear.on(today))
    grade = {"grade": [f"{klass.stage}-{year}"]}
    stage = {"stage": [klass.stage]}
    for facets in (grade, stage):
        found = find_entries(actor=actor, kinds=(KIND,), facets=facets, size=CARDS)
        if found.items:
            query = "&".join(f"{key}={value}" for key, values in facets.items() for value in values)
            return Block(
                title=_("为你更新"),
                template="resources/blocks/cards.html",
                context={"cards": cards_of(found.items)},
                url=f"{reverse('resources:list')}?{query}",
                link=_("看全部"),
            )
    return None


@workbench_block("resources.overview", slot=Slot.PLACES, may=Permission.OVERSEE, order=30)
def overview(actor: Actor) -> Block:
    """Figures of the tree below an officer, with the way down."""
    published, waiting = totals_in(actor)
    address = reverse("resources:overview")
    places = Organisation.objects.filter(path__in=paths_for(actor, Permission.OVERSEE)).order_by("path")
    branches = [row for place in places for row in figures_below(actor, place)]
    return Block(
        title=_("资源建设"),
        template="resources/blocks/branches.html",
        context={"branches": [row for row in branches if row.published or row.waiting][:BRANCHES]},
        figures=(
            Figure(_("已发布资源"), published, address, _("个")),
            Figure(_("等待审核"), waiting, address, _("个")),
        ),
        url=address,
        link=_("看各单位"),
    )
