"""学籍 of a person: the records, what happened to them, transfers and checks for duplicates."""

from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.enums import CATEGORIES, ChangeKind, DuplicateState, State, TransferState
from heluo.domains.students.models import DuplicateCase, StudentChange, StudentRecord, TransferCase
from heluo.kernel.codes.public import names_of
from heluo.kernel.holdings.public import Asked, Fact, Source, holding, not_told

KEPT = _("学籍按规定永久保存，不能删除。")

not_told(
    *(
        f"students.{column}"
        for column in (
            "StudentChange.by_person",
            "BulkAction.by_person",
            "TransferCase.by_person",
            "TransferStep.by_person",
            "DuplicateOpinion.by_person",
        )
    ),
    because="Who dealt with somebody else's record; told among their deeds.",
)


def _source(record: StudentRecord) -> Source:
    return Source(record.school.name, record.school.uuid)


def _page(record: StudentRecord) -> str:
    return reverse("students:record", args=[record.uuid])


@holding("students.records", title=_("学籍"), columns={"students.StudentRecord.person"}, order=33, kept=KEPT)
def records(person: UUID, asked: Asked) -> list[Fact]:
    rows = StudentRecord.objects.filter(person__uuid=person).select_related("school").order_by("-enrolled_on", "-id")
    categories = names_of(CATEGORIES, on=asked.on)
    facts: list[Fact] = []
    for row in rows[: asked.most]:
        told = [
            ("state", gettext("学籍状态"), f"{row.get_stage_display()} · {row.get_state_display()}"),
            ("entry_year", gettext("入学年"), str(row.entry_year)),
            ("category", gettext("学生类别"), categories.get(row.category, "")),
            ("attendance", gettext("就读方式"), row.get_attendance_display()),
            ("origin_school", gettext("原就读学校"), row.origin_school),
            ("is_disciplined", gettext("未解除的处分"), gettext("有") if row.is_disciplined else ""),
        ]
        facts.extend(
            Fact(
                label=label,
                value=str(value),
                source=_source(row),
                key=f"{key}-{row.pk}",
                since=row.enrolled_on,
                url=_page(row),
            )
            for key, label, value in told
            if value
        )
    return facts


@holding("students.changes", title=_("学籍异动"), columns=(), order=34, kept=KEPT)
def changes(person: UUID, asked: Asked) -> list[Fact]:
    rows = (
        StudentChange.objects.filter(record__person__uuid=person)
        .select_related("record__school", "to_school")
        .order_by("-id")
    )
    return [
        Fact(
            label=str(ChangeKind(row.kind).label),
            value=" · ".join(
                str(part)
                for part in (row.to_school, State(row.to_state).label if row.to_state else "", row.note)
                if part
            ),
            source=_source(row.record),
            key=f"change-{row.pk}",
            since=row.on,
            url=_page(row.record),
        )
        for row in rows[: asked.most]
    ]


@holding("students.transfers", title=_("转学办理"), columns=(), order=35, kept=KEPT)
def transfers(person: UUID, asked: Asked) -> list[Fact]:
    rows = (
        TransferCase.objects.filter(record__person__uuid=person)
        .select_related("from_school", "to_school", "record__school")
        .order_by("-id")
    )
    return [
        Fact(
            label=str(TransferState(row.state).label),
            value=f"{row.from_school.name} → {row.to_school.name}",
            source=Source(row.to_school.name, row.to_school.uuid),
            note=row.reason,
            since=row.opened_at,
        )
        for row in rows[: asked.most]
    ]


@holding(
    "students.duplicates",
    title=_("重复学籍核查"),
    columns={"students.DuplicateCase.first", "students.DuplicateCase.second"},
    order=36,
    kept=KEPT,
)
def duplicates(person: UUID, asked: Asked) -> list[Fact]:
    rows = (
        DuplicateCase.objects.filter(Q(first__uuid=person) | Q(second__uuid=person))
        .select_related("first_record__school", "second_record__school", "first")
        .order_by("-id")
    )
    facts = []
    for row in rows[: asked.most]:
        own = row.first_record if row.first.uuid == person else row.second_record
        facts.append(
            Fact(
                label=gettext("疑似重复学籍"),
                value=str(DuplicateState(row.state).label),
                source=Source(own.school.name, own.school.uuid),
                since=row.opened_at,
            )
        )
    return facts
