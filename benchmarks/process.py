"""One step of a process beside the same step in bare SpiffWorkflow; timers due at once; the list of a million items.

    .venv/bin/python -m benchmarks.process [--few 1000] [--many 100000] [--items 1000000] [--timers 10000]

Starts its own PostgreSQL in a temporary folder with its usual durability. A step of ours is a whole action: rights, the
lock, the form, the gateway, the next work item, the trail, audit, event and commit. The peer restores the same instance
from SpiffWorkflow's own serialisation, completes the same task and serialises it again, without a database. The two are
taken in turns. Instances are copies of one that waits at the step.
Aims: a step within 8 times of the peer, and that ratio flat (within 1.3) from few to many open instances; the list p95
under 50 ms.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from benchmarks.database import own_database
from benchmarks.machine import print_table

if TYPE_CHECKING:  # needs the settings
    from heluo.engines.process.models import WorkItem

STEPS = 200
LISTS = 40
LIMIT = 50.0
TWO_STEP = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:bench">
<bpmn:process id="bench" name="bench" isExecutable="true">
<bpmn:startEvent id="start"/>
<bpmn:userTask id="check" name="check"><bpmn:potentialOwner><bpmn:resourceAssignmentExpression>
<bpmn:formalExpression>clerk</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:potentialOwner>
</bpmn:userTask>
<bpmn:boundaryEvent id="late" attachedToRef="check"><bpmn:timerEventDefinition>
<bpmn:timeDuration>P7D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:exclusiveGateway id="verdict" default="up"/>
<bpmn:userTask id="next" name="next"><bpmn:potentialOwner><bpmn:resourceAssignmentExpression>
<bpmn:formalExpression>clerk</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:potentialOwner>
</bpmn:userTask>
<bpmn:endEvent id="done" name="done"/><bpmn:endEvent id="lapsed" name="lapsed"/>
<bpmn:sequenceFlow id="a" sourceRef="start" targetRef="check"/>
<bpmn:sequenceFlow id="b" sourceRef="check" targetRef="verdict"/>
<bpmn:sequenceFlow id="up" sourceRef="verdict" targetRef="next"/>
<bpmn:sequenceFlow id="no" sourceRef="verdict" targetRef="done">
<bpmn:conditionExpression>outcome == "no"</bpmn:conditionExpression></bpmn:sequenceFlow>
<bpmn:sequenceFlow id="c" sourceRef="next" targetRef="done"/>
<bpmn:sequenceFlow id="d" sourceRef="late" targetRef="lapsed"/>
</bpmn:process>
<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="bench">
{shapes}
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"""
SHAPE = """<bpmndi:BPMNShape id="{name}_shape" bpmnElement="{name}"><dc:Bounds x="{x}" y="80" width="50" height="50"/>
</bpmndi:BPMNShape>"""
DRAWN = ("start", "check", "late", "verdict", "next", "done", "lapsed")
"""Nothing runs that is not drawn."""
SETTINGS = {
    "holders": {"clerk": {"title": "clerk", "at": "own", "role": "school_admin"}},
    "deadlines": {"check": {"within": "P5D", "working": True}},
    "forms": {
        "check": {
            "properties": {"outcome": {"type": "string", "title": "outcome", "enum": ["yes", "no"]}},
            "required": ["outcome"],
        }
    },
}


def milliseconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


