"""`heluo textbooks`"""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import in_both_languages, refused, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand

if TYPE_CHECKING:  # models may be imported only once Django is set up
    from collections.abc import Iterator, Sequence

    from heluo.domains.textbooks.models import TreeFile
    from heluo.domains.textbooks.queries.comparing import Planned
    from heluo.kernel.tables.public import Finding

MOST_SHOWN = 200
"""Nodes that a preview lists; the counts say how many there are."""


@click.group()
def command() -> None:
    """教材目录：导入和导出教材、章节、知识点。

    The textbook tree: take in and hand out textbooks, chapters and knowledge points.
    """


@command.command(name="import", short_help="导入教材目录文件 / take over a file of the textbook tree")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--complete",
    is_flag=True,
    help="文件列全了其中各学段学科的教材和知识点 / the file tells all textbooks and points of its subjects.",
)
@click.option("--yes", is_flag=True, help="不再询问，直接导入 / do not ask, import.")
def take_in(file: Path, complete: bool, yes: bool) -> None:
    """核对 FILE（.xlsx 或 CSV），列出会有的变化，确认后导入。有一处写错就什么也不写入，并指出行、列和改法。

    Check FILE (.xlsx or CSV), show what would change, and import it after a yes. Nothing is written while a cell is
    wrong: each is named with its row, its column and what would be right.
    """
    with platform_at_hand(read_environment(), say), _wrong_cells_said():
        from heluo.domains.textbooks.access import Permission  # noqa: PLC0415  # needs Django, like the rest here
        from heluo.domains.textbooks.actions import import_tree_file, open_tree_file  # noqa: PLC0415
        from heluo.domains.textbooks.queries.files import changes_in  # noqa: PLC0415
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        by = platform_actor("heluo textbooks import", [Permission.KEEP])
        opened = open_tree_file(by=by, name=file.name, content=file.read_bytes(), is_complete=complete, now=now())
        changes = changes_in(opened, now=now())
        _preview(opened, changes)
        if not changes:
            click.echo("没有变化，不用导入 / nothing would change")
            return
        if not yes:
            click.confirm("确认导入？ / Import?", abort=True, err=True)
        import_tree_file(by=by, file=opened, now=now())
    click.echo(f"已导入 {len(changes)} 处变化 / imported, changes: {len(changes)}")


@command.command(name="export", short_help="导出教材目录 / hand out the textbook tree")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--stage", default="", help="只导出一个学段，如 primary / one stage only, such as primary.")
@click.option("--subject", default="", help="只导出一个学科，如 14 / one subject only, such as 14.")
def hand_out(file: Path, stage: str, subject: str) -> None:
    """把使用中的目录写进 FILE；名字以 .xlsx 结尾时是 Excel 工作簿，以 .csv 结尾时是 CSV。不覆盖已有的文件。

    Write the tree in use into FILE: a workbook where its name ends in .xlsx, CSV where it ends in .csv. A file that
    exists is not written over. What was exported can be imported again.
    """
    form = file.suffix.lower().removeprefix(".")
    if form not in {"xlsx", "csv"}:
        raise click.ClickException("文件名应以 .xlsx 或 .csv 结尾 / the name must end in .xlsx or .csv")
    if file.exists():
        raise click.ClickException(f"已有文件 {file}，没有覆盖 / {file} exists and was not written over")
    with platform_at_hand(read_environment(), say):
        from heluo.domains.textbooks.queries.layout import words_on  # noqa: PLC0415  # needs Django, like the rest here
        from heluo.domains.textbooks.queries.writing import tree_in_use, written  # noqa: PLC0415
        from heluo.kernel.clock.public import local_day, now  # noqa: PLC0415

        tree = tree_in_use(stage=stage, subject=subject)
        file.write_bytes(written(tree, words_on(local_day(now())), form))
    click.echo(
        f"{file}：{len(tree.books)} 册教材、{len(tree.points)} 个知识点 / "
        f"textbooks: {len(tree.books)}, knowledge points: {len(tree.points)}"
    )


def _preview(file: "TreeFile", changes: "Sequence[Planned]") -> None:
    from heluo.domains.textbooks.enums import Change, NodeKind  # noqa: PLC0415  # needs Django

    for kind in NodeKind:
        counts = "，".join(f"{_said(change.label)} {file.counts[kind.value][change.value]}" for change in Change)
        click.echo(f"{_said(kind.label)}：{counts}")
    for one in changes[:MOST_SHOWN]:
        where = f"（{one.where}）" if one.where else ""
        click.echo(f"  {_said(one.change.label)} {_said(one.kind.label)} {one.title}{where}")
    if len(changes) > MOST_SHOWN:
        click.echo(f"  还有 {len(changes) - MOST_SHOWN} 处 / and more: {len(changes) - MOST_SHOWN}")


@contextmanager
def _wrong_cells_said() -> "Iterator[None]":
    from heluo.kernel.tables.public import MOST_LISTED, CellsWrong  # noqa: PLC0415  # needs Django

    try:
        yield
    except CellsWrong as wrong:
        for finding in wrong.findings[:MOST_LISTED]:
            click.echo(_line(finding), err=True)
        raise refused(wrong) from None
    except Refusal as refusal:
        raise refused(refusal) from None


def _line(finding: "Finding") -> str:
    """A wrong cell in one line: where, what stands there, what would be right."""
    place = f"{finding.cell or finding.row} {finding.column}"
    found = f" “{finding.value}”" if finding.value else ""
    return f"{place}{found}: {_said(finding)}"


def _said(told: object) -> str:
    return in_both_languages(told).replace("\n", " / ")
