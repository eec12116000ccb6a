"""What runs in the background: packages are written, and let go of when they are old."""

from collections.abc import Collection, Mapping
from typing import IO

from django.utils.translation import gettext_lazy as _

from heluo.gateways.jyt1002.actions import PACKAGE_TASK, numbers_in_clear, package_made
from heluo.gateways.jyt1002.bulk import Figures, write_package
from heluo.gateways.jyt1002.models import Package
from heluo.gateways.jyt1002.queries import View, masked_numbers
from heluo.kernel.access.public import actor_for
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.public import expire_orders, make_ordered
from heluo.kernel.jobs.public import pulse, task

EXPIRY_SECONDS = 3600


@task(name=PACKAGE_TASK, title=_("生成 JY/T 1002 数据包"), idempotent=True)
def make_package(*, package_id: int) -> None:
    package = Package.objects.select_related("organisation", "asked_by__account").get(pk=package_id)
    present = now()
    today = local_day(present)
    platform = platform_actor("jyt1002", [FilePermission.UPLOAD])
    figures = Figures()

    def numbers(people: Collection[int]) -> Mapping[int, str]:
        if not package.in_clear:
            return masked_numbers(people)
        # Whoever ordered it must still have the right now that it is made.
        asked_by = actor_for(package.asked_by.account, on=today)
        return numbers_in_clear(by=asked_by, package=package, people=people, now=present)

    def write(file: IO[bytes]) -> None:
        nonlocal figures
        view = View(path=package.organisation.path, today=today, numbers=numbers)
        figures = write_package(view, file, organisation=package.organisation.name, in_clear=package.in_clear)

    make_ordered(
        by=platform,
        order=package,
        name=f"jyt1002-{today:%Y%m%d}.zip",
        write=write,
        done=lambda made: package_made(package=made, figures=figures, by=platform, now=present),
        now=present,
    )


@pulse(every=EXPIRY_SECONDS, title=_("删除过期的 JY/T 1002 数据包"))
def expire() -> None:
    expire_orders(Package, now=now())
