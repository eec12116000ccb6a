"""Bring the processes that apps ship into the table, after every migration: `<app>/processes/<key>/` with
`process.bpmn`, `settings.json` and any `*.dmn`.

A version is stored once by its content and never changed; instances that run end on the version they began with.
"""

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from heluo.engines.process.diagrams import ACTION, DECISION, Diagram, line_of, read_diagram
from heluo.engines.process.durations import end_of, whole_days
from heluo.engines.process.enums import ChangeState, Reach
from heluo.engines.process.errors import NotADuration, NotPublishable
from heluo.engines.process.lint import SOME_DAY, Finding, lint, lint_decision
from heluo.engines.process.models import Definition, SettingsChange, WorkItem
from heluo.engines.process.registry import service_named
from heluo.engines.process.running import Model, read_model
from heluo.engines.process.tables import Rule, Table, read_table, with_rules
from heluo.engines.process.vocabulary import RESERVED, Deadline, Form, Settings
from heluo.kernel.actors.public import house_apps

QUOTED = re.compile(r"""["']([^"'<>]{1,80})["']""")
WITHOUT_ROLE = frozenset({Reach.STARTER, Reach.NAMED, Reach.POOL})
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
    """The process in a folder."""
    return Package(
        (folder / DIAGRAM).read_bytes(),
        {file.name: file.read_bytes() for file in sorted(folder.glob("*.dmn"))},
        Settings.model_validate_json((folder / SETTINGS).read_bytes()),
    )


def findings_in(package: Package) -> list[Finding]:
    """What keeps a process from being used: in the diagram, its tables, its settings, and where they do not fit."""
    found = lint(package.drawn)
    decisions = set()
    for name, content in package.decisions.items():
        key, wrong = lint_decision(content, name)
        decisions.add(key)
        found += wrong
    return [*found, *_unknown(package, decisions), *_unfitting(package)]


def _unknown(package: Package, decisions: set[str]) -> Iterator[Finding]:
    """What the diagram names and nobody has."""
    for element in package.drawn.elements.values():
        if element.kind == "userTask" and element.owner not in package.settings.holders:
            problem = format_lazy(_("办理角色“{role}”没有在设置里说明由谁担任。"), role=element.owner)
            yield Finding(element.id, element.line, problem)
        named = element.implementation
        if element.kind == "serviceTask" and service_named(named.removeprefix(ACTION)) is None:
            yield Finding(element.id, element.line, format_lazy(_("平台没有名为“{name}”的动作。"), name=named))
        if element.kind == "businessRuleTask" and named.removeprefix(DECISION) not in decisions:
            yield Finding(element.id, element.line, format_lazy(_("没有名为“{name}”的决策表。"), name=named))


def _unfitting(package: Package) -> Iterator[Finding]:
    """What the settings say of elements that are not there, or say wrongly."""
    settings, line = package.settings, line_of(package.drawn.process)
    tasks = {element.id for element in package.drawn.of_kind("userTask")}
    for element in (settings.deadlines.keys() | settings.forms.keys()) - tasks:
        yield Finding(element, line, _("设置里写了期限或表单，但流程里没有这个人工任务。"))
    if settings.withdrawn and service_named(settings.withdrawn) is None:
        yield Finding(package.drawn.key, line, format_lazy(_("平台没有名为“{name}”的动作。"), name=settings.withdrawn))
    for key, holder in settings.holders.items():
        if holder.apart and holder.at == Reach.STARTER:
            yield Finding(key, line, _("“发起人本人”不能同时回避发起人。"))
        if (holder.role is None) != (holder.at in WITHOUT_ROLE):
            yield Finding(key, line, _("办理角色要写明平台角色；只有“发起人本人”“流程里写明的人”和“办理组”不写。"))
        if (holder.pool is None) != (holder.at != Reach.POOL):
            yield Finding(key, line, _("“办理组”要用 pool 写明办理组的代号，其他不写。"))
        if (holder.value is None) != (holder.at != Reach.NAMED):
            yield Finding(key, line, _("“流程里写明的人”要用 value 写明由哪个值给出，其他不写。"))
    for element, deadline in settings.deadlines.items():
        yield from _deadline(element, deadline, line)
    for element, form in settings.forms.items():
        yield from _form(element, form, line)


def _deadline(element: str, deadline: Deadline, line: int) -> Iterator[Finding]:
    for text in filter(None, (deadline.within, deadline.warn)):
        try:
            end_of(text, SOME_DAY)
        except NotADuration as refusal:
            yield Finding(element, line, refusal)
            continue
        if deadline.working and whole_days(text) is None:
            yield Finding(element, line, _("按工作日计算的期限只能写整天，如 P5D。"))


def _form(element: str, form: Form, line: int) -> Iterator[Finding]:
    for name in form.properties.keys() & RESERVED:
        yield Finding(element, line, format_lazy(_("字段名“{name}”有专门用途，请换一个。"), name=name))
    for name in set(form.required) - form.properties.keys():
        yield Finding(element, line, format_lazy(_("必填的“{name}”不是表单里的字段。"), name=name))
    for name, answer in form.properties.items():
        if (answer.type == "array") != (answer.items is not None):
            yield Finding(element, line, format_lazy(_("“{name}”：多选要写 items，其他类型不写。"), name=name))
    for condition in form.conditions:
        for name in {
            *condition.answers,
            *condition.required,
            *condition.complete,
            *condition.only,
        } - form.properties.keys():
            yield Finding(element, line, format_lazy(_("条件里的“{name}”不是表单里的字段。"), name=name))


