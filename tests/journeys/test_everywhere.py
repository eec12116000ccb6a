"""Everybody follows every kind of link they are offered, on a desk and on a phone: no page stands in anybody's way.

Of pages that differ only by an identifier one is enough. Each is judged by axe (WCAG 2.2 AA), must fit the screen, must
answer without an error, and must not show a code where a word belongs; in English, no Chinese text of the interface.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.browser import DESK, PHONE, Visitor
from tests.journeys.conftest import Visit
from tests.server import REPOSITORY

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
ROLES = ("", "teacher1", "pupil1", "parent1", "reviewer1", "school1", "county1", "city1", "province1", "operator1")
MOST_PAGES = 40
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)")
ELSEWHERE = ("/styleguide", "/files/", "/static/", "/api/", "/metrics", "/healthz")
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[a-z]+(?:_[a-z]+)*\.[a-z]+_[a-z_]+\b|\{[a-z_]+\}|%\([a-z_]+\)s")
CHINESE = re.compile("[一-鿿]")
WORDS = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement, text = node.textContent.trim();
    if (text && !parent.closest("script, style, template, code, pre, [lang|='zh']")) found.push(text);
  }
  for (const one of document.querySelectorAll("[aria-label], [placeholder], [title], img[alt]"))
    if (!one.closest("[lang|='zh']"))
      for (const name of ["aria-label", "placeholder", "title"])
        if (one.getAttribute(name)) found.push(one.getAttribute(name));
  return [document.title, ...found];
}"""
LINKS = """() => [...document.querySelectorAll("a[href^='/'], a[href^='?']")]
  .filter((one) => !one.hasAttribute("download")).map((one) => one.href)"""


def shape_of(url: str) -> str:
    """What pages of one kind have in common."""
    return IDENTIFIER.sub("…", urlsplit(url).path)


def walk(visitor: Visitor, *begin: str) -> Iterator[str]:
    """The kinds of pages this visitor can reach by links, one page of each, opened."""
    waiting, seen = list(begin), {shape_of(path) for path in begin}
    for _page in range(MOST_PAGES):
        if not waiting:
            return
        visitor.open(waiting.pop(0))
        yield shape_of(visitor.page.url)
        for url in visitor.page.evaluate(LINKS):
            path, query = urlsplit(url).path, urlsplit(url).query
            if shape_of(url) not in seen and not path.startswith(ELSEWHERE):
                seen.add(shape_of(url))
                waiting.append(f"{path}?{query}" if query else path)


def violations(page: Page) -> list[str]:
    """What axe finds, with the first places of each."""
    return [
        f"{page.url} ({page.viewport_size['width'] if page.viewport_size else '?'}): {one['id']}: "
        + " | ".join(node["html"][:200] for node in one["nodes"][:3])
        for one in Axe().run(page, options=RULES).response["violations"]
    ]


@pytest.fixture(scope="module")
def judged() -> set[str]:
    """Kinds of pages that axe has seen already; the workbench is another page for each role."""
    return set()


@pytest.mark.parametrize("username", ROLES)
def test_no_page_stands_in_anybodys_way(visit: Visit, username: str, judged: set[str]) -> None:
    visitor = visit()
    if username:
        visitor.sign_in(username, wait_for=re.compile(r"/(workbench|account/children|operations)/"))
    findings: list[str] = []
    for shape in walk(visitor, *(("/workbench/",) if username else ("/", "/accounts/login/", "/offline/"))):
        page = visitor.page
        findings += [f"{page.url}: code “{word}”" for text in page.evaluate(WORDS) for word in CODE.findall(text)]
        is_new = shape not in judged or shape == "/workbench/"
        judged.add(shape)
        if is_new:
            findings += violations(page)
        page.set_viewport_size(PHONE)
        if wide := visitor.is_wider_than_the_screen():
            findings.append(f"wider than a phone: {wide}")
        if is_new:
            findings += violations(page)
        page.set_viewport_size(DESK)
    assert not findings, "\n".join(dict.fromkeys(findings))


def interface_texts() -> set[str]:
    """Every Chinese text of the interface that stands for itself, from the catalogues of translations."""
    catalogues = (REPOSITORY / "src").rglob("django.po")
    written = {text for path in catalogues for text in msgids(path)}
    return {text for text in written if CHINESE.search(text) and not re.search(r"[%{]", text)}


def msgids(path: Path) -> Iterator[str]:
    for block in re.findall(r'^msgid(?:_plural)? ((?:".*"\n?)+)', path.read_text(encoding="utf-8"), re.MULTILINE):
        yield "".join(re.findall(r'"(.*)"', block)).replace('\\"', '"').replace("\\n", "\n").strip()


@pytest.mark.parametrize("username", ROLES)
def test_in_english_no_text_of_the_interface_stays_chinese(visit: Visit, username: str) -> None:
    visitor = visit()
    if username:
        visitor.sign_in(username, wait_for=re.compile(r"/(workbench|account/children|operations)/"))
    else:
        visitor.open("/")
    visitor.page.get_by_role("button", name="Switch to English").click()
    visitor.page.wait_for_function("() => document.documentElement.lang === 'en'")
    interface = interface_texts()
    left: list[str] = []
    for _shape in walk(visitor, *(("/workbench/",) if username else ("/", "/accounts/login/", "/offline/"))):
        left += [f"{visitor.page.url}: {text}" for text in visitor.page.evaluate(WORDS) if text in interface]
    assert not left, "\n".join(dict.fromkeys(left))
