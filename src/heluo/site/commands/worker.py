"""`heluo worker`"""

import click

from heluo.site.commands import say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand
from heluo.site.working import work


@click.command()
def command() -> None:
    """再启动一个后台任务进程（heluo run 已带一个），直到 Ctrl-C。

    Run one more worker (`heluo run` has one already) until Ctrl-C: for other machines on the same DATABASE_URL.
    """
    with platform_at_hand(read_environment(), say):
        work()