@transaction.atomic
def publish_definition(package: Package, *, now: datetime) -> Definition:
    """Make a package the current version of its process; the same content again changes nothing.

    Raises `NotPublishable` with the first finding.
    """
    if found := findings_in(package):
        raise NotPublishable(process=package.drawn.title, count=len(found), first=found[0])
    key, digest = package.drawn.key, package.digest
    versions = Definition.objects.select_for_update().filter(key=key)
    stored = next((version for version in versions if version.digest == digest), None)
    if stored is not None and stored.is_current:
        return stored
    versions.filter(is_current=True).update(is_current=False)
    if stored is not None:
        stored.is_current = True
        stored.save(update_fields=["is_current"])
        return stored
    newest = versions.aggregate(newest=Max("version"))["newest"] or 0
    return Definition.objects.create(
        key=key,
        version=newest + 1,
        digest=digest,
        title=package.drawn.title,
        diagram=package.diagram.decode(),
        decisions={name: content.decode() for name, content in package.decisions.items()},
        settings=package.settings.model_dump_json(by_alias=True, exclude_defaults=True),
        is_current=True,
        made_at=now,
    )


def overlaid(package: Package) -> Package:
    """A shipped process with what people approved since; as it is shipped where that no longer fits."""
    settings = package.settings
    tables: dict[str, Any] = {}
    steps = {element.id for element in package.drawn.of_kind("userTask")}
    for change in SettingsChange.objects.filter(key=package.drawn.key, state=ChangeState.APPROVED).order_by("pk"):
        deadlines = {key: one for key, one in change.deadlines.items() if key in steps}
        forms = {key: one for key, one in change.forms.items() if key in settings.forms}
        settings = settings.changed(deadlines, change.holders, forms)
        tables |= change.decisions
    changed = with_tables(replace(package, settings=settings), tables)
    return package if findings_in(changed) else changed


def shipped() -> Iterator[Path]:
    """The folders of all processes that apps ship."""
    for app in house_apps():
        yield from sorted((Path(app.path) / "processes").glob("*/"))


def read_by(definition: Definition, form: Form) -> set[str]:
    """Texts that conditions of the diagram, decision tables and the form itself compare answers with."""
    compared = {value for condition in form.conditions for value in condition.answers.values()}
    for text in (definition.diagram, *definition.decisions.values()):
        compared |= set(QUOTED.findall(html.unescape(text)))
    return compared


def needed_by_app(key: str, element: str) -> set[str]:
    """The fields that a form must always ask for, as the app ships it: its actions rely on them."""
    folder = next((folder for folder in shipped() if folder.name == key), None)
    form = read_package(folder).settings.forms.get(element) if folder else None
    return set(form.required) if form else set()


def load_processes(*, now: datetime) -> None:
    """Publish what the apps ship. A process with findings is a bug of its app, and stops the start."""
    for folder in shipped():
        try:
            publish_definition(overlaid(read_package(folder)), now=now)
        except (NotPublishable, ValidationError) as trouble:
            raise ImproperlyConfigured(f"{folder}: {trouble}") from trouble


def package_of(definition: Definition, settings: Settings) -> Package:
    """The parts of a stored version, with other settings."""
    decisions = {name: text.encode() for name, text in definition.decisions.items()}
    return Package(definition.diagram.encode(), decisions, settings)


def with_tables(package: Package, changes: Mapping[str, Mapping[str, Any]]) -> Package:
    """A process with other rules in its decision tables; a table that has other columns by now is left as it is."""
    changed = {
        file: with_rules(content, file, rules_of(changes[file]))
        for file, content in package.decisions.items()
        if file in changes and read_table(content, file).columns == changes[file]["columns"]
    }
    return replace(package, decisions={**package.decisions, **changed}) if changed else package


def rules_of(change: Mapping[str, Any]) -> list[Rule]:
    """The rules that a proposal keeps."""
    return [Rule(tuple(one["inputs"]), tuple(one["outputs"])) for one in change["rules"]]


def tables_of(definition: Definition) -> list[Table]:
    """The decision tables of a version, in the order of their files."""
    return [read_table(text.encode(), file) for file, text in sorted(definition.decisions.items())]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A definition ready to run."""

    definition: Definition
    model: Model
    settings: Settings

    def form_of(self, item: WorkItem) -> Form:
        """The form of a step; one without fields where it has none."""
        return self.settings.forms.get(item.element, Form(properties={}))


@lru_cache(maxsize=256)
def loaded(definition: int) -> Loaded:
    """A definition by its key; read once in each process, because it never changes."""
    row = Definition.objects.get(pk=definition)
    decisions = {name: text.encode() for name, text in row.decisions.items()}
    return Loaded(row, read_model(row.diagram.encode(), decisions), Settings.model_validate_json(row.settings))
