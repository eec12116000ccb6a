"""What runs in the background: copies are written, and let go of when they are old."""

from tempfile import TemporaryFile

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from heluo.domains.subject_rights.actions import expire_copies, give_up_copy, keep_copy
from heluo.domains.subject_rights.actions.copying import COPY_TASK
from heluo.domains.subject_rights.enums import CopyState
from heluo.domains.subject_rights.models import Copy
from heluo.domains.subject_rights.queries.copying import write_copy
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.jobs.public import pulse, task

EXPIRY_SECONDS = 3600


@task(name=COPY_TASK, title=_("生成个人信息副本"), idempotent=True)
def make_copy(*, copy_id: int) -> None:
    copy = Copy.objects.select_related("person").get(pk=copy_id)
    if copy.state != CopyState.WAITING:
        return
    present = now()
    today = local_day(present)
    try:
        with TemporaryFile() as written:
            with translation.override(copy.language):
                write_copy(copy.person, written, on=today)
            written.seek(0)
            keep_copy(copy=copy, content=written, name=f"heluo-{copy.person.number}-{today:%Y%m%d}.zip", now=present)
    except Exception:
        give_up_copy(copy_id=copy_id, now=now())
        raise


@pulse(every=EXPIRY_SECONDS, title=_("删除过期的个人信息副本"))
def expire() -> None:
    expire_copies(now=now())
