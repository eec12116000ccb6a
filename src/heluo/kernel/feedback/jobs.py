"""What runs in the background."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.clock.public import now
from heluo.kernel.feedback.actions import roll_up_uses
from heluo.kernel.jobs.public import pulse

SECONDS = 5


@pulse(every=SECONDS, title=_("汇总浏览和下载次数"))
def roll_up() -> None:
    """Uses of the last seconds into counts of days."""
    roll_up_uses(now=now())
