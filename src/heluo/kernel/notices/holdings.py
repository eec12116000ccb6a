"""What a person was told."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from heluo.kernel.holdings.public import PLATFORM, Asked, Fact, holding
from heluo.kernel.notices.actions import erase_notices
from heluo.kernel.notices.models import Notice
from heluo.kernel.notices.registry import kind_named


@holding("notices.notices", title=_("收到的通知"), columns={"notices.Notice.person"}, order=75, erase=erase_notices)
def notices(person: UUID, asked: Asked) -> list[Fact]:
    rows = Notice.objects.filter(person=person).order_by("-id")[: asked.most]
    return [
        Fact(label=str(kind.title), value=kind.words(row.parameters), source=PLATFORM, since=row.at)
        for row in rows
        if (kind := kind_named(row.kind))
    ]
