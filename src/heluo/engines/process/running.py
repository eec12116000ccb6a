"""One step of a process, on SpiffWorkflow: state and values in, state and what waits now out. No database, no clock.

Spiff moves the tokens. What is not its business stays out: conditions are decided by `expressions`, timers fire when we
say so, service tasks call what the caller hands in, and the state it gives back holds no copy of the diagram.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.event_parsers import BoundaryEventParser, IntermediateCatchEventParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, IntermediateCatchEvent
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin, ServiceTaskMixin
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser
from SpiffWorkflow.dmn.specs import BusinessRuleTaskMixin
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from heluo.engines.process.diagrams import ACTION, DECISION, Diagram, read_diagram, read_xml
from heluo.engines.process.errors import ExpressionFailed, NotADiagram
from heluo.engines.process.expressions import evaluate, read_expression
from heluo.kernel.actors.errors import Refusal

State = dict[str, Any]
"""What is kept of a running process between two steps; JSON."""
Values = Mapping[str, object]
Perform = Callable[[str, Values], Values | None]
"""Does the action a service task names, with the values of the process; gives the values it adds."""
FORMAT = 1
"""Of `State`. A state of another format is refused, not guessed at."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A user task or a timer that waits: Spiff's id of it, and the element of the diagram."""

    task: UUID
    element: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a process stands after a step. `passed` are the elements of the step in their order, ends included.

    `before` are the tasks and timers that waited before the step.
    """

    state: State
    work: tuple[Waiting, ...]
    timers: tuple[Waiting, ...]
    before: frozenset[UUID]
    passed: tuple[str, ...]
    values: dict[str, Any]
    is_finished: bool


@dataclass(frozen=True, slots=True)
class Model:
    """A diagram with its decision tables, ready to run. Made once for each version and shared by all its instances."""

    diagram: Diagram
    spec: BpmnProcessSpec


def read_model(diagram: bytes, decisions: Mapping[str, bytes]) -> Model:
    """The model of a BPMN file and its DMN files by name. Call `lint` first: what it passes, this reads."""
    read = read_diagram(diagram, "process.bpmn")
    parser = _Parser()
    try:
        for name, content in decisions.items():
            parser.add_dmn_xml(read_xml(content, name), name)
        parser.add_bpmn_xml(read.process.getroottree(), "process.bpmn")
        return Model(read, parser.get_spec(read.key))
    except ValidationException as error:
        raise NotADiagram(file="process.bpmn", problem=str(error)) from error


def decide(content: bytes, file: str, values: Values) -> tuple[int, dict[str, Any]] | None:
    """Which rule of a decision table holds with some values, counted from one, and what it gives; None: none does."""
    parser = _Parser()
    parser.add_dmn_xml(read_xml(content, file), file)
    [read] = parser.dmn_parsers.values()
    read.parse()
    [table] = read.decision.decisionTables
    stands_in = _Trial(file, values)
    try:
        found = DMNEngine(table).decide(stands_in)
        return (table.rules.index(found[0]) + 1, dict(found[0].output_as_dict(stands_in))) if found else None
    except SpiffWorkflowException as error:
        raise _refusal_behind(error) from error


def begin(model: Model, values: Values, perform: Perform) -> Standing:
    """Start a process and go as far as it goes without anybody."""
    workflow = BpmnWorkflow(model.spec, script_engine=_Engine(perform))
    for first in workflow.get_tasks(state=TaskState.READY):  # the root is done already, and what follows inherits once
        first.data.update(values)
    return _go_on(model, workflow, before=frozenset())


def complete(model: Model, state: State, task: UUID, values: Values, perform: Perform) -> Standing:
    """Finish a user task with the values it gives, and go on. What it gives as None has no value any more."""
    workflow = _restored(model, state, perform)
    before = frozenset(one.id for one in _waiting(workflow))
    found = workflow.get_task_from_id(task)
    found.data.update(values)
    for name in [name for name, value in values.items() if value is None]:
        del found.data[name]
    return _go_on(model, workflow, found, before=before)


def fire(model: Model, state: State, timer: UUID, perform: Perform) -> Standing:
    """Let a timer fire, and go on."""
    workflow = _restored(model, state, perform)
    before = frozenset(one.id for one in _waiting(workflow))
    found = workflow.get_task_from_id(timer)
    found._set_internal_data(event_fired=True)  # noqa: SLF001  # what Spiff's own timers do
    found.task_spec._update(found)  # noqa: SLF001  # likewise
    return _go_on(model, workflow, before=before)


def _go_on(model: Model, workflow: BpmnWorkflow, task: Task | None = None, *, before: frozenset[UUID]) -> Standing:
    passed: list[str] = []

    def note(done: Task) -> None:
        if done.task_spec.name in model.diagram.elements:
            passed.append(done.task_spec.name)

    try:
        if task is not None:
            task.run()
            note(task)
        workflow.do_engine_steps(did_complete_task=note)
    except SpiffWorkflowException as error:
        raise _refusal_behind(error) from error
    waiting = _waiting(workflow)
    return Standing(
        {"format": FORMAT, "workflow": _REGISTRY.convert(workflow)},
        tuple(Waiting(one.id, one.task_spec.name) for one in waiting if one.task_spec.manual),
        tuple(Waiting(one.id, one.task_spec.name) for one in waiting if not one.task_spec.manual),
        before,
        tuple(passed),
        dict(workflow.data if workflow.completed else (workflow.last_task or workflow.task_tree).data),
        workflow.completed,
    )


def _waiting(workflow: BpmnWorkflow) -> list[Task]:
    """User tasks that somebody must do, and timers that must fire."""
    return [
        one
        for one in workflow.get_tasks(state=TaskState.READY | TaskState.WAITING)
        if (one.task_spec.manual and one.state == TaskState.READY)
        or (one.state == TaskState.WAITING and isinstance(getattr(one.task_spec, "event_definition", None), _Timer))
    ]


def _restored(model: Model, state: State, perform: Perform) -> BpmnWorkflow:
    if state.get("format") != FORMAT:
        raise LookupError(f"state of format {state.get('format')!r}, not {FORMAT}")
    workflow: BpmnWorkflow = _REGISTRY.restore({**state["workflow"], "spec": model.spec})
    workflow.script_engine = _Engine(perform)
    return workflow


def _refusal_behind(error: SpiffWorkflowException) -> Refusal:
    """Our own refusal, which Spiff may have wrapped; anything else is one of the process."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Refusal):
            return cause
        cause = getattr(cause, "exception", None) or cause.__cause__ or cause.__context__
    return ExpressionFailed(text=str(getattr(error, "task_spec", "")), problem=str(error))


