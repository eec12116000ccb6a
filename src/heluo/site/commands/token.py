"""`heluo token`"""

from datetime import timedelta

import click

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import now
from heluo.site.commands import refused, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand


@click.command()
@click.argument("username")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True, help="有效天数 / days it lasts.")
@click.option("--label", default="heluo token", show_default=True, help="名称，会显示在账号页 / its name.")
def command(username: str, days: int, label: str) -> None:
    """为账号 USERNAME 签发一个 API 令牌并打印。令牌只显示这一次。

    Make an API token for the account USERNAME and print it. It is shown this once only.

    \b
    curl -H "Authorization: Bearer $(heluo token teacher1)" http://localhost:8000/api/v1/...
    """
    with platform_at_hand(read_environment(), say):
        click.echo(issued(username, days=days, label=label))


def issued(username: str, *, days: int, label: str) -> str:
    """The secret of a new token. Django must be set up, so its models are imported here."""
    from heluo.kernel.access.public import issue_token  # noqa: PLC0415
    from heluo.kernel.people.models import Account  # noqa: PLC0415

    account = Account.objects.filter(username=username).first()
    if account is None:
        raise click.ClickException(f"没有账号 {username} / there is no account {username}")
    try:
        token = issue_token(
            by=platform_actor("heluo token", ()),
            account=account,
            label=label,
            lifetime=timedelta(days=days),
            now=now(),
        )
    except Refusal as refusal:
        raise refused(refusal) from None
    return token.secret
