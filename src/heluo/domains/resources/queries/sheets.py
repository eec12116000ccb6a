"""Tables that tell of many drafts: read, with every wrong cell in one pass; and what has become of their rows."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from heluo.domains.resources.enums import SUBJECTS, ContentLanguage, ResourceType, VersionState
from heluo.domains.resources.errors import Finding, SheetEmpty, SheetTooLarge, SheetUnreadable
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
from heluo.kernel.codes.public import codes_of
from heluo.kernel.files.models import StoredFile
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import GRADES
from heluo.kernel.pages.sheets import encoding_of, from_csv_cell, text_of
from heluo.kernel.search.public import fold

MOST_ROWS, MOST_BYTES, MEGABYTE = 200, 1024 * 1024, 1024 * 1024
LONGEST_STATEMENT, LONGEST_NAME, LONGEST_SHOWN = 1000, 255, 60
BETWEEN = re.compile(r"[\n、;；]+")
BETWEEN_KEYWORDS = re.compile(r"[\s,，、;；]+")
YES, NO = frozenset({"是", "有", "yes", "1"}), frozenset({"否", "无", "没有", "no", "0"})
HEADINGS = {
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
    "files": "文件",
}
"""Part of a description → its column. Headings stay Chinese in every language: they are the file's, not the page's."""
EXAMPLE = (
    "分数的初步认识", "用一个圆的平均分认识几分之一。", "小学", "三年级", "数学", "媒体素材", "中文",
    "署名 CC BY 4.0", "否", "", "分数、平均分", "分数.mp4；分数学习单.pdf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowTold:
    """A row without a wrong cell: what it says of a draft, and the names of its files."""

    number: int
    description: Mapping[str, Any]
    names: Sequence[str]


@dataclass(slots=True)
class _Reader:
    words: Mapping[str, Mapping[str, str]]
    rows: list[RowTold] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def read(self, number: int, cells: Mapping[str, str]) -> None:
        before = len(self.findings)
        said: dict[str, Any] = {
            "title": self._text(number, "title", cells, LONGEST_TITLE),
            "description": self._text(number, "description", cells, LONGEST_DESCRIPTION),
            "third_party_statement": self._text(number, "third_party_statement", cells, LONGEST_STATEMENT),
        }
        if not said["title"]:
            self._find(number, "title", "", _("请填写标题。"))
        for part in ("stage", "subject", "resource_type", "language", "licence"):
            said[part] = self._word(number, part, cells.get(part, ""), self.words[part])
        if said["stage"] or not cells.get("stage", "").strip():
            said["grade"] = self._grade(number, cells.get("grade", ""), said["stage"])
        said["has_third_party"] = self._yes(number, cells.get("has_third_party", ""))
        said["keywords"] = self._keywords(number, cells.get("keywords", ""))
        names = self._names(number, cells.get("files", ""))
        if len(self.findings) == before:
            self.rows.append(RowTold(number, said, names))

    def _text(self, number: int, part: str, cells: Mapping[str, str], longest: int) -> str:
        text = cells.get(part, "").strip()
        if len(text) > longest:
            self._find(number, part, text, _("超过 {most} 个字。").format(most=longest))
        return text

    def _word(self, number: int, part: str, text: str, words: Mapping[str, str]) -> str:
        if not text.strip():
            return ""
        code = words.get(_folded(text))
        if code is None:
            offered = "、".join(list(dict.fromkeys(words))[:8])
            self._find(number, part, text, _("没有这一项。可以填：{words}。").format(words=offered))
        return code or ""

    def _grade(self, number: int, text: str, stage: str) -> str:
        if not text.strip():
            return ""
        codes = [code for code, name in _grades() if _folded(text) in {_folded(name), code}]
        code = next((one for one in codes if not stage or one.startswith(f"{stage}-")), None)
        if code is None or not stage:
            self._find(number, "grade", text, _("年级要和学段一起填，并属于那个学段。"))
        return code or ""

    def _yes(self, number: int, text: str) -> bool | None:
        folded = _folded(text)
        if folded in YES | NO:
            return folded in YES
        if folded:
            self._find(number, "has_third_party", text, _("填“是”或“否”。"))
        return None

    def _keywords(self, number: int, text: str) -> list[str]:
        words = list(dict.fromkeys(word for word in BETWEEN_KEYWORDS.split(text) if word))
        if len(words) > MAX_KEYWORDS:
            self._find(number, "keywords", text, _("最多 {most} 个。").format(most=MAX_KEYWORDS))
        for word in words:
            if len(word) > LONGEST_KEYWORD:
                self._find(number, "keywords", word, _("超过 {most} 个字。").format(most=LONGEST_KEYWORD))
        return words

    def _names(self, number: int, text: str) -> list[str]:
        names = list(dict.fromkeys(name for part in BETWEEN.split(text) if (name := part.strip())))
        if len(names) > MAX_FILES:
            self._find(number, "files", text, _("最多 {most} 个。").format(most=MAX_FILES))
        for name in names:
            if len(name) > LONGEST_NAME or "/" in name or "\\" in name:
                self._find(number, "files", name, _("只写文件名，不写文件夹，不超过 255 个字。"))
        return names

    def _find(self, number: int, part: str, value: str, message: str) -> None:
        self.findings.append(Finding(number, HEADINGS[part], value[:LONGEST_SHOWN], message))


def read_sheet(content: bytes, *, name: str, on: date) -> tuple[list[RowTold], list[Finding]]:
    """The rows of a table and every wrong cell. Raises `SheetUnreadable`, `SheetTooLarge`, `SheetEmpty`."""
    if len(content) > MOST_BYTES:
        raise SheetTooLarge(field="file", rows=MOST_ROWS, megabytes=MOST_BYTES // MEGABYTE)
    encoding = encoding_of(lambda: [content])
    try:
        lines = list(csv.reader(io.StringIO(content.decode(encoding or "ascii"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SheetUnreadable(field="file", name=name) from error
    rows = [(number, cells) for number, cells in enumerate(lines[1:], start=2) if any(cell.strip() for cell in cells)]
    if not rows:
        raise SheetEmpty(field="file", name=name)
    if len(rows) > MOST_ROWS:
        raise SheetTooLarge(field="file", rows=MOST_ROWS, megabytes=MOST_BYTES // MEGABYTE)
    parts, findings = _parts(lines[0])
    reader = _Reader(_words(on), findings=findings)
    if not findings:
        for number, cells in rows:
            texts = (text_of(from_csv_cell(cell)) for cell in cells)
            reader.read(number, {part: text for part, text in zip(parts, texts, strict=False) if part})
    return reader.rows, reader.findings


def _parts(headings: Sequence[str]) -> tuple[list[str], list[Finding]]:
    """What each column tells; empty for those without a heading."""
    known = {heading: part for part, heading in HEADINGS.items()}
    texts = [text_of(from_csv_cell(heading)).strip() for heading in headings]
    findings = [
        Finding(1, text[:LONGEST_SHOWN], "", _("不认识这一列。可以有的列：{words}。").format(words="、".join(known)))
        for text in texts
        if text and text not in known
    ]
    findings += [Finding(1, text, "", _("这一列写了两次。")) for text in known if texts.count(text) > 1]
    findings += [
        Finding(1, HEADINGS[part], "", _("缺少这一列。")) for part in ("title", "files") if HEADINGS[part] not in texts
    ]
    return [known.get(text, "") for text in texts], findings


def _folded(text: str) -> str:
    return "".join(fold(text).split())


def _words(on: date) -> dict[str, dict[str, str]]:
    """Part of a description → word, in Chinese or English, or code → code."""
    subjects = list(codes_of(SUBJECTS, on=on))
    named = {
        "stage": lambda: Stage.choices,
        "resource_type": lambda: ResourceType.choices,
        "language": lambda: ContentLanguage.choices,
        "licence": lambda: Licence.choices,
    }
    words = {part: _both(choices) for part, choices in named.items()}
    words["subject"] = {
        _folded(word): code.value for code in subjects for word in (code.name, code.name_en, code.value) if word
    }
    return words


def _both(choices: Callable[[], Iterable[tuple[Any, Any]]]) -> dict[str, str]:
    words: dict[str, str] = {}
    for language in (None, "en"):
        with translation.override(language):
            words |= {_folded(str(label)): str(code) for code, label in choices()}
    return words | {_folded(str(code)): str(code) for code, _label in choices()}


def _grades() -> list[tuple[str, str]]:
    grades: list[tuple[str, str]] = []
    for language in (None, "en"):
        with translation.override(language):
            grades += [
                (f"{stage.value}-{year}", str(name))
                for stage, names in GRADES.items()
                for year, name in enumerate(names, 1)
            ]
    return grades


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

    @property
    def is_under_way(self) -> bool:
        return self.version.state in {VersionState.SUBMITTED, VersionState.PUBLISHED}


def own_sheets(actor: Actor) -> QuerySet[DraftSheet]:
    return DraftSheet.objects.filter(author__uuid=require_person(actor))


def own_sheet(actor: Actor, uuid: UUID) -> DraftSheet:
    found = own_sheets(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def rows_shown(sheet: DraftSheet) -> list[RowShown]:
    """The rows of a sheet in their order; four queries however many."""
    rows = list(sheet.rows.select_related("version__resource"))
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


def rows_waiting_for(sheet: DraftSheet, name: str) -> list[RowShown]:
    """Rows of drafts that name a file they have not yet; capitals and width make no difference."""
    wanted = _folded(name)
    return [one for one in rows_shown(sheet) if one.version.is_editable and wanted in map(_folded, one.awaited)]
