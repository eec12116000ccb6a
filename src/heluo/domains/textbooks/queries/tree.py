"""The tree as a file tells it: plain values, the same whether they were read from a file or from the register."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from heluo.domains.textbooks.models import number_to_path
from heluo.kernel.codes.public import mint_identifier


class Scope(NamedTuple):
    """A subject in a stage."""

    stage: str
    subject: str


class BookKey(NamedTuple):
    """What names a textbook for ever."""

    stage: str
    subject: str
    edition: str
    grade: str
    volume: str

    @property
    def scope(self) -> Scope:
        return Scope(self.stage, self.subject)

    @property
    def uuid(self) -> UUID:
        return mint_identifier("textbook", json.dumps(self, ensure_ascii=False))


class PointKey(NamedTuple):
    """What names a knowledge point for ever."""

    stage: str
    subject: str
    code: str

    @property
    def scope(self) -> Scope:
        return Scope(self.stage, self.subject)

    @property
    def uuid(self) -> UUID:
        return mint_identifier("knowledge_point", json.dumps(self, ensure_ascii=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChapter:
    """A chapter with the codes of what it teaches, in order."""

    number: str
    title: str
    points: tuple[str, ...] = ()

    def uuid_in(self, book: BookKey) -> UUID:
        return mint_identifier("chapter", f"{book.uuid}/{self.number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBook:
    """A textbook with all its chapters, in the order of their numbers."""

    key: BookKey
    title: str
    position: int = 0
    is_example: bool = False
    chapters: tuple[ToldChapter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPoint:
    """A knowledge point, under another one where `parent` is a code."""

    key: PointKey
    title: str
    parent: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """Textbooks and knowledge points, each in the order of their keys."""

    books: tuple[ToldBook, ...] = ()
    points: tuple[ToldPoint, ...] = ()

    def scopes(self) -> frozenset[Scope]:
        return frozenset({book.key.scope for book in self.books} | {point.key.scope for point in self.points})


def ordered(books: Sequence[ToldBook], points: Sequence[ToldPoint]) -> Tree:
    return Tree(
        tuple(sorted(books, key=lambda book: book.key)),
        tuple(sorted(points, key=lambda point: point.key)),
    )


def in_order(chapters: Sequence[ToldChapter]) -> tuple[ToldChapter, ...]:
    return tuple(sorted(chapters, key=lambda chapter: number_to_path(chapter.number)))
