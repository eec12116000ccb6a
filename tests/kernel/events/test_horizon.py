"""A reader who goes by `seq` and reads only below the horizon misses nothing, however transactions interleave."""

import os
import random
import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, models

from heluo.kernel.events.horizon import advance_horizon
from heluo.kernel.events.models import CommitOrdered, Horizon, TideMark, below_horizon
from tests.server import with_database

pytestmark = pytest.mark.django_db(transaction=True)


class Entry(CommitOrdered):
    """A table like the catalogue's change log, made for these tests only."""

    word = models.TextField()

    class Meta:
        app_label = "events"
        managed = False
        db_table = "tests_entry"


@pytest.fixture(autouse=True)
def _table() -> Iterator[None]:
    with connection.cursor() as cursor:
        default = "(CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('heluo_commit_order') END)"
        cursor.execute(f"CREATE TABLE tests_entry (seq bigint PRIMARY KEY DEFAULT {default}, word text NOT NULL)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE tests_entry")


class Writer:
    """A transaction of its own, step by step."""

    def __init__(self) -> None:
        self.session = psycopg.connect(with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]))

    def get_id(self) -> None:
        self.session.execute("SELECT pg_current_xact_id()")

    def write(self, word: str) -> int:
        row = self.session.execute("INSERT INTO tests_entry (word) VALUES (%s) RETURNING seq", [word]).fetchone()
        assert row is not None
        return int(row[0])

    def commit(self) -> None:
        self.session.commit()
        self.session.close()

    def roll_back(self) -> None:
        self.session.rollback()
        self.session.close()


class Reader:
    """Remembers the last number and asks for what came after it."""

    def __init__(self) -> None:
        self.last = 0
        self.read: list[str] = []

    def look(self) -> list[str]:
        advance_horizon()
        rows = list(below_horizon(Entry.objects.filter(seq__gt=self.last)).order_by("seq"))
        if rows:
            self.last = rows[-1].seq
        self.read += [row.word for row in rows]
        return [row.word for row in rows]


def test_a_committed_row_is_read_at_once_when_nobody_else_writes() -> None:
    Entry.objects.create(word="first")
    assert Reader().look() == ["first"]


def test_a_row_above_an_open_one_waits_for_it() -> None:
    reader, slow, quick = Reader(), Writer(), Writer()
    slow.write("slow")
    quick.write("quick")
    quick.commit()
    assert reader.look() == []
    slow.commit()
    assert reader.look() == ["slow", "quick"]


def test_an_older_transaction_that_draws_later_hides_nothing() -> None:
    """The case a transaction-id column gets wrong: the row of the older id is above the open row of the younger."""
    reader, older, younger = Reader(), Writer(), Writer()
    older.get_id()
    younger.get_id()
    low = younger.write("low")
    high = older.write("high")
    assert low < high
    older.commit()
    assert reader.look() == []
    younger.commit()
    assert reader.look() == ["low", "high"]


def test_a_number_is_drawn_only_after_the_transaction_has_its_id() -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
        assert cursor.fetchone()[0]
        cursor.execute(
            "EXPLAIN (VERBOSE) SELECT CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('heluo_commit_order') END"
        )
        assert "pg_current_xact_id() IS NOT NULL" in "".join(line for (line,) in cursor.fetchall())
        cursor.execute("ROLLBACK")


def test_an_aborted_transaction_leaves_a_gap_that_stops_nobody() -> None:
    reader, undone = Reader(), Writer()
    undone.write("undone")
    Entry.objects.create(word="kept")
    assert reader.look() == []
    undone.roll_back()
    assert reader.look() == ["kept"]


def test_marks_of_another_cluster_are_forgotten() -> None:
    """After a restore, transaction ids start elsewhere."""
    TideMark.objects.create(seq=10**15, xid=2**60)
    Entry.objects.create(word="first")
    reader = Reader()
    reader.look()
    Entry.objects.create(word="second")
    reader.look()
    assert reader.read == ["first", "second"]
    assert not TideMark.objects.filter(seq=10**15).exists()
    assert Horizon.objects.get().released < 10**15


@pytest.mark.parametrize("seed", range(25))
def test_no_interleaving_of_three_writers_loses_a_row(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # a scripted interleaving, not a secret
    reader = Reader()
    scripts = []
    expected: set[str] = set()
    for name in "abc":
        kept = chance.random() < 0.8
        words = [f"{name}{number}" for number in range(chance.randint(1, 3))]
        expected |= set(words) if kept else set()
        scripts.append((Writer(), chance.random() < 0.5, words, kept))
    steps: list[list[object]] = []
    for writer, early, words, kept in scripts:
        steps.append(
            [
                *([writer.get_id] if early else []),
                *(lambda writer=writer, word=word: writer.write(word) for word in words),
                writer.commit if kept else writer.roll_back,
            ]
        )
    while any(steps):
        row = chance.choice([row for row in steps if row])
        row.pop(0)()  # type: ignore[operator]
        if chance.random() < 0.5:
            reader.look()
    reader.look()
    reader.look()
    assert sorted(reader.read) == sorted(expected)


@pytest.mark.slow
def test_writers_at_full_speed_lose_nothing() -> None:
    reader = Reader()
    written: list[str] = []

    def write(name: str) -> None:
        url = with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"])
        with psycopg.connect(url) as session:
            for number in range(100):
                session.execute("INSERT INTO tests_entry (word) VALUES (%s)", [f"{name}{number}"])
                session.execute("INSERT INTO tests_entry (word) VALUES (%s)", [f"{name}{number}+"])
                session.commit()
                written.extend([f"{name}{number}", f"{name}{number}+"])

    writers = [threading.Thread(target=write, args=[name]) for name in "abcdef"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        reader.look()
    reader.look()
    reader.look()
    assert sorted(reader.read) == sorted(written)
