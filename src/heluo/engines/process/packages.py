"""A process as an app ships it: `process.bpmn`, `settings.json` and any `*.dmn` in a folder of its name; and everything
that keeps it from being used.

`heluo process lint FOLDER` and the start of the platform ask the same questions here.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from heluo.engines.process.diagrams import ACTION, DECISION, Diagram, line_of, read_diagram, read_xml
from heluo.engines.process.durations import end_of, whole_days
from heluo.engines.process.enums import Reach
from heluo.engines.process.errors import NotADiagram, NotADuration
from heluo.engines.process.expressions import compared_texts
from heluo.engines.process.lint import SOME_DAY, Finding, lint, lint_decision
from heluo.engines.process.registry import service_named
from heluo.engines.process.tables import read_table
from heluo.engines.process.vocabulary import RESERVED, Answer, Deadline, Form, Holder, Options, Settings

WITHOUT_ROLE = frozenset({Reach.STARTER, Reach.NAMED, Reach.POOL})
ANYTHING = "*"
"""Stands among the choices of a field that takes any text."""
DIAGRAM, SETTINGS = "process.bpmn", "settings.json"


@dataclass(frozen=True)
class Package:
    """A process with everything that belongs to it."""

    diagram: bytes
    decisions: Mapping[str, bytes]
    settings: Settings

    @cached_property
    def drawn(self) -> Diagram:
        return read_diagram(self.diagram, DIAGRAM)

    @property
    def digest(self) -> str:
        """SHA-256 of all parts."""
        whole = hashlib.sha256(self.diagram)
        for name, content in sorted(self.decisions.items()):
            whole.update(name.encode() + b"\0" + content)
        whole.update(self.settings.model_dump_json(by_alias=True).encode())
        return whole.hexdigest()


def read_package(folder: Path) -> Package:
    """The process in a folder that `examine` has no findings for."""
    return Package(
        (folder / DIAGRAM).read_bytes(),
        {file.name: file.read_bytes() for file in sorted(folder.glob("*.dmn"))},
        Settings.model_validate_json((folder / SETTINGS).read_bytes()),
    )


def examine(folder: Path) -> tuple[Package | None, list[Finding]]:
    """The process in a folder, none where a part cannot be read, and everything that keeps it from being used."""
    files = [folder / DIAGRAM, folder / SETTINGS, *sorted(folder.glob("*.dmn"))]
    unreadable = {file.name: list(_unreadable(file)) for file in files}
    if not any(unreadable.values()):
        package = read_package(folder)
        return package, [*_misplaced(folder, package.drawn), *findings_in(package)]
    found = [finding for several in unreadable.values() for finding in several]
    tables = {file.name: file.read_bytes() for file in files[2:] if not unreadable[file.name]}
    decisions, wrong = _of_tables(tables)
    if not unreadable[DIAGRAM]:
        drawn = read_diagram((folder / DIAGRAM).read_bytes(), DIAGRAM)
        found += [*_misplaced(folder, drawn), *_in(DIAGRAM, lint(drawn))]
        found += _unknown(drawn, None, None if any(unreadable[file.name] for file in files[2:]) else decisions)
    return None, [*found, *wrong]


def findings_in(package: Package) -> list[Finding]:
    """What keeps a process from being used: in the diagram, its tables, its settings, and where they do not fit."""
    decisions, wrong = _of_tables(package.decisions)
    found = [*_in(DIAGRAM, lint(package.drawn)), *wrong]
    found += _unknown(package.drawn, package.settings.holders, decisions)
    found += _unfitting(package)
    return found or list(_never(package))


def _in(file: str, found: Iterable[Finding]) -> list[Finding]:
    return [replace(finding, file=file) for finding in found]


def _of_tables(tables: Mapping[str, bytes]) -> tuple[set[str], list[Finding]]:
    """The decisions of some files, and what is wrong with them."""
    decisions, found = set(), []
    for name, content in tables.items():
        key, wrong = lint_decision(content, name)
        decisions.add(key)
        found += _in(name, wrong)
    return decisions, found


# -- files ------------------------------------------------------------------------------------------------------------


def _unreadable(file: Path) -> Iterator[Finding]:
    """Why a file says nothing at all."""
    if not file.is_file():
        yield Finding(file.name, 0, _("缺少这个文件。"), file.name)
        return
    content = file.read_bytes()
    try:
        if file.name == SETTINGS:
            json.loads(content)
            Settings.model_validate_json(content)
        elif file.name == DIAGRAM:
            read_diagram(content, file.name)
        else:
            read_xml(content, file.name)
    except NotADiagram as refusal:
        yield Finding(file.name, 0, refusal, file.name)
    except json.JSONDecodeError as error:
        problem = format_lazy(_("第 {column} 个字符处不是合法的 JSON。"), column=error.colno)
        yield Finding(file.name, error.lineno, problem, file.name)
    except UnicodeDecodeError:
        yield Finding(file.name, 0, _("文件要用 UTF-8 编码。"), file.name)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            yield Finding(_path(*one["loc"]), 0, _problem_of(one), file.name)


def _path(*steps: str | int) -> str:
    """A place in the settings: `forms.decide.conditions[0].answers`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps if step != "[key]")
    return words.removeprefix(".")


