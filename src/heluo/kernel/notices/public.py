"""What the rest of the house calls: `from heluo.kernel.notices.public import News, notice_kind, tell_people`."""

from heluo.kernel.notices.actions import News, settle_notices, tell_people
from heluo.kernel.notices.registry import notice_kind

__all__ = ["News", "notice_kind", "settle_notices", "tell_people"]
