"""For every page with parts that htmx replaces: the part asked for alone equals that part of the full page."""

import re
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.test.html import Element, parse_html

CHANGING = re.compile(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"')


def assert_fragment_equals_part(client: Client, url: str, element_id: str) -> None:
    """Ask for the page and for its part; put the part into the page as htmx would, and demand the same page."""
    full = client.get(url)
    assert full.status_code == 200, full.status_code
    part = client.get(url, headers={"HX-Request": "true", "HX-Target": element_id})
    assert part.status_code == 200, part.status_code
    assert "<html" not in part.text, f"{url} answered the whole page instead of #{element_id}"
    before, after = parsed(full.text), parsed(full.text)
    replacement = found(parsed(part.text), element_id)
    assert replacement is not None, f"the fragment of {url} holds no element with the id {element_id}"
    assert replace(after, element_id, replacement), f"{url} holds no element with the id {element_id}"
    assert before == after, f"#{element_id} of {url} differs from its part of the full page"
    assert "HX-Target" in full["Vary"]


def parsed(html: str) -> Element:
    document: Any = parse_html(CHANGING.sub(r'\1=""', re.sub(r"(?is)<!doctype[^>]*>", "", html)))
    if isinstance(document, str):
        raise AssertionError(f"no element in: {document[:80]}")
    return document


def descendants(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        if isinstance(child, Element):
            yield from descendants(child)


def found(element: Element, element_id: str) -> Element | None:
    return next((one for one in descendants(element) if ("id", element_id) in one.attributes), None)


def replace(element: Element, element_id: str, replacement: Element) -> bool:
    """Put the replacement where the element of that id is, as `hx-swap="outerHTML"` does."""
    for parent in descendants(element):
        for place, child in enumerate(parent.children):
            if isinstance(child, Element) and ("id", element_id) in child.attributes:
                parent.children[place] = replacement
                return True
    return False
