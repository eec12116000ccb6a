"""`heluo doctor`"""

import click

from heluo.site.commands import say
from heluo.site.diagnosis import Finding, Verdict, look_at_database, look_at_surroundings
from heluo.site.environment import read_environment
from heluo.site.premises import NothingHere, platform_at_hand

MARKS = {Verdict.FINE: "✓", Verdict.NOTE: "·", Verdict.BAD: "✗"}


@click.command()
def command() -> None:
    """检查配置：有什么、缺什么、缺了会怎样。有必须处理的问题时退出码为 1。

    Check the configuration: what there is, what is missing and what that costs. Exits with 1 if something must be done.
    """
    environment = read_environment()
    findings = look_at_surroundings(environment)
    for finding in findings:
        _show(finding)
    try:
        with platform_at_hand(environment, say):
            of_database = look_at_database()
    except NothingHere as nothing:
        of_database = [Finding(Verdict.NOTE, str(nothing).replace("\n", " / "))]
    for finding in of_database:
        _show(finding)
    if any(finding.verdict == Verdict.BAD for finding in [*findings, *of_database]):
        raise SystemExit(1)


def _show(finding: Finding) -> None:
    click.echo(f"{MARKS[finding.verdict]} {finding.what}")
    if finding.cost:
        click.echo(f"    {finding.cost}")
