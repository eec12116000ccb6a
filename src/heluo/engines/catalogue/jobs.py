"""What runs in the background."""

from django.utils.translation import gettext_lazy as _

from heluo.engines.catalogue.actions import weigh_uses
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse

HOURLY = 3600


@pulse(every=HOURLY, title=_("按使用次数排序"))
def weigh() -> None:
    """What was counted of late into the order of lists."""
    weigh_uses(now=now())
