"""`make docs`: a reference generated from the code, so that it cannot say anything else than the code does.

Writes Markdown (and the API's OpenAPI description) into `build/reference/`.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import django
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heluo.site.settings")
os.environ.setdefault("DATA", "build/check")
django.setup()

from heluo.kernel.actors.enums import Role  # noqa: E402  # needs the apps
from heluo.kernel.actors.public import house_apps  # noqa: E402  # needs the apps
from heluo.kernel.events.registry import Event  # noqa: E402  # needs the apps
from heluo.site.api import API  # noqa: E402  # needs the apps
from heluo.site.environment import Environment  # noqa: E402  # stays with its company

OUTPUT = Path("build/reference")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def roles() -> str:
    """Which role may do what, app by app."""
    rows = [
        (role.label, role.value, config.manifest.title, ", ".join(sorted(map(str, permissions))))
        for role in Role
        for config in house_apps()
        if (permissions := config.manifest.grants.get(role))
    ]
    return table(("角色", "role", "app", "permissions"), rows)


def kinds_of(event: type[Event]) -> Iterator[type[Event]]:
    """The events of ours below a kind; what only gathers the fields of several has no name and is none itself."""
    for kind in event.__subclasses__():
        if kind.__module__.startswith("heluo."):
            if "name" in vars(kind):
                yield kind
            yield from kinds_of(kind)


def meaning_of(event: type[Event]) -> str:
    """The first line about it; an event without words of its own says what those it belongs with say."""
    own = [kind.__doc__ or "" for kind in event.__mro__ if issubclass(kind, Event) and kind is not Event]
    return next((doc.splitlines()[0] for doc in own if doc and not re.match(r"\w+\(", doc)), "")


def events() -> str:
    """What is announced, and with what."""
    kinds = {kind.name: kind for kind in kinds_of(Event)}
    rows = [
        (name, meaning_of(kind), ", ".join(field.name for field in fields(kind)))
        for name, kind in sorted(kinds.items())
    ]
    return table(("event", "meaning", "fields"), rows)


def deeds() -> str:
    """What the audit log records, in words."""
    rows = [(code, title, config.label) for config in house_apps() for code, title in config.manifest.deeds.items()]
    return table(("deed", "在页面上", "app"), rows)


def settings() -> str:
    """Environment variables."""
    rows = [(f"`{name.upper()}`", field.default, field.description) for name, field in Environment.model_fields.items()]
    return table(("variable", "default", "meaning"), rows)


def addresses() -> str:
    """Every address, with its name."""

    def walk(patterns: Iterable[URLPattern | URLResolver], prefix: str, space: str) -> Iterable[tuple[str, str]]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, path, inner)
            else:
                yield f"/{path}", f"{space}{pattern.name or ''}"

    return table(("address", "name"), sorted(walk(get_resolver().url_patterns, "", "")))


def main() -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with translation.override("zh-hans"):
        for write in (roles, events, deeds, settings, addresses):
            title = (write.__doc__ or "").strip()
            (OUTPUT / f"{write.__name__}.md").write_text(f"# {title}\n\n{write()}")
        description = json.dumps(API.get_openapi_schema(), ensure_ascii=False, indent=1, default=str)
        (OUTPUT / "openapi.json").write_text(description)
    print(f"参考文档 / reference: {OUTPUT.resolve()}")


if __name__ == "__main__":
    main()