class Bench:
    """A school with a clerk, and one instance that waits at the step, to be copied."""

    def __init__(self) -> None:
        from django.utils import timezone  # noqa: PLC0415  # needs the settings

        from heluo.engines.process.loading import Package, loaded, publish_definition  # noqa: PLC0415
        from heluo.engines.process.public import Subject, start_process  # noqa: PLC0415
        from heluo.engines.process.vocabulary import Settings  # noqa: PLC0415
        from heluo.kernel.access.public import actor_for  # noqa: PLC0415
        from heluo.kernel.clock.public import local_day  # noqa: PLC0415
        from heluo.kernel.organisations import demo as organisations  # noqa: PLC0415
        from heluo.kernel.organisations.models import Organisation  # noqa: PLC0415
        from heluo.kernel.people import demo as people  # noqa: PLC0415
        from heluo.kernel.people.models import Account  # noqa: PLC0415

        self.now = timezone.now()
        for part in (organisations, people):
            part.build(size="small", say=str, now=self.now)
        account = Account.objects.select_related("person").get(username="school1")
        self.clerk = actor_for(account, on=local_day(self.now))
        self.school = Organisation.objects.get(pk=self.clerk.posts[0].organisation_id)
        shapes = "".join(SHAPE.format(name=name, x=80 * place) for place, name in enumerate(DRAWN))
        package = Package(TWO_STEP.format(shapes=shapes).encode(), {}, Settings.model_validate(SETTINGS))
        self.definition = publish_definition(package, now=self.now)
        self.model = loaded(self.definition.pk).model
        self.first = start_process(
            by=self.clerk,
            key="bench",
            subject=Subject("resource", uuid4(), "bench"),
            organisation=self.school,
            values={},
            now=self.now,
        )

    def copy(self, count: int) -> list[int]:
        """More instances that wait at the same step; their keys."""
        from heluo.engines.process.models import Timer, WorkItem  # noqa: PLC0415  # needs the settings
        from heluo.kernel.codes.public import copy_in, reserve_ids  # noqa: PLC0415

        item, timer = self.first.items.get(), self.first.timers.get()
        made: list[int] = []
        while count > len(made):
            keys = reserve_ids("process_instance", min(10_000, count - len(made)))
            copies = [_like(self.first, pk=key, uuid=uuid4(), subject=uuid4()) for key in keys]
            copy_in(copies)
            for model, one, table in ((WorkItem, item, "process_workitem"), (Timer, timer, "process_timer")):
                numbers = reserve_ids(table, len(copies))
                more = {"uuid": uuid4} if model is WorkItem else {}
                copy_in(
                    [
                        _like(one, pk=number, instance_id=copied.pk, **{name: make() for name, make in more.items()})
                        for number, copied in zip(numbers, copies, strict=True)
                    ]
                )
            made += [copied.pk for copied in copies]
        return made

    def step(self, item: WorkItem) -> None:
        """The whole action."""
        from heluo.engines.process.public import complete_item  # noqa: PLC0415  # needs the settings

        complete_item(by=self.clerk, item=item, answers={"outcome": "yes"}, now=self.now)


def _like(one: object, **changed: object) -> object:
    """A copy of a row with other values."""
    fields = one._meta.concrete_fields  # type: ignore[attr-defined]  # noqa: SLF001  # a model's documented API
    row = type(one)(**{field.attname: getattr(one, field.attname) for field in fields})
    for name, value in changed.items():
        setattr(row, name, value)
    return row


class Peer:
    """The same step in SpiffWorkflow alone: its own serialisation, no database."""

    def __init__(self, bench: Bench) -> None:
        from SpiffWorkflow.bpmn import BpmnWorkflow  # noqa: PLC0415
        from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser  # noqa: PLC0415
        from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer  # noqa: PLC0415

        parser = BpmnParser()
        parser.add_bpmn_str(TWO_STEP.replace("P7D", "'P7D'").encode())  # it evaluates the text of a timer
        workflow = BpmnWorkflow(parser.get_spec("bench"))
        workflow.do_engine_steps()
        self.serializer = BpmnWorkflowSerializer()
        self.state = self.serializer.serialize_json(workflow)

    def step(self) -> None:
        from SpiffWorkflow.util.task import TaskState  # noqa: PLC0415

        workflow = self.serializer.deserialize_json(self.state)
        task = next(one for one in workflow.get_tasks(spec_name="check") if one.state == TaskState.READY)
        task.data["outcome"] = "yes"
        task.run()
        workflow.do_engine_steps()
        self.serializer.serialize_json(workflow)


