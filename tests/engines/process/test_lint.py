"""What the published subset lets in, and how it says no."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from heluo.engines.process.diagrams import LARGEST, read_diagram
from heluo.engines.process.errors import NotADiagram
from heluo.engines.process.lint import Finding, lint, lint_decision
from tests.engines.process.diagrams import (
    END,
    START,
    TWO_STEP,
    boundary,
    decision,
    flow,
    process,
    timer,
    user_task,
    without,
)


def findings(*parts: str, **attributes: object) -> list[Finding]:
    return lint(read_diagram(process(parts, **attributes), "test.bpmn"))  # type: ignore[arg-type]  # passed on


def only(found: list[Finding]) -> Finding:
    [finding] = found
    return finding


def test_a_process_of_the_subset_has_no_findings() -> None:
    assert findings(*TWO_STEP) == []


def test_a_script_task_is_named_and_refused() -> None:
    script = '<bpmn:scriptTask id="evil"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'
    found = findings(*TWO_STEP, script)
    assert ("evil", "不允许脚本任务 scriptTask：流程里不能带程序。请改用 serviceTask 引用平台已有的动作。") in [
        (finding.element, str(finding.message)) for finding in found
    ]


@pytest.mark.parametrize(
    "element",
    [
        '<bpmn:adHocSubProcess id="odd"/>',
        '<bpmn:callActivity id="odd" calledElement="x"/>',
        '<bpmn:dataStoreReference id="odd"/>',
        '<bpmn:inclusiveGateway id="odd"/>',
        '<bpmn:subProcess id="odd" triggeredByEvent="true"/>',
        '<other:thing xmlns:other="urn:other" id="odd"/>',
    ],
)
def test_an_unknown_element_is_named(element: str) -> None:
    assert only(findings(*TWO_STEP, element)).element == "odd"


def test_what_modelers_add_of_their_own_is_left_alone() -> None:
    form = '<zeebe:formDefinition xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" formKey="x"/>'
    zeebe = f"<bpmn:extensionElements>{form}</bpmn:extensionElements>"
    task = user_task("write").replace("<bpmn:potentialOwner>", f"{zeebe}<bpmn:potentialOwner>")
    assert findings(START, task, END, flow("start", "write"), flow("write", "done")) == []


def test_a_gateway_needs_a_default() -> None:
    found = findings(*(part.replace(' default="verdict_done"', "") for part in TWO_STEP))
    finding = only(found)
    assert finding.element == "verdict"
    assert 'default="verdict_done"' in str(finding.message)


def test_the_default_is_told_once_and_other_flows_without_a_condition_too() -> None:
    parts = (part.replace(' default="verdict_done"', "").replace('outcome == "return"', "") for part in TWO_STEP)
    assert [finding.element for finding in findings(*parts)] == ["verdict", "verdict_write", "verdict_done"]


def test_a_refused_task_is_told_once() -> None:
    script = '<bpmn:scriptTask id="evil"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'
    parts = (*without(TWO_STEP, "write_check"), script, flow("write", "evil"), flow("evil", "check"))
    assert only(findings(*parts)).element == "evil"


def test_a_condition_as_other_engines_write_it_is_told_how() -> None:
    found = findings(*(part.replace('outcome == "return"', '${outcome == "return"}') for part in TWO_STEP))
    assert "不用 ${ }" in str(only(found).message)


def test_what_is_not_drawn_is_told() -> None:
    content = process(TWO_STEP).replace(b'<di:BPMNShape bpmnElement="check"/>', b"")
    finding = only(lint(read_diagram(content, "test.bpmn")))
    assert finding.element == "check"
    assert "BPMNShape" in str(finding.message)


@pytest.mark.parametrize("kind", ["timeDate", "timeCycle"])
def test_a_timer_of_another_kind_is_told_once(kind: str) -> None:
    found = findings(*(part.replace("timeDuration", kind) for part in TWO_STEP))
    assert "timeDuration" in str(only(found).message)


@pytest.mark.parametrize(
    "condition",
    [
        "__import__('os').system('id')",
        "outcome.__class__",
        "open('/etc/passwd')",
        "[x for x in y]",
        "lambda: 1",
        "outcome = 'x'",
        "a + b",
        "(" * 60 + "a" + ")" * 60 + " and",
        "not " * 30 + "a",
        "f'{a}'",
        "a if b else c",
        "a[0]",
        "x" * 600,
    ],
)
def test_a_condition_holds_comparisons_only(condition: str) -> None:
    escaped = condition.replace("&", "&amp;").replace("<", "&lt;")
    found = findings(*(part.replace('outcome == "return"', escaped) for part in TWO_STEP))
    assert only(found).element == "verdict_write"


@pytest.mark.parametrize("words", ["七天", "7 days", "P", "PT", "P7", "P-1D", "'P7D'", "P9999D", "R3/P1D", "now()"])
def test_a_timer_in_words_is_refused_with_an_example(words: str) -> None:
    finding = only(findings(*(part.replace("P7D", words) for part in TWO_STEP)))
    assert finding.element == "overdue"
    assert "P7D" in str(finding.message)


def test_a_timer_belongs_to_a_user_task() -> None:
    assert only(findings(*(part.replace('"check"', '"verdict"') if "boundary" in part else part for part in TWO_STEP)))


def test_other_events_are_refused() -> None:
    found = findings(*(part.replace(timer("P7D"), '<bpmn:messageEventDefinition id="m"/>') for part in TWO_STEP))
    assert only(found).element == "overdue"


@pytest.mark.parametrize(
    ("parts", "element"),
    [
        (without(TWO_STEP, 'id="check"'), "write_check"),
        (without(TWO_STEP, "write_check"), "write"),
        (without(TWO_STEP, "overdue_late"), "overdue"),
        ((*TWO_STEP, user_task("lonely"), flow("lonely", "done")), "lonely"),
        ((*TWO_STEP, user_task("one"), user_task("two"), flow("one", "two"), flow("two", "one")), "one"),
        ((*TWO_STEP, flow("write", "done")), "write"),
        (tuple(part.replace("reviewer", "") for part in TWO_STEP), "check"),
        (tuple(part.replace('name="审核"', "") for part in TWO_STEP), "check"),
        ((*TWO_STEP, boundary("overdue", "write", "P1D"), flow("overdue", "late")), "overdue"),
    ],
)
def test_every_element_leads_from_the_start_to_an_end(parts: tuple[str, ...], element: str) -> None:
    assert element in {finding.element for finding in findings(*parts)}


def test_a_process_must_be_executable_and_start_once() -> None:
    assert only(findings(*TWO_STEP, executable=False)).element == "two-step"
    assert findings(*TWO_STEP, '<bpmn:startEvent id="other"/>', flow("other", "write"))


def run_lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as people call it, with nothing set up."""
    command = [str(Path(sys.executable).parent / "heluo"), "process", "lint", *map(str, sorted(folder.iterdir()))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATA"))}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_findings_say_the_line_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "process.bpmn").write_bytes(process(TWO_STEP, executable=False))
    answer = run_lint(tmp_path)
    assert answer.returncode == 1
    assert "第 3 行" in answer.stdout
    assert "line 3" in answer.stdout


def test_the_command_is_content_with_good_files_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "process.bpmn").write_bytes(process(TWO_STEP))
    (tmp_path / "level.dmn").write_bytes(decision())
    answer = run_lint(tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert len(list(tmp_path.iterdir())) == 2


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><b>&j;</b>"
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<a><b></a>",
        BOMB.encode(),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<html/>",
        b" " * (LARGEST + 1),
        process(TWO_STEP).replace(b"</bpmn:definitions>", b'<bpmn:process id="second"/></bpmn:definitions>'),
    ],
    ids=["empty", "text", "broken", "entity bomb", "doctype", "other", "5 MB", "two processes"],
)
def test_files_that_are_no_process_are_refused(content: bytes) -> None:
    with pytest.raises(NotADiagram, match=r"test\.bpmn"):
        read_diagram(content, "test.bpmn")


def test_a_decision_table_is_read() -> None:
    assert lint_decision(decision(), "level.dmn") == ("level", [])


@pytest.mark.parametrize(
    ("wrong", "element"),
    [
        (decision(output="__import__('os')"), "rule1_out"),
        (decision(entry="open('x')"), "rule1_in"),
        (decision(hit_policy="COLLECT"), "level"),
    ],
)
def test_a_decision_table_holds_comparisons_and_literals(wrong: bytes, element: str) -> None:
    assert only(lint_decision(wrong, "level.dmn")[1]).element == element
