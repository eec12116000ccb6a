"""What the trail of a process says about people."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from heluo.engines.process.enums import StepKind
from heluo.engines.process.models import PoolMember, Step
from heluo.kernel.holdings.public import PLATFORM, Asked, Fact, holding, not_told

not_told("process.Instance.subject", because="The thing a process is about, told by the app of that thing.")
not_told(
    "process.WorkItem.task", "process.Timer.task", because="The engine's own name of a waiting task, not a person."
)
not_told(
    "process.WorkItem.person",
    "process.WorkItem.apart_from",
    "process.WorkItem.claimed_by",
    "process.Instance.started_by",
    because="Said by the trail as well, which is told: who started, claimed and did a step.",
)
not_told(
    "process.SettingsChange.proposed_by",
    "process.SettingsChange.decided_by",
    because="Said by the audit log as well, which is told.",
)


@holding(
    "process.trail",
    title=_("流程中的办理记录"),
    columns={"process.Step.by_person"},
    order=60,
    kept=_("办理记录是单位决定的依据，依法保存，不能删除。"),
)
def trail(person: UUID, asked: Asked) -> list[Fact]:
    rows = Step.objects.filter(by_person=person).select_related("instance").order_by("-at", "-id")[: asked.most]
    return [
        Fact(
            label=str(StepKind(row.kind).label),
            value=f"{row.instance.title} {row.name}".strip(),
            source=PLATFORM,
            since=row.at,
        )
        for row in rows
    ]


@holding(
    "process.pools",
    title=_("所在的办理组"),
    columns={"process.PoolMember.person"},
    order=62,
    kept=_("由单位安排，离开办理组时删除；审计记录保存安排的经过。"),
)
def pools(person: UUID, asked: Asked) -> list[Fact]:
    rows = PoolMember.objects.filter(person__uuid=person).select_related("pool__organisation").order_by("id")
    return [
        Fact(label=row.pool.title, value=row.pool.organisation.name, source=PLATFORM, since=None)
        for row in rows[: asked.most]
    ]
