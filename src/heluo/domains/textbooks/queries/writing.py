"""The tree as a file: what of it is in use, in the layout that an import reads."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import BytesIO

from heluo.domains.textbooks.enums import NodeKind
from heluo.domains.textbooks.models import IN_USE, Chapter, ChapterPoint, KnowledgePoint, Textbook
from heluo.domains.textbooks.queries.layout import COLUMNS, HEADINGS, YES, TreeWords
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
from heluo.kernel.pages.exports import CSV, EXCEL
from heluo.kernel.pages.sheets import write_csv, write_xlsx

NAME = "教材目录"
"""The sheet of a workbook: in the file, and so Chinese."""


def tree_in_use(*, stage: str = "", subject: str = "", textbook: Textbook | None = None) -> Tree:
    """The tree, or what of it belongs to a stage, a subject or one textbook. Four queries."""
    books = Textbook.objects.filter(IN_USE)
    points = KnowledgePoint.objects.filter(IN_USE).select_related("parent")
    narrowed = {name: value for name, value in (("stage", stage), ("subject", subject)) if value}
    books, points = books.filter(**narrowed), points.filter(**narrowed)
    if textbook is not None:
        books, points = books.filter(pk=textbook.pk), points.none()
    chapters = list(Chapter.objects.filter(IN_USE, textbook__in=books))
    taught: dict[int, list[str]] = defaultdict(list)
    for chapter, code in ChapterPoint.objects.filter(
        chapter__textbook__in=books, chapter__withdrawn_at=None, point__withdrawn_at=None
    ).values_list("chapter", "point__code"):
        taught[chapter].append(code)
    below: dict[int, list[ToldChapter]] = defaultdict(list)
    for row in chapters:
        told = ToldChapter(number=row.number, title=row.title, points=tuple(sorted(taught[row.pk])))
        below[row.textbook_id].append(told)
    return ordered(
        [
            ToldBook(
                key=key_of_book(book),
                title=book.title,
                position=book.position,
                is_example=book.is_example,
                chapters=in_order(below[book.pk]),
            )
            for book in books
        ],
        [told_point(point) for point in points],
    )


def key_of_book(book: Textbook) -> BookKey:
    return BookKey(book.stage, book.subject, book.edition, book.grade, book.volume)


def key_of_point(point: KnowledgePoint) -> PointKey:
    return PointKey(point.stage, point.subject, point.code)


def told_point(point: KnowledgePoint) -> ToldPoint:
    parent = point.parent.code if point.parent and not point.parent.is_withdrawn else ""
    return ToldPoint(key=key_of_point(point), title=point.title, parent=parent, is_example=point.is_example)


def written(tree: Tree, words: TreeWords, form: str = CSV) -> bytes:
    """The file of a tree, as CSV or as a workbook; nothing in it runs as a formula."""
    file = BytesIO()
    if form == EXCEL:
        write_xlsx(file, NAME, HEADINGS, cells_of(tree, words))
    else:
        write_csv(file, HEADINGS, cells_of(tree, words))
    return file.getvalue()


def cells_of(tree: Tree, words: TreeWords) -> Iterator[Sequence[object]]:
    """The rows of a tree in the layout of the columns: points first, then each textbook with its chapters."""
    for point in tree.points:
        yield _line(
            words,
            NodeKind.POINT,
            point.key.scope,
            number=point.key.code,
            title=point.title,
            parent=point.parent,
            example=YES if point.is_example else "",
        )
    for book in tree.books:
        grade = words.grades.of.get(book.key.grade, "")
        place = {"edition": book.key.edition, "grade": grade, "volume": book.key.volume}
        yield _line(
            words,
            NodeKind.TEXTBOOK,
            book.key.scope,
            **place,
            title=book.title,
            position=book.position or "",
            example=YES if book.is_example else "",
        )
        for chapter in book.chapters:
            yield _line(
                words,
                NodeKind.CHAPTER,
                book.key.scope,
                **place,
                number=chapter.number,
                title=chapter.title,
                points="、".join(chapter.points),
            )


def _line(words: TreeWords, kind: NodeKind, scope: Scope, **cells: object) -> list[object]:
    said = {
        "node": words.kinds.of[kind],
        "stage": words.stages.of[scope.stage],
        "subject": words.subjects.of.get(scope.subject, scope.subject),
        **cells,
    }
    return [said.get(key, "") for key in COLUMNS]
