"""Steps of a process without a database: what waits, what was passed, what the state keeps."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from heluo.engines.process.errors import ExpressionFailed, NotADiagram
from heluo.engines.process.lint import lint
from heluo.engines.process.running import Model, Standing, begin, complete, fire, read_model
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
)

BRANCHES = (
    START,
    '<bpmn:parallelGateway id="split"/>',
    user_task("left", "左"),
    user_task("right", "右"),
    '<bpmn:parallelGateway id="join"/>',
    END,
    flow("start", "split"),
    flow("split", "left"),
    flow("split", "right"),
    flow("left", "join"),
    flow("right", "join"),
    flow("join", "done"),
)


def model(*parts: str, decisions: Mapping[str, bytes] | None = None) -> Model:
    read = read_model(process(parts), decisions or {})
    assert not lint(read.diagram), "tests run what can be published"
    return read


def nothing(action: str, _values: Mapping[str, object]) -> None:
    raise AssertionError(action)


def waiting(standing: Standing) -> list[str]:
    return sorted(one.element for one in standing.work)


def done(read: Model, standing: Standing, element: str, **values: object) -> Standing:
    """The step after somebody did an element, from a state that went through JSON."""
    [found] = [one for one in standing.work if one.element == element]
    return complete(read, json.loads(json.dumps(standing.state)), found.task, values, nothing)


def test_work_passes_on_and_comes_back() -> None:
    read = model(*TWO_STEP)
    standing = begin(read, {"title": "分数"}, nothing)
    assert (waiting(standing), standing.passed, standing.timers) == (["write"], ("start",), ())
    standing = done(read, standing, "write", pages=3)
    assert (waiting(standing), [one.element for one in standing.timers]) == (["check"], ["overdue"])
    standing = done(read, standing, "check", outcome="return")
    assert (waiting(standing), standing.passed, standing.timers) == (["write"], ("check", "verdict"), ())
    standing = done(read, done(read, standing, "write"), "check", outcome="approve")
    assert standing.is_finished
    assert standing.passed == ("check", "verdict", "done")
    assert standing.values == {"title": "分数", "pages": 3, "outcome": "approve"}


def test_the_state_holds_no_diagram() -> None:
    read = model(*TWO_STEP)
    standing = begin(read, {}, nothing)
    assert "overdue" not in json.dumps({key: value for key, value in standing.state.items() if key != "workflow"})
    assert "spec" not in standing.state["workflow"]


def test_values_survive_a_store_that_keeps_no_order_of_keys() -> None:
    read = model(*TWO_STEP)
    standing = begin(read, {"author": "甲"}, nothing)
    for element, answers in (("write", {"title": "分数"}), ("check", {"outcome": "return"}), ("write", {})):
        tasks = standing.state["workflow"]["tasks"]
        shuffled = dict(sorted(tasks.items(), key=lambda pair: pair[0], reverse=True))
        state = {**standing.state, "workflow": {**standing.state["workflow"], "tasks": shuffled}}
        standing = done(read, replace(standing, state=state), element, **answers)
    assert standing.values == {"author": "甲", "title": "分数", "outcome": "return"}


def test_a_timer_fires_when_we_say_so_and_interrupts() -> None:
    read = model(*TWO_STEP)
    standing = done(read, begin(read, {}, nothing), "write")
    late = fire(read, json.loads(json.dumps(standing.state)), standing.timers[0].task, nothing)
    assert (late.is_finished, waiting(late), late.passed) == (True, [], ("overdue", "late"))


def test_a_timer_that_does_not_interrupt_leaves_the_work() -> None:
    parts = (
        START,
        user_task("check"),
        boundary("remind", "check", "P3D", interrupting=False),
        user_task("chase", "催办"),
        END,
        flow("start", "check"),
        flow("check", "done"),
        flow("remind", "chase"),
        flow("chase", "done"),
    )
    read = model(*parts)
    standing = begin(read, {}, nothing)
    standing = fire(read, standing.state, standing.timers[0].task, nothing)
    assert waiting(standing) == ["chase", "check"]
    standing = done(read, standing, "check")
    assert not standing.is_finished
    assert done(read, standing, "chase").is_finished


def test_an_intermediate_timer_waits() -> None:
    wait = f'<bpmn:intermediateCatchEvent id="wait">{timer("PT1H")}</bpmn:intermediateCatchEvent>'
    read = model(START, wait, END, flow("start", "wait"), flow("wait", "done"))
    standing = begin(read, {}, nothing)
    assert (waiting(standing), [one.element for one in standing.timers]) == ([], ["wait"])
    assert fire(read, standing.state, standing.timers[0].task, nothing).is_finished


def test_branches_join_once_both_are_done() -> None:
    read = model(*BRANCHES)
    standing = done(read, begin(read, {}, nothing), "right", right=1)
    assert waiting(standing) == ["left"]
    standing = done(read, standing, "left", left=2)
    assert standing.is_finished
    assert standing.values == {"left": 2, "right": 1}


def test_an_end_that_terminates_ends_all_branches() -> None:
    end = '<bpmn:endEvent id="stop" name="终止"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    parts = [part for part in BRANCHES if "right_join" not in part]
    read = model(*parts, end, flow("right", "stop"))
    assert done(read, begin(read, {}, nothing), "right").is_finished


@pytest.mark.parametrize(("pages", "level"), [(101, "province"), (100, "school")])
def test_a_decision_table_decides(pages: int, level: str) -> None:
    task = '<bpmn:businessRuleTask id="decide" implementation="urn:heluo:decision:level"/>'
    read = model(START, task, END, flow("start", "decide"), flow("decide", "done"), decisions={"level.dmn": decision()})
    assert begin(read, {"pages": pages}, nothing).values == {"pages": pages, "level": level}


def test_a_decision_table_that_is_missing_is_named() -> None:
    task = '<bpmn:businessRuleTask id="decide" implementation="urn:heluo:decision:absent"/>'
    with pytest.raises(NotADiagram, match="absent"):
        model(START, task, END, flow("start", "decide"), flow("decide", "done"))


def test_a_service_task_does_what_the_caller_hands_in() -> None:
    task = '<bpmn:serviceTask id="publish" implementation="urn:heluo:service:resources.publish"/>'
    read = model(START, task, END, flow("start", "publish"), flow("publish", "done"))
    asked: list[tuple[str, dict[str, Any]]] = []

    def perform(action: str, values: Mapping[str, object]) -> Mapping[str, object]:
        asked.append((action, dict(values)))
        return {"entry": "x"}

    assert begin(read, {"a": 1}, perform).values == {"a": 1, "entry": "x"}
    assert asked == [("resources.publish", {"a": 1})]


def test_a_condition_that_cannot_be_decided_is_a_refusal() -> None:
    read = model(*(part.replace('outcome == "return"', "outcome &lt; 3") for part in TWO_STEP))
    with pytest.raises(ExpressionFailed, match="outcome < 3"):
        done(read, done(read, begin(read, {}, nothing), "write"), "check", outcome="text")


def test_values_are_never_evaluated() -> None:
    read = model(*TWO_STEP)
    code = "__import__('os').system('touch /tmp/owned')"
    standing = done(read, done(read, begin(read, {}, nothing), "write", words=code), "check", outcome=code)
    assert standing.values == {"words": code, "outcome": code}


def test_a_state_of_another_format_is_refused() -> None:
    read = model(*TWO_STEP)
    standing = begin(read, {}, nothing)
    with pytest.raises(LookupError):
        complete(read, {**standing.state, "format": 0}, standing.work[0].task, {}, nothing)
