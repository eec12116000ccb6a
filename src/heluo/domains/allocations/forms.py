"""Input of the pages, and of the messages of other nodes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from re import findall
from typing import Annotated, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from heluo.domains.allocations.actions.acknowledging import Receipt
from heluo.domains.allocations.actions.ordering import Terms
from heluo.domains.allocations.actions.receiving import Part
from heluo.domains.allocations.actions.sending import ITEMS_PER_PART
from heluo.domains.allocations.enums import FilesMode, Mark, Obstacle
from heluo.domains.allocations.errors import OrderMalformed
from heluo.domains.allocations.models import MOST_ITEMS
from heluo.kernel.nodes.public import Tier
from heluo.kernel.pages.forms import ChoosingForm, DayInput, PageForm

MEBI = 1024 * 1024
MOST_MEBI = 1024 * 1024
_UUID = r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}"


class TermsForm(PageForm):
    """What an order says."""

    title = forms.CharField(label=_("名称"), max_length=100, help_text=_("例如“2026 年秋季学期必用资源”。"))
    note = forms.CharField(
        label=_("说明"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("各节点会看到。可以不填。"),
    )
    mark = forms.ChoiceField(
        label=_("标记为"), choices=Mark.choices, widget=forms.RadioSelect, initial=Mark.RECOMMENDED
    )
    until = forms.DateField(
        label=_("截止日期"),
        required=False,
        widget=DayInput(),
        help_text=_("到这一天为止有效。不填则一直有效，直到撤销。"),
    )
    files_mode = forms.ChoiceField(
        label=_("文件"), choices=FilesMode.choices, widget=forms.RadioSelect, initial=FilesMode.ON_DEMAND
    )
    most_items = forms.IntegerField(
        label=_("每个节点最多接收几个资源"),
        required=False,
        min_value=1,
        max_value=MOST_ITEMS,
        help_text=_("按调配单里的顺序计算。不填则不限。"),
    )
    most_mebi = forms.IntegerField(
        label=_("每个节点预先取的文件最多几 MB"),
        required=False,
        min_value=1,
        max_value=MOST_MEBI,
        help_text=_("只在“预先”时有用。不填则不限。"),
    )

    def terms(self) -> Terms:
        said = self.cleaned_data
        return Terms(
            title=said["title"],
            note=said["note"],
            mark=Mark(said["mark"]),
            until=said["until"],
            files=FilesMode(said["files_mode"]),
            most_items=said["most_items"],
            most_bytes=said["most_mebi"] * MEBI if said["most_mebi"] else None,
        )


class PastedForm(PageForm):
    """Identifiers, however they were copied: one a line, whole addresses, a table."""

    pasted = forms.CharField(
        label=_("资源的编号或网址"),
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一个；可以直接粘贴资源页的网址。粘贴公开的资源集的网址，会加入其中的全部资源。"),
    )

    def identifiers(self) -> list[UUID]:
        return [UUID(one) for one in dict.fromkeys(findall(_UUID, self.cleaned_data["pasted"]))]


class NodesForm(ChoosingForm):
    """Which nodes an order is for."""

    tiers = forms.MultipleChoiceField(
        label=_("整个层级"), choices=Tier.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    nodes = forms.MultipleChoiceField(label=_("单个节点"), required=False, widget=forms.CheckboxSelectMultiple)


class CancelForm(PageForm):
    """Why an order is taken back."""

    reason = forms.CharField(label=_("撤销的原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


# -- what other nodes send --------------------------------------------------------------------------------------------

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Size = Annotated[int, Field(ge=0, le=2**62)]


class _Said(BaseModel):
    """What we do not know of it is a newer node's, and no fault."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Part(_Said):
    order: UUID
    part: Annotated[int, Field(ge=1, le=1000)]
    parts: Annotated[int, Field(ge=1, le=1000)]
    title: str = Field(min_length=1, max_length=100)
    note: str = Field(default="", max_length=1000)
    mark: Mark
    until: date | None = None
    files: FilesMode
    most_items: Count | None = None
    most_bytes: Size | None = None
    first: Count
    items: list[UUID] = Field(min_length=1, max_length=ITEMS_PER_PART)


class _Cancel(_Said):
    order: UUID
    reason: str = Field(default="", max_length=500)


class _Receipt(_Said):
    order: UUID
    received_at: Annotated[int, Field(ge=0, le=4_102_444_800)] | None = None
    applied: Count
    waiting: Count
    refused: Count
    obstacle: Obstacle | None = None
    files: Count
    bytes: Size


def read_part(body: Mapping[str, Any]) -> Part:
    try:
        said = _Part.model_validate(body)
    except ValidationError:
        raise OrderMalformed from None
    return Part(**dict(said))


def read_cancel(body: Mapping[str, Any]) -> tuple[UUID, str]:
    try:
        said = _Cancel.model_validate(body)
    except ValidationError:
        raise OrderMalformed from None
    return said.order, said.reason


def read_receipt(body: Mapping[str, Any]) -> Receipt:
    try:
        said = _Receipt.model_validate(body)
    except ValidationError:
        raise OrderMalformed from None
    came = None if said.received_at is None else datetime.fromtimestamp(said.received_at, UTC)
    return Receipt(**{**dict(said), "received_at": came})
