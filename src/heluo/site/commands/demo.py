"""`heluo demo`"""

import sys

import click

from heluo.site.commands import say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand
from heluo.site.preparation import alone, build_demo, migrate

INTERRUPTED = 130
"""What a shell expects of a command that Ctrl-C ended."""


@click.command()
@click.option(
    "--size",
    type=click.Choice(["small", "city", "province"]),
    default="small",
    show_default=True,
    help=(
        "规模：small 几所学校；city 一个市（洛阳）的全部学校，约 17 万人，5 千个资源；"
        "province 全省 5.1 万所学校、1.4 万个教学点、45 万个班，100 万人，100 万个资源。"
        " / size: a few schools; all of one city with 170,000 people; a province with a million people and resources."
    ),
)
def command(size: str) -> None:
    """建立演示数据；已有的不会重复。

    Build the demo. Safe to repeat: what is there stays, and a large one goes on where it was stopped.
    """
    environment = read_environment()
    try:
        with platform_at_hand(environment, say, may_create=True), alone():
            migrate(say)
            build_demo(size=size, data=environment.data.resolve(), say=say)
    except KeyboardInterrupt:
        say("已停止，建好的都保留；再次执行同一命令会接着做。/ Stopped; what is built stays, the same command goes on.")
        sys.exit(INTERRUPTED)
    click.echo("演示数据已就绪，账号见 heluo accounts / the demo is ready; its accounts: heluo accounts")
