"""What everybody is told of the catalogue: each entry once, at its latest change, and nothing is ever missed."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.models import Entry, PublicFace, SetMember
from heluo.engines.catalogue.public import (
    first_told,
    moment_of_asking,
    publish_entries,
    publish_entry,
    tell_public,
    told_line,
    told_lines,
    told_sets,
    withdraw_entry,
)
from heluo.engines.catalogue.vocabulary import TELLING_LOCK
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.events.public import advance_horizon
from tests.engines.catalogue.conftest import NOON, Tree, identifier, tell

PROVINCE, COUNTY = "place:410000", "place:410000:410305"
MATH, CHINESE = "subject:math", "subject:chinese"


def publish(tree: Tree, *numbers: int, **changes: Any) -> None:
    drafts = {identifier(number): tree.draft(title=f"第{number}个", **changes) for number in numbers}
    keeper = tree.someone(Role.RESOURCE_REVIEWER, tree.province, Permission.PUBLISH)
    publish_entries(by=keeper, drafts=drafts, now=NOON)


def told(*, size: int = 100, **asked: Any) -> dict[int, str | None]:
    """Number of each entry told → its title, or None where it is gone; read page by page."""
    found: dict[int, str | None] = {}
    after: int | None = 0
    while after is not None:
        page = told_lines(after=after, size=size, **asked)
        for line in page.lines:
            assert line.identifier.int not in found, "told twice"
            found[line.identifier.int] = line.entry.title if line.entry else None
        asked.pop("since", None)
        after = page.next_after
    return found


@pytest.mark.django_db
def test_each_public_entry_is_told_once_at_its_latest_change(tree: Tree) -> None:
    publish(tree, 1, 2, 3)
    publish(tree, 4, visibility=Visibility.TREE)
    publish(tree, 5, visibility=Visibility.SIGNED_IN)
    tell()
    assert list(told()) == [1, 2, 3]
    publish_entry(by=tree.reviewer, identifier=identifier(1), draft=tree.draft(title="新"), now=NOON)
    publish_entry(by=tree.reviewer, identifier=identifier(1), draft=tree.draft(title="更新"), now=NOON)
    tell()
    assert list(told().items()) == [(2, "第2个"), (3, "第3个"), (1, "更新")]
    assert told_line(identifier(1)).sets == [MATH, PROVINCE, COUNTY]


@pytest.mark.django_db
def test_an_entry_that_was_never_open_to_all_is_not_there(tree: Tree) -> None:
    publish(tree, 4, visibility=Visibility.TREE)
    tell()
    with pytest.raises(NotFound):
        told_line(identifier(4))
    assert not told_sets(size=10)
    assert first_told() is None


@pytest.mark.django_db
def test_what_is_withdrawn_or_hidden_is_gone_for_ever_and_may_come_back(tree: Tree) -> None:
    publish(tree, 1, 2)
    tell()
    withdraw_entry(by=tree.reviewer, identifier=identifier(1), reason="版权争议", now=NOON)
    hidden = tree.draft(title="收回", visibility=Visibility.TREE, facets={"subject": ["chinese"]})
    publish_entry(by=tree.reviewer, identifier=identifier(2), draft=hidden, now=NOON)
    tell()
    assert told() == {1: None, 2: None}
    assert told(within=MATH) == {1: None, 2: None}, "a gone entry stays in the sets it was in"
    assert told(within=CHINESE) == {}
    publish(tree, 1)
    tell()
    assert told() == {2: None, 1: "第1个"}


@pytest.mark.django_db
def test_an_entry_that_was_public_between_two_tellings_is_told_as_gone(tree: Tree) -> None:
    publish(tree, 1)
    publish(tree, 1, visibility=Visibility.TREE)
    tell()
    assert told(within=MATH) == {1: None}


@pytest.mark.django_db
def test_nothing_is_shown_that_is_no_longer_public_though_that_is_not_told_yet(tree: Tree) -> None:
    publish(tree, 1)
    tell()
    publish(tree, 1, visibility=Visibility.TREE)
    assert told() == {1: None}
    assert told_line(identifier(1)).entry is None


@pytest.mark.django_db
def test_sets_are_values_of_facets_and_places_and_follow_the_entry(tree: Tree) -> None:
    publish(tree, 1)
    publish(tree, 2, facets={"subject": ["chinese", "math"]}, organisation_id=tree.other_county.pk)
    tell()
    assert {one.name: one.title for one in told_sets(size=10)} == {
        MATH: "学科：数学",
        CHINESE: "学科：语文",
        PROVINCE: "河南省教育厅",
        COUNTY: "涧西区教体局",
        "place:410000:410324": "栾川县教体局",
    }
    assert [list(told(within=name)) for name in (MATH, CHINESE, PROVINCE, COUNTY)] == [[1, 2], [2], [1, 2], [1]]
    assert told(within="stage:primary") == {}, "a facet that makes no sets"
    publish(tree, 2, facets={"subject": ["chinese"]}, organisation_id=tree.school.pk)
    tell()
    assert [list(told(within=name)) for name in (MATH, CHINESE, PROVINCE, COUNTY)] == [[1], [2], [1, 2], [1, 2]]
    assert SetMember.objects.count() == 3 + 3, "nothing stays behind of the sets it was in before"


@pytest.mark.django_db
def test_sets_are_listed_by_pages(tree: Tree) -> None:
    publish(tree, 1)
    tell()
    names = [one.name for one in told_sets(size=2)]
    assert [*names, *(one.name for one in told_sets(after=names[-1], size=2))] == [PROVINCE, COUNTY, MATH]


@pytest.mark.django_db
@pytest.mark.parametrize("within", ["", MATH])
@pytest.mark.parametrize("count", [1, 4, 5, 6, 8, 9])
def test_pages_hold_each_line_once_however_many_there_are(tree: Tree, count: int, within: str) -> None:
    publish(tree, *range(1, count + 1))
    tell()
    assert list(told(size=4, within=within)) == list(range(1, count + 1))
    assert told_lines(size=count, within=within).next_after is None, "a full last page has nothing behind it"


@pytest.mark.django_db
def test_pages_go_on_while_entries_come_change_and_go(tree: Tree) -> None:
    publish(tree, *range(1, 7))
    tell()
    page = told_lines(size=3)
    assert [line.identifier.int for line in page.lines] == [1, 2, 3]
    withdraw_entry(by=tree.reviewer, identifier=identifier(4), reason="版权争议", now=NOON)
    publish_entry(by=tree.reviewer, identifier=identifier(2), draft=tree.draft(title="新"), now=NOON)
    publish(tree, 7)
    tell()
    assert page.next_after is not None
    rest = told_lines(after=page.next_after, size=10)
    assert [(line.identifier.int, line.entry is None) for line in rest.lines] == [
        (5, False),
        (6, False),
        (4, True),
        (2, False),
        (7, False),
    ]


@pytest.mark.django_db
def test_both_ends_of_a_time(tree: Tree) -> None:
    for number in range(1, 5):
        publish(tree, number)
        tell()
        at = NOON + timedelta(seconds=number)
        PublicFace.objects.filter(entry__uuid=identifier(number)).update(at=at)

    def second(number: int) -> datetime:
        return NOON + timedelta(seconds=number)

    assert list(told(since=second(2))) == [2, 3, 4]
    assert list(told(before=second(3))) == [1, 2]
    assert list(told(since=second(2), before=second(4), within=MATH)) == [2, 3]
    assert told(since=second(5)) == {}
    assert told(before=second(1)) == {}
    assert first_told() == second(1)


@pytest.mark.django_db
def test_seconds_never_go_back(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where the clock of the machine does."""
    publish(tree, 1)
    tell()
    later = datetime(2099, 1, 1, tzinfo=UTC)
    PublicFace.objects.update(at=later)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalogue_told SET at = %s", [later])
    publish(tree, 2)
    tell()
    assert [line.at for line in told_lines(size=10).lines] == [later, later]


