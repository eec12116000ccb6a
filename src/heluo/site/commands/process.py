"""`heluo process`"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import in_both_languages, refused
from heluo.site.premises import set_up_django


@click.group()
def command() -> None:
    """流程：检查流程文件。

    Processes: check the files of a process.
    """


@command.command(short_help="检查 BPMN 和 DMN 文件 / check BPMN and DMN files")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(files: tuple[Path, ...]) -> None:
    """检查 BPMN 或 DMN 文件能否在平台上运行，逐处说明位置、原因和改法。全部可用时退出状态为 0，否则为 1。

    Check whether BPMN or DMN files can run on the platform; every finding says where, why and what would be right. Exit
    status 0 if all can, else 1.
    """
    with TemporaryDirectory() as nothing:  # no data of a platform is read, and none left behind
        os.environ["DATA"] = nothing
        set_up_django()
    from heluo.engines.process.public import lint as findings_of  # noqa: PLC0415  # needs Django
    from heluo.engines.process.public import lint_decision, read_diagram  # noqa: PLC0415

    count = 0
    for file in files:
        try:
            if file.suffix.lower() == ".dmn":
                _key, found = lint_decision(file.read_bytes(), file.name)
            else:
                found = findings_of(read_diagram(file.read_bytes(), file.name))
        except Refusal as refusal:
            raise refused(refusal) from None
        for finding in found:
            click.echo(f"{file}: {in_both_languages(finding).replace(chr(10), ' / ')}")
        count += len(found)
    if count:
        raise click.ClickException(f"{count} 处需要修改 / findings: {count}")
    click.echo("可以使用 / ready to run")
