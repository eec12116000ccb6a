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

from heluo.domains.textbooks.errors import FileEmpty, TextUnreadable
from heluo.domains.textbooks.queries.layout import HEADINGS, Words, words_on
from heluo.domains.textbooks.queries.reading import decoded, read_tree
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
from heluo.kernel.pages.sheets import FORMULA_STARTS
from tests.domains.textbooks.conftest import TREE, Keepers, a_file, imported

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 10)

letters = some.sampled_from([*"分数的意义=+-@＝'\"，,;、\n\t 　aZ9", "😀", "\x0b"])


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
def words(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Words:
    with django_db_blocker.unblock():
        return words_on(TODAY)


@given(tree=trees().filter(lambda tree: bool(tree.books or tree.points)))
def test_a_tree_comes_back_from_its_file_as_it_was(words: Words, tree: Tree) -> None:
    content = written(tree, words)
    reading = read_tree(decoded(content, name="x"), name="x", words=words, known={})
    assert [finding.message for finding in reading.findings] == []
    assert reading.tree == tree


@given(tree=trees())
def test_no_cell_of_a_file_can_run(words: Words, tree: Tree) -> None:
    lines = csv.reader(io.StringIO(written(tree, words).decode("utf-8-sig"), newline=""))
    assert not any(cell.startswith(tuple(FORMULA_STARTS)) for line in lines for cell in line)


cells = some.text(some.characters(codec="utf-8"), max_size=12) | some.sampled_from(
    ["教材", "章节", "知识点", "小学", "数学", "14", "示例版", "AB", "ab", "1", "1.1", "SX-1", "是", ""]
)


@given(rows=some.lists(some.lists(cells, max_size=14), max_size=6))
def test_whatever_is_in_a_file_is_judged_and_never_a_crash(words: Words, rows: list[list[str]]) -> None:
    text = decoded(a_file(*(tuple(row) for row in rows)), name="x") if rows else ""
    try:
        reading = read_tree(text, name="x", words=words, known={})
    except (FileEmpty, TextUnreadable):
        return
    assert all(finding.row >= 1 and finding.message for finding in reading.findings)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not reading.findings:
        told = len(reading.tree.books) + len(reading.tree.points) + sum(len(one.chapters) for one in reading.tree.books)
        assert told == len(filled), "a row is a node, or it is wrong"


@given(content=some.binary(max_size=200))
def test_whatever_bytes_are_sent_are_judged(words: Words, content: bytes) -> None:
    with suppress(FileEmpty, TextUnreadable):
        read_tree(decoded(content, name="x"), name="x", words=words, known={})


def test_the_register_exports_what_it_imported_and_a_second_import_changes_nothing(keepers: Keepers) -> None:
    imported(keepers.province, *TREE)
    tree = tree_in_use()
    again = read_tree(decoded(written(tree, words_on(TODAY)), name="x"), name="x", words=words_on(TODAY), known={})
    assert again.tree == tree
    file = imported(keepers.province, *TREE)
    assert all(count == 0 for kind in file.counts.values() for change, count in kind.items() if change != "unchanged")


def test_a_file_has_a_heading_for_everything(keepers: Keepers) -> None:
    assert decoded(written(Tree(), words_on(TODAY)), name="x").strip() == ",".join(HEADINGS)
