"""One textbook out of use and back: what goes with it, what stays, what is written down, who may."""

from datetime import timedelta

import pytest

from heluo.domains.textbooks.actions import import_tree_file, keeping, restore_textbook, withdraw_textbook
from heluo.domains.textbooks.errors import AlreadyWithdrawn, InUse, TreeMoved, UnknownNode
from heluo.domains.textbooks.events import TextbookRestored, TextbookWithdrawn
from heluo.domains.textbooks.models import IN_USE, Chapter, KnowledgePoint, Textbook
from heluo.domains.textbooks.public import nodes_in_use, require_in_use
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.public import Event
from tests.domains.textbooks.conftest import TREE, Keepers, imported, opened
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def numbers_in_use() -> set[str]:
    return set(Chapter.objects.filter(IN_USE).values_list("number", flat=True))


def test_its_chapters_go_and_come_back_with_it_and_no_others(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    imported(keepers.province, *TREE[:-1])
    book = Textbook.objects.get()
    before = dict(Chapter.objects.values_list("number", "uuid"))
    withdraw_textbook(by=keepers.province, textbook=book, now=LATER)
    assert numbers_in_use() == set()
    assert KnowledgePoint.objects.filter(IN_USE).exists(), "points belong to all editions"
    with pytest.raises(UnknownNode):
        require_in_use(chapters=[before["1"]])
    with pytest.raises(AlreadyWithdrawn):
        withdraw_textbook(by=keepers.province, textbook=book, now=LATER)
    restore_textbook(by=keepers.province, textbook=book, now=LATER)
    assert numbers_in_use() == {"1", "1.1"}, "what a file had left out before stays out"
    assert dict(Chapter.objects.values_list("number", "uuid")) == before
    with pytest.raises(InUse):
        restore_textbook(by=keepers.province, textbook=book, now=LATER)


def test_both_are_audited_and_announced(keepers: Keepers, monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[Event] = []
    monkeypatch.setattr(keeping, "announce", lambda event, **_who: announced.append(event))
    imported(keepers.province, *TREE)
    book = Textbook.objects.get()
    withdraw_textbook(by=keepers.province, textbook=book, now=LATER)
    restore_textbook(by=keepers.province, textbook=book, now=LATER)
    rows = AuditRow.objects.filter(subject_kind="textbook", subject_id=str(book.uuid)).order_by("seq")
    assert list(rows.values_list("deed", "by")) == [
        ("textbooks.withdrawn", keepers.province.person_id),
        ("textbooks.restored", keepers.province.person_id),
    ]
    assert announced == [TextbookWithdrawn(textbook=book.uuid), TextbookRestored(textbook=book.uuid)]


def test_only_the_province_does(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    book = Textbook.objects.get()
    for act in (withdraw_textbook, restore_textbook):
        for actor in (keepers.county, keepers.teacher, PUBLIC_ACTOR):
            with pytest.raises(NotAllowed):
                act(by=actor, textbook=book, now=LATER)


def test_a_file_that_was_shown_before_is_shown_again(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    file = opened(keepers.province, *TREE[:-1])
    withdraw_textbook(by=keepers.province, textbook=Textbook.objects.get(), now=LATER)
    with pytest.raises(TreeMoved):
        import_tree_file(by=keepers.province, file=file, now=LATER)


def test_of_a_batch_each_row_is_judged_for_itself(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    one, other = Chapter.objects.filter(number__in=("1", "2")).values_list("uuid", flat=True)
    point = KnowledgePoint.objects.get()
    Chapter.objects.filter(uuid=other).update(withdrawn_at=NOON)
    nodes = nodes_in_use(chapters=[one, other], points=[point.uuid])
    nodes.require(chapters=[one], points=[point.uuid])
    with pytest.raises(UnknownNode):
        nodes.require(chapters=[one, other], points=[])
    with pytest.raises(UnknownNode):
        nodes.require(chapters=[one], points=[other])
