"""What runs in the background: bulk files are written, and let go of when they are old."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from heluo.gateways.oneroster.actions import EXPORT_TASK, export_made
from heluo.gateways.oneroster.bulk import write_bulk
from heluo.gateways.oneroster.models import Export
from heluo.gateways.oneroster.queries import View
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.public import expire_orders, make_ordered
from heluo.kernel.jobs.public import pulse, task

EXPIRY_SECONDS = 3600


@task(name=EXPORT_TASK, title=_("生成 OneRoster 数据包"), idempotent=True)
def make_export(*, export_id: int) -> None:
    export = Export.objects.select_related("organisation").get(pk=export_id)
    present = now()
    view = View(path=export.organisation.path, today=local_day(present))
    platform = platform_actor("oneroster", [FilePermission.UPLOAD])
    make_ordered(
        by=platform,
        order=export,
        name=f"oneroster-{view.today:%Y%m%d}.zip",
        write=lambda file: write_bulk(
            view, file, with_demographics=export.with_demographics, system=settings.NODE_DOMAIN
        ),
        done=lambda made: export_made(export=made, by=platform, now=present),
        now=present,
    )


@pulse(every=EXPIRY_SECONDS, title=_("删除过期的 OneRoster 数据包"))
def expire() -> None:
    expire_orders(Export, now=now())
