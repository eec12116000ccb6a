"""`heluo harvest`"""

import time

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import in_both_languages, refused, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand


@click.command()
@click.argument("source")
@click.option("--whole", is_flag=True, help="从头采集 / everything, not only what has changed.")
def command(source: str, *, whole: bool) -> None:
    """立即采集一个来源，SOURCE 是它的名称或接口地址；来源在网页上添加。

    Harvest a source now: SOURCE is its name or its address, as it was added in the browser.
    """
    with platform_at_hand(read_environment(), say):
        from heluo.gateways.harvesting.public import (  # noqa: PLC0415  # needs Django
            HARVESTER,
            begin_run,
            go_on,
            last_run,
            source_called,
        )
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        try:
            found = source_called(source)
            run = begin_run(by=HARVESTER, source=found, whole=whole, now=now())
        except Refusal as refusal:
            raise refused(refusal) from None
        while (at := go_on(run_id=run.pk, now=now())) is not None:
            time.sleep(max(0.0, (at - now()).total_seconds()))
        run = last_run(found)
        state = in_both_languages(run.get_state_display())
        trouble = f"：{run.get_trouble_display()} {run.detail}" if run.trouble else ""
    click.echo(
        f"{run.pages} 页 / pages, {run.records} 条记录 / records: +{run.new} ~{run.changed} -{run.retired} "
        f"!{run.held}\n{state}{trouble}"
    )
