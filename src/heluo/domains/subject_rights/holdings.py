"""What was asked about somebody, and by them."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heluo.domains.subject_rights.models import Copy, Request
from heluo.kernel.holdings.public import OWN, Asked, Fact, counts_as_look, holding, not_told

counts_as_look("subject_rights.copy_fetched")
not_told("subject_rights.Step.by_person", because="Who dealt with somebody's request; told among their deeds.")


@holding(
    "subject_rights.requests",
    title=_("个人信息申请"),
    columns={"subject_rights.Request.person", "subject_rights.Request.asked_by"},
    order=85,
    kept=_("证明申请得到了答复，须保存备查。"),
)
def requests(person: UUID, asked: Asked) -> list[Fact]:
    rows = (
        Request.objects.filter(Q(person__uuid=person) | Q(asked_by__uuid=person))
        .select_related("person", "source")
        .order_by("-id")
    )
    return [
        Fact(
            label=str(row.get_kind_display()),
            value=" · ".join(part for part in (row.person.name, row.label, str(row.get_state_display())) if part),
            source=OWN,
            note=row.source.name,
            since=row.asked_at,
        )
        for row in rows[: asked.most]
    ]


@holding(
    "subject_rights.copies",
    title=_("个人信息副本"),
    columns={"subject_rights.Copy.person", "subject_rights.Copy.asked_by"},
    order=86,
    kept=_("文件 7 天后自动删除；何时生成过副本须保存备查。"),
)
def copies(person: UUID, asked: Asked) -> list[Fact]:
    rows = Copy.objects.filter(Q(person__uuid=person) | Q(asked_by__uuid=person)).select_related("person")
    return [
        Fact(label=str(row.get_state_display()), value=row.person.name, source=OWN, since=row.asked_at)
        for row in rows.order_by("-id")[: asked.most]
    ]
