"""A process as a folder: `heluo process lint FOLDER` and the start of the platform say the same of it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import override

from heluo.engines.process import loading
from heluo.engines.process.loading import load_processes, shipped
from heluo.engines.process.models import Definition
from heluo.engines.process.packages import Package, examine
from heluo.engines.process.vocabulary import Settings
from tests.engines.process.conftest import SETTINGS
from tests.engines.process.diagrams import END, START, TWO_STEP, decision, flow, process, user_task
from tests.factories import NOON

Change = Callable[[Any], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "two-step"
    there.mkdir()
    (there / "process.bpmn").write_bytes(process(TWO_STEP))
    (there / "settings.json").write_text(json.dumps(SETTINGS, ensure_ascii=False))
    return there


def with_settings(folder: Path, change: Change) -> Path:
    settings = deepcopy(SETTINGS)
    change(settings)
    (folder / "settings.json").write_text(json.dumps(settings, ensure_ascii=False))
    return folder


def told(folder: Path) -> list[tuple[str, str]]:
    return [(finding.file, finding.element) for finding in examine(folder)[1]]


@pytest.mark.parametrize("there", [pytest.param(path, id=path.name) for path in shipped()])
def test_what_is_shipped_has_no_findings(there: Path) -> None:
    assert examine(there)[1] == []


def test_a_good_folder_gives_its_process(folder: Path) -> None:
    package, found = examine(folder)
    assert found == []
    assert package == Package(process(TWO_STEP), {}, Settings.model_validate(SETTINGS))


@pytest.mark.parametrize(
    ("change", "place", "words", "english"),
    [
        (lambda s: s["holders"]["author"].pop("title"), "holders.author.title", "缺少", "missing"),
        (lambda s: s["forms"]["check"].update(requierd=[]), "forms.check.requierd", "没有这一项", "spelling"),
        (lambda s: s["holders"]["author"].update(at="my school"), "holders.author.at", "只能是 own", "starter"),
        (lambda s: s["holders"]["reviewer"].update(role="chief"), "holders.reviewer.role", "school_admin", "chief"),
        (
            lambda s: s["forms"]["check"]["properties"]["pages"].update(type="int"),
            "forms.check.properties.pages.type",
            "integer、number",
            "int",
        ),
        (lambda s: s["forms"]["check"].update(conditions={}), "forms.check.conditions", "[ ]", "list"),
        (
            lambda s: s["forms"]["check"].update(conditions=[{"answers": {"outcome": 1}}]),
            "forms.check.conditions[0].answers.outcome",
            "双引号",
            "quotes",
        ),
        (lambda s: s["deadlines"]["check"].update(working="maybe"), "deadlines.check.working", "true", "false"),
        (lambda s: s["holders"].update({"The Chief": {}}), "holders.The Chief", "小写字母", "lower-case"),
        (lambda s: s.update(deadlines=[]), "deadlines", "{ }", "object"),
        (
            lambda s: s["forms"]["check"]["properties"]["pages"].update(maxLength=0),
            "forms.check.properties.pages.maxLength",
            "greater than",
            "greater than",
        ),
        (lambda s: s["deadlines"]["check"].update(warn="P9D"), "deadlines.check.warn", "within", "within"),
        (
            lambda s: s["holders"]["reviewer"].update(at="city", otherwise=["city_officer"]),
            "holders.reviewer",
            "otherwise",
            "otherwise",
        ),
    ],
)
def test_settings_are_told_by_place_and_in_words(
    folder: Path, change: Change, place: str, words: str, english: str
) -> None:
    _package, found = examine(with_settings(folder, change))
    finding = next(one for one in found if one.element == place)
    assert finding.file == "settings.json"
    assert words in str(finding)
    with override("en"):
        assert english in str(finding)
        assert place in str(finding)


def test_everything_is_told_at_once(folder: Path) -> None:
    def change(settings: Any) -> None:
        del settings["holders"]["author"]["title"]
        settings["nonsense"] = 1

    with_settings(folder, change)
    service = '<bpmn:serviceTask id="act" implementation="urn:heluo:service:no.such"/>'
    parts = (START, user_task("write", role="author"), service, END)
    flows = (flow("start", "write"), flow("write", "act"), flow("act", "done"))
    (folder / "process.bpmn").write_bytes(process((*parts, *flows), key="other"))
    (folder / "level.dmn").write_bytes(decision(hit_policy="COLLECT"))
    assert told(folder) == [
        ("settings.json", "holders.author.title"),
        ("settings.json", "nonsense"),
        ("process.bpmn", "other"),
        ("process.bpmn", "act"),
        ("level.dmn", "level"),
    ]


def test_a_missing_and_a_broken_file_are_named(folder: Path) -> None:
    (folder / "process.bpmn").unlink()
    (folder / "settings.json").write_text('{\n "holders": }')
    (folder / "level.dmn").write_bytes(b"<broken")
    [diagram, settings, table] = examine(folder)[1]
    assert "缺少这个文件" in str(diagram)
    assert (diagram.file, settings.file, settings.line, table.file) == ("process.bpmn", "settings.json", 2, "level.dmn")


def test_a_folder_is_called_like_its_process(folder: Path) -> None:
    assert told(folder.rename(folder.parent / "two-steps")) == [("process.bpmn", "two-step")]


def test_what_a_decision_gives_may_be_anything(folder: Path) -> None:
    rule = '<bpmn:businessRuleTask id="decide" implementation="urn:heluo:decision:level"/>'
    ways = (flow("choose", "late", 'level == "nowhere"'), flow("choose", "done"))
    gateway = '<bpmn:exclusiveGateway id="choose" default="choose_done"/>'
    parts = (START, user_task("check", role="reviewer"), rule, gateway, END, '<bpmn:endEvent id="late" name="晚"/>')
    flows = (flow("start", "check"), flow("check", "decide"), flow("decide", "choose"))
    (folder / "process.bpmn").write_bytes(process((*parts, *flows, *ways)))
    (folder / "level.dmn").write_bytes(decision())
    assert told(folder) == []


def test_the_example_of_the_guide_can_run(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "processes.md").read_text()
    [diagram] = re.findall(r"```xml\n(.*?)```", guide, re.DOTALL)
    [settings] = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    there = tmp_path / "classroom-lending"
    there.mkdir()
    (there / "process.bpmn").write_text(diagram)
    (there / "settings.json").write_text(settings)
    found = [finding for finding in examine(there)[1] if "BPMNShape" not in str(finding)]
    assert found == [], "a modeler adds the drawing, and nothing else is missing"


@pytest.mark.django_db
def test_the_start_fails_with_the_same_findings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_this() -> Iterator[Path]:
        yield folder

    def change(settings: Any) -> None:
        del settings["holders"]["author"]["title"]
        settings["nonsense"] = 1

    monkeypatch.setattr(loading, "shipped", only_this)
    load_processes(now=NOON)
    assert Definition.objects.filter(key="two-step", is_current=True).exists()
    with_settings(folder, change)
    with pytest.raises(ImproperlyConfigured) as stopped:
        load_processes(now=NOON)
    for finding in examine(folder)[1]:
        assert f"{folder / 'settings.json'}: {finding}" in str(stopped.value)
    assert "pydantic" not in str(stopped.value)


def run_lint(*paths: Path) -> subprocess.CompletedProcess[str]:
    """The command as people call it, with nothing set up."""
    command = [str(Path(sys.executable).parent / "heluo"), "process", "lint", *map(str, paths)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATA"))}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_command_checks_a_folder(folder: Path) -> None:
    good = run_lint(folder)
    assert (good.returncode, "settings were not looked at" in good.stdout) == (0, False), good.stderr
    alone = run_lint(folder / "process.bpmn")
    assert (alone.returncode, "settings were not looked at" in alone.stdout) == (0, True)
    bad = run_lint(with_settings(folder, lambda settings: settings["holders"]["author"].pop("title")))
    assert bad.returncode == 1
    for words in ("settings.json: ", "holders.author.title", "缺少", "missing"):
        assert words in bad.stdout
