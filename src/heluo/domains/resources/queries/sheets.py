"""Tables that tell of many drafts: read, with every wrong cell in one pass; and what has become of their rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from heluo.domains.resources.enums import SUBJECTS, ContentLanguage, ResourceType, SheetFault
from heluo.domains.resources.models import (
    LONGEST_DESCRIPTION,
    LONGEST_KEYWORD,
    LONGEST_TITLE,
    MAX_FILES,
    MAX_KEYWORDS,
    DraftRow,
    DraftSheet,
    ResourceVersion,
)
from heluo.domains.resources.queries.rows import files_by_version
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require_person
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.public import grade_words, stage_words
from heluo.kernel.pages.exports import EXCEL
from heluo.kernel.pages.sheets import write_csv, write_xlsx
from heluo.kernel.search.public import fold
from heluo.kernel.tables.public import MEGABYTE, Fault, Layout, Row, Table, Words, read_table, words_of, words_of_codes

LONGEST_STATEMENT, LONGEST_NAME = 1000, 255
YES, NO = "是", "否"
BETWEEN = re.compile(r"[\n、;；]+")
BETWEEN_KEYWORDS = re.compile(r"[\s,，、;；]+")
LAYOUT = Layout(
    headings={
        "title": "标题",
        "description": "内容说明",
        "stage": "学段",
        "grade": "年级",
        "subject": "学科",
        "resource_type": "资源类型",
        "language": "语种",
        "licence": "许可",
        "has_third_party": "是否含他人作品",
        "third_party_statement": "他人作品的来源与授权",
        "keywords": "关键词",
        "valid_until": "有效期至",
        "files": "文件",
    },
    needed=("title", "files"),
    texts=("title", "files"),
    most_rows=200,
    most_bytes=8 * MEGABYTE,
)
"""Parts of a description, and the files. Headings stay Chinese in every language: they are the file's, no page's."""
NAME = "资源"
"""The sheet of a workbook."""
FURTHEST_ROW = 32_000
"""Rows of a sheet keep their number, and a small one does."""
EXAMPLE = (
    "分数的初步认识", "用一个圆的平均分认识几分之一。", "小学", "三年级", "数学", "媒体素材", "中文",
    "署名 CC BY 4.0", "否", "", "分数、平均分", "", "分数.mp4；分数学习单.pdf",
)  # fmt: skip


def template_file(form: str, *, on: date) -> bytes:
    """The table to fill in, with the example; a workbook offers the words to choose from."""
    file = BytesIO()
    if form == EXCEL:
        known = {part: list(words.of.values()) for part, words in _words(on).items()} | {"has_third_party": [YES, NO]}
        offered = {place: known[part] for place, part in enumerate(LAYOUT.headings) if part in known}
        write_xlsx(file, NAME, list(LAYOUT.headings.values()), [EXAMPLE], offered=offered)
    else:
        write_csv(file, list(LAYOUT.headings.values()), [EXAMPLE])
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class RowTold:
    """What a row says of a draft, and the names of its files."""

    number: int
    description: Mapping[str, Any]
    names: Sequence[str]


def read_sheet(content: bytes, *, name: str, on: date) -> list[RowTold]:
    """What the rows of a table tell. Raises `CellsWrong` with every wrong cell, and the refusals of `Unreadable`."""
    table = read_table(content, name=name, layout=LAYOUT)
    reader = _Reader(table, _words(on), on)
    told = [reader.read(row) for row in table.rows]
    table.refuse_wrong(name)
    if told[-1].number > FURTHEST_ROW:
        raise LAYOUT.too_large()
    return told


@dataclass(frozen=True, slots=True)
class _Reader:
    table: Table
    words: Mapping[str, Words]
    """Part of a description → what may stand in its column."""
    today: date

    def read(self, row: Row) -> RowTold:
        said: dict[str, Any] = {
            "title": self._text(row, "title", LONGEST_TITLE),
            "description": self._text(row, "description", LONGEST_DESCRIPTION),
            "third_party_statement": self._text(row, "third_party_statement", LONGEST_STATEMENT),
        }
        if not said["title"]:
            self.table.find(row, "title", "", Fault.REQUIRED)
        for part in ("stage", "subject", "resource_type", "language", "licence"):
            said[part] = self.table.word(row, part, self.words[part])
        said["grade"] = self._grade(row, said["stage"])
        said["has_third_party"] = self.table.yes(row, "has_third_party")
        said["keywords"] = self._keywords(row)
        said["valid_until"] = self._day_to_come(row)
        return RowTold(row.number, said, self._names(row))

    def _text(self, row: Row, part: str, most: int) -> str:
        if len(row[part]) > most:
            self.table.find(row, part, row[part], Fault.TOO_LONG, most=most)
        return row[part]

    def _grade(self, row: Row, stage: str) -> str:
        if row["grade"] and not row["stage"]:
            self.table.find(row, "grade", row["grade"], SheetFault.GRADE_WITHOUT_STAGE)
            return ""
        return self.table.word(row, "grade", self.words["grade"], below=stage) if stage else ""

    def _day_to_come(self, row: Row) -> date | None:
        day = self.table.day(row, "valid_until")
        if day is not None and day < self.today:
            self.table.find(row, "valid_until", row["valid_until"], SheetFault.DAY_PASSED)
        return day

    def _keywords(self, row: Row) -> list[str]:
        words = list(dict.fromkeys(word for word in BETWEEN_KEYWORDS.split(row["keywords"]) if word))
        if len(words) > MAX_KEYWORDS:
            self.table.find(row, "keywords", row["keywords"], SheetFault.TOO_MANY, most=MAX_KEYWORDS, count=len(words))
        for word in words:
            if len(word) > LONGEST_KEYWORD:
                self.table.find(row, "keywords", word, Fault.TOO_LONG, most=LONGEST_KEYWORD)
        return words

    def _names(self, row: Row) -> list[str]:
        names = list(dict.fromkeys(name for part in BETWEEN.split(row["files"]) if (name := part.strip())))
        if len(names) > MAX_FILES:
            self.table.find(row, "files", row["files"], SheetFault.TOO_MANY, most=MAX_FILES, count=len(names))
        for name in names:
            if len(name) > LONGEST_NAME or "/" in name or "\\" in name:
                self.table.find(row, "files", name, SheetFault.NOT_A_NAME, most=LONGEST_NAME)
        return names


def _words(on: date) -> dict[str, Words]:
    return {
        "stage": stage_words(),
        "grade": grade_words(),
        "subject": words_of_codes(SUBJECTS, on=on),
        "resource_type": words_of(lambda: ResourceType.choices),
        "language": words_of(lambda: ContentLanguage.choices),
        "licence": words_of(lambda: Licence.choices),
    }


# -- what has become of it --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row with its draft and the files that it still waits for."""

    row: DraftRow
    version: ResourceVersion
    files: Sequence[StoredFile]
    awaited: Sequence[str]
    lacking: Sequence[str]

    @property
    def is_ready(self) -> bool:
        """Whether it may be submitted as far as one can see."""
        return self.version.is_editable and not self.awaited and not self.lacking


