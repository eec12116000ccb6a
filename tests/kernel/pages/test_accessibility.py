"""Every page kind and the whole library in a real browser: WCAG 2.2 AA by axe; light on a desk, dark on a phone.

The pages are rendered first and then handed to the browser, which reaches no network.
"""

import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Route, sync_playwright

from heluo.kernel.pages.bundle import built_file
from heluo.kernel.pages.styleguide import KINDS
from tools.shots import CHROMIUM, DESK, PHONE

ORIGIN = "http://heluo.localhost"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="needs Chromium"),
    pytest.mark.skipif(not built_file("entries.json").exists(), reason="needs the built front end"),
]


def static_file(path: str) -> Path:
    """The collected file behind an address; its name carries a hash."""
    return Path(settings.STATIC_ROOT) / path.removeprefix(settings.STATIC_URL)


def test_nothing_stands_in_anybodys_way(operator: Client) -> None:
    urls = [reverse("pages:styleguide"), *(reverse("pages:styleguide_sample", args=[kind]) for kind in KINDS)]
    rendered = {url: operator.get(url).content for url in urls}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        findings = [*examined(browser, rendered, is_phone=False), *examined(browser, rendered, is_phone=True)]
        browser.close()
    assert not findings, "\n".join(findings)


def examined(browser: Browser, rendered: dict[str, bytes], *, is_phone: bool) -> list[str]:
    """What axe finds on each page, and which pages are wider than the screen."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path in rendered:
            route.fulfill(body=rendered[path], content_type="text/html; charset=utf-8")
        elif path.startswith(settings.STATIC_URL) and static_file(path).exists():
            file = static_file(path)
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0])
        else:
            route.abort()

    scheme = "dark" if is_phone else "light"
    context = browser.new_context(
        viewport=PHONE if is_phone else DESK,
        color_scheme="dark" if is_phone else "light",
        reduced_motion="reduce",
        service_workers="block",
    )
    context.route("**/*", answer)
    found = []
    page = context.new_page()
    for url in rendered:
        page.goto(ORIGIN + url)
        assert page.evaluate("document.styleSheets.length"), "the page came without its styles"
        for violation in Axe().run(page, options=RULES).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            found.append(f"{url} {scheme}: {violation['id']}: {violation['help']}: {nodes}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{url} {scheme}: wider than the screen")
    context.close()
    return found
