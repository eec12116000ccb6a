"""What runs in the background."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.actions import sum_up_uses
from heluo.kernel.jobs.public import pulse

SECONDS = 600


@pulse(every=SECONDS, title=_("汇总各单位资源的使用次数"))
def sum_up() -> None:
    """Counts of days into sums of places."""
    sum_up_uses()
