"""The form of a step, made of its JSON Schema; and that of what may be changed about a process."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.durations import whole_days
from heluo.engines.process.enums import Reach, Repair
from heluo.engines.process.errors import NotAnExpression
from heluo.engines.process.lint import read_cell, read_output
from heluo.engines.process.loading import Loaded
from heluo.engines.process.packages import WITHOUT_ROLE
from heluo.engines.process.tables import ANY, Rule, Table
from heluo.engines.process.vocabulary import Answer, Deadline, FieldChange, Form, FormChange, called
from heluo.kernel.actors.enums import Role
from heluo.kernel.pages.forms import ChoosingForm, DayInput, PageForm


class StepForm(PageForm):
    """The fields of a step; `answers` gives what was said, as its schema takes it. `before` is what it begins with."""

    def __init__(self, form: Form, data: Any = None, *, before: Mapping[str, object] | None = None) -> None:
        super().__init__(data, initial=dict(before or {}))
        self.form = form
        self.needed_there = [name for name in form.properties if form.only_with(name)]
        for name, answer in form.properties.items():
            self.fields[name] = FIELDS[answer.type](answer, name in form.required)
            if titles := form.titles_of(name):
                field = self.fields[name]
                assert isinstance(field, forms.ChoiceField)  # noqa: S101  # what can be chosen has titles
                field.choices = [(value, called(title)) for value, title in titles.items()]
            for asked, value in form.only_with(name).items():
                self.fields[name].widget.attrs["data-when"] = f"{asked}={value}"

    def answers(self) -> dict[str, object]:
        """What was filled in; an empty field says nothing, nor does one that belongs to another answer."""
        given = self.cleaned_data
        said = {
            name: value
            for name, value in given.items()
            if value not in (None, "", [])
            and all(given.get(asked) == wanted for asked, wanted in self.form.only_with(name).items())
        }
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}


def _common(answer: Answer, *, required: bool) -> dict[str, Any]:
    return {"label": called(answer.title), "help_text": called(answer.description), "required": required}


def _text(answer: Answer, required: bool) -> forms.Field:  # one signature for all of `FIELDS`
    common = _common(answer, required=required)
    if answer.enum is not None:
        return forms.ChoiceField(widget=forms.RadioSelect, **common)
    if answer.format == "date":
        return forms.DateField(widget=DayInput(), **common)
    widget = forms.Textarea({"rows": 4}) if answer.format == "textarea" else forms.TextInput()
    return forms.CharField(max_length=answer.max_length or 2000, widget=widget, **common)


def _whole(answer: Answer, required: bool) -> forms.Field:  # likewise
    return forms.IntegerField(**_limits(answer), **_common(answer, required=required))


def _number(answer: Answer, required: bool) -> forms.Field:  # likewise
    return forms.FloatField(**_limits(answer), **_common(answer, required=required))


def _limits(answer: Answer) -> dict[str, Any]:
    return {f"{name[:3]}_value": limit for name, limit in answer.limits.items()}


def _yes_or_no(answer: Answer, required: bool) -> forms.Field:  # likewise
    del required  # not ticked is an answer
    return forms.BooleanField(**_common(answer, required=False))


def _several(answer: Answer, required: bool) -> forms.Field:  # likewise
    return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **_common(answer, required=required))


FIELDS: dict[str, Callable[[Answer, bool], forms.Field]] = {
    "string": _text,
    "integer": _whole,
    "number": _number,
    "boolean": _yes_or_no,
    "array": _several,
}


STAFF = [(role.value, role.label) for role in Role if role not in {Role.PUPIL, Role.GUARDIAN, Role.OPERATOR}]
LONGEST_CELL = 200
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


class DelegationForm(ChoosingForm):
    """To whom a step is handed over, and why. `choices` gives `to`."""

    to = forms.ChoiceField(label=_("转交给"))
    text = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea({"rows": 3}))


class RepairForm(ChoosingForm):
    """What is done about a process that stands still, and why. `choices` gives `kind` and `target`."""

    kind = forms.ChoiceField(label=_("怎样处理"), widget=forms.RadioSelect)
    target = forms.ChoiceField(label=_("改派到"), widget=forms.Select({"data-when": "kind=reassign"}))
    text = forms.CharField(
        label=_("原因"),
        help_text=_("写入办理记录，看得到这个流程的人都能看到。"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].required = not self.is_bound or self.data.get("kind") == Repair.REASSIGN


class PauseForm(PageForm):
    """Why a process is paused, and until when if that is known."""

    text = forms.CharField(
        label=_("原因"),
        help_text=_("写入办理记录，看得到这个流程的人都能看到。"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )
    until = forms.DateField(
        label=_("自动恢复的日期"),
        help_text=_("到这一天零点自动恢复办理。不填则由有权限的人恢复。"),
        required=False,
        widget=DayInput(),
    )

    def clean_until(self) -> date | None:
        """Days before 1900 or after 2999 are slips, and nothing can be counted from them."""
        day: date | None = self.cleaned_data["until"]
        if day and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("请填写一个近期的日期。"))
        return day


class PoolForm(ChoosingForm):
    """A new pool. `choices` gives `organisation`."""

    title = forms.CharField(label=_("名称"), max_length=80)
    key = forms.CharField(
        label=_("代号"), max_length=40, help_text=_("流程设置里用它指定这个办理组，建立后不能改。例如 mathreviewers。")
    )
    organisation = forms.ChoiceField(label=_("所属单位"))
    role = forms.ChoiceField(
        label=_("角色"),
        required=False,
        help_text=_("在加入的单位担任这一角色的人都在组里。只逐个添加人员时不用选。"),
        choices=[("", _("不按角色")), *STAFF],
    )


MORE_RULES = 2
"""Empty rows for rules that are not there yet."""


class TableForm(PageForm):
    """The rules of a decision table, a row each; an empty row is no rule. `try_…` are values to try it with."""

    reason = forms.CharField(
        label=_("修改原因"),
        max_length=500,
        required=False,
        help_text=_("批准人看得到，会记入流程的版本记录和审计。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, table: Table, data: Any = None) -> None:
        super().__init__(data)
        self.table = table
        blank = Rule(("",) * len(table.inputs), ("",) * len(table.outputs))
        self.shown = [*table.rules, *[blank] * MORE_RULES]
        labels = [column.label for column in (*table.inputs, *table.outputs)]
        for row, rule in enumerate(self.shown):
            place = forms.IntegerField(min_value=1, max_value=999, required=False, initial=row + 1)
            place.widget.attrs["aria-label"] = format_lazy(_("第 {row} 条的位置"), row=row + 1)
            self.fields[f"order_{row}"] = place
            for column, cell in enumerate((*rule.inputs, *rule.outputs)):
                field = forms.CharField(max_length=LONGEST_CELL, required=False, initial=cell)
                words = format_lazy(_("第 {row} 条，{column}"), row=row + 1, column=labels[column])
                field.widget.attrs["aria-label"] = words
                self.fields[f"cell_{row}_{column}"] = field
        called_here = {column.name: column.label for column in table.inputs}
        for name in table.names:
            label = called_here.get(name, name)
            self.fields[f"try_{name}"] = forms.CharField(label=label, max_length=200, required=False)

    def rows(self) -> list[tuple[BoundField, list[BoundField]]]:
        """The fields of each row: its place, then its cells."""
        width = len(self.table.columns)
        return [
            (self[f"order_{row}"], [self[f"cell_{row}_{column}"] for column in range(width)])
            for row in range(len(self.shown))
        ]

    def tries(self) -> list[BoundField]:
        return [self[f"try_{name}"] for name in self.table.names]

    def clean(self) -> dict[str, Any]:
        """Every cell is of the language; the refusal stands beside it."""
        data = super().clean() or self.cleaned_data
        for row in range(len(self.shown)):
            cells = self._cells(row)
            for column, cell in enumerate(cells if any(cells) else ()):
                read = read_cell if column < len(self.table.inputs) else read_output
                try:
                    read(cell or (ANY if read is read_cell else ""))
                except NotAnExpression as refusal:
                    self.add_error(f"cell_{row}_{column}", str(refusal))
        return data

    def rules(self) -> list[Rule]:
        """The rows that say something, in the order of their places."""
        width = len(self.table.inputs)
        given = []
        for row in range(len(self.shown)):
            cells = self._cells(row)
            if any(cells):
                inputs = tuple(cell or ANY for cell in cells[:width])
                given.append((self.cleaned_data[f"order_{row}"] or row + 1, row, Rule(inputs, tuple(cells[width:]))))
        return [rule for _place, _row, rule in sorted(given, key=lambda one: one[:2])]

    def values(self) -> dict[str, object]:
        """What it is tried with: a number, true, false or a list as it is written, everything else as text."""
        said = {name: self.cleaned_data[f"try_{name}"].strip() for name in self.table.names}
        return {name: _value(text) for name, text in said.items() if text}

    def _cells(self, row: int) -> list[str]:
        return [
            (self.cleaned_data.get(f"cell_{row}_{column}") or "").strip() for column in range(len(self.table.columns))
        ]


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


MORE_OPTIONS = 2
"""Empty lines for options that are not there yet."""


class FormChangeForm(PageForm):
    """How the form of a step asks: titles, help, what is required, options and order. Fields stay what they are."""

    reason = forms.CharField(
        label=_("修改原因"),
        max_length=500,
        help_text=_("批准人看得到，会记入流程的版本记录和审计。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, form: Form, data: Any = None) -> None:
        super().__init__(data)
        self.form = form
        groups: list[tuple[str, list[str]]] = []
        for number, (name, answer) in enumerate(form.properties.items(), 1):
            fields: dict[str, forms.Field] = {
                f"title_{name}": forms.CharField(label=_("问什么"), max_length=80, initial=answer.title),
                f"help_{name}": forms.CharField(
                    label=_("填写说明"), max_length=300, required=False, initial=answer.description
                ),
                f"order_{name}": forms.IntegerField(label=_("第几项"), min_value=1, max_value=99, initial=number),
            }
            if answer.type != "boolean":
                required = name in form.required
                fields[f"required_{name}"] = forms.BooleanField(label=_("必填"), required=False, initial=required)
            for key, title in self._lines(name).items():
                label = _("选项（清空即去掉）") if title else _("新选项")
                fields[key] = forms.CharField(label=label, max_length=80, required=False, initial=title)
            self.fields.update(fields)
            groups.append((called(answer.title), list(fields)))
        self.groups = [*groups, ("", ["reason"])]  # type: ignore[misc]  # each form has its own

    def _lines(self, name: str) -> dict[str, str]:
        """Field → title of each option, and of some that may be added."""
        titles = self.form.titles_of(name)
        if not titles:
            return {}
        kept = {f"option_{name}_{number}": title for number, title in enumerate(titles.values())}
        return kept | {f"option_{name}_{len(titles) + number}": "" for number in range(MORE_OPTIONS)}

    def change(self) -> FormChange:
        """What was filled in. A new option gets a value of its own, which nobody reads."""
        given = self.cleaned_data
        names = list(self.form.properties)
        order = sorted(names, key=lambda name: (given[f"order_{name}"], names.index(name)))
        fields = {
            name: FieldChange(
                title=given[f"title_{name}"],
                description=given[f"help_{name}"],
                required=given.get(f"required_{name}"),
                options=self._options(name),
            )
            for name in names
        }
        return FormChange(order=tuple(order), fields=fields)

    def _options(self, name: str) -> dict[str, str] | None:
        values, lines = list(self.form.titles_of(name)), self._lines(name)
        if not lines:
            return None
        new = (f"option_{number}" for number in range(1, 1000) if f"option_{number}" not in values)
        said = {}
        for number, key in enumerate(lines):
            if title := self.cleaned_data[key].strip():
                said[values[number] if number < len(values) else next(new)] = title
        return said


class CommentForm(PageForm):
    """Something to say in the trail, or why."""

    text = forms.CharField(max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, data: Any = None, *, label: str) -> None:
        super().__init__(data)
        self.fields["text"].label = label


PLACES = [(reach.value, reach.label) for reach in Reach if reach not in WITHOUT_ROLE]
LONGEST_DEADLINE = 365


class ChangeForm(PageForm):
    """Deadlines in whole days and holders of a process. What the form cannot say (hours, months) stays as it is."""

    reason = forms.CharField(
        label=_("修改原因"),
        max_length=500,
        help_text=_("批准人看得到，会记入流程的版本记录和审计。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, running: Loaded, data: Any = None) -> None:
        super().__init__(data)
        deadlines, tasks = running.settings.deadlines, running.model.diagram.of_kind("userTask")
        self.holders = {key: one for key, one in running.settings.holders.items() if one.role is not None}
        self.steps = [step for step in tasks if step.id not in deadlines or whole_days(deadlines[step.id].within)]
        groups: list[tuple[str, list[str]]] = []
        for number, step in enumerate(self.steps):
            names = [f"within_{number}", f"working_{number}", f"warn_{number}"]
            self.fields.update(zip(names, _deadline_fields(deadlines.get(step.id)), strict=True))
            groups.append((called(step.name), names))
        for key, holder in self.holders.items():
            self.fields[f"at_{key}"] = forms.ChoiceField(label=_("在哪里"), choices=PLACES, initial=holder.at.value)
            self.fields[f"role_{key}"] = forms.ChoiceField(label=_("由谁办理"), choices=STAFF, initial=holder.role)
            groups.append((called(holder.title), [f"at_{key}", f"role_{key}"]))
        self.groups = [*groups, ("", ["reason"])]  # type: ignore[misc]  # each process has its own

    def deadlines_given(self) -> dict[str, dict[str, object] | None]:
        """By element; None where there is none any more."""
        given: dict[str, dict[str, object] | None] = {}
        for number, step in enumerate(self.steps):
            within, warn = self.cleaned_data[f"within_{number}"], self.cleaned_data[f"warn_{number}"]
            working = self.cleaned_data[f"working_{number}"]
            deadline = {"within": f"P{within}D", "working": working, "warn": f"P{warn}D" if warn else ""}
            given[step.id] = deadline if within else None
        return given

    def holders_given(self) -> dict[str, dict[str, object]]:
        data = self.cleaned_data
        return {key: {"at": data[f"at_{key}"], "role": data[f"role_{key}"]} for key in self.holders}

    def clean(self) -> dict[str, Any]:
        """A warning comes before the end."""
        data = super().clean() or self.cleaned_data
        for number, _step in enumerate(self.steps):
            within, warn = data.get(f"within_{number}"), data.get(f"warn_{number}")
            if warn and (not within or warn >= within):
                self.add_error(f"warn_{number}", _("提醒要早于期限。"))
        return data


def _deadline_fields(deadline: Deadline | None) -> tuple[forms.Field, forms.Field, forms.Field]:
    within, warn = (whole_days(deadline.within), whole_days(deadline.warn)) if deadline else (None, None)
    most = max(LONGEST_DEADLINE, within or 0)
    return (
        forms.IntegerField(
            label=_("办理期限（天）"),
            help_text=_("不填表示没有期限。"),
            initial=within,
            required=False,
            min_value=1,
            max_value=most,
        ),
        forms.BooleanField(label=_("按工作日计算"), required=False, initial=deadline.working if deadline else True),
        forms.IntegerField(label=_("提前几天提醒"), initial=warn, required=False, min_value=1, max_value=most),
    )
