"""What runs in the background: bulk files are written, and let go of when they are old."""

from tempfile import TemporaryFile

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from heluo.gateways.oneroster.actions import EXPORT_TASK, expire_exports, give_up_export, keep_export
from heluo.gateways.oneroster.bulk import write_bulk
from heluo.gateways.oneroster.enums import ExportState
from heluo.gateways.oneroster.models import Export
from heluo.gateways.oneroster.queries import View
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.jobs.public import pulse, task

EXPIRY_SECONDS = 3600


@task(name=EXPORT_TASK, title=_("生成 OneRoster 数据包"), idempotent=True)
def make_export(*, export_id: int) -> None:
    export = Export.objects.select_related("organisation").get(pk=export_id)
    if export.state != ExportState.WAITING:
        return
    present = now()
    view = View(path=export.organisation.path, today=local_day(present))
    try:
        with TemporaryFile() as written:
            write_bulk(view, written, with_demographics=export.with_demographics, system=settings.NODE_DOMAIN)
            written.seek(0)
            keep_export(export=export, content=written, name=f"oneroster-{view.today:%Y%m%d}.zip", now=present)
    except Exception:
        give_up_export(export_id=export_id, now=now())
        raise


@pulse(every=EXPIRY_SECONDS, title=_("删除过期的 OneRoster 数据包"))
def expire() -> None:
    expire_exports(now=now())
