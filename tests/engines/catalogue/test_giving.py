"""Which contents other nodes may have of the catalogue."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import publish_entry, withdraw_entry
from heluo.engines.catalogue.queries import shown_to_everybody
from heluo.kernel.actors.enums import Role
from heluo.kernel.transfers.public import keep_copy
from tests.engines.catalogue.conftest import NOON, Tree, identifier
from tests.kernel.transfers.conftest import FETCHER, TEXT, data, hashed

__all__ = ["data"]

OWN, SECRET, FOREIGN = "a" * 64, "b" * 64, hashed(TEXT)
THERE = "luoyang.example"
pytestmark = pytest.mark.django_db


def show(
    tree: Tree, number: int, *hashes: str, visibility: Visibility = Visibility.PUBLIC, origin: str | None = None
) -> None:
    files = [{"name": "课件", "sha256": sha256, "size": 9, "type": "text/plain"} for sha256 in hashes]
    by = tree.someone(Role.PROVINCE_ADMIN, tree.province, Permission.PUBLISH, Permission.RECEIVE)
    draft = tree.draft(payload={"files": files}, visibility=visibility)
    publish_entry(by=by, identifier=identifier(number), draft=draft, origin=origin, now=NOON)


def test_what_everybody_may_see_is_given_and_nothing_else(tree: Tree) -> None:
    show(tree, 1, OWN, "c" * 64)
    show(tree, 2, SECRET, visibility=Visibility.SIGNED_IN)
    assert shown_to_everybody([OWN, SECRET, "d" * 64], THERE) == {OWN}
    by = tree.someone(Role.PROVINCE_ADMIN, tree.province, Permission.PUBLISH)
    withdraw_entry(by=by, identifier=identifier(1), reason="过期", now=NOON)
    assert shown_to_everybody([OWN], THERE) == set()


def test_an_entry_of_another_platform_opens_only_what_came_from_elsewhere(tree: Tree) -> None:
    """Whoever knows the hash of a file that lies here for somebody else gets nothing by naming it."""
    show(tree, 1, FOREIGN, SECRET, origin="other.example")
    assert shown_to_everybody([FOREIGN, SECRET], THERE) == set()
    keep_copy(by=FETCHER, sha256=FOREIGN, name="教案.txt", content=BytesIO(TEXT), now=NOON)
    assert shown_to_everybody([FOREIGN, SECRET], THERE) == {FOREIGN}


def test_many_hashes_cost_two_statements_that_read_an_index(tree: Tree) -> None:
    show(tree, 1, OWN)
    show(tree, 2, FOREIGN, origin="other.example")
    with CaptureQueriesContext(connection) as captured:
        shown_to_everybody([OWN, FOREIGN, *(f"{number:064x}" for number in range(900))], THERE)
    assert len(captured) == 2
    with CaptureQueriesContext(connection) as captured:
        shown_to_everybody([OWN], THERE)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX entry_newest; SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {captured[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "entry_contents" in plan
    assert Entry.objects.count() == 2
