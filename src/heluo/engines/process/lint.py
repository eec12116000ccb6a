"""The published subset of BPMN 2.0 and DMN: what a process may hold, checked when it is loaded and by
`heluo process lint`.

A finding names the element, its line and what would be right. What has no findings runs; what is outside the subset
is refused, never skipped in silence.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lxml import etree

from heluo.engines.process.diagrams import (
    ACTION,
    DECISION,
    GATEWAYS,
    NODES,
    Diagram,
    Element,
    kind_of,
    line_of,
    read_xml,
)
from heluo.engines.process.durations import end_of
from heluo.engines.process.errors import NotADuration, NotAnExpression
from heluo.engines.process.expressions import read_expression

PARTS = frozenset(
    {
        *("sequenceFlow", "conditionExpression", "incoming", "outgoing", "documentation", "extensionElements"),
        *("laneSet", "lane", "childLaneSet", "flowNodeRef", "textAnnotation", "text", "association", "group"),
        *("potentialOwner", "resourceAssignmentExpression", "formalExpression"),
        *("timerEventDefinition", "timeDuration", "terminateEventDefinition"),
    }
)
"""What may stand in a process beside its flow nodes."""
KEY = re.compile(r"[a-z][a-z0-9_-]{1,39}")
TIMED = frozenset({"boundaryEvent", "intermediateCatchEvent"})
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,79}")
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that keeps a process from being used."""

    element: str
    """The id of an element, or a place in the settings."""
    line: int
    """0 where there is none."""
    message: object
    """In the language of whoever reads it."""
    file: str = ""
    """Which file of a process it is in, where there are several."""

    def __str__(self) -> str:
        element = self.element or gettext("流程")
        if not self.line:
            return gettext("{element}：{message}").format(element=element, message=self.message)
        return gettext("第 {line} 行，{element}：{message}").format(
            line=self.line, element=element, message=self.message
        )


def lint(diagram: Diagram) -> list[Finding]:
    """Everything in a diagram that the subset does not allow, in the order of the file."""
    found = [*_process(diagram), *_foreign(diagram)]
    for element in diagram.elements.values():
        found += _element(diagram, element)
    found += [*_flows(diagram), *_undrawn(diagram)]
    if not found:
        found += _ways(diagram)
    return sorted(found, key=lambda finding: finding.line)


def _process(diagram: Diagram) -> Iterator[Finding]:
    line = line_of(diagram.process)
    if not KEY.fullmatch(diagram.key):
        yield Finding(diagram.key, line, _("流程的 id 要用小写字母、数字和连字符，2 到 40 个字符。"))
    if diagram.process.get("isExecutable") == "false":
        yield Finding(diagram.key, line, _("流程没有标为可执行。请在建模工具里勾选“Executable”。"))
    starts, ends = diagram.of_kind("startEvent"), diagram.of_kind("endEvent")
    if len(starts) != 1:
        yield Finding(
            diagram.key, line, format_lazy(_("要有且只有一个开始事件，这里有 {count} 个。"), count=len(starts))
        )
    if not ends:
        yield Finding(diagram.key, line, _("至少要有一个结束事件。"))
    seen: set[str] = set()
    for node in diagram.process.getroottree().iter(etree.Element):
        key = node.get("id")
        if key and key in seen:
            yield Finding(key, line_of(node), _("id 重复。"))
        seen.add(key or "")


def _foreign(diagram: Diagram) -> Iterator[Finding]:
    """What the subset does not know, without what stands inside of it."""
    for node in _unknown(diagram.process, diagram):
        name = kind_of(node) or str(etree.QName(node).localname)
        yield Finding(node.get("id", name), line_of(node), _problem_of(name, is_nested=name in NODES))


def _unknown(above: etree._Element, diagram: Diagram) -> Iterator[etree._Element]:
    """The outermost nodes of another kind. What modelers add of their own is left alone inside `extensionElements`;
    an event of another kind, or with other than a duration, is told of as a whole by `_timer`.
    """
    for node in above.iterchildren(etree.Element):
        kind = kind_of(node)
        if (
            kind in TIMED
            and node.get("id", "") in diagram.elements
            and not diagram.elements[node.get("id", "")].duration
        ):
            continue
        if kind in PARTS or (kind in NODES and above is diagram.process):
            yield from _unknown(node, diagram) if kind != "extensionElements" else ()
        else:
            yield node