def analyse() -> None:
    from django.db import connection  # noqa: PLC0415  # needs the settings

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE process_instance, process_workitem, process_timer")


def measure_steps(bench: Bench, peer: Peer, open_instances: int) -> list[object]:
    from heluo.engines.process.models import WorkItem  # noqa: PLC0415  # needs the settings

    keys = bench.copy(open_instances)
    analyse()
    ours, theirs = [], []
    for item in WorkItem.objects.filter(instance__in=keys[: STEPS + 20]):
        ours.append(milliseconds(lambda item=item: bench.step(item)))  # type: ignore[misc]  # bound in its own round
        theirs.append(milliseconds(peer.step))
    mine, bare = statistics.median(ours[20:]), statistics.median(theirs[20:])
    return [f"a step, {open_instances:,} open", mine, p95(ours[20:]), bare, mine / bare]


def measure_timers(bench: Bench, count: int) -> list[object]:
    from heluo.engines.process.models import Timer  # noqa: PLC0415  # needs the settings
    from heluo.engines.process.public import fire_timer  # noqa: PLC0415

    keys = bench.copy(count)
    due = bench.now + timedelta(days=30)
    timers = list(Timer.objects.filter(instance__in=keys).values_list("pk", flat=True))
    taken = [milliseconds(lambda timer=timer: fire_timer(timer=timer, now=due)) for timer in timers]  # type: ignore[misc]
    return [f"{count:,} timers of one second, by one worker", statistics.median(taken), p95(taken), "", ""]


def measure_list(bench: Bench, items: int) -> list[object]:
    from heluo.engines.process.models import WorkItem  # noqa: PLC0415  # needs the settings
    from heluo.engines.process.queries import BY_DUE, my_work  # noqa: PLC0415
    from heluo.kernel.codes.public import copy_in, reserve_ids  # noqa: PLC0415
    from heluo.kernel.pages.keyset import keyset_page  # noqa: PLC0415
    from heluo.kernel.search.public import capped_count  # noqa: PLC0415

    one, instances = WorkItem.objects.filter(state="open")[0], list(WorkItem.objects.values_list("instance", flat=True))
    left = items - WorkItem.objects.count()
    while left > 0:
        numbers = reserve_ids("process_workitem", min(10_000, left, len(instances)))
        copy_in(
            [
                _like(one, pk=number, uuid=uuid4(), task=uuid4(), instance_id=instance)
                for number, instance in zip(numbers, instances, strict=False)
            ]
        )
        left -= len(numbers)
    analyse()

    def look() -> None:
        found = my_work(bench.clerk)
        keyset_page(*found, order=BY_DUE)
        capped_count(*found)

    taken = [milliseconds(look) for _ in range(LISTS)]
    return [
        f"first page of my work and its count, {items:,} items",
        statistics.median(taken),
        p95(taken),
        LIMIT,
        p95(taken) / LIMIT,
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=1_000, help="open instances (1000)")
    parser.add_argument("--many", type=int, default=100_000, help="open instances (100000)")
    parser.add_argument("--items", type=int, default=1_000_000, help="work items in the list (1000000)")
    parser.add_argument("--timers", type=int, default=10_000, help="timers due at one second (10000)")
    asked = parser.parse_args()
    with own_database():
        bench = Bench()
        peer = Peer(bench)
        few, many = (measure_steps(bench, peer, count) for count in (asked.few, asked.many))
        rows = [few, many, measure_timers(bench, asked.timers), measure_list(bench, asked.items)]
    flat = float(str(many[4])) / float(str(few[4]))
    a_second = 1000 / float(str(rows[2][1]))
    print_table(
        f"Processes: a step (aim: within 8 times of the peer; many beside few: {flat:.2f}, aim 1.3), "
        f"timers ({a_second:.0f} a second), the list (aim: p95 under {LIMIT:g} ms)",
        ["what", "p50 ms", "p95 ms", "peer p50 or limit ms", "ratio"],
        rows,
    )


if __name__ == "__main__":
    main()
