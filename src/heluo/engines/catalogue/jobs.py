"""What runs in the background."""

from django.utils.translation import gettext_lazy as _

from heluo.engines.catalogue.actions import (
    LEARNT_AT_ONCE,
    TOLD_AT_ONCE,
    learn_readings,
    renew_proofs,
    tell_public,
    weigh_uses,
)
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse

HOURLY, OFTEN, AT_HAND = 3600, 60, 3
AT_ONCE = 50
"""So many times the log is read on in one turn; the next turn goes on."""


@pulse(every=HOURLY, title=_("按使用次数排序"))
def weigh() -> None:
    """What was counted of late into the order of lists."""
    weigh_uses(now=now())


@pulse(every=HOURLY, title=_("证明目录的完整"))
def prove() -> None:
    """What was told since, as trees against which copies are held."""
    renew_proofs(now=now())


@pulse(every=OFTEN, title=_("学习拼音检索的词"))
def learn() -> None:
    """Words of what was published of late."""
    for _turn in range(AT_ONCE):
        if learn_readings() < LEARNT_AT_ONCE:
            return


@pulse(every=AT_HAND, title=_("告知公众目录的变化"))
def tell() -> None:
    """What harvesters and search engines are told."""
    for _turn in range(AT_ONCE):
        if tell_public() < TOLD_AT_ONCE:
            return
