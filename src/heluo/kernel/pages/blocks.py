"""Blocks of the workbench: what each app has to say to the person who comes to work.

    @workbench_block("resources.own", slot=Slot.PLACES, may=Permission.AUTHOR, order=10)
    def own(actor: Actor) -> Block | None:
        return Block(_("我的资源"), "resources/blocks/own.html", {"rows": own_versions(actor)[:5]})

Decorated functions stand in an app's `pages`; the portal renders them and knows none of them. A block with `topics`
fetches itself again when one of them is announced.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import Actor, allows


class Slot(StrEnum):
    """Where on the workbench a block stands, from top to bottom."""

    WAITING = "waiting"
    PLACES = "places"
    CHANGES = "changes"
    DEADLINES = "deadlines"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that opens to what it counts."""

    label: str | Promise
    value: object
    url: str
    unit: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Block:
    """What a block shows now: a title, a template with its context, figures, and where to see everything."""

    title: str | Promise
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    url: str = ""
    link: str | Promise = ""
    topics: tuple[str, ...] = ()


Maker = Callable[[Actor], Block | None]


@dataclass(frozen=True, slots=True)
class BlockRule:
    """A registered block: its key, its place, whom it is for, and the function that makes it (None: nothing to say)."""

    key: str
    slot: Slot
    may: str
    order: int
    make: Maker

    def is_for(self, actor: Actor) -> bool:
        if self.may == Audience.SIGNED_IN:
            return actor.is_person
        return allows(actor, self.may)


_rules: dict[str, BlockRule] = {}


def workbench_block(
    key: str, *, slot: Slot, may: str = Audience.SIGNED_IN, order: int = 50
) -> Callable[[Maker], Maker]:
    """Decorate the function that makes a block. `key` is `<app>.<what>` and stands in addresses."""

    def register(make: Maker) -> Maker:
        _rules[key] = BlockRule(key=key, slot=slot, may=str(may), order=order, make=make)
        return make

    return register


def blocks_for(actor: Actor) -> Iterator[BlockRule]:
    """The blocks that are for this actor, in the order to show them."""
    slots = list(Slot)
    for rule in sorted(_rules.values(), key=lambda rule: (slots.index(rule.slot), rule.order, rule.key)):
        if rule.is_for(actor):
            yield rule


def block_named(actor: Actor, key: str) -> BlockRule | None:
    """One block by its key, if it is for this actor."""
    rule = _rules.get(key)
    return rule if rule is not None and rule.is_for(actor) else None
