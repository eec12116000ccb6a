"""`heluo credentials`"""

from pathlib import Path

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import in_both_languages, refused, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand

MARKS = {"passed": "✓", "failed": "✗", "unknown": "?"}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """证书：导出样例，核验文件。

    Credentials: write a sample, verify a file.
    """


@command.command(short_help="导出样例 / write a sample")
@click.option("--sample", "target", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到这里。")
@click.option("--jwt", is_flag=True, help="写成 VC-JWT，不是 JSON / as a VC-JWT instead of JSON.")
def export(target: Path, jwt: bool) -> None:
    """写一张不证明任何事的样例证书，用来试用核验工具。

    Write a credential that certifies nothing, to try verifiers with.
    """
    with platform_at_hand(read_environment(), say):
        from heluo.engines.credentials.public import Format, sample  # noqa: PLC0415  # needs Django
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        try:
            text = sample(form=Format.JWT if jwt else Format.DATA_INTEGRITY, now=now())
        except Refusal as refusal:
            raise refused(refusal) from None
    target.write_text(text + "\n", encoding="utf-8")
    click.echo(str(target))


@command.command(short_help="核验文件 / verify a file")
@click.argument("file", type=FILE)
@click.option("--issuer", "issuers", multiple=True, type=FILE, help="其他颁发者的公钥文件 / another issuer's document.")
def verify(file: Path, issuers: tuple[Path, ...]) -> None:
    """核验一张证书（JSON、JWT 或 PDF）。有效退出码为 0，无效为 1，读不出或无法确认为 2。

    Verify a credential (JSON, JWT or PDF). Exits with 0 if it is valid, 1 if it is not, 2 if it cannot be read or
    nobody can tell.
    """
    with platform_at_hand(read_environment(), say):
        from heluo.engines.credentials.public import (  # noqa: PLC0415  # needs Django
            Verdict,
            issuer_in,
            read_json,
            text_in,
        )
        from heluo.engines.credentials.public import verify as look_at  # noqa: PLC0415
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        try:
            others = [issuer_in(read_json(text_in(place.read_bytes()))) for place in issuers]
        except Refusal as refusal:
            raise refused(refusal) from None
        report = look_at(file.read_bytes(), now=now(), others=others)
        for one in report.checks:
            click.echo(f"{MARKS[one.outcome]} {in_a_line(one.kind.label)}: {in_a_line(one)}")
        click.echo(in_a_line(report.verdict.label))
        status = {Verdict.VALID: 0, Verdict.INVALID: 1}.get(report.verdict, 2)
    raise SystemExit(status)


def in_a_line(told: object) -> str:
    return in_both_languages(told).replace("\n", " / ")