def _problem_of(kind: str, *, is_nested: bool) -> object:
    if kind == "scriptTask":
        return _("不允许脚本任务 scriptTask：流程里不能带程序。请改用 serviceTask 引用平台已有的动作。")
    if is_nested:
        return format_lazy(_("“{kind}”不能放在这里，请直接放在流程里。"), kind=kind)
    return format_lazy(_("“{kind}”不在可用范围内。"), kind=kind)


def _element(diagram: Diagram, element: Element) -> Iterator[Finding]:
    if not NAME.fullmatch(element.id):
        yield _at(element, _("id 要用字母、数字、连字符和下划线，以字母开头。"))
    if element.kind in {"userTask", "endEvent"} and not element.name:
        yield _at(element, _("没有名称。名称会写进办理记录，请用几个字说明。"))
    yield from _links(diagram, element)
    yield from RULES[element.kind](diagram, element)


def _at(element: Element, message: object) -> Finding:
    return Finding(element.id, element.line, message)


def _links(diagram: Diagram, element: Element) -> Iterator[Finding]:
    leaving, arriving = diagram.leaving(element.id), diagram.arriving(element.id)
    if element.kind not in {"startEvent", "boundaryEvent"} and not arriving:
        yield _at(element, _("没有任何连线到这里。"))
    if element.kind != "endEvent" and not leaving:
        yield _at(element, _("从这里没有连线出去。"))
    if len(leaving) > 1 and element.kind not in GATEWAYS:
        yield _at(element, format_lazy(_("有 {count} 条连线出去。请用网关分支。"), count=len(leaving)))


def _owned(_diagram: Diagram, task: Element) -> Iterator[Finding]:
    if not NAME.fullmatch(task.owner):
        yield _at(task, _("没有写由谁办理：请在 potentialOwner 里写一个办理角色的名字。"))


def _acting(_diagram: Diagram, task: Element) -> Iterator[Finding]:
    if not task.implementation.startswith(ACTION):
        yield _at(task, format_lazy(_("implementation 要写成 {prefix}动作名。"), prefix=ACTION))


def _deciding(_diagram: Diagram, task: Element) -> Iterator[Finding]:
    if not task.implementation.startswith(DECISION):
        yield _at(task, format_lazy(_("implementation 要写成 {prefix}决策表 id。"), prefix=DECISION))


def _plain(_diagram: Diagram, event: Element) -> Iterator[Finding]:
    """Processes start without an event definition, and end with none or by a termination."""
    allowed = {"terminateEventDefinition"} if event.kind == "endEvent" else set()
    for node in event.node.iterchildren():
        kind = kind_of(node)
        if kind.endswith("EventDefinition") and kind in PARTS and kind not in allowed:
            yield _at(event, format_lazy(_("“{kind}”不能放在这里，请直接放在流程里。"), kind=kind))


def _parallel(_diagram: Diagram, _gateway: Element) -> Iterator[Finding]:
    """Nothing beyond what holds for every element."""
    yield from ()


def _choice(diagram: Diagram, gateway: Element) -> Iterator[Finding]:
    default, leaving = gateway.node.get("default"), diagram.leaving(gateway.id)
    if len(leaving) <= 1:
        return
    if default not in {flow.id for flow in leaving}:
        without = [flow.id for flow in leaving if not flow.condition]
        default = without[0] if len(without) == 1 else None
        problem = _('排他网关没有默认连线。请在网关上写 default="{flow}"（一条连线的 id），这条连线不写条件。')
        words = format_lazy(problem, flow=default or leaving[-1].id)
        yield Finding(gateway.id, gateway.line, words)
    for flow in leaving:
        if flow.id == default:
            continue
        if not flow.condition:
            yield Finding(
                flow.id, flow.line, format_lazy(_("从网关“{gateway}”出来的连线没有条件。"), gateway=gateway.words)
            )
            continue
        try:
            read_expression(flow.condition)
        except NotAnExpression as refusal:
            yield Finding(flow.id, flow.line, refusal)


def _timer(diagram: Diagram, event: Element) -> Iterator[Finding]:
    if event.kind == "boundaryEvent":
        task = diagram.elements.get(event.attached_to)
        if task is None or task.kind != "userTask":
            yield _at(event, _("边界事件只能附在人工任务上。"))
    if not event.duration:
        yield _at(event, _("只能是定时事件，并在 timeDuration 里写时长，如 P7D。"))
        return
    try:
        end_of(event.duration, SOME_DAY)
    except NotADuration as refusal:
        yield _at(event, refusal)


