"""Publishing, withdrawing, and what the database holds on to."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.enums import Deed, EntryState, Visibility
from heluo.engines.catalogue.errors import (
    AlreadyWithdrawn,
    DraftInvalid,
    FromAnotherNode,
    KindIsFixed,
    ReasonNeeded,
)
from heluo.engines.catalogue.events import EntriesPublished, EntriesWithdrawn
from heluo.engines.catalogue.models import Change, Entry, EntryVersion
from heluo.engines.catalogue.public import Published, publish_entries, publish_entry, withdraw_entries, withdraw_entry
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal
from heluo.kernel.actors.public import PUBLIC_ACTOR, platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.models import OutboxRow
from tests.engines.catalogue.conftest import NOON, Tree, identifier

ONE = identifier(1)
ELSEWHERE = "node.example"


def test_publishing_makes_an_entry_a_version_a_line_an_audit_row_and_an_event(tree: Tree) -> None:
    entry = publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    assert (entry.version, entry.state, entry.origin) == (1, EntryState.PUBLISHED, "heluo.localhost")
    assert EntryVersion.objects.get().title == "平行四边形的面积"
    assert Change.objects.get().deed == Deed.PUBLISHED
    assert AuditRow.objects.get().deed == "catalogue.entry_published"
    assert OutboxRow.objects.get().topics == [f"entry:{ONE}"]


def test_a_changed_draft_is_a_new_version_and_the_old_one_stays(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    entry = publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(title="梯形的面积"), now=NOON)
    assert (entry.version, entry.title) == (2, "梯形的面积")
    assert list(EntryVersion.objects.order_by("number").values_list("number", "title")) == [
        (1, "平行四边形的面积"),
        (2, "梯形的面积"),
    ]


def test_an_identical_draft_changes_nothing(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    assert publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON).version == 1
    assert (EntryVersion.objects.count(), Change.objects.count(), AuditRow.objects.count()) == (1, 1, 1)


def test_withdrawing_leaves_a_tombstone_that_comes_back_only_as_a_new_version(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    withdraw_entry(by=tree.reviewer, identifier=ONE, reason="版权争议", now=NOON)
    entry = Entry.objects.get()
    assert (entry.state, entry.withdrawn_reason, entry.version) == (EntryState.WITHDRAWN, "版权争议", 1)
    again = publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    assert (again.state, again.version, again.withdrawn_at) == (EntryState.PUBLISHED, 2, None)
    assert list(Change.objects.order_by("seq").values_list("deed", "version")) == [
        (Deed.PUBLISHED, 1),
        (Deed.WITHDRAWN, 1),
        (Deed.PUBLISHED, 2),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"title": "长" * 201},
        {"kind": "unheard_of"},
        {"licence": ""},
        {"creator_name": ""},
        {"organisation_id": 0},
        {"shared_with_id": 999_999},
        {"facets": {"subject": ["alchemy"]}},
        {"facets": {"colour": ["red"]}},
    ],
)
def test_an_unfit_draft_is_refused(tree: Tree, changes: dict[str, Any]) -> None:
    with pytest.raises(DraftInvalid):
        publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(**changes), now=NOON)
    assert not Entry.objects.exists()


def test_the_kind_of_an_entry_is_fixed(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    with pytest.raises(KindIsFixed):
        publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(kind="entries"), now=NOON)


def test_strangers_are_refused(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    neighbour = tree.someone(Role.RESOURCE_REVIEWER, tree.other_county, Permission.PUBLISH)
    pupil = tree.someone(Role.PUPIL, tree.school)
    for stranger in (PUBLIC_ACTOR, pupil, neighbour):
        with pytest.raises(NotAllowed):
            publish_entry(by=stranger, identifier=identifier(2), draft=tree.draft(), now=NOON)
        with pytest.raises(NotAllowed):
            withdraw_entry(by=stranger, identifier=ONE, reason="无", now=NOON)


def test_nobody_takes_over_an_entry_of_another_tree(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    neighbour = tree.someone(Role.RESOURCE_REVIEWER, tree.other_county, Permission.PUBLISH)
    draft = tree.draft(organisation_id=tree.other_county.pk)
    with pytest.raises(NotAllowed):
        publish_entry(by=neighbour, identifier=ONE, draft=draft, now=NOON)


def test_what_came_from_another_node_is_read_only(tree: Tree) -> None:
    harvester = platform_actor("采集", [Permission.PUBLISH, Permission.RECEIVE])
    unknown = tree.draft(facets={"subject": ["alchemy"]})
    entry = publish_entry(by=harvester, identifier=ONE, draft=unknown, origin=ELSEWHERE, now=NOON)
    assert entry.origin == ELSEWHERE
    with pytest.raises(FromAnotherNode):
        publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    with pytest.raises(FromAnotherNode):
        withdraw_entry(by=tree.reviewer, identifier=ONE, reason="无", now=NOON)
    withdraw_entry(by=harvester, identifier=ONE, reason="原节点下架", origin=ELSEWHERE, now=NOON)


def test_receiving_from_another_node_needs_its_own_right(tree: Tree) -> None:
    with pytest.raises(NotAllowed):
        publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), origin=ELSEWHERE, now=NOON)


def test_withdrawing_is_refused_without_reason_twice_and_for_nothing(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    with pytest.raises(ReasonNeeded):
        withdraw_entry(by=tree.reviewer, identifier=ONE, reason=" ", now=NOON)
    with pytest.raises(NotFound):
        withdraw_entry(by=tree.reviewer, identifier=identifier(9), reason="无", now=NOON)
    withdraw_entry(by=tree.reviewer, identifier=ONE, reason="版权争议", now=NOON)
    with pytest.raises(AlreadyWithdrawn):
        withdraw_entry(by=tree.reviewer, identifier=ONE, reason="版权争议", now=NOON)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_entryversion SET title = '别的'",
        "DELETE FROM catalogue_entryversion",
        "UPDATE catalogue_change SET deed = 'withdrawn'",
        "DELETE FROM catalogue_change",
        "DELETE FROM catalogue_entry",
        "UPDATE catalogue_entry SET origin = 'node.example'",
        "UPDATE catalogue_entry SET uuid = '00000000-0000-0000-0000-000000000009'",
        "UPDATE catalogue_entry SET kind = 'course'",
        "UPDATE catalogue_entry SET version = 0",
        "UPDATE catalogue_entry SET state = 'withdrawn'",
    ],
)
def test_the_database_has_the_last_word(tree: Tree, statement: str) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_tombstone_cannot_be_brought_back_without_a_new_version(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    withdraw_entry(by=tree.reviewer, identifier=ONE, reason="版权争议", now=NOON)
    with pytest.raises(IntegrityError, match="new version"), transaction.atomic():
        Entry.objects.update(state=EntryState.PUBLISHED, withdrawn_at=None)


def test_a_batch_is_one_audit_row_one_event_and_the_same_rules(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    publish_entry(by=tree.reviewer, identifier=identifier(2), draft=tree.draft(), now=NOON)
    drafts = {identifier(number): tree.draft(title=f"第{number}课") for number in range(2, 12)}
    drafts[ONE] = tree.draft()
    done = publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)
    assert done == Published(new=9, changed=1, unchanged=1)
    row = AuditRow.objects.get(deed="catalogue.entries_published")
    assert (row.differences_count, row.path) == (10, tree.school.path)
    assert Change.objects.count() == 12
    assert OutboxRow.objects.get(name=EntriesPublished.name).payload == {"count": 10, "kinds": ["entry"]}
    with pytest.raises(DraftInvalid):
        publish_entries(by=tree.reviewer, drafts={identifier(50): tree.draft(), ONE: tree.draft(title="")}, now=NOON)
    assert not Entry.objects.filter(uuid=identifier(50)).exists()


def test_many_are_withdrawn_for_one_reason_by_the_same_rules(tree: Tree) -> None:
    drafts = {identifier(number): tree.draft(title=f"第{number}课") for number in range(1, 6)}
    publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)
    withdraw_entry(by=tree.reviewer, identifier=ONE, reason="版权争议", now=NOON)
    assert withdraw_entries(by=tree.reviewer, identifiers=list(drafts), reason="到期", now=NOON) == 4
    assert withdraw_entries(by=tree.reviewer, identifiers=list(drafts), reason="到期", now=NOON) == 0
    assert set(Entry.objects.values_list("state", "withdrawn_reason")) == {
        (EntryState.WITHDRAWN, "版权争议"),
        (EntryState.WITHDRAWN, "到期"),
    }
    assert Change.objects.filter(deed="withdrawn").count() == 5
    row = AuditRow.objects.get(deed="catalogue.entries_withdrawn")
    assert (row.differences_count, row.path, row.details) == (4, tree.school.path, {"reason": "到期"})
    assert OutboxRow.objects.get(name=EntriesWithdrawn.name).payload == {"count": 4, "kinds": ["entry"]}
    again = publish_entry(by=tree.reviewer, identifier=identifier(2), draft=tree.draft(), now=NOON)
    assert (again.state, again.version) == (EntryState.PUBLISHED, 2)


def test_many_are_withdrawn_by_nobody_who_may_not_withdraw_one(tree: Tree) -> None:
    publish_entry(by=tree.reviewer, identifier=ONE, draft=tree.draft(), now=NOON)
    with pytest.raises(ReasonNeeded):
        withdraw_entries(by=tree.reviewer, identifiers=[ONE], reason=" ", now=NOON)
    neighbour = tree.someone(Role.RESOURCE_REVIEWER, tree.other_county, Permission.PUBLISH)
    for stranger in (PUBLIC_ACTOR, tree.someone(Role.PUPIL, tree.school), neighbour):
        with pytest.raises(NotAllowed):
            withdraw_entries(by=stranger, identifiers=[ONE], reason="到期", now=NOON)
    assert Entry.objects.get().state == EntryState.PUBLISHED


BATCH_QUERIES = 13
"""Organisations, known, new, lock, versions, changes, audit row and differences, event, four savepoints."""


def test_a_batch_costs_the_same_statements_for_three_and_for_thirty(tree: Tree, django_assert_num_queries: Any) -> None:
    for count, first in ((3, 100), (30, 200)):
        drafts = {identifier(first + number): tree.draft(title=f"第{number}课") for number in range(count)}
        with django_assert_num_queries(BATCH_QUERIES):
            publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)


def test_a_tree_only_entry_can_be_shared_with_a_wider_tree(tree: Tree) -> None:
    draft = tree.draft(visibility=Visibility.TREE, shared_with_id=tree.county.pk)
    assert publish_entry(by=tree.reviewer, identifier=ONE, draft=draft, now=NOON).shared_with_id == tree.county.pk


@pytest.mark.django_db(transaction=True)
def test_two_first_publishers_of_one_identifier_make_one_entry(tree: Tree) -> None:
    reviewer = tree.reviewer
    together = threading.Barrier(2)
    refusals: list[Refusal] = []

    def work(title: str) -> None:
        try:
            together.wait()
            publish_entry(by=reviewer, identifier=ONE, draft=tree.draft(title=title), now=NOON)
        except Refusal as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(title,)) for title in ("甲的标题", "乙的标题")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refusals
    assert Entry.objects.get().version == 2
    assert sorted(EntryVersion.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_overlapping_batches_do_not_lock_each_other_out(tree: Tree) -> None:
    reviewer = tree.reviewer
    together = threading.Barrier(2)
    failures: list[BaseException] = []

    def work(title: str, numbers: list[int]) -> None:
        drafts = {identifier(number): tree.draft(title=f"{title}{number}") for number in numbers}
        try:
            together.wait()
            publish_entries(by=reviewer, drafts=drafts, now=NOON)
        except BaseException as failure:  # reported below
            failures.append(failure)
        finally:
            connection.close()

    numbers = list(range(1, 60))
    threads = [
        threading.Thread(target=work, args=("甲", numbers)),
        threading.Thread(target=work, args=("乙", numbers[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert set(Entry.objects.values_list("version", flat=True)) == {2}


@pytest.mark.django_db
def test_texts_are_such_as_xml_can_carry(tree: Tree) -> None:
    """Otherwise they would be different ones wherever they arrive."""
    draft = tree.draft(
        title="面\x0b积", description="一\x00\x1f二\n三", keywords=["a\ufffeb"], creator_name=" 老\x07师 "
    )
    entry = publish_entry(by=tree.reviewer, identifier=identifier(1), draft=draft, now=NOON)
    assert (entry.title, entry.description, entry.creator_name) == ("面积", "一二\n三", "老师")
    assert entry.keywords == ["ab"]
