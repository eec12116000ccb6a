"""`heluo rights`"""

import click

from heluo.site.commands import in_both_languages, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand


@click.group()
def command() -> None:
    """权利台账：核验。

    The ledger of rights: verify it.
    """


@command.command(short_help="核验整本权利台账 / verify the whole ledger")
def verify() -> None:
    """核验审计链，再逐条核对权利台账：指出第一处改动。有改动时退出码为 1。

    Verify the audit chain, then each line of the ledger against it: names the first change. Exits
    with 1 if there is one.
    """
    with platform_at_hand(read_environment(), say):
        from heluo.domains.rights.queries import verify_ledger  # noqa: PLC0415  # needs Django

        report = verify_ledger()
    click.echo(in_both_languages(report))
    if not report.intact:
        raise SystemExit(1)