RULES: dict[str, Callable[[Diagram, Element], Iterator[Finding]]] = {
    "startEvent": _plain,
    "endEvent": _plain,
    "userTask": _owned,
    "serviceTask": _acting,
    "businessRuleTask": _deciding,
    "exclusiveGateway": _choice,
    "parallelGateway": _parallel,
    "boundaryEvent": _timer,
    "intermediateCatchEvent": _timer,
}


def _flows(diagram: Diagram) -> Iterator[Finding]:
    refused = {node.get("id") for node in _unknown(diagram.process, diagram)}
    for flow in diagram.flows:
        for end in (flow.source, flow.target):
            if end not in diagram.elements and end not in refused:
                yield Finding(flow.id, flow.line, format_lazy(_("连线指向不存在的“{end}”。"), end=end))
        source = diagram.elements.get(flow.source)
        if flow.condition and source is not None and source.kind != "exclusiveGateway":
            yield Finding(flow.id, flow.line, _("条件只能写在排他网关出来的连线上。"))


def _undrawn(diagram: Diagram) -> Iterator[Finding]:
    """What has no shape would be missing in the picture that people are shown."""
    for element in diagram.elements.values():
        if element.id not in diagram.shapes:
            yield _at(element, _("图里没有画出它（BPMNShape）。请用建模工具打开，放好位置后再保存。"))


def _ways(diagram: Diagram) -> Iterator[Finding]:
    """Every element can be reached from the start, and an end from every element."""
    after: dict[str, set[str]] = {key: {flow.target for flow in diagram.leaving(key)} for key in diagram.elements}
    for event in diagram.of_kind("boundaryEvent"):
        after[event.attached_to].add(event.id)
    before: dict[str, set[str]] = {key: set() for key in diagram.elements}
    for key, following in after.items():
        for one in following:
            before[one].add(key)
    reached = _spread({element.id for element in diagram.of_kind("startEvent")}, after)
    ending = _spread({element.id for element in diagram.of_kind("endEvent")}, before)
    for element in diagram.elements.values():
        if element.id not in reached:
            yield Finding(element.id, element.line, _("从开始事件走不到这里。"))
        elif element.id not in ending:
            yield Finding(element.id, element.line, _("从这里走不到任何结束事件。"))


def _spread(begin: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = set(begin), list(begin)
    while waiting:
        for one in ways[waiting.pop()] - seen:
            seen.add(one)
            waiting.append(one)
    return seen


# -- decision tables --------------------------------------------------------------------------------------------------


def lint_decision(content: bytes, file: str) -> tuple[str, list[Finding]]:
    """The id of the decision of a DMN file, and what is wrong with its table."""
    root = read_xml(content, file)
    space = {"dmn": str(etree.QName(root).namespace)}
    decisions = root.findall("dmn:decision", space)
    if len(decisions) != 1:
        return "", [
            Finding("", 1, format_lazy(_("一个 DMN 文件要有且只有一个决策，这里有 {count} 个。"), count=len(decisions)))
        ]
    [decision] = decisions
    key, found = decision.get("id", ""), []
    tables = decision.findall("dmn:decisionTable", space)
    if len(tables) != 1:
        found.append(Finding(key, line_of(decision), _("决策里要有且只有一张决策表。")))
    for table in tables:
        if table.get("hitPolicy", "UNIQUE") not in {"UNIQUE", "FIRST"}:
            found.append(Finding(key, line_of(table), _("命中策略只能是 UNIQUE 或 FIRST。")))
        for kind, read in (("inputExpression", read_expression), ("inputEntry", read_cell)):
            found += _unreadable(table.iterfind(f".//dmn:{kind}", space), space, read)
        found += _unreadable(table.iterfind(".//dmn:outputEntry", space), space, read_output)
    return key, found


def _unreadable(
    nodes: Iterable[etree._Element], space: dict[str, str], read: Callable[[str], object]
) -> Iterator[Finding]:
    for node in nodes:
        text = (node.findtext("dmn:text", namespaces=space) or "").strip()
        if not text and etree.QName(node).localname != "inputExpression":
            continue
        try:
            read(text)
        except NotAnExpression as refusal:
            yield Finding(node.get("id", ""), line_of(node), refusal)


def read_cell(text: str) -> None:
    """A cell of an input: a value to be equal to, or a comparison without its left side; `?` stands for the input."""
    if text == "-":
        return
    try:
        read_expression(text.replace("?", "input"))
    except NotAnExpression:
        read_expression(f"input {text}")


def read_output(text: str) -> None:
    try:
        json.loads(text)
    except ValueError:
        raise NotAnExpression(text=text, problem=_("输出只能是字面值，文字要用双引号")) from None