def own_sheets(actor: Actor) -> QuerySet[DraftSheet]:
    return DraftSheet.objects.filter(author__uuid=require_person(actor))


def own_sheet(actor: Actor, uuid: UUID) -> DraftSheet:
    found = own_sheets(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def rows_shown(sheet: DraftSheet) -> list[RowShown]:
    """The rows of a sheet in their order; four queries however many."""
    return _shown(sheet.rows.all())


def _shown(found: QuerySet[DraftRow]) -> list[RowShown]:
    rows = list(found.select_related("version__resource"))
    files = files_by_version([row.version for row in rows])
    return [_row_shown(row, files[row.version_id]) for row in rows]


def _row_shown(row: DraftRow, files: Sequence[StoredFile]) -> RowShown:
    there = {_folded(file.name) for file in files}
    lacking = row.version.missing(file_count=len(files))
    if row.names:
        lacking.pop("files", None)
    return RowShown(
        row=row,
        version=row.version,
        files=files,
        awaited=[name for name in row.names if _folded(name) not in there],
        lacking=[str(word) for word in lacking.values()],
    )


def _folded(text: str) -> str:
    """A name of a file as it is looked up."""
    return "".join(fold(text).split())


def rows_waiting_for(sheet: DraftSheet, name: str) -> list[RowShown]:
    """Rows of drafts that name a file they have not yet; capitals and width make no difference.

    Of the others only the names are read: a table is asked once for each file of hundreds.
    """
    wanted = _folded(name)
    named = [key for key, names in sheet.rows.values_list("pk", "names") if wanted in map(_folded, names)]
    shown = _shown(sheet.rows.filter(pk__in=named))
    return [one for one in shown if one.version.is_editable and wanted in map(_folded, one.awaited)]
