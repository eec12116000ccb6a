"""What runs in the background."""

from django.utils.translation import gettext_lazy as _

from heluo.engines.catalogue.actions import LEARNT_AT_ONCE, learn_readings, weigh_uses
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse

HOURLY, OFTEN = 3600, 60
AT_ONCE = 50
"""So many times the log is read on in one turn; the next turn goes on."""


@pulse(every=HOURLY, title=_("按使用次数排序"))
def weigh() -> None:
    """What was counted of late into the order of lists."""
    weigh_uses(now=now())


@pulse(every=OFTEN, title=_("学习拼音检索的词"))
def learn() -> None:
    """Words of what was published of late."""
    for _turn in range(AT_ONCE):
        if learn_readings() < LEARNT_AT_ONCE:
            return
