"""How far somebody is with packages, and what they reached."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from heluo.domains.packages.actions import erase_progress
from heluo.domains.packages.models import FinishedAttempt, Progress
from heluo.kernel.holdings.public import OWN, Asked, Fact, holding


@holding(
    "packages.progress",
    title=_("课件学习进度和成绩"),
    columns={"packages.Progress.person", "packages.FinishedAttempt.person"},
    order=75,
    erase=erase_progress,
)
def progress(person: UUID, asked: Asked) -> list[Fact]:
    rows = Progress.objects.filter(person__uuid=person).select_related("content").order_by("-last_at", "-id")
    ended = (
        FinishedAttempt.objects.filter(person__uuid=person).select_related("content").order_by("-finished_at", "-id")
    )
    told = [_fact(row, since=row.last_at) for row in rows[: asked.most]]
    return [*told, *(_fact(row, since=row.finished_at) for row in ended[: asked.most])][: asked.most]


def _fact(row: Progress | FinishedAttempt, *, since: datetime) -> Fact:
    manifest = row.content.courseware
    item = manifest.item(row.item) if manifest else None
    return Fact(
        label=str(row.get_completion_display()),
        value=" · ".join(filter(None, [manifest.title if manifest else "", item.title if item else ""])),
        source=OWN,
        note=row.score,
        since=since,
    )
