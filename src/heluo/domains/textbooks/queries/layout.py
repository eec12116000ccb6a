"""The columns of a file of the tree: one row per node, headings in Chinese, their keys accepted as well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from heluo.domains.textbooks.enums import SUBJECTS, NodeKind
from heluo.kernel.organisations.public import grade_words, stage_words
from heluo.kernel.tables.public import MEGABYTE, Layout, Words, words_of, words_of_codes

BOOK, CHAPTER, POINT = NodeKind
BOTH = frozenset({BOOK, CHAPTER})
YES = "是"


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
LAYOUT = Layout(
    headings={column.key: column.heading for column in COLUMNS.values()},
    needed=("node", "stage", "subject", "edition", "grade", "volume", "number", "title"),
    texts=("number", "points", "parent"),
    most_rows=20_000,
    most_bytes=8 * MEGABYTE,
)
HEADINGS = tuple(LAYOUT.headings.values())


@dataclass(frozen=True, slots=True)
class TreeWords:
    """What the columns of codes hold."""

    kinds: Words
    stages: Words
    subjects: Words
    grades: Words


def words_on(day: date) -> TreeWords:
    """The words of a day."""
    return TreeWords(words_of(lambda: NodeKind.choices), stage_words(), words_of_codes(SUBJECTS, on=day), grade_words())
