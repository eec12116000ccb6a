"""Files of the tree: checked whole, shown, taken over by difference, and what is refused."""

from collections.abc import Callable
from io import BytesIO
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import TextChoices
from django.test.utils import CaptureQueriesContext

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.actions import compare_again, import_tree_file, open_tree_file
from heluo.domains.textbooks.enums import Fault
from heluo.domains.textbooks.errors import NothingToImport, TreeMoved
from heluo.domains.textbooks.models import IN_USE, Chapter, KnowledgePoint, Textbook, TreeFile
from heluo.domains.textbooks.queries.layout import HEADINGS, LAYOUT
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR, platform_actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.pages.sheets import write_xlsx
from heluo.kernel.tables.errors import CellsWrong, NoTable, TableEmpty, TableTooLarge
from heluo.kernel.tables.public import Fault as Common
from tests.domains.textbooks.conftest import BOOK, POINT, TREE, Keepers, a_chapter, a_file, imported, opened
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def faults(by: object, *rows: tuple[str, ...], is_complete: bool = False) -> list[tuple[int, str, TextChoices]]:
    with pytest.raises(CellsWrong) as refused:
        opened(by, *rows, is_complete=is_complete)  # type: ignore[arg-type]  # an actor
    return [(one.row, one.column, one.fault) for one in refused.value.findings]


def changed(row: tuple[str, ...], column: str, value: str) -> tuple[str, ...]:
    place = HEADINGS.index(column)
    return (*row[:place], value, *row[place + 1 :])


def test_a_file_is_shown_first_and_written_when_somebody_says_yes(keepers: Keepers) -> None:
    file = opened(keepers.province, *TREE)
    assert not Textbook.objects.exists(), "nothing is written before the yes"
    assert file.counts["chapter"] == {"new": 3, "changed": 0, "withdrawn": 0, "unchanged": 0}
    import_tree_file(by=keepers.province, file=file, now=NOON)

    book = Textbook.objects.get()
    assert (book.stage, book.subject, book.grade, book.volume, book.position, book.is_example) == (
        *("primary", "14", "primary-3", "上册", 1),
        True,
    )
    section = Chapter.objects.get(number="1.1")
    assert (section.parent and section.parent.number, section.path, section.position) == ("1", "001.001.", 1)
    assert [point.code for point in section.points.all()] == ["SX-1"]
    file.refresh_from_db()
    assert file.text == ""


