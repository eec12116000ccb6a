"""`heluo process`"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import in_both_languages, refused
from heluo.site.premises import set_up_django

if TYPE_CHECKING:
    from heluo.engines.process.public import Finding


@click.group()
def command() -> None:
    """流程：检查流程文件。

    Processes: check the files of a process.
    """


@command.command(short_help="检查流程的文件夹或文件 / check the folder or the files of a process")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def lint(paths: tuple[Path, ...]) -> None:
    """检查流程能否在平台上运行，逐处说明位置、原因和改法。给出文件夹时，图、决策表和 settings.json 一起检查；
    只给出 BPMN 或 DMN 文件时不检查设置。全部可用时退出状态为 0，否则为 1。

    Check whether a process can run on the platform; every finding says where, why and what would be right. Of a folder
    the diagram, the decision tables and settings.json are checked together; of single BPMN or DMN files not the
    settings. Exit status 0 if all can, else 1.
    """
    with TemporaryDirectory() as nothing:  # no data of a platform is read, and none left behind
        os.environ["DATA"] = nothing
        set_up_django()
    count = 0
    for path in paths:
        found = _findings_of(path)
        for finding in found:
            place = path / finding.file if path.is_dir() else path
            click.echo(f"{place}: {in_both_languages(finding).replace(chr(10), ' / ')}")
        count += len(found)
    if not all(path.is_dir() for path in paths):
        click.echo("没有检查设置：请给出整个文件夹 / settings were not looked at: name the folder")
    if count:
        raise click.ClickException(f"{count} 处需要修改 / findings: {count}")
    click.echo("可以使用 / ready to run")


def _findings_of(path: Path) -> "list[Finding]":
    from heluo.engines.process.public import examine, lint_decision, read_diagram  # noqa: PLC0415  # needs Django
    from heluo.engines.process.public import lint as findings_of  # noqa: PLC0415

    if path.is_dir():
        return examine(path)[1]
    try:
        if path.suffix.lower() == ".dmn":
            return lint_decision(path.read_bytes(), path.name)[1]
        return findings_of(read_diagram(path.read_bytes(), path.name))
    except Refusal as refusal:
        raise refused(refusal) from None
