"""`heluo demo`"""

import click

from heluo.site.commands import say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand
from heluo.site.preparation import alone, build_demo, migrate


@click.command()
@click.option("--size", type=click.Choice(["small"]), default="small", help="规模 / size.", show_default=True)
def command(size: str) -> None:
    """建立演示数据；已有的不会重复。

    Build the demo: a small province. Safe to repeat: what is there stays.
    """
    environment = read_environment()
    with platform_at_hand(environment, say, may_create=True), alone():
        migrate(say)
        build_demo(size=size, data=environment.data.resolve(), say=say)
    click.echo("演示数据已就绪，账号见 heluo accounts / the demo is ready; its accounts: heluo accounts")