def test_a_batch_leaves_one_audit_row_with_a_line_for_each_node_that_differs(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    row = AuditRow.objects.get(deed="textbooks.imported")
    assert (row.differences_count, row.details["new"]) == (5, 5)
    imported(keepers.province, *TREE[:-1], a_chapter("2", "量一量，比一比"))
    last = AuditRow.objects.filter(deed="textbooks.imported").order_by("-seq")[0]
    assert (last.differences_count, last.details) == (1, {"new": 0, "changed": 1, "withdrawn": 0, "unchanged": 4})


def test_what_vanishes_is_withdrawn_and_comes_back_as_the_same_node(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    before = dict(Chapter.objects.values_list("number", "uuid"))
    imported(keepers.province, *TREE[:2], a_chapter("2", "量一量"))
    assert set(Chapter.objects.filter(IN_USE).values_list("number", flat=True)) == {"2"}
    assert KnowledgePoint.objects.filter(IN_USE).count() == 1
    imported(keepers.province, *TREE)
    assert dict(Chapter.objects.filter(IN_USE).values_list("number", "uuid")) == before


def test_a_complete_file_withdraws_books_and_points_of_its_subjects_and_leaves_others(keepers: Keepers) -> None:
    other = changed(changed(BOOK, "学科", "语文"), "名称", "示例语文三年级上册")
    second = changed(changed(BOOK, "册次", "下册"), "名称", "示例数学三年级下册")
    imported(keepers.province, *TREE, other, second, a_chapter("1", "再分一分", volume="下册"))
    imported(keepers.province, BOOK, a_chapter("1", "分一分"), is_complete=True)
    assert set(Textbook.objects.filter(IN_USE).values_list("title", flat=True)) == {BOOK[7], "示例语文三年级上册"}
    assert set(Chapter.objects.filter(IN_USE).values_list("title", flat=True)) == {"分一分"}
    assert not KnowledgePoint.objects.filter(IN_USE).exists()


def test_a_book_alone_may_name_points_that_are_there_unless_the_file_tells_all(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    imported(keepers.province, BOOK, a_chapter("1", "分一分", points="SX-1"))
    assert Chapter.objects.get(number="1").points.count() == 1
    assert faults(keepers.province, BOOK, a_chapter("1", "分一分", points="SX-1"), is_complete=True) == [
        (3, "知识点", Fault.NO_POINT)
    ]


def test_points_hang_below_points(keepers: Keepers) -> None:
    below = changed(changed(changed(POINT, "编号", "SX-1.1"), "名称", "几分之一"), "上级知识点", "SX-1")
    imported(keepers.province, below, POINT)
    point = KnowledgePoint.objects.get(code="SX-1.1")
    assert point.parent == KnowledgePoint.objects.get(code="SX-1")
    imported(keepers.province, changed(below, "上级知识点", ""))
    point.refresh_from_db()
    assert point.parent is None


WRONG: dict[str, tuple[tuple[tuple[str, ...], ...], list[tuple[int, str, TextChoices]]]] = {
    "kind": ((changed(BOOK, "节点", "课"),), [(2, "节点", Common.NOT_IN_TABLE)]),
    "no kind": ((changed(BOOK, "节点", ""),), [(2, "节点", Common.REQUIRED)]),
    "stage": ((changed(BOOK, "学段", "小小学"),), [(2, "学段", Common.NOT_IN_TABLE)]),
    "subject": ((changed(BOOK, "学科", "99"),), [(2, "学科", Common.NOT_IN_TABLE)]),
    "no edition": ((changed(BOOK, "版本", ""),), [(2, "版本", Common.REQUIRED)]),
    "grade of another stage": ((changed(BOOK, "年级", "七年级"),), [(2, "年级", Common.OF_ANOTHER_STAGE)]),
    "grade": ((changed(BOOK, "年级", "十年级"),), [(2, "年级", Common.NOT_IN_TABLE)]),
    "title too long": ((changed(BOOK, "名称", "长" * 121),), [(2, "名称", Common.TOO_LONG)]),
    "position": ((changed(BOOK, "顺序", "-1"),), [(2, "顺序", Fault.POSITION)]),
    "yes or no": ((changed(BOOK, "示例", "也许"),), [(2, "示例", Common.YES_OR_NO)]),
    "number of a book": ((changed(BOOK, "编号", "1"),), [(2, "编号", Fault.NOT_HERE)]),
    "number": ((BOOK, a_chapter("1.0", "零")), [(3, "编号", Fault.NUMBER)]),
    "too deep": ((BOOK, a_chapter("1.1.1.1.1", "深")), [(3, "编号", Fault.NUMBER)]),
    "no book": ((a_chapter("1", "一"),), [(2, "册次", Fault.NO_TEXTBOOK)]),
    "book of another case": (
        (changed(BOOK, "版本", "ab"), changed(a_chapter("1", "一"), "版本", "AB")),
        [(3, "册次", Fault.NO_TEXTBOOK)],
    ),
    "no chapter above": ((BOOK, a_chapter("1.1", "一")), [(3, "编号", Fault.NO_CHAPTER_ABOVE)]),
    "number twice": ((BOOK, a_chapter("1", "一"), a_chapter("1", "二")), [(4, "编号", Fault.TWICE)]),
    "book twice": ((BOOK, BOOK), [(3, "册次", Fault.TWICE)]),
    "point twice": ((POINT, POINT), [(3, "编号", Fault.TWICE)]),
    "no point": ((BOOK, a_chapter("1", "一", points="SX-9")), [(3, "知识点", Fault.NO_POINT)]),
    "code": ((changed(POINT, "编号", "分数"),), [(2, "编号", Fault.CODE)]),
    "two codes": ((changed(POINT, "编号", "SX-1 SX-2"),), [(2, "编号", Fault.CODE)]),
    "too many points": (
        (BOOK, a_chapter("1", "一", points="、".join(f"P{number}" for number in range(21)))),
        [(3, "知识点", Fault.TOO_MANY_POINTS)],
    ),
    "above itself": (
        (changed(POINT, "上级知识点", "SX-2"), changed(changed(POINT, "编号", "SX-2"), "上级知识点", "SX-1")),
        [(2, "上级知识点", Fault.POINT_ABOVE_ITSELF), (3, "上级知识点", Fault.POINT_ABOVE_ITSELF)],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_wrong_cell_is_named_and_nothing_is_kept(keepers: Keepers, case: str) -> None:
    rows, wanted = WRONG[case]
    assert faults(keepers.province, *rows) == wanted
    assert not TreeFile.objects.exists()


def test_all_wrong_cells_are_said_in_one_pass(keepers: Keepers) -> None:
    rows = (changed(BOOK, "学段", "小小学"), a_chapter("x", ""), changed(POINT, "编号", ""))
    found = faults(keepers.province, *rows)
    assert {(row, column) for row, column, _fault in found} >= {(2, "学段"), (3, "编号"), (3, "名称"), (4, "编号")}


def test_a_row_with_a_wrong_cell_is_not_called_missing_too(keepers: Keepers) -> None:
    no_title = [changed(row, "名称", "") for row in TREE]
    assert faults(keepers.province, *no_title) == [(row, "名称", Common.REQUIRED) for row in range(2, 7)]
    above_is_wrong = (no_title[0], BOOK, no_title[2], *TREE[3:])
    assert faults(keepers.province, *above_is_wrong) == [(2, "名称", Common.REQUIRED), (4, "名称", Common.REQUIRED)]


def test_every_fault_says_what_would_be_right(keepers: Keepers) -> None:
    for rows, _wanted in WRONG.values():
        with pytest.raises(CellsWrong) as refused:
            opened(keepers.province, *rows)
        assert all(finding.message and "{" not in finding.message for finding in refused.value.findings)


@pytest.mark.parametrize(
    ("heading", "fault"),
    [("名称,名称", Common.HEADER_TWICE), ("名称,备注", Common.HEADER_UNKNOWN), ("备注", Common.HEADER_MISSING)],
)
def test_headings_are_looked_at_first(keepers: Keepers, heading: str, fault: Common) -> None:
    text = a_file(*TREE).decode("utf-8-sig").replace("名称", heading, 1)
    with pytest.raises(CellsWrong) as refused:
        open_tree_file(by=keepers.province, name="目录.csv", content=text.encode(), is_complete=False, now=NOON)
    assert (1, fault) in {(one.row, one.fault) for one in refused.value.findings}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_files_of_spreadsheets_here_are_read(keepers: Keepers, encoding: str) -> None:
    content = a_file(*TREE).decode("utf-8-sig").encode(encoding)
    file = open_tree_file(by=keepers.province, name="目录.csv", content=content, is_complete=False, now=NOON)
    assert file.counts["chapter"]["new"] == 3


def test_headings_and_words_may_be_english(keepers: Keepers) -> None:
    text = "node,stage,subject,edition,grade,volume,number,title\nTextbook,primary,14,Demo,primary-3,A,,Maths 3A\n"
    file = open_tree_file(by=keepers.province, name="tree.csv", content=text.encode(), is_complete=False, now=NOON)
    assert file.counts["textbook"]["new"] == 1


def test_what_is_no_such_file_is_refused(keepers: Keepers) -> None:
    for content, refusal in (
        (b"\x00\x01\x02", NoTable),
        (b"\xff\xfe\xff", NoTable),
        (b"", TableEmpty),
        (a_file(), TableEmpty),
        (b"x" * (LAYOUT.most_bytes + 1), TableTooLarge),
    ):
        with pytest.raises(refusal):
            open_tree_file(by=keepers.province, name="目录.csv", content=content, is_complete=False, now=NOON)


def test_only_the_province_and_the_platform_keep_the_tree(keepers: Keepers) -> None:
    file = opened(keepers.province, *TREE)
    acts: list[Callable[..., object]] = [import_tree_file, compare_again]
    for act, actor in product(acts, (keepers.county, keepers.teacher, PUBLIC_ACTOR)):
        with pytest.raises(NotAllowed):
            act(by=actor, file=file, now=NOON)
    for actor in (keepers.county, keepers.teacher, PUBLIC_ACTOR):
        with pytest.raises(NotAllowed):
            opened(actor, *TREE)
    imported(platform_actor("demo", Permission), *TREE)
    assert Textbook.objects.count() == 1


def test_a_preview_that_no_longer_holds_is_not_written(keepers: Keepers) -> None:
    file = opened(keepers.province, *TREE)
    imported(platform_actor("demo", Permission), BOOK, a_chapter("1", "别的"))
    with pytest.raises(TreeMoved):
        import_tree_file(by=keepers.province, file=file, now=NOON)
    compare_again(by=keepers.province, file=file, now=NOON)
    import_tree_file(by=keepers.province, file=file, now=NOON)
    assert Chapter.objects.get(number="1").title == "分一分"


def test_a_file_is_taken_over_once_and_given_up_for_another(keepers: Keepers) -> None:
    first = opened(keepers.province, *TREE)
    second = opened(keepers.province, *TREE)
    import_tree_file(by=keepers.province, file=second, now=NOON)
    for file, act in product((first, second), (import_tree_file, compare_again)):
        with pytest.raises(NothingToImport):
            act(by=keepers.province, file=file, now=NOON)


def test_the_database_keeps_nodes_and_their_textbook(keepers: Keepers) -> None:
    second = changed(changed(BOOK, "册次", "下册"), "名称", "下册")
    imported(keepers.province, *TREE, second, a_chapter("1", "别本的", volume="下册"))
    for model in (Textbook, Chapter, KnowledgePoint):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.all()._raw_delete("default")  # what no code of ours does
    Chapter.objects.filter(number="1.1").update(parent=Chapter.objects.get(title="别本的"))
    with pytest.raises(IntegrityError, match="chapter_below_one_of_its_textbook"):
        connection.check_constraints()


def test_an_import_costs_the_same_for_few_and_for_many(keepers: Keepers) -> None:
    def cost(*rows: tuple[str, ...]) -> int:
        file = opened(keepers.province, *rows)
        with CaptureQueriesContext(connection) as seen:
            import_tree_file(by=keepers.province, file=file, now=NOON)
        return len(seen)

    one = cost(BOOK, a_chapter("1", "一"), a_chapter("1.1", "一之一"))
    second = changed(BOOK, "册次", "下册")
    three = cost(
        second,
        *(a_chapter(str(number), "章", volume="下册") for number in range(1, 4)),
        *(a_chapter(f"{number}.1", "节", volume="下册") for number in range(1, 4)),
    )
    assert one == three


def test_a_workbook_is_a_file_of_the_tree_too(keepers: Keepers) -> None:
    book = BytesIO()
    write_xlsx(book, "目录", HEADINGS, TREE)
    file = open_tree_file(by=keepers.province, name="目录.xlsx", content=book.getvalue(), is_complete=False, now=NOON)
    import_tree_file(by=keepers.province, file=file, now=NOON)
    assert dict(Chapter.objects.values_list("number", "title")) == {"1": "分一分", "1.1": "几分之一", "2": "量一量"}


def test_a_number_that_a_workbook_made_shorter_is_told_by_its_cell(keepers: Keepers) -> None:
    book = BytesIO()
    tenth = (*a_chapter("", "")[:6], 1.1, "第十节", "", "", "", "")
    write_xlsx(book, "目录", HEADINGS, [BOOK, a_chapter("1", "一"), tenth])
    with pytest.raises(CellsWrong) as refused:
        open_tree_file(by=keepers.province, name="目录.xlsx", content=book.getvalue(), is_complete=False, now=NOON)
    assert [(one.cell, one.fault) for one in refused.value.findings] == [("G4", Common.NUMBER_CELL)]
