"""What runs in the background: copies are written, and let go of when they are old."""

from typing import IO

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from heluo.domains.subject_rights.actions import copy_made
from heluo.domains.subject_rights.actions.copying import COPY_TASK
from heluo.domains.subject_rights.models import Copy
from heluo.domains.subject_rights.queries.copying import write_copy
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.public import expire_orders, make_ordered
from heluo.kernel.jobs.public import pulse, task

EXPIRY_SECONDS = 3600


@task(name=COPY_TASK, title=_("生成个人信息副本"), idempotent=True)
def make_copy(*, copy_id: int) -> None:
    copy = Copy.objects.select_related("person").get(pk=copy_id)
    present = now()
    today = local_day(present)
    platform = platform_actor("subject_rights", [FilePermission.UPLOAD])

    def write(target: IO[bytes]) -> None:
        with translation.override(copy.language):
            write_copy(copy.person, target, on=today)

    make_ordered(
        by=platform,
        order=copy,
        name=f"heluo-{copy.person.number}-{today:%Y%m%d}.zip",
        write=write,
        done=lambda made: copy_made(copy=made, by=platform, now=present),
        now=present,
    )


@pulse(every=EXPIRY_SECONDS, title=_("删除过期的个人信息副本"))
def expire() -> None:
    expire_orders(Copy, now=now())
