"""Bring the processes that apps ship into the table, after every migration: `<app>/processes/<key>/` with
`process.bpmn`, `settings.json` and any `*.dmn`.

A version is stored once by its content and never changed; instances that run end on the version they began with.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Max

from heluo.engines.process.enums import ChangeState
from heluo.engines.process.errors import NotPublishable
from heluo.engines.process.expressions import names_in
from heluo.engines.process.models import Definition, SettingsChange, WorkItem
from heluo.engines.process.packages import Package, examine, findings_in, read_package
from heluo.engines.process.running import Model, read_model
from heluo.engines.process.tables import Rule, Table, read_table, with_rules
from heluo.engines.process.vocabulary import Form, Settings
from heluo.kernel.actors.public import house_apps

QUOTED = re.compile(r"""["']([^"'<>]{1,80})["']""")


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
        package, found = examine(folder)
        if package is None or found:
            raise ImproperlyConfigured("\n".join(f"{folder / one.file}: {one}" for one in found))
        publish_definition(overlaid(package), now=now)


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

    def repeated(self, item: WorkItem, before: Mapping[str, object]) -> dict[str, object]:
        """What of earlier answers a step done again may begin with: all of them where somebody corrects, none where
        somebody decides. An old reason must not go along with a new verdict.
        """
        asked = self.form_of(item).properties.keys()
        decides = {name for flow in self.model.diagram.flows if flow.condition for name in names_in(flow.condition)}
        return {} if asked & decides else {name: said for name, said in before.items() if name in asked}


@lru_cache(maxsize=256)
def loaded(definition: int) -> Loaded:
    """A definition by its key; read once in each process, because it never changes."""
    row = Definition.objects.get(pk=definition)
    decisions = {name: text.encode() for name, text in row.decisions.items()}
    return Loaded(row, read_model(row.diagram.encode(), decisions), Settings.model_validate_json(row.settings))
