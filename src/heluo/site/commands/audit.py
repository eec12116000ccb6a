"""`heluo audit`"""

from pathlib import Path

import click

from heluo.site.commands import in_both_languages, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand


@click.group()
def command() -> None:
    """审计记录：核验、导出链头。

    The audit trail: verify it, export its chain heads.
    """


@command.command(short_help="核验整条审计链 / verify the whole chain")
@click.option(
    "--heads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="保存在别处的链头文件 / chain heads kept elsewhere, made by `heluo audit heads`.",
)
def verify(heads: Path | None) -> None:
    """核验整条审计链：指出第一处损坏和尚未封签的记录。有损坏时退出码为 1。

    Verify the whole chain: names the first broken place and what is not sealed yet. Exits with 1 if broken.
    """
    with platform_at_hand(read_environment(), say):
        from heluo.kernel.audit import public as audit  # noqa: PLC0415  # needs Django

        kept = audit.heads_from_text(heads.read_text()) if heads else ()
        report = audit.verify(heads=kept, progress=lambda done, total: say(f"{done} / {total}"))
    click.echo(in_both_languages(report))
    if not report.intact:
        raise SystemExit(1)


@command.command(short_help="打印链头，请保存到另一台机器 / print the chain heads, to be kept on another machine")
def heads() -> None:
    """打印链头，请保存到另一台机器。以后 verify --heads 可发现任何截短或改写。

    Print the chain heads; keep them on another machine: `verify --heads` then finds any cut or rewriting.
    """
    with platform_at_hand(read_environment(), say):
        from heluo.kernel.audit import public as audit  # noqa: PLC0415  # needs Django

        click.echo(audit.heads_to_text(audit.export_heads()), nl=False)
