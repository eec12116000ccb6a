"""Who may open what, reviewed: a change of any rule shows as a changed line of `route_matrix.txt`.

Regenerate with `HELUO_WRITE_SNAPSHOTS=1 pytest tests/tripwires/test_route_matrix.py` and read the difference.
"""

import os
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from heluo.kernel.access.matrix import Route, actor_in, all_routes, as_text
from heluo.kernel.access.routes import THIRD_PARTY_RULES
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.clock.public import local_day, now
from heluo.site.environment import Environment
from tests.accounts import MakeAccount

SNAPSHOT = Path(__file__).with_name("route_matrix.txt")


def test_the_matrix_is_the_reviewed_one() -> None:
    matrix = as_text()
    if os.environ.get("HELUO_WRITE_SNAPSHOTS"):
        SNAPSHOT.write_text(matrix)
    assert matrix == SNAPSHOT.read_text(), "rules changed: regenerate the snapshot and have it reviewed (see above)"


def test_every_route_of_ours_has_a_rule() -> None:
    forgotten = [
        f"{','.join(route.methods)} {route.path}" for route in all_routes() if route.is_ours and route.rule is None
    ]
    assert not forgotten, "closed to everybody, because no @reads, @writes or @operation says who may open it"


def test_the_table_of_third_party_routes_names_only_routes_that_are_there() -> None:
    there = {route.name for route in all_routes()}
    assert set(THIRD_PARTY_RULES) <= there


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"])
def test_doors_that_must_never_open(path: str) -> None:
    assert [route.rule for route in all_routes() if route.path == path] == [None]


def visit(role: Role | None, make_account: MakeAccount) -> Client:
    browser = Client(raise_request_exception=False)
    if role is not None:
        born_on = date(1990, 1, 1) if role != Role.PUPIL else date(local_day(now()).year - 16, 1, 1)
        browser.force_login(make_account(f"visitor-{role.value}", role, born_on=born_on))
    return browser


def plain_routes() -> list[Route]:
    """Pages and operations of ours that a GET may open without arguments."""
    return [route for route in all_routes() if route.is_ours and "GET" in route.methods and "<" not in route.path]


@pytest.mark.slow
@pytest.mark.parametrize("role", [None, *Role])
def test_what_opens_is_what_the_matrix_says(role: Role | None, make_account: MakeAccount, settings: Settings) -> None:
    """Asked with a browser: neither more nor less opens than the matrix says.

    A token for Prometheus is set, for without one the figures are open to the machine itself.
    """
    settings.ENVIRONMENT = Environment(metrics_token="a-token-of-16-letters")
    browser = visit(role, make_account)
    actor = PUBLIC_ACTOR if role is None else actor_in(role)
    wrong = []
    for route in plain_routes():
        answer = browser.get(route.path)
        is_shut = answer.status_code in {401, 403} or answer.headers.get("Location", "").startswith("/accounts/login/")
        if is_shut == route.opens_for(actor) or answer.status_code == 500:
            wrong.append(f"{route.path}: {answer.status_code}, matrix says {'open' if is_shut else 'shut'}")
    assert not wrong
