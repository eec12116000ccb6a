"""Who may open what: every address with its rule, asked of the very code that guards the door."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from heluo.kernel.access.routes import opens, rule_for
from heluo.kernel.actors.enums import ActorKind, Role
from heluo.kernel.actors.public import PUBLIC_ACTOR, WHOLE_TREE, Actor, Grant, permissions_of
from heluo.kernel.pages.rules import PageRule

WIDTHS = (8, 52, 40, 28)
"""Columns of the text; fixed, so that one longer path does not change every line."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address and method set. `rule` None: closed to everybody."""

    methods: tuple[str, ...]
    path: str
    name: str
    rule: PageRule | None
    view: Callable[..., Any]

    @property
    def is_ours(self) -> bool:
        """Whether the view was written in the house (pages and operations), not by a library."""
        return hasattr(self.view, "rules") or self.view.__module__.startswith("heluo.")

    def opens_for(self, actor: Actor) -> bool:
        return self.rule is not None and opens(self.rule, actor)


def actor_in(role: Role) -> Actor:
    """Somebody who holds just this role."""
    grants = frozenset(Grant(permission=permission, path=WHOLE_TREE) for permission in permissions_of(role))
    return Actor(kind=ActorKind.PERSON, name=str(role.label), grants=grants)


def all_routes() -> list[Route]:
    """Every address of the site, API operations method by method, sorted by path."""
    routes = [
        route for pattern, path, name in _walk(get_resolver().url_patterns) for route in _routes(pattern, path, name)
    ]
    by_door = {(route.path, route.methods): route for route in routes}  # ninja lists an address once per operation
    return [by_door[door] for door in sorted(by_door)]


def _walk(
    patterns: list[URLPattern | URLResolver], path: str = "/", space: str = ""
) -> Iterator[tuple[URLPattern, str, str]]:
    for pattern in patterns:
        here = path + _readable(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, here, inner)
        else:
            yield pattern, here, f"{space}{pattern.name}" if pattern.name else ""


def _readable(part: str) -> str:
    """A regular expression's groups as `<name>`, its anchors gone; a plain path as it is."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", part).strip("^$").replace("\\", "")


def _routes(pattern: URLPattern, path: str, name: str) -> Iterator[Route]:
    view = pattern.callback
    by_method = getattr(view, "rules", None)
    if by_method is not None:
        space, names = name.rpartition(":")[0], getattr(view, "names", {})
        for method in by_method:
            yield Route((method,), path, f"{space}:{names[method]}", rule_for(view, name, method), view)
        return
    rule = rule_for(view, name, "GET")
    methods = ("GET", "POST") if rule is None or rule.may_write else ("GET",)
    yield Route(methods, path, name, rule, view)


def as_text() -> str:
    """The whole matrix: one line per route, who may open it behind the rule."""
    people = {"public": PUBLIC_ACTOR} | {role.value: actor_in(role) for role in Role}
    rows = [
        (
            ",".join(route.methods),
            route.path,
            route.name or "-",
            "closed" if route.rule is None else route.rule.may,
            _names([name for name, actor in people.items() if route.opens_for(actor)], len(people)),
        )
        for route in all_routes()
    ]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, WIDTHS, strict=False)), row[4]]) for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _names(names: list[str], everybody: int) -> str:
    if len(names) == everybody:
        return "everybody"
    if len(names) == everybody - 1 and "public" not in names:
        return "everybody signed in"
    return " ".join(names) or "nobody"
