"""The change log as other nodes read it: complete, in order, and no more than they may see."""

import threading

import pytest
from django.db import connection, transaction

from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.public import changes_after, publish_entries, publish_entry, withdraw_entry
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.events.public import advance_horizon
from tests.engines.catalogue.conftest import NOON, Tree, identifier


@pytest.mark.django_db(transaction=True)
def test_a_reader_misses_nothing_of_a_writer_who_commits_late(tree: Tree) -> None:
    """One writer draws its number first and commits last; a reader in between must not run past it."""
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

    writer = threading.Thread(target=slow)
    writer.start()
    assert drawn.wait(timeout=120)
    publish_entry(by=reviewer, identifier=identifier(2), draft=tree.draft(title="快"), now=NOON)
    advance_horizon()
    early = changes_after(actor=PUBLIC_ACTOR, seq=0)
    assert early == [], "the later line is committed, but an earlier one may still come"
    may_commit.set()
    writer.join()
    advance_horizon()
    advance_horizon()
    lines = changes_after(actor=PUBLIC_ACTOR, seq=0)
    assert [line.entry.title for line in lines if line.entry] == ["慢", "快"]


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_a_reader_who_never_goes_back(tree: Tree) -> None:
    reviewer = tree.reviewer
    writers, each = 4, 12

    def write(first: int) -> None:
        try:
            for number in range(first, first + each):
                publish_entry(by=reviewer, identifier=identifier(number), draft=tree.draft(), now=NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(1 + 100 * writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    while any(thread.is_alive() for thread in threads) or changes_after(
        actor=PUBLIC_ACTOR, seq=seen[-1] if seen else 0
    ):
        advance_horizon()
        seen += [line.seq for line in changes_after(actor=PUBLIC_ACTOR, seq=seen[-1] if seen else 0, limit=5)]
        advance_horizon()
    for thread in threads:
        thread.join()
    assert len(seen) == writers * each
    assert seen == sorted(set(seen))


@pytest.mark.django_db(transaction=True)
def test_tombstones_and_hidden_entries(tree: Tree) -> None:
    drafts = {
        identifier(1): tree.draft(title="公开"),
        identifier(2): tree.draft(title="本校", visibility=Visibility.TREE),
        identifier(3): tree.draft(title="将下架"),
        identifier(4): tree.draft(title="将收回"),
    }
    publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)
    withdraw_entry(by=tree.reviewer, identifier=identifier(3), reason="版权争议", now=NOON)
    hidden = tree.draft(title="将收回", visibility=Visibility.TREE)
    publish_entry(by=tree.reviewer, identifier=identifier(4), draft=hidden, now=NOON)
    advance_horizon()

    def told(actor: object) -> dict[int, str | None]:
        lines = changes_after(actor=actor)  # type: ignore[arg-type]
        return {line.identifier.int: line.entry.title if line.entry else None for line in lines}

    assert told(PUBLIC_ACTOR) == {1: "公开", 3: None, 4: None}
    assert told(tree.someone(Role.PUPIL, tree.school)) == {1: "公开", 2: "本校", 3: None, 4: "将收回"}
    assert len(changes_after(actor=PUBLIC_ACTOR, limit=2)) == 2