def _problem_of(error: Mapping[str, Any]) -> object:
    kind: str = error["type"]
    if kind in {"enum", "literal_error"}:
        return format_lazy(_("不能写“{given}”，只能是 {expected}。"), given=error["input"], expected=_expected(error))
    if words := PROBLEMS.get(kind) or next((PROBLEMS[part] for part in PROBLEMS if kind.startswith(part)), None):
        return words
    return format_lazy(_("写法不对：{problem}"), problem=error["msg"])


def _expected(error: Mapping[str, Any]) -> str:
    return str(error["ctx"]["expected"]).replace(" or ", "、").replace(", ", "、").replace("'", "")


PROBLEMS = {
    "missing": _("缺少这一项。"),
    "extra_forbidden": _("没有这一项可以写。请核对拼写，或删去。"),
    "string_pattern_mismatch": _("名字要用小写字母、数字和下划线，以字母开头，最多 40 个字符。"),
    "string_": _("要写成文字，放在双引号里。"),
    "bool_": _("要写 true 或 false。"),
    "int_": _("要写整数。"),
    "float_": _("要写数字。"),
    "tuple_": _("要写成列表，放在 [ ] 里。"),
    "dict_": _("要写成对象，放在 { } 里。"),
    "model_": _("要写成对象，放在 { } 里。"),
}
"""By the type of an error of pydantic, or what it begins with."""


def _misplaced(folder: Path, drawn: Diagram) -> Iterator[Finding]:
    if folder.resolve().name != drawn.key:
        problem = _("文件夹叫“{folder}”，流程的 id 是“{key}”，两者要相同。")
        words = format_lazy(problem, folder=folder.resolve().name, key=drawn.key)
        yield Finding(drawn.key, line_of(drawn.process), words, DIAGRAM)


# -- what belongs together --------------------------------------------------------------------------------------------


def _unknown(drawn: Diagram, holders: Mapping[str, Holder] | None, decisions: Collection[str] | None) -> list[Finding]:
    """What the diagram names and nobody has; None: not known because that file cannot be read."""
    found = []
    for element in drawn.elements.values():
        named, problem = element.implementation, None
        if element.kind == "userTask" and element.owner and holders is not None and element.owner not in holders:
            problem = format_lazy(_("办理角色“{role}”没有在设置里说明由谁担任。"), role=element.owner)
        if element.kind == "serviceTask" and named.startswith(ACTION) and not service_named(named.removeprefix(ACTION)):
            problem = format_lazy(_("平台没有名为“{name}”的动作。"), name=named)
        if element.kind == "businessRuleTask" and named.startswith(DECISION) and decisions is not None:
            unknown = named.removeprefix(DECISION) not in decisions
            problem = format_lazy(_("没有名为“{name}”的决策表。"), name=named) if unknown else None
        if problem is not None:
            found.append(Finding(element.id, element.line, problem, DIAGRAM))
    return found


def _unfitting(package: Package) -> Iterator[Finding]:
    """What the settings say of elements that are not there, or say wrongly."""
    settings = package.settings
    tasks = {element.id for element in package.drawn.of_kind("userTask")}
    for part, said in (("deadlines", settings.deadlines), ("forms", settings.forms)):
        for element in said.keys() - tasks:
            yield _at(part, element, problem=_("设置里写了期限或表单，但流程里没有这个人工任务。"))
    if settings.withdrawn and service_named(settings.withdrawn) is None:
        yield _at("withdrawn", problem=format_lazy(_("平台没有名为“{name}”的动作。"), name=settings.withdrawn))
    for key, holder in settings.holders.items():
        yield from _holder(key, holder)
    for element, deadline in settings.deadlines.items():
        yield from _deadline(element, deadline)
    for element, form in settings.forms.items():
        yield from _form(element, form)


def _at(*path: str | int, problem: object) -> Finding:
    return Finding(_path(*path), 0, problem, SETTINGS)


