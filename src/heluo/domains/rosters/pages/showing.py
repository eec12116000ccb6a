"""Batches in words and figures."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from heluo.domains.rosters.enums import BatchState, RowKind
from heluo.domains.rosters.errors import UNREADABLE
from heluo.domains.rosters.models import RosterBatch, RosterRow
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.questions import Question
from heluo.kernel.people.enums import Deed, IdentifierKind

TONES: Mapping[str, Tone] = {
    BatchState.RECEIVED: Tone.WAITING,
    BatchState.READING: Tone.WAITING,
    BatchState.READ: Tone.INFO,
    BatchState.IMPORTING: Tone.WAITING,
    BatchState.IMPORTED: Tone.SUCCESS,
    BatchState.REFUSED: Tone.DANGER,
    BatchState.CANCELLED: Tone.NEUTRAL,
}
CHANGED: Mapping[str, str | Promise] = {
    "name": gettext_lazy("姓名"),
    "sex": gettext_lazy("性别"),
    "born_on": gettext_lazy("出生日期"),
    "class": pgettext_lazy("column", "班级"),
    **{kind.value: kind.label for kind in IdentifierKind},
}
"""Facts that may differ, in words."""
DETAIL_COUNTS: Mapping[str, str | Promise] = {
    "classes_opened": gettext_lazy("新开班级"),
    "teachings_begun": gettext_lazy("新增任课"),
    "teachings_changed": gettext_lazy("班主任变动"),
    "teachings_ended": gettext_lazy("结束任课"),
    "guardianships_begun": gettext_lazy("新增监护关系"),
    "guardianships_changed": gettext_lazy("监护关系变动"),
    "guardianships_ended": gettext_lazy("结束监护关系"),
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One sheet of a batch: how many rows, how many of them wrong."""

    kind: str
    title: str | Promise
    rows: int
    wrong: int

    @property
    def percent(self) -> int:
        """Share of rows that are wrong; never 0 where one is."""
        return max(1, self.wrong * 100 // self.rows) if self.wrong else 0


@dataclass(frozen=True, slots=True)
class DeedFigure:
    """How many people something happens to, and the address of their list."""

    deed: Deed
    count: int

    @property
    def label(self) -> str:
        return str(self.deed.label)


@dataclass(frozen=True, slots=True)
class EndingLine:
    """How many of a role would end at a school."""

    school: Organisation
    role: str
    ended: int
    here: int

    @property
    def percent(self) -> int:
        return self.ended * 100 // self.here if self.here else 0


def sheet_lines(batch: RosterBatch) -> list[SheetLine]:
    return [
        SheetLine(kind, RowKind(kind).label, told["rows"], told.get("wrong", 0))
        for kind, told in batch.sheets.items()
        if kind in RowKind.values
    ]


def deed_figures(batch: RosterBatch) -> list[DeedFigure]:
    return [DeedFigure(deed, batch.counts.get(str(deed), 0)) for deed in Deed]


def detail_facts(batch: RosterBatch) -> list[tuple[str | Promise, int]]:
    """The lesser counts, those that are not nought."""
    return [(label, batch.counts[name]) for name, label in DETAIL_COUNTS.items() if batch.counts.get(name)]


def refusal_sentence(batch: RosterBatch) -> str:
    """Why the whole file cannot be imported."""
    refusal = UNREADABLE.get(batch.refusal)
    return str(refusal(**batch.refusal_details)) if refusal else ""


def steps_of(batch: RosterBatch | None) -> list[dict[str, object]]:
    """Where in the process a batch stands."""
    state = batch.state if batch else ""
    at = {
        "": 0,
        BatchState.RECEIVED: 1,
        BatchState.READING: 1,
        BatchState.REFUSED: 1,
        BatchState.READ: 2,
        BatchState.CANCELLED: 2,
        BatchState.IMPORTING: 3,
        BatchState.IMPORTED: 4,
    }[state]
    titles = (_("填写并上传"), _("读取核对"), _("确认"), _("导入"))
    return [{"title": title, "is_done": place < at, "is_current": place == at} for place, title in enumerate(titles)]


def cancelling(batch: RosterBatch) -> Question:
    """What is asked before a batch is given up."""
    return Question(
        title=_("取消导入“{name}”？").format(name=batch.file_name),
        text=_("核对结果会清除，登记没有任何变化。"),
        verb=_("取消这次导入"),
        look="btn-ghost",
    )


def changed_words(row: RosterRow) -> str:
    return "、".join(str(CHANGED.get(name, "")) for name in row.changed)
