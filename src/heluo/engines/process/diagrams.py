"""BPMN and DMN files as we read them: safely, and only as far as the published subset goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from lxml import etree

from heluo.engines.process.errors import NotADiagram

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DRAWING = "http://www.omg.org/spec/BPMN/20100524/DI"
LARGEST = 1024 * 1024
"""Bytes of one file; a diagram of a hundred steps has about 100 KB."""
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway"})
TASKS = frozenset({"userTask", "serviceTask", "businessRuleTask"})
EVENTS = frozenset({"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent"})
NODES = GATEWAYS | TASKS | EVENTS
"""The kinds of flow nodes of the published subset."""
ACTION, DECISION = "urn:heluo:service:", "urn:heluo:decision:"
"""What the standard attribute `implementation` of a service task and a business rule task begins with."""


def read_xml(content: bytes, file: str) -> etree._Element:
    """The root of an XML file. No document type, no entity, nothing fetched; refuses the rest with `NotADiagram`."""
    if len(content) > LARGEST:
        problem = format_lazy(_("文件有 {size} KB，最多 {most} KB。"), size=len(content) // 1024, most=LARGEST // 1024)
        raise NotADiagram(file=file, problem=problem)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotADiagram(file=file, problem=format_lazy(_("第 {row} 行不是合法的 XML。"), row=error.lineno)) from None
    if root.getroottree().docinfo.doctype:
        raise NotADiagram(file=file, problem=_("含有 DOCTYPE 或实体声明，请从建模工具重新导出。"))
    return root


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node of a process. `line` is its place in the file."""

    id: str
    kind: str
    name: str
    line: int
    node: etree._Element

    @property
    def words(self) -> str:
        """How people call it."""
        return self.name or self.id

    def text_of(self, path: str) -> str:
        """The text of a part of it, such as `bpmn:documentation`; empty where there is none."""
        return (self.node.findtext(path, namespaces={"bpmn": BPMN}) or "").strip()

    @property
    def owner(self) -> str:
        """The role of the process that does a user task, from the standard element `potentialOwner`."""
        return self.text_of("bpmn:potentialOwner/bpmn:resourceAssignmentExpression/bpmn:formalExpression")

    @property
    def duration(self) -> str:
        return self.text_of("bpmn:timerEventDefinition/bpmn:timeDuration")

    @property
    def attached_to(self) -> str:
        return self.node.get("attachedToRef", "")

    @property
    def implementation(self) -> str:
        return self.node.get("implementation", "")


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is empty where it has none."""

    id: str
    source: str
    target: str
    condition: str
    line: int


@dataclass(frozen=True)
class Diagram:
    """The one process of a BPMN file."""

    process: etree._Element

    @property
    def key(self) -> str:
        return self.process.get("id", "")

    @property
    def title(self) -> str:
        return self.process.get("name") or self.key

    @cached_property
    def elements(self) -> dict[str, Element]:
        return {element.id: element for element in self._elements()}

    def _elements(self) -> Iterator[Element]:
        for node in self.process.iterchildren():
            if kind_of(node) in NODES:
                yield Element(node.get("id", ""), kind_of(node), (node.get("name") or "").strip(), line_of(node), node)

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        return tuple(
            Flow(
                node.get("id", ""),
                node.get("sourceRef", ""),
                node.get("targetRef", ""),
                (node.findtext(f"{{{BPMN}}}conditionExpression") or "").strip(),
                line_of(node),
            )
            for node in self.process.iterchildren(f"{{{BPMN}}}sequenceFlow")
        )

    @cached_property
    def shapes(self) -> frozenset[str]:
        """The elements that are drawn."""
        drawn = self.process.getroottree().iterfind(f".//{{{DRAWING}}}BPMNShape")
        return frozenset(node.get("bpmnElement", "") for node in drawn)

    def of_kind(self, *kinds: str) -> list[Element]:
        return [element for element in self.elements.values() if element.kind in kinds]

    def leaving(self, element: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == element]

    def arriving(self, element: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.target == element]


def read_diagram(content: bytes, file: str) -> Diagram:
    """The process of a BPMN file. Refuses what is no BPMN, or holds no process or several, with `NotADiagram`."""
    root = read_xml(content, file)
    if root.tag != f"{{{BPMN}}}definitions":
        raise NotADiagram(file=file, problem=_("根元素不是 BPMN 2.0 的 definitions。"))
    processes = root.findall(f"{{{BPMN}}}process")
    if len(processes) != 1:
        raise NotADiagram(
            file=file,
            problem=format_lazy(_("一个文件要有且只有一个 process，这里有 {count} 个。"), count=len(processes)),
        )
    return Diagram(processes[0])


def kind_of(node: etree._Element) -> str:
    """The local name of a BPMN element; empty for any other namespace."""
    name = etree.QName(node)
    return name.localname if name.namespace == BPMN else ""


def line_of(node: etree._Element) -> int:
    return int(node.sourceline or 0)
