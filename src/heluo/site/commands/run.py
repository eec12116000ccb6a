"""`heluo run`"""

import click

from heluo.site.environment import read_environment
from heluo.site.supervisor.conductor import Conductor, say_aloud


@click.command()
def command() -> None:
    """启动平台：数据库、网页、实时更新和后台任务，直到 Ctrl-C。

    Run the platform: database, web server, event stream and worker, until Ctrl-C.

    \b
    PORT  端口，默认 8000 / port
    HOST  监听地址，默认 127.0.0.1；:: 表示所有网络接口 / address; :: for every interface
    DATA  数据文件夹，默认 ./var / data folder
    更多变量见 docs/configuration.md / more variables: docs/configuration.md
    """
    Conductor(read_environment(), say_aloud).run()
