"""Everybody follows every kind of link they are offered, on a desk and on a phone: no page stands in anybody's way.

Of pages that differ only by an identifier one is enough. Everybody's are read: they must answer without an error and
show no code where a word belongs; in English, no Chinese text of the interface. Each kind is opened once and judged by
axe (WCAG 2.2 AA), and must fit the screen; the workbench, which is another page for everybody, once for each.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.browser import DESK, PHONE, Visitor
from tests.journeys.conftest import Visit
from tests.server import REPOSITORY

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
}
ROLES = ("", "teacher1", "pupil1", "parent1", "reviewer1", "school1", "county1", "city1", "province1", "operator1")
MOST_PAGES = 60
FEWEST_WORDS = 5
"""Texts that any page has; fewer, and the reading itself is broken."""
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|(?<=/codes/)[a-z-]+(?=/)")
ELSEWHERE = ("/styleguide", "/files/", "/static/", "/api/", "/metrics", "/healthz")
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[a-z]+(?:_[a-z]+)*\.[a-z]+_[a-z_]+\b|\{[a-z_]+\}|%\([a-z_]+\)s")
CHINESE = re.compile("[一-鿿]")
READ = """async (url) => {
  const answer = await fetch(url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const words = [page.title], walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    if (text && !node.parentElement.closest("script, style, template, noscript, code, pre, :not(html)[lang|='zh']"))
      words.push(text);
  }
  for (const one of page.querySelectorAll("[aria-label], [placeholder], [title], img[alt]"))
    if (!one.closest(":not(html)[lang|='zh']"))
      for (const name of ["aria-label", "placeholder", "title", "alt"])
        if (one.getAttribute(name)) words.push(one.getAttribute(name));
  const links = [...page.querySelectorAll("a[href^='/'], a[href^='?']")]
    .filter((one) => !one.hasAttribute("download"))
    .map((one) => new URL(one.getAttribute("href"), answer.url).href);
  const unknown = [...page.querySelectorAll("*")].filter((one) => one instanceof HTMLUnknownElement);
  const nameless = page.querySelectorAll("input[type=hidden]:not([name]), input[name='']");
  const broken = [...unknown, ...nameless].map((one) => one.outerHTML.slice(0, 100));
  return {url: answer.url, status: answer.status, language: page.documentElement.lang, words, links, broken};
}"""
"""A page as the server sends it, without drawing it: its address, status, language, words, links, and elements that no
browser knows or no server reads."""


def shape_of(url: str) -> str:
    """What pages of one kind have in common."""
    return IDENTIFIER.sub("…", urlsplit(url).path)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as the server sent it."""

    url: str
    status: int
    language: str
    words: list[str]
    links: list[str]
    broken: list[str]


def walk(visitor: Visitor, *begin: str) -> Iterator[ReadPage]:
    """The kinds of pages this visitor can reach by links, one page of each, read."""
    waiting, seen = list(begin), {shape_of(path) for path in begin}
    for _page in range(MOST_PAGES):
        if not waiting:
            return
        page = ReadPage(**visitor.page.evaluate(READ, waiting.pop(0)))
        assert len(page.words) >= FEWEST_WORDS, page
        yield page
        for url in page.links:
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


def arrive(visit: Visit, username: str) -> tuple[Visitor, tuple[str, ...]]:
    """A visitor on their first page, and where their walk begins."""
    visitor = visit()
    if username:
        visitor.sign_in(username, wait_for=re.compile(r"/(workbench|account/children|operations)/"))
        return visitor, ("/workbench/",)
    visitor.open("/")
    return visitor, ("/", "/accounts/login/", "/offline/")


@pytest.mark.parametrize("username", ROLES)
def test_no_page_stands_in_anybodys_way(visit: Visit, username: str, judged: set[str]) -> None:
    visitor, begin = arrive(visit, username)
    page, findings = visitor.page, []
    to_judge: list[str] = []
    for read in walk(visitor, *begin):
        if read.status >= 400:
            findings.append(f"{read.status}: {read.url}")
        findings += [f"{read.url}: code “{word}”" for text in read.words for word in CODE.findall(text)]
        findings += [f"{read.url}: broken: {element}" for element in read.broken]
        if (shape := shape_of(read.url)) not in judged or shape == "/workbench/":
            judged.add(shape)
            to_judge.append(read.url)
    for url in to_judge:
        visitor.open(url)
        findings += violations(page)
        page.set_viewport_size(PHONE)
        if wide := visitor.is_wider_than_the_screen():
            findings.append(f"wider than a phone: {wide}")
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
    visitor, begin = arrive(visit, username)
    visitor.page.get_by_role("button", name="Switch to English").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    interface = interface_texts()
    left: list[str] = []
    for read in walk(visitor, *begin):
        if read.language != "en":
            left.append(f"{read.url}: {read.language}")
        left += [f"{read.url}: {text}" for text in read.words if text in interface]
    assert not left, "\n".join(dict.fromkeys(left))
