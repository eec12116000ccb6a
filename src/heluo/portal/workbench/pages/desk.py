"""The workbench: blocks of many apps on one page, and each of them alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.blocks import Block, BlockRule, block_named, blocks_for
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block with its key and its rendered part, ready for the template."""

    key: str
    block: Block
    html: str

    @property
    def element(self) -> str:
        """The id of the block's element."""
        return f"block-{self.key.replace('.', '-')}"


@reads(may=Audience.SIGNED_IN)
def workbench(request: PageRequest) -> HttpResponse:
    rules = blocks_for(request.actor)
    shown = {slot.value: _shown(request, mine) for slot, mine in groupby(rules, lambda rule: rule.slot)}
    context = {
        "heading": _("{name}，您好").format(name=request.actor.name),
        "lead": _("今天是 {day}。").format(day=local_day(now()).strftime("%Y-%m-%d")),
        "slots": shown,
        "nothing": not any(shown.values()),
    }
    return page_response(request, "workbench/workbench.html", context)


@reads(may=Audience.SIGNED_IN)
def block(request: PageRequest, key: str) -> HttpResponse:
    """One block alone, for a workbench whose topic was announced; empty where it has nothing to say any more."""
    rule = block_named(request.actor, key)
    if rule is None:
        raise NotFound
    shown = _shown(request, [rule])
    if not shown:
        return HttpResponse("")
    return page_response(request, "workbench/block.html", {"shown": shown[0]})


def _shown(request: PageRequest, rules: Iterable[BlockRule]) -> list[ShownBlock]:
    made = ((rule.key, rule.make(request.actor)) for rule in rules)
    return [
        ShownBlock(key, block, render_to_string(block.template, dict(block.context), request) if block.template else "")
        for key, block in made
        if block is not None
    ]
