"""A pulse that clears away what has expired."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.access.actions import purge_expired
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse


@pulse(every=3600, title=_("清理过期的登录"))
def purge() -> None:
    while purge_expired(now=now()):
        pass
