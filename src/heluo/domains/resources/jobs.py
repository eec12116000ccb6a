"""What runs in the background."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.actions import sum_up_uses, take_down_what_is_over, warn_of_ends
from heluo.domains.resources.actions.lasting import AT_ONCE
from heluo.domains.resources.actions.links import CHECK_TASK, look_at_links, note_looks, take_up_links
from heluo.domains.resources.actions.sheets import SUBMIT_TASK, submit_sheet
from heluo.domains.resources.models import DraftSheet
from heluo.domains.resources.queries import due_links
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import is_under_way, pulse, task

SECONDS = 600
HOUR = 3600
LOOK_EVERY = 300


@pulse(every=SECONDS, title=_("汇总各单位资源的使用次数"))
def sum_up() -> None:
    """Counts of days into sums of places."""
    sum_up_uses()


@pulse(every=SECONDS, title=_("下架有效期已满的资源"))
def take_down() -> None:
    """Most runs find nothing; the first after midnight in China finds the day's."""
    while take_down_what_is_over(now=now()) == AT_ONCE:
        pass


@pulse(every=HOUR, title=_("提醒资源的有效期将满"))
def warn() -> None:
    warn_of_ends(now=now())


@pulse(every=LOOK_EVERY, title=_("安排检查资源里的链接"))
def look_at_some_links() -> None:
    """One round at a time, and none where the platform is not to go out."""
    if settings.LINK_CHECK and not is_under_way(CHECK_TASK) and due_links(now()).exists():
        check_links.defer()


@task(name=CHECK_TASK, title=_("检查资源里的链接"), idempotent=True)
def check_links() -> None:
    found = look_at_links(take_up_links(now=now()))
    note_looks(found=found, now=now())


@task(name=SUBMIT_TASK, title=_("成批提交资源审核"), idempotent=True, retries=2)
def submit(*, sheet: int) -> None:
    found = DraftSheet.objects.select_related("author").filter(pk=sheet).first()
    if found is not None:
        submit_sheet(sheet=found, now=now())
