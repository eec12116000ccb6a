"""The RDF of a JSON-LD document, in its canonical form (RDFC-1.0), so that a signature covers all of it or is refused.

JSON-LD passes silently over what no context defines, and lets a document bring definitions of its own. A reader who
looks at the JSON would then believe what nobody signed. So before a document becomes RDF it must be plain: known
contexts, named at the top only, and no key, type or identifier that the RDF would not hold.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015

from heluo.engines.credentials.contexts import contexts, load
from heluo.engines.credentials.enums import Fault
from heluo.engines.credentials.errors import Unreadable

MOST_NODES = 400
MOST_HASHES = 4_000
"""Limits of work. A real credential has a dozen nodes; a made one could keep the algorithm busy for hours."""
NOWHERE = "relative://nowhere/"
"""What relative addresses are made absolute with, to know them: PyLD would put a base of its own before them."""
LOCK = threading.Lock()
"""PyLD keeps the contexts it has read in caches that threads must not share."""


class Bounded(URDNA2015):  # type: ignore[misc]  # PyLD ships no types
    """The algorithm, which gives up on a document made to keep it busy."""

    def __init__(self) -> None:
        super().__init__()
        self.left = MOST_HASHES

    def hash_related_blank_node(self, *args: Any, **options: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Unreadable(Fault.TOO_COMPLEX)
        return super().hash_related_blank_node(*args, **options)

    def hash_n_degree_quads(self, *args: Any, **options: Any) -> Any:
        self.left -= 10
        if self.left < 0:
            raise Unreadable(Fault.TOO_COMPLEX)
        return super().hash_n_degree_quads(*args, **options)


def canonical(document: dict[str, Any]) -> str:
    """The canonical N-Quads of a plain document. Refusal: Unreadable."""
    _plain(document)
    dropped: list[str] = []
    options = {"documentLoader": load, "processingMode": "json-ld-1.1", "base": NOWHERE}
    with LOCK:
        expanded = _done(jsonld.expand, document, options, on_property_dropped=lambda name: dropped.append(str(name)))
        if dropped:
            raise Unreadable(Fault.UNDEFINED_TERM, dropped[0][:80])
        _whole(expanded)
        dataset = _done(jsonld.to_rdf, expanded, options)
        return str(_done(Bounded().main, dataset, {"format": "application/n-quads"}))


def _done(step: Callable[..., Any], *args: Any, **options: Any) -> Any:
    try:
        return step(*args, **options)
    except Unreadable:
        raise
    except (jsonld.JsonLdError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        cause = getattr(error, "cause", None)
        if isinstance(cause, Unreadable):
            raise cause from None
        raise Unreadable(Fault.NOT_LINKED_DATA) from error


def _plain(document: dict[str, Any]) -> None:
    """Refuse contexts that are not known here or stand anywhere but on top, and keys that are not plain terms."""
    named = document.get("@context")
    listed = named if isinstance(named, list) else [named]
    for one in listed:
        if not isinstance(one, str) or one not in contexts():
            raise Unreadable(Fault.UNKNOWN_CONTEXT, one[:200] if isinstance(one, str) else "{…}")
    for count, (node, is_top) in enumerate(_objects(document), start=1):
        if count > MOST_NODES:
            raise Unreadable(Fault.TOO_COMPLEX)
        for key in node:
            if (key.startswith("@") or ":" in key) and not (is_top and key == "@context"):
                fault = Fault.UNKNOWN_CONTEXT if key == "@context" else Fault.UNDEFINED_TERM
                raise Unreadable(fault, key[:80])


def _objects(value: Any, *, is_top: bool = True) -> Iterator[tuple[dict[str, Any], bool]]:
    if isinstance(value, dict):
        yield value, is_top
        for inner in value.values():
            yield from _objects(inner, is_top=False)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, is_top=False)


def _whole(expanded: Any) -> None:
    """Refuse types and identifiers that are no addresses: the RDF would leave them out."""
    for node, _is_top in _objects(expanded):
        types = node.get("@type", [])
        if "@value" in node:
            continue
        for one in [*(types if isinstance(types, list) else [types]), node.get("@id", "urn:x")]:
            if not isinstance(one, str) or ":" not in one or one.startswith(("_:", NOWHERE)):
                raise Unreadable(Fault.UNDEFINED_TERM, str(one)[:80])
