"""What changes elsewhere appears on an open page without anybody reloading it."""

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.journeys.browser import Visitor
from tests.journeys.conftest import Visit
from tests.journeys.material import worksheet
from tests.journeys.test_lesson import bring, describe, start_resource, submit, unique_title


def figure(reviewer: Visitor) -> Locator:
    """The card that counts what waits, on the open workbench."""
    return reviewer.main.locator(".card").filter(has=reviewer.page.get_by_role("link", name="待办", exact=True))


def number_in(card: Locator) -> int:
    found = re.search(r"\d+", card.inner_text())
    assert found, card.inner_text()
    return int(found[0])


def test_a_submission_reaches_the_reviewers_open_workbench(visit: Visit, tmp_path: Path) -> None:
    title = unique_title()
    reviewer, teacher = visit("reviewer1"), visit("teacher1")
    before = number_in(figure(reviewer))
    reviewer.page.evaluate("() => { window.isTheSamePage = true; }")

    start_resource(teacher)
    bring(teacher, worksheet(tmp_path))
    describe(teacher, title)
    submit(teacher)

    expect(figure(reviewer)).to_contain_text(re.compile(rf"\b{before + 1}\b"))
    assert reviewer.page.evaluate("() => window.isTheSamePage")