def _holder(key: str, holder: Holder) -> Iterator[Finding]:
    if holder.apart and holder.at == Reach.STARTER:
        yield _at("holders", key, problem=_("“发起人本人”不能同时回避发起人。"))
    if (holder.role is None) != (holder.at in WITHOUT_ROLE):
        problem = _("办理角色要写明平台角色；只有“发起人本人”“流程里写明的人”和“办理组”不写。")
        yield _at("holders", key, problem=problem)
    if holder.otherwise and holder.at != Reach.NEAREST:
        yield _at("holders", key, problem=_("只有“最近的有人办理的单位”可以用 otherwise 写明其他角色。"))
    if (holder.pool is None) != (holder.at != Reach.POOL):
        yield _at("holders", key, problem=_("“办理组”要用 pool 写明办理组的代号，其他不写。"))
    if (holder.value is None) != (holder.at != Reach.NAMED):
        yield _at("holders", key, problem=_("“流程里写明的人”要用 value 写明由哪个值给出，其他不写。"))


def _deadline(element: str, deadline: Deadline) -> Iterator[Finding]:
    ends: list[datetime] = []
    for name, text in (("within", deadline.within), ("warn", deadline.warn)):
        if name == "warn" and not text:
            continue
        try:
            end = end_of(text, SOME_DAY)
        except NotADuration as refusal:
            yield _at("deadlines", element, name, problem=refusal)
            continue
        if deadline.working and whole_days(text) is None:
            yield _at("deadlines", element, name, problem=_("按工作日计算的期限只能写整天，如 P5D。"))
            continue
        ends.append(end)
    if len(ends) > 1 and ends[1] > ends[0]:
        yield _at("deadlines", element, "warn", problem=_("提醒（warn）不能比期限（within）更长。"))


def _form(element: str, form: Form) -> Iterator[Finding]:
    here = ("forms", element)
    for name in form.properties.keys() & RESERVED:
        problem = format_lazy(_("字段名“{name}”有专门用途，请换一个。"), name=name)
        yield _at(*here, "properties", name, problem=problem)
    for name in set(form.required) - form.properties.keys():
        problem = format_lazy(_("必填的“{name}”不是表单里的字段。"), name=name)
        yield _at(*here, "required", problem=problem)
    for name, answer in form.properties.items():
        yield from _answer((*here, "properties", name), name, answer)
    for number, condition in enumerate(form.conditions):
        there = (*here, "conditions", number)
        named = {*condition.answers, *condition.required, *condition.complete, *condition.only}
        for name in sorted(named - form.properties.keys()):
            yield _at(*there, problem=format_lazy(_("条件里的“{name}”不是表单里的字段。"), name=name))
        for name, value in condition.answers.items():
            asked = form.properties.get(name)
            if asked and (asked.type != "string" or (asked.enum and value not in asked.enum)):
                problem = _("“{name}”没有选项“{value}”，这个条件永远不成立。")
                yield _at(*there, "answers", name, problem=format_lazy(problem, name=name, value=value))


def _answer(path: tuple[str, ...], name: str, answer: Answer) -> Iterator[Finding]:
    if (answer.type == "array") != (answer.items is not None):
        yield _at(*path, problem=format_lazy(_("“{name}”：多选要写 items，其他类型不写。"), name=name))
    chosen: tuple[Answer | Options | None, ...] = (answer, answer.items)
    for options in chosen:
        if options and options.enum_titles is not None and len(options.enum_titles) != len(options.enum or ()):
            problem = _("“{name}”：enumTitles 要和 enum 一样多，一个选项一个名称。")
            yield _at(*path, problem=format_lazy(problem, name=name))
    if answer.minimum is not None and answer.maximum is not None and answer.minimum > answer.maximum:
        yield _at(*path, problem=format_lazy(_("“{name}”：minimum 比 maximum 大，什么都填不了。"), name=name))


def _never(package: Package) -> Iterator[Finding]:
    """Conditions that compare a choice with what no form offers. What a decision table gives may be anything."""
    offered: dict[str, set[str]] = {}
    for form in package.settings.forms.values():
        for name in form.properties:
            offered.setdefault(name, set()).update(form.titles_of(name) or {ANYTHING})
    for file, content in package.decisions.items():
        for column in read_table(content, file).outputs:
            offered[column.name] = {ANYTHING}
    for flow in package.drawn.flows:
        for name, text in sorted(compared_texts(flow.condition)) if flow.condition else ():
            choices = offered.get(name, {ANYTHING})
            if not choices & {text, ANYTHING}:
                problem = _("条件把“{name}”和“{value}”比较，但没有表单提供这个选项。可选的是 {choices}。")
                words = format_lazy(problem, name=name, value=text, choices="、".join(sorted(choices)))
                yield Finding(flow.id, flow.line, words, DIAGRAM)
