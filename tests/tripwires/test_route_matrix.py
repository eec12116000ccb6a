"""No route without a rule."""

import pytest

from heluo.kernel.access.matrix import all_routes
from heluo.kernel.access.routes import THIRD_PARTY_RULES


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
