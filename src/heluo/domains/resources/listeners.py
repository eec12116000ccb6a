"""What authors are told without having to look for it."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.enums import NoticeKind
from heluo.kernel.notices.public import notice_kind
from heluo.kernel.pages.enums import Tone

SENTENCES = {
    NoticeKind.ENDS: (_("“{title}”的有效期到 {day} 为止，第二天自动下架。还能用的话，请延长有效期。"), Tone.WAITING),
    NoticeKind.LINKS: (_("“{title}”里有链接打不开了：{address}。请另起新版本改正。"), Tone.WAITING),
    NoticeKind.ADAPTED: (_("{author} 改编了您的“{title}”，已发布为“{work}”。"), Tone.INFO),
    NoticeKind.OVER: (_("“{title}”的有效期到 {day} 已满，已自动下架。"), Tone.DANGER),
}
for _kind, (_sentence, _tone) in SENTENCES.items():
    notice_kind(_kind, title=_kind.label, sentence=_sentence, tone=_tone)