# -- what Spiff is told to do our way ---------------------------------------------------------------------------------


class _Engine:
    """Stands in for Spiff's script engine, which would run Python."""

    def __init__(self, perform: Perform) -> None:
        self.perform = perform

    def validate(self, text: str) -> None:
        """Spiff's decision tables ask by this whether a cell can stand alone."""
        try:
            read_expression(text)
        except Refusal as refusal:
            raise SyntaxError(text) from refusal

    def evaluate(self, task: Task, text: str, external_context: Values | None = None) -> Any:
        return evaluate(text, {**task.data, **(external_context or {})})


class _Trial:
    """Stands in for a task, which a decision table asks for values, for how to read them, and for its name."""

    def __init__(self, file: str, values: Values) -> None:
        self.data = dict(values)
        self.task_spec = SimpleNamespace(name=file, bpmn_name=file, file=file)
        self.workflow = SimpleNamespace(script_engine=_Engine(lambda _name, _values: None), spec=self.task_spec)
        self.workflow.top_workflow = self.workflow


class _Timer(TimerEventDefinition):
    """Fires when we say so: due times are rows of ours."""

    def has_fired(self, my_task: Task) -> bool:
        return bool(my_task._get_internal_data("event_fired", False))  # noqa: SLF001  # Spiff's own word for it


class _TimerParser:
    """Reads a timer as it is written, without taking its text for an expression."""

    def parse_timer_event(self, _event: etree._Element) -> _Timer:
        return _Timer("", "")


class _BoundaryEventParser(_TimerParser, BoundaryEventParser):
    pass


class _IntermediateCatchEventParser(_TimerParser, IntermediateCatchEventParser):
    pass


class _ServiceTask(ServiceTaskMixin, BpmnSpecMixin):
    """A step that the platform does itself: an action some app registered."""

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, *, action: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.action = action

    def _execute(self, my_task: Task) -> bool:
        my_task.data.update(my_task.workflow.script_engine.perform(self.action, dict(my_task.data)) or {})
        return True


class _ServiceTaskParser(TaskParser):
    def create_task(self) -> _ServiceTask:
        action = self.node.get("implementation").removeprefix(ACTION)
        return _ServiceTask(self.spec, self.bpmn_id, action=action, **self.bpmn_attributes)


class _BusinessRuleTask(BusinessRuleTaskMixin, BpmnSpecMixin):
    """A decision table."""


class _BusinessRuleTaskParser(TaskParser):
    def create_task(self) -> _BusinessRuleTask:
        engine = self.process_parser.parser.get_engine(self.get_decision_ref(self.node), self.node)
        return _BusinessRuleTask(self.spec, self.bpmn_id, dmnEngine=engine, **self.bpmn_attributes)

    @staticmethod
    def get_decision_ref(node: etree._Element) -> str:
        return str(node.get("implementation")).removeprefix(DECISION)


class _Parser(BpmnDmnParser):
    OVERRIDE_PARSER_CLASSES = {
        full_tag("serviceTask"): (_ServiceTaskParser, _ServiceTask),
        full_tag("businessRuleTask"): (_BusinessRuleTaskParser, _BusinessRuleTask),
        full_tag("boundaryEvent"): (_BoundaryEventParser, BoundaryEvent),
        full_tag("intermediateCatchEvent"): (_IntermediateCatchEventParser, IntermediateCatchEvent),
    }


class _StateConverter(BpmnWorkflowConverter):
    """The tokens and values of a workflow, without the diagram, which is kept once for each version."""

    def to_dict(self, workflow: BpmnWorkflow) -> dict[str, Any]:
        kept: dict[str, Any] = WorkflowConverter.to_dict(self, workflow)
        return kept

    def from_dict(self, dct: dict[str, Any]) -> BpmnWorkflow:
        workflow = BpmnWorkflow(dct["spec"], deserializing=True)
        workflow.tasks = self.mapping_from_dict(_parents_first(dct["tasks"]), UUID, workflow=workflow)
        workflow.task_tree = workflow.tasks[UUID(dct["root"])]
        self.set_default_attributes(workflow, dct)
        return workflow


def _parents_first(tasks: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Tasks as they can be read back: what each says is kept as a difference to its parent, and a database that keeps
    JSON as a value does not keep the order of its keys.
    """
    ordered: dict[str, dict[str, Any]] = {}
    for key in tasks:
        line = []
        while key is not None and key not in ordered:
            line.append(key)
            key = tasks[key]["parent"]  # noqa: PLW2901  # up the tree
        ordered |= {one: tasks[one] for one in reversed(line)}
    return ordered


_REGISTRY = BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, BpmnWorkflow: _StateConverter})
