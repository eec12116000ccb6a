"""What the rest of the house calls: `from heluo.domains.textbooks.public import require_in_use`."""

from collections.abc import Sequence
from uuid import UUID

from heluo.domains.textbooks.queries.browsing import (
    chapters_named,
    points_named,
    points_taught_in,
    textbooks_on,
)
from heluo.domains.textbooks.queries.codes import Label, code_sheet
from heluo.domains.textbooks.queries.hanging import (
    NodesInUse,
    Place,
    chapter_at,
    chapters_in,
    chosen_chapters,
    facet_values,
    next_chapter,
    nodes_in_use,
    place_of_chapter,
    place_of_point,
    places_of_chapters,
    places_of_points,
    require_in_use,
)

__all__ = [
    "Label",
    "NodesInUse",
    "Place",
    "chapter_at",
    "chapters_found",
    "chapters_in",
    "chosen_chapters",
    "code_sheet",
    "facet_values",
    "next_chapter",
    "nodes_in_use",
    "places_of_chapters",
    "places_of_points",
    "points_found",
    "points_taught",
    "require_in_use",
    "textbooks_to_choose",
]


def textbooks_to_choose(*, stage: str, subject: str, grade: str) -> list[tuple[UUID, str]]:
    """Textbooks in use of a stage and subject, those of the grade first; empty parts narrow nothing."""
    books = textbooks_on(stage=stage, subject=subject)
    return [
        (book.uuid, book.title)
        for book in sorted(books, key=lambda book: (book.grade != grade, book.edition, book.position, book.grade))
    ]


def chapters_found(text: str, *, stage: str, subject: str, most: int) -> Sequence[Place]:
    """Chapters in use whose title, or whose textbook's, holds a text."""
    return [place_of_chapter(row) for row in chapters_named(text, stage=stage, subject=subject)[:most]]


def points_found(text: str, *, stage: str, subject: str, most: int) -> Sequence[Place]:
    """Points in use whose name or code holds a text."""
    return [place_of_point(row) for row in points_named(text, stage=stage, subject=subject)[:most]]


def points_taught(textbook: UUID) -> Sequence[Place]:
    """Points in use that a textbook teaches."""
    return [place_of_point(row) for row in points_taught_in(textbook)]