@pytest.mark.django_db
def test_telling_again_changes_nothing(tree: Tree) -> None:
    publish(tree, 1)
    tell()
    before = list(PublicFace.objects.values())
    assert tell_public() == 0
    assert list(PublicFace.objects.values()) == before


@pytest.mark.django_db
def test_a_code_that_names_no_set_is_left_out(tree: Tree) -> None:
    """What other nodes send may hold any code."""
    receiver = tree.someone(Role.RESOURCE_REVIEWER, tree.province, Permission.PUBLISH, Permission.RECEIVE)
    draft = tree.draft(facets={"subject": ["数 学", "math"], "colour": ["red"]})
    publish_entry(by=receiver, identifier=identifier(1), draft=draft, origin="other.example", now=NOON)
    tell()
    assert told_line(identifier(1)).sets == [MATH, PROVINCE, COUNTY]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ask",
    [lambda: told_lines(size=10), lambda: told_lines(size=10, within=MATH), lambda: told_sets(size=10)],
    ids=["all", "a set", "the sets"],
)
def test_three_cost_what_one_costs(tree: Tree, ask: Callable[[], object]) -> None:
    counts = []
    for numbers in ((1,), (2, 3)):
        publish(tree, *numbers)
        tell()
        with CaptureQueriesContext(connection) as statements:
            ask()
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.django_db
@pytest.mark.parametrize("within", ["", MATH])
def test_a_late_page_reads_no_more_rows_than_the_first(tree: Tree, within: str) -> None:
    """Nothing is counted off and thrown away: no step of the plan touches more rows than the page holds."""
    many, size = 3000, 10
    publish(tree, *range(1, 4))
    tell()
    columns = ", ".join(field.attname for field in Entry._meta.concrete_fields if field.attname not in {"id", "uuid"})
    with connection.cursor() as cursor:
        cursor.execute(COPIED.format(columns=columns), [many, many])
        cursor.execute("SELECT max(seq) FROM catalogue_publicface")
        (last,) = cursor.fetchone()
        cursor.execute(
            """
            INSERT INTO catalogue_publicface (entry_id, seq, at, is_gone, sets, leaf)
            SELECT id, %s + row_number() OVER (ORDER BY id), %s, false,
                   (SELECT sets FROM catalogue_publicface LIMIT 1), ''
              FROM catalogue_entry WHERE id NOT IN (SELECT entry_id FROM catalogue_publicface)
            """,
            [last, NOON],
        )
        cursor.execute(
            """
            INSERT INTO catalogue_setmember (entry_set_id, seq)
            SELECT known.id, seq FROM catalogue_publicface CROSS JOIN LATERAL unnest(sets) AS known(id)
            ON CONFLICT DO NOTHING
            """
        )
        cursor.execute("ANALYZE catalogue_publicface, catalogue_setmember")
        # How full the pages of a table are that other tests have written and taken back decides between plans; here the
        # question is whether an index serves the page.
        cursor.execute(
            "SET LOCAL enable_seqscan TO off; SET LOCAL enable_bitmapscan TO off; SET LOCAL enable_sort TO off"
        )
    for after in (0, last + many // 2, last + many - size - 1):
        with CaptureQueriesContext(connection) as statements:
            page = told_lines(after=after, within=within, since=NOON, before=NOON + timedelta(days=1), size=size)
        assert len(page.lines) == size
        assert most_rows(statements[0]["sql"]) <= size + 1


COPIED = """
    INSERT INTO catalogue_entry (uuid, {columns})
    SELECT gen_random_uuid(), {columns} FROM catalogue_entry, generate_series(1, %s) LIMIT %s
"""


def most_rows(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        (answer,) = cursor.fetchone()
    plans = answer if isinstance(answer, list) else json.loads(answer)

    def rows(node: dict[str, Any]) -> int:
        mine = node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0)
        return int(max([mine, *(rows(below) for below in node.get("Plans", []))]))

    return rows(plans[0]["Plan"])


# -- writers and readers at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_harvester_misses_nothing_of_a_writer_who_commits_late(tree: Tree) -> None:
    """One writer draws its line first and commits last. Whoever harvests in between, and goes on from the second in
    which they asked, is told it the next time.
    """
    reviewer = tree.reviewer
    drawn, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                publish_entry(by=reviewer, identifier=identifier(1), draft=tree.draft(title="慢"), now=NOON)
                drawn.set()
                may_commit.wait(timeout=120)
        finally:
            connection.close()

    publish(tree, 3)
    advance_horizon()
    tell_public()
    writer = threading.Thread(target=slow)
    writer.start()
    assert drawn.wait(timeout=120)
    publish(tree, 2)
    advance_horizon()
    tell_public()
    asked_at = moment_of_asking()
    first = told()
    assert first == {3: "第3个"}, "the quick line is committed, but an earlier one may still come"
    may_commit.set()
    writer.join()
    advance_horizon()
    advance_horizon()
    tell_public()
    later = told(since=asked_at)
    assert first | later == {3: "第3个", 1: "慢", 2: "第2个"}
    assert {1, 2} <= set(later)


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_while_something_is_being_told_waits_for_it(tree: Tree) -> None:
    """Otherwise it would appear afterwards, under a second before the one in which they asked."""
    publish(tree, 1)
    advance_horizon()
    advance_horizon()
    is_told, may_commit = threading.Event(), threading.Event()
    answers: list[dict[int, str | None]] = []

    def telling() -> None:
        try:
            with transaction.atomic():
                tell_public()
                is_told.set()
                may_commit.wait(timeout=120)
        finally:
            connection.close()

    def asking() -> None:
        try:
            moment_of_asking()
            answers.append(told())
        finally:
            connection.close()

    teller, reader = threading.Thread(target=telling), threading.Thread(target=asking)
    teller.start()
    assert is_told.wait(timeout=120)
    reader.start()
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
    with connection.cursor() as cursor:
        while True:
            cursor.execute(waiting, [TELLING_LOCK & 0xFFFFFFFF])
            if cursor.fetchone()[0]:
                break
            assert reader.is_alive(), "the reader did not wait"
    may_commit.set()
    teller.join()
    reader.join()
    assert answers == [{1: "第1个"}]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_telling_is_told_again(tree: Tree) -> None:
    publish(tree, 1)
    advance_horizon()
    advance_horizon()
    with transaction.atomic():
        tell_public()
        transaction.set_rollback(True)
    assert told() == {}
    tell_public()
    assert told() == {1: "第1个"}


@pytest.mark.django_db(transaction=True)
def test_a_mirror_that_goes_on_from_its_last_second_equals_the_catalogue(tree: Tree) -> None:
    """Writers at full speed; a mirror reads all pages from the second of its last request, over and over."""
    reviewer = tree.reviewer

    def write(first: int) -> None:
        try:
            for number in range(first, first + 8):
                publish_entry(by=reviewer, identifier=identifier(number), draft=tree.draft(title="一"), now=NOON)
                if number % 2:
                    publish_entry(by=reviewer, identifier=identifier(number), draft=tree.draft(title="二"), now=NOON)
                if number % 4 == 0:
                    withdraw_entry(by=reviewer, identifier=identifier(number), reason="版权争议", now=NOON)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(100 * first,)) for first in (1, 2, 3)]
    mirror: dict[int, str | None] = {}
    since: datetime | None = None

    def harvest() -> None:
        nonlocal since
        advance_horizon()
        tell_public()
        asked_at = moment_of_asking()
        mirror.update(told(since=since, size=3))
        since = asked_at

    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        harvest()
    for writer in writers:
        writer.join()
    for _turn in range(3):
        harvest()
    stands = {entry.uuid.int: entry.title if entry.state == "published" else None for entry in Entry.objects.all()}
    assert mirror == stands
