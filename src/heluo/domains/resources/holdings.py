"""What somebody made, and how far they watched."""

from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.actions import erase_playbacks
from heluo.domains.resources.models import Playback, Resource
from heluo.kernel.holdings.public import OWN, Asked, Fact, holding, not_told

not_told(
    "resources.ReviewStep.by",
    "resources.DraftSheet.author",
    "resources.Recognition.by",
    because="Who submitted, reviewed or recommended; told among their deeds.",
)


@holding(
    "resources.resources",
    title=_("提交的资源"),
    columns={"resources.Resource.author"},
    order=60,
    kept=_("已公开的资源标有署名和许可，别人可能正在使用；作者可以自己下架。"),
)
def resources(person: UUID, asked: Asked) -> list[Fact]:
    rows = (
        Resource.objects.filter(author__uuid=person)
        .select_related("organisation")
        .prefetch_related("versions")
        .order_by("-created_at", "-id")
    )
    return [
        Fact(
            label=str(row.get_state_display()),
            value=max(row.versions.all(), key=lambda version: version.pk).title or gettext("还没有标题"),
            source=OWN,
            note=row.organisation.name,
            since=row.created_at,
        )
        for row in rows[: asked.most]
    ]


@holding(
    "resources.playbacks",
    title=_("观看进度"),
    columns={"resources.Playback.person"},
    order=74,
    erase=erase_playbacks,
)
def playbacks(person: UUID, asked: Asked) -> list[Fact]:
    rows = Playback.objects.filter(person__uuid=person).select_related("file").order_by("-at", "-id")
    return [
        Fact(
            label=gettext("看到 {minutes} 分 {seconds} 秒").format(
                minutes=int(row.seconds) // 60, seconds=int(row.seconds) % 60
            ),
            value=row.file.name,
            source=OWN,
            since=row.at,
        )
        for row in rows[: asked.most]
    ]
