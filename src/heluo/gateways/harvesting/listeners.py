"""What officers are told without having to look for it."""

from django.utils.translation import gettext_lazy as _

from heluo.gateways.harvesting.enums import NoticeKind
from heluo.kernel.notices.public import notice_kind
from heluo.kernel.pages.enums import Tone

notice_kind(
    NoticeKind.RETIREMENT,
    title=NoticeKind.RETIREMENT.label,
    sentence=_("“{name}”要一次下架 {count} 条记录，请确认。"),
    tone=Tone.WAITING,
)
notice_kind(
    NoticeKind.EMPTIED,
    title=NoticeKind.EMPTIED.label,
    sentence=_("“{name}”不再提到 {count} 条记录，也没有说它们已下架，可能被清空了。这里的资源都保留着，请向对方核实。"),
    tone=Tone.DANGER,
)
