"""`heluo`: the one command of the platform. Each subcommand is a module of `heluo.site.commands`.

A subcommand is imported when it is asked for, so that `heluo --help` answers at once. To add one: a module with a click
command called `command`, and a line below.
"""

import os
from importlib import import_module
from pathlib import Path

import click

from heluo.site.database import DatabaseRefused
from heluo.site.postgres import DatabaseTrouble
from heluo.site.premises import NothingHere
from heluo.site.supervisor.conductor import CannotStart
from heluo.site.supervisor.lock import FolderTaken
from heluo.site.supervisor.ports import PortTaken

COMMANDS = {
    "run": "启动平台（Ctrl-C 停止） / run the platform (Ctrl-C stops it)",
    "accounts": "列出演示账号 / list the demo accounts",
    "officer": "开通管理人员的账号，重置登录 / make an officer's account, reset how one signs in",
    "token": "为一个账号签发 API 令牌 / make an API token for an account",
    "demo": "建立演示数据 / build the demo",
    "doctor": "检查配置：有什么、缺什么、缺了会怎样 / check the configuration",
    "register": "设立主管部门，更换证件号密钥 / found bureaus, change the keys of identifiers",
    "textbooks": "导入、导出教材目录 / take in and hand out the textbook tree",
    "process": "检查流程文件 / check the files of a process",
    "nodes": "其他节点：申请接入、列出、更换密钥 / other nodes: join, list, change the key",
    "package": "离线资源包：写到磁盘，从磁盘导入 / packages for nodes without a network",
    "oneroster": "名册接口：登记、停用接入方 / clients of the roster service",
    "tenant": "虚拟平台：开通、列出、导出、导入 / virtual platforms: open, list, export, import",
    "harvest": "立即采集一个来源 / harvest a source now",
    "certificate": "给教学点的盒子签发自己的证书 / a certificate for a box of its own",
    "audit": "核验审计记录 / verify the audit trail",
    "credentials": "导出样例证书、核验证书 / write a sample credential, verify one",
    "rights": "核验权利台账 / verify the ledger of rights",
    "backup": "备份到一个文件 / back up to one file",
    "restore": "从备份恢复到空文件夹 / restore a backup into an empty folder",
    "migrate": "更新数据表 / bring the tables up to date",
    "worker": "再启动一个后台任务进程 / run one more worker",
}
EXPECTED = (FolderTaken, PortTaken, DatabaseTrouble, DatabaseRefused, NothingHere, CannotStart)


class Subcommands(click.Group):
    """The subcommands by name, imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"heluo.site.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令 / Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except EXPECTED as trouble:
            raise click.ClickException(str(trouble)) from None


@click.group(
    cls=Subcommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="每个命令都有 --help / every command has --help.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="数据文件夹，默认取 DATA 或 ./var / the data folder; DATA or ./var if not given.",
)
def main(data: Path | None) -> None:
    """河洛 Heluo：“互联网+教育”平台 / the open “Internet + Education” platform."""
    if data is not None:
        os.environ["DATA"] = str(data)


if __name__ == "__main__":
    main()
