"""The built front end: which hashed files make up an entry (written by `frontend/plugins/entries.js`)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

PLAIN = "/static/app/"
"""Where the built files lie under the names that the front end gave them, hash included."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Addresses of an entry's files. Empty while the front end is not built: pages then work as plain HTML."""

    script: str = ""
    styles: tuple[str, ...] = ()
    preloads: tuple[str, ...] = ()


def entry(name: str, *, address: str = "") -> Entry:
    """The files of an entry, e.g. `app`, `upload`, `charts`. `address`: what their names follow elsewhere."""
    built = _built()
    if built is None:
        return Entry()
    files = built["entries"][name]
    return Entry(
        script=_address(files["script"], address),
        styles=tuple(_address(file, address) for file in files["styles"]),
        preloads=tuple(_address(file, address) for file in files["preloads"]),
    )


def icon_address(name: str) -> str:
    """Address of one icon in the sprite."""
    built = _built()
    return "" if built is None else f"{_address(built['icons'])}#{name}"


def built_file(name: str) -> Path:
    """A file of the built front end on disk."""
    return Path(settings.BUILT) / "frontend" / name


def _address(file: str, elsewhere: str = "") -> str:
    return f"{elsewhere}{file}" if elsewhere else static(f"app/{file}")


def _built() -> dict[str, Any] | None:
    path = built_file("entries.json")
    try:
        stamp = path.stat().st_mtime_ns if settings.DEBUG else 0
        return _read(path, stamp)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=4)
def _read(path: Path, stamp: int) -> dict[str, Any]:
    built: dict[str, Any] = json.loads(path.read_text())
    return built
