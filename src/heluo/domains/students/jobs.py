"""Looking for duplicates outside the request."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.students.actions.duplicates import SEARCH_TASK, raise_duplicates
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import is_under_way, pulse, task

TWICE_A_DAY = 12 * 3600


@task(name=SEARCH_TASK, title=_("在全部学籍中查找疑似重复"), idempotent=True)
def find_duplicates() -> None:
    raise_duplicates(records=None, now=now())


@pulse(every=TWICE_A_DAY, title=_("定时查找疑似重复的学籍"))
def look_again() -> None:
    if not is_under_way(SEARCH_TASK):
        find_duplicates.defer()
