"""`heluo migrate`"""

import click

from heluo.site.commands import say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand
from heluo.site.preparation import alone, migrate


@click.command()
def command() -> None:
    """更新数据表（heluo run 会自动做这件事）。

    Bring the tables up to date. `heluo run` does so by itself; use this before starting several nodes.
    """
    with platform_at_hand(read_environment(), say, may_create=True), alone():
        applied = migrate(say)
    click.echo(f"已应用 / applied: {applied}")
