"""What people upload is served from a second host, and whatever it contains cannot act as the person who opens it."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from tests.journeys.browser import Visitor
from tests.journeys.conftest import RunningPlatform, Visit
from tests.journeys.material import worksheet
from tests.journeys.test_lesson import approve, bring, describe, start_resource, submit, take_from_queue, unique_title

SCRIPT = "fetch('{site}/account/', {{credentials: 'include'}}).then((a) => a.text()).then((t) => document.title = t)"
PAGE = "<!doctype html><title>untouched</title><p>练习<script>{script}</script>"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><title>untouched</title><script>{script}</script></svg>'
READS = """async (site) => {
  const outcomes = { cookies: "" };
  try { outcomes.cookies = document.cookie; } catch { /* a sandboxed document may not even ask */ }
  for (const mode of ["cors", "no-cors"]) {
    outcomes[mode] = await fetch(site + "/account/", { mode, credentials: "include" })
      .then((answer) => answer.text(), () => "");
  }
  return outcomes;
}"""


def content_link(reader: Visitor, name: str) -> str:
    """Where the download button of a file leads."""
    links: list[str] = []
    reader.page.on("request", lambda request: links.append(request.url))
    with reader.page.expect_download() as download:
        reader.main.get_by_role("button", name=name).click()
    assert download.value.suggested_filename == name
    return links[-1]


def test_uploaded_pages_and_drawings_cannot_read_the_session(
    visit: Visit, platform: RunningPlatform, tmp_path: Path
) -> None:
    site, content = f"http://localhost:{platform.port}", f"content.localhost:{platform.port}"
    script = SCRIPT.format(site=site)
    page, drawing = tmp_path / "练习.html", tmp_path / "图.svg"
    page.write_text(PAGE.format(script=script))
    drawing.write_text(DRAWING.format(script=script))

    title = unique_title()
    teacher = visit("teacher1")
    start_resource(teacher)
    bring(teacher, page, drawing, worksheet(tmp_path))
    describe(teacher, title)
    submit(teacher)
    reviewer = visit("reviewer1")
    take_from_queue(reviewer, title)
    approve(reviewer)

    victim = visit("school1")
    victim.open(f"/resources/?q={title}")
    victim.follow(title)
    for uploaded in (page, drawing):
        link = content_link(victim, uploaded.name)
        assert urlsplit(link).netloc == content
        with victim.page.expect_download(), pytest.raises(Error, match="Download is starting"):
            victim.page.goto(link)

    # Even a script that somehow ran there would find nothing: judged from a page that the host does show.
    shown = victim.page.locator(".player-pages img").first.get_attribute("src")
    assert shown is not None
    assert urlsplit(shown).netloc == content
    victim.expect_complaint("Content Security Policy")
    victim.expect_complaint("frame is sandboxed")
    victim.expect_complaint("CORS")
    victim.expect_complaint("Failed to load resource")
    answer = victim.page.goto(shown)
    assert answer is not None
    assert "cookie" not in answer.request.all_headers()
    assert "set-cookie" not in answer.all_headers()
    assert victim.page.evaluate(READS, site) == {"cookies": "", "cors": "", "no-cors": ""}
