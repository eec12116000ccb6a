"""`heluo accounts`"""

import json

import click

from heluo.site.demo_accounts import account_lines, read_accounts
from heluo.site.environment import read_environment


@click.command()
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 / print JSON.")
def command(as_json: bool) -> None:
    """列出演示账号：角色、用户名、密码、单位。

    List the demo accounts: role, username, password, organisation.
    """
    data = read_environment().data.resolve()
    if as_json:
        click.echo(json.dumps(read_accounts(data), ensure_ascii=False, indent=2))
        return
    lines = account_lines(data)
    if not lines:
        raise click.ClickException(
            f"{data} 里没有演示账号。请先执行 heluo demo。\n"
            f"There are no demo accounts in {data}. Run `heluo demo` first."
        )
    for line in lines:
        click.echo(line)
