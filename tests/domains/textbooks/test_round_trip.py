"""Every tree comes back from its file as it was, whatever people wrote into it; no text is too strange to be judged."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pytest_django.plugin import DjangoDbBlocker

from heluo.domains.textbooks.queries.layout import HEADINGS, LAYOUT, TreeWords, words_on
from heluo.domains.textbooks.queries.reading import read_tree
from heluo.domains.textbooks.queries.tree import (
    BookKey,
    PointKey,
    Scope,
    ToldBook,
    ToldChapter,
    ToldPoint,
    Tree,
    in_order,
    ordered,
)
from heluo.domains.textbooks.queries.writing import tree_in_use, written
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import GRADES
from heluo.kernel.pages.exports import CSV, EXCEL
from heluo.kernel.pages.sheets import FORMULA_STARTS
from heluo.kernel.tables.public import Table, Unreadable, read_table
from tests.domains.textbooks.conftest import TREE, Keepers, a_file, imported

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 10)

letters = some.sampled_from([*"分数的意义=+-@＝'\"，,;、\n\t 　aZ9", "😀", "\x0b"])


def table_of(content: bytes) -> Table:
    return read_table(content, name="x", layout=LAYOUT)


def clean(text: str) -> str:
    """What a cell can hold: no line ends or tabs inside, nothing invisible around."""
    return "".join(character for character in text if character in " 　" or not character.isspace()).strip()


def texts(most: int) -> some.SearchStrategy[str]:
    return some.text(letters, min_size=1, max_size=most).map(clean).filter(bool)


scopes = some.builds(Scope, some.sampled_from([stage.value for stage in Stage]), some.sampled_from(["13", "14", "61"]))
codes = some.from_regex(r"\A[A-Z]{2}-[0-9]{1,2}\Z")
numbers = some.lists(some.integers(1, 12), min_size=1, max_size=3)


@some.composite
def chapters(draw: some.DrawFn, known: Sequence[str]) -> tuple[ToldChapter, ...]:
    """Chapters without gaps: with a number go those above it."""
    found: set[tuple[int, ...]] = set()
    for number in draw(some.lists(numbers, max_size=6)):
        found |= {tuple(number[:depth]) for depth in range(1, len(number) + 1)}
    return in_order(
        [
            ToldChapter(
                number=".".join(map(str, number)),
                title=draw(texts(30)),
                points=tuple(sorted(draw(some.sets(some.sampled_from(known), max_size=3)))) if known else (),
            )
            for number in sorted(found)
        ]
    )


@some.composite
def trees(draw: some.DrawFn) -> Tree:
    books: dict[BookKey, ToldBook] = {}
    points: dict[PointKey, ToldPoint] = {}
    for scope in draw(some.lists(scopes, min_size=1, max_size=2, unique=True)):
        known: list[str] = []
        for code in draw(some.lists(codes, max_size=4, unique=True)):
            parent = draw(some.sampled_from(["", *known]))
            key = PointKey(*scope, code)
            points[key] = ToldPoint(key=key, title=draw(texts(30)), parent=parent, is_example=draw(some.booleans()))
            known.append(code)
        grades = ["", *(f"{scope.stage}-{year}" for year in range(1, len(GRADES[Stage(scope.stage)]) + 1))]
        for _number in range(draw(some.integers(0, 2))):
            volume = draw(texts(10) | some.just(""))
            book = BookKey(*scope, draw(texts(20)), draw(some.sampled_from(grades)), volume)
            books[book] = ToldBook(
                key=book,
                title=draw(texts(30)),
                position=draw(some.integers(0, 9999)),
                is_example=draw(some.booleans()),
                chapters=draw(chapters(known)),
            )
    return ordered(list(books.values()), list(points.values()))


@pytest.fixture(scope="module")
def words(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> TreeWords:
    with django_db_blocker.unblock():
        return words_on(TODAY)


@given(tree=trees().filter(lambda tree: bool(tree.books or tree.points)))
def test_a_tree_comes_back_from_its_file_as_it_was(words: TreeWords, tree: Tree) -> None:
    for form in (CSV, EXCEL):
        table = table_of(written(tree, words, form))
        told = read_tree(table, words=words, known={})
        assert [finding.message for finding in table.findings] == []
        assert told == tree


@given(tree=trees())
def test_no_cell_of_a_file_can_run(words: TreeWords, tree: Tree) -> None:
    lines = csv.reader(io.StringIO(written(tree, words).decode("utf-8-sig"), newline=""))
    assert not any(cell.startswith(tuple(FORMULA_STARTS)) for line in lines for cell in line)


cells = some.text(some.characters(codec="utf-8"), max_size=12) | some.sampled_from(
    ["教材", "章节", "知识点", "小学", "数学", "14", "示例版", "AB", "ab", "1", "1.1", "SX-1", "是", ""]
)


@given(rows=some.lists(some.lists(cells, max_size=14), max_size=6))
def test_whatever_is_in_a_file_is_judged_and_never_a_crash(words: TreeWords, rows: list[list[str]]) -> None:
    try:
        table = table_of(a_file(*(tuple(row) for row in rows)))
    except Unreadable:
        return
    tree = read_tree(table, words=words, known={})
    assert all(finding.row >= 1 and finding.message for finding in table.findings)
    if not table.findings:
        told = len(tree.books) + len(tree.points) + sum(len(one.chapters) for one in tree.books)
        assert told == len(table.rows), "a row is a node, or it is wrong"


@given(content=some.binary(max_size=200))
def test_whatever_bytes_are_sent_are_judged(words: TreeWords, content: bytes) -> None:
    with suppress(Unreadable):
        read_tree(table_of(content), words=words, known={})


def test_the_register_exports_what_it_imported_and_a_second_import_changes_nothing(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    tree = tree_in_use()
    assert read_tree(table_of(written(tree, words_on(TODAY))), words=words_on(TODAY), known={}) == tree
    file = imported(keepers.province, *TREE)
    assert all(count == 0 for kind in file.counts.values() for change, count in kind.items() if change != "unchanged")


def test_a_file_has_a_heading_for_everything(keepers: Keepers) -> None:
    assert written(Tree(), words_on(TODAY)).decode("utf-8-sig").strip() == ",".join(HEADINGS)
