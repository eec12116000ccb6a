"""Diagrams for tests, written as a standard modeler writes them."""

import re
from collections.abc import Iterable

from heluo.engines.process.diagrams import DRAWING

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">\n'
)
NODES = re.compile(r'<bpmn:\w+(?:Event|Task|Gateway) id="([^"]+)"')


def owner(role: str) -> str:
    return (
        "<bpmn:potentialOwner><bpmn:resourceAssignmentExpression><bpmn:formalExpression>"
        f"{role}</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:potentialOwner>"
    )


def user_task(key: str, name: str = "办理", role: str = "clerk") -> str:
    return f'<bpmn:userTask id="{key}" name="{name}">{owner(role)}</bpmn:userTask>'


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{source}_{target}" {ends}>{inner}</bpmn:sequenceFlow>'


def timer(duration: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>"


def boundary(key: str, task: str, duration: str, *, interrupting: bool = True) -> str:
    return (
        f'<bpmn:boundaryEvent id="{key}" attachedToRef="{task}" cancelActivity="{str(interrupting).lower()}">'
        f"{timer(duration)}</bpmn:boundaryEvent>"
    )


def process(parts: Iterable[str], *, key: str = "two-step", name: str = "两步流程", executable: bool = True) -> bytes:
    body = "\n".join(parts)
    attributes = f'id="{key}" name="{name}" isExecutable="{str(executable).lower()}"'
    drawn = "".join(f'<di:BPMNShape bpmnElement="{element}"/>' for element in NODES.findall(body))
    picture = f'<di:BPMNDiagram xmlns:di="{DRAWING}"><di:BPMNPlane>{drawn}</di:BPMNPlane></di:BPMNDiagram>'
    return f"{HEAD}<bpmn:process {attributes}>\n{body}\n</bpmn:process>\n{picture}\n</bpmn:definitions>".encode()


START, END = '<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="done" name="办结"/>'
TWO_STEP = (
    START,
    user_task("write", "填写", "author"),
    user_task("check", "审核", "reviewer"),
    '<bpmn:exclusiveGateway id="verdict" name="结论" default="verdict_done"/>',
    END,
    '<bpmn:endEvent id="late" name="超期终止"/>',
    boundary("overdue", "check", "P7D"),
    flow("start", "write"),
    flow("write", "check"),
    flow("check", "verdict"),
    flow("verdict", "write", 'outcome == "return"'),
    flow("verdict", "done"),
    flow("overdue", "late"),
)
"""Write, check; the checker may send it back; after seven days it ends by itself."""


def without(parts: Iterable[str], *beginnings: str) -> tuple[str, ...]:
    """Some parts left out, by what their element begins with."""
    return tuple(part for part in parts if not any(beginning in part for beginning in beginnings))


def decision(*, entry: str = "&gt; 100", output: str = '"province"', hit_policy: str = "FIRST") -> bytes:
    """A decision table `level`: from the number `pages` to the text `level`."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:test">
<decision id="level" name="级别"><decisionTable id="table" hitPolicy="{hit_policy}">
<input id="in" label="页数"><inputExpression id="in_text" typeRef="number"><text>pages</text></inputExpression></input>
<output id="out" name="level" typeRef="string"/>
<rule id="rule1"><inputEntry id="rule1_in"><text>{entry}</text></inputEntry>
<outputEntry id="rule1_out"><text>{output}</text></outputEntry></rule>
<rule id="rule2"><inputEntry id="rule2_in"><text>-</text></inputEntry>
<outputEntry id="rule2_out"><text>"school"</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()
