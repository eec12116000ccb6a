"""The columns of a file of the tree: one row per node, headings in Chinese, their keys accepted as well.

What people read in such a file is Chinese whoever exports it, so that every file can be taken in again everywhere.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.utils import translation

from heluo.domains.textbooks.enums import SUBJECTS, NodeKind
from heluo.kernel.codes.public import codes_of
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import GRADES

BOOK, CHAPTER, POINT = NodeKind
BOTH = frozenset({BOOK, CHAPTER})
YES, NO = "是", "否"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the kinds of rows that may fill it, and those that must."""

    key: str
    heading: str
    of: frozenset[NodeKind]
    needed: frozenset[NodeKind] = frozenset()
    most: int = 40


COLUMNS: Mapping[str, Column] = {
    column.key: column
    for column in (
        Column("node", "节点", frozenset(NodeKind), frozenset(NodeKind)),
        Column("stage", "学段", frozenset(NodeKind), frozenset(NodeKind)),
        Column("subject", "学科", frozenset(NodeKind), frozenset(NodeKind)),
        Column("edition", "版本", BOTH, BOTH),
        Column("grade", "年级", BOTH),
        Column("volume", "册次", BOTH, most=20),
        Column("number", "编号", frozenset({CHAPTER, POINT}), frozenset({CHAPTER, POINT})),
        Column("title", "名称", frozenset(NodeKind), frozenset(NodeKind), most=120),
        Column("points", "知识点", frozenset({CHAPTER}), most=2000),
        Column("parent", "上级知识点", frozenset({POINT})),
        Column("position", "顺序", frozenset({BOOK})),
        Column("example", "示例", frozenset({BOOK, POINT})),
    )
}
NEEDED_COLUMNS = ("node", "stage", "subject", "edition", "grade", "volume", "number", "title")
HEADINGS = tuple(column.heading for column in COLUMNS.values())


def column_named(heading: str) -> Column | None:
    wanted = heading.strip().lower()
    return next((column for column in COLUMNS.values() if wanted in {column.key, column.heading}), None)


@dataclass(frozen=True, slots=True)
class Words:
    """Codes in words and back. `of_*`: code → Chinese word; `*_of`: any known word, folded → code."""

    of_kind: Mapping[str, str]
    of_stage: Mapping[str, str]
    of_subject: Mapping[str, str]
    of_grade: Mapping[str, str]
    kind_of: Mapping[str, str]
    stage_of: Mapping[str, str]
    subject_of: Mapping[str, str]
    grade_of: Mapping[str, str]


def words_on(day: date) -> Words:
    """The words of a day, in Chinese to write and in Chinese, English and codes to read."""
    subjects = list(codes_of(SUBJECTS, on=day))
    with translation.override(None):
        kinds = {kind.value: str(kind.label) for kind in NodeKind}
        stages = {stage.value: str(stage.label) for stage in Stage}
        grades = dict(_grades())
    with translation.override("en"):
        english_kinds = {kind.value: str(kind.label) for kind in NodeKind}
        english_stages = {stage.value: str(stage.label) for stage in Stage}
        english_grades = dict(_grades())
    named = {code.value: code.name for code in subjects}
    english_subjects = {code.value: code.name_en for code in subjects if code.name_en}
    return Words(
        of_kind=kinds,
        of_stage=stages,
        of_subject=named,
        of_grade=grades,
        kind_of=_back(kinds, english_kinds),
        stage_of=_back(stages, english_stages),
        subject_of=_back(named, english_subjects),
        grade_of=_back(grades, english_grades),
    )


def _grades() -> Iterator[tuple[str, str]]:
    for stage, names in GRADES.items():
        for year, name in enumerate(names, 1):
            yield f"{stage.value}-{year}", str(name)


def _back(*named: Mapping[str, str]) -> dict[str, str]:
    """Word → code; the code itself is a word too. Where two codes share a word, the first keeps it."""
    found = {folded(code): code for code in named[0]}
    for code, word in chain.from_iterable(one.items() for one in named):
        found.setdefault(folded(word), code)
    return found


def folded(word: str) -> str:
    """A word as it is looked up: full and half width, upper and lower case are the same."""
    return unicodedata.normalize("NFKC", word).lower()
