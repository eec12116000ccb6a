"""Whatever the audit log keeps has words: every deed and kind in a manifest, every detail in the operators' pages."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from heluo.domains.resources.enums import Step
from heluo.kernel.actors.public import actor_titles, house_apps
from heluo.kernel.jobs.public import all_pulses, all_tasks
from heluo.kernel.nodes.registry import all_kinds
from heluo.portal.operations.pages.wording import TITLES

SOURCES = Path(__file__).resolve().parents[2] / "src" / "heluo"
DEED = re.compile(r"[a-z_]+\.[a-z_]+")
SILENT = {"path"}
"""Keys that only machines need."""


@cache
def calls() -> tuple[ast.Call, ...]:
    """Every call in the source."""
    files = [
        path for path in SOURCES.rglob("*.py") if path.name in {"actions.py", "listeners.py"} or "actions" in path.parts
    ]
    return tuple(node for path in files for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def recorded_deeds() -> set[str]:
    labels = {config.label for config in house_apps()}
    found = set()
    for path in SOURCES.rglob("*.py"):
        if path.name in {"actions.py", "listeners.py", "accounts.py"} or "actions" in path.parts:
            for text in texts(ast.parse(path.read_text())):
                if DEED.fullmatch(text) and text.partition(".")[0] in labels:
                    found.add(text)
    return found


def test_every_recorded_deed_has_a_title() -> None:
    titled = {deed for config in house_apps() for deed in config.manifest.deeds}
    told_to_nodes = {kind.name for kind in all_kinds()}
    deeds = recorded_deeds() - {task.name for task in all_tasks()} - told_to_nodes
    assert len(deeds) > 30, "the search finds too little to be right"
    assert not deeds - titled


def test_every_platform_actor_has_a_title_and_every_title_an_actor() -> None:
    """The log shows who acted; a code in English would reach a Chinese reader."""
    made = [
        node.args[0]
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and name_of(node) == "platform_actor"
    ]
    names = {name.value for name in made if isinstance(name, ast.Constant)}
    assert len(made) > 5, "the search finds too little to be right"
    assert all(isinstance(name, ast.Constant) for name in made), "a platform actor is named by a plain text"
    assert names == set(actor_titles())
    titles = [str(title) for title in actor_titles().values()]
    assert len(set(titles)) == len(titles), "two actors cannot be told apart"


def test_every_step_of_a_resource_has_a_title() -> None:
    """The resource centre makes its deeds from the steps."""
    titled = {deed for config in house_apps() for deed in config.manifest.deeds}
    assert not {f"resources.{step.value}" for step in Step} - titled


def test_every_kind_of_subject_has_a_title() -> None:
    titled = {kind for config in house_apps() for kind in config.manifest.kinds}
    kinds = {
        str(argument.value.value)
        for call in calls()
        if name_of(call) == "Subject"
        for argument in call.keywords
        if argument.arg == "kind" and isinstance(argument.value, ast.Constant)
    }
    assert kinds
    assert not kinds - titled


def test_every_detail_has_a_title() -> None:
    keys = {
        key.value
        for call in calls()
        for argument in call.keywords
        if argument.arg in {"details", "before", "after"} and name_of(call) in {"record", "record_batch", "Difference"}
        for part in ast.walk(argument.value)
        if isinstance(part, ast.Dict)
        for key in part.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    assert len(keys) > 15, "the search finds too little to be right"
    assert not keys - set(TITLES) - SILENT


@pytest.mark.parametrize("work", [*all_tasks(), *all_pulses()], ids=lambda work: work.name)
def test_all_background_work_has_a_title(work: object) -> None:
    assert str(getattr(work, "title", "")) or str(getattr(work, "name", "")).startswith("tests.")
