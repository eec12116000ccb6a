"""`heluo package`"""

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import in_both_languages, refused, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
FOLDER = click.Path(file_okay=False, path_type=Path)


class Size(click.ParamType[int]):
    """`700M`, `2G`."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"(\d{1,12})([KMG]?)", str(value).upper())
        if found is None:
            self.fail("大小写作 700M、2G / a size is 700M, 2G", param, ctx)
        return int(found.group(1)) * UNITS[found.group(2)]


@click.group()
def command() -> None:
    """离线资源包：把公开的资源写到磁盘，带到没有网络的节点；导入带来的包。

    Offline packages: write what everybody may see to a disk, for nodes without a network; take in what came so.
    """


@contextmanager
def _platform() -> "Iterator[None]":
    with platform_at_hand(read_environment(), say):
        try:
            yield
        except Refusal as refusal:
            raise refused(refusal) from None


@command.command(short_help="写一个包 / write a package")
@click.argument("target", type=FOLDER)
@click.option("--to", default="any", show_default=True, help="接收节点的域名 / the domain of the node it is for.")
@click.option("--set", "sets", multiple=True, help="一类资源，如 subject:14 / a set, as in OAI-PMH.")
@click.option(
    "--chapter", "chapters", multiple=True, type=click.UUID, help="一章及其下各节的资源 / of a whole chapter."
)
@click.option(
    "--collection", "collections", multiple=True, type=click.UUID, help="一个资源集里的资源 / of a collection."
)
@click.option("--order", "orders", multiple=True, type=click.UUID, help="一张调配单里的资源 / of an allocation order.")
@click.option("--entry", "entries", multiple=True, type=click.UUID, help="一个资源 / one resource.")
@click.option("--own", is_flag=True, help="本节点自己发布的全部资源 / all that this node published itself.")
@click.option("--everything", is_flag=True, help="全部公开资源 / all that everybody may see.")
@click.option("--part-size", type=Size(), default="2G", show_default=True, help="每卷最大 / at most so much in a part.")
@click.option("--since-last", is_flag=True, help="不带对方已收到的 / not what the reader told that it has.")
def export(  # noqa: PLR0917  # options
    target: Path,
    to: str,
    sets: tuple[str, ...],
    chapters: "tuple[UUID, ...]",
    collections: "tuple[UUID, ...]",
    orders: "tuple[UUID, ...]",
    entries: "tuple[UUID, ...]",
    own: bool,
    everything: bool,
    part_size: int,
    since_last: bool,
) -> None:
    """把选定的公开资源写成 TARGET 下的一个离线资源包。中断后用同样的参数再运行一次，从断开处继续。

    Write what is chosen as a package below TARGET. Run it again with the same options after an interruption: it goes on
    where it stopped.
    """
    with _platform():
        from heluo.gateways.offline.public import (  # noqa: PLC0415  # needs Django
            CARRIER,
            Chosen,
            order_package,
            write_package,
        )
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        chosen = Chosen(
            sets=sets,
            chapters=chapters,
            collections=collections,
            orders=orders,
            entries=entries,
            own=own,
            everything=everything,
        )
        package = order_package(
            by=CARRIER,
            to=to,
            chosen=chosen,
            target=target.absolute(),
            part_size=part_size,
            since_last=since_last,
            now=now(),
        )
        folder = write_package(by=CARRIER, package=package, say=say, now=now())
        left_out = len(package.left_out)
    click.echo(f"{folder}")
    click.echo(
        f"第 {package.number} 号 / number {package.number}: {package.entries} 条资源 / entries, "
        f"{package.gone} 条下架 / withdrawn, {package.contents} 个文件 / files, {package.messages} 条消息 / messages, "
        f"{package.size} 字节 / bytes"
    )
    if left_out:
        click.echo(f"{left_out} 个文件不在本节点，没有带上 / files are not here and were left out", err=True)


@command.command(name="import", short_help="导入一个包 / take a package in")
@click.argument("folder", type=FOLDER)
@click.option("--trust", default="", help="首次往来：对方密钥的指纹 / of a new node: the fingerprint of its key.")
@click.option("--allow-deletions", is_flag=True, help="允许大批下架 / let it withdraw many entries.")
def take_in(folder: Path, trust: str, allow_deletions: bool) -> None:
    """核验 FOLDER 里的离线资源包，全部无误才导入。中断后再运行一次即可。

    Check the package in FOLDER and take it in if all of it is right. Run it again after an interruption.
    """
    with _platform():
        from heluo.gateways.offline.public import CARRIER, read_package  # noqa: PLC0415  # needs Django
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        read = read_package(
            by=CARRIER, folder=folder, fingerprint=trust, allow_deletions=allow_deletions, say=say, now=now()
        )
    package = read.package
    if read.was_here:
        click.echo(f"{package.node} 的第 {package.number} 号包已导入过 / was taken in before")
        return
    click.echo(
        f"{package.node} 第 {package.number} 号 / number {package.number}: +{read.new} ~{read.changed} -{read.retired} "
        f"!{read.held}, {read.contents} 个新文件 / new files"
    )
    for one in read.left_out:
        click.echo(f"没有收下 / not kept: {one['name']} ({one['reason']})", err=True)


@command.command(name="list", short_help="列出写过和导入过的包 / packages written and taken in")
def listed() -> None:
    """列出写过和导入过的包，新的在前 / list packages written and taken in, the newest first."""
    with _platform():
        from heluo.gateways.offline.public import packages  # noqa: PLC0415  # needs Django

        for one in packages()[:100]:
            state = in_both_languages(one.get_state_display()).replace("\n", " / ")
            acknowledged = "  ✓" if one.acknowledged_at else ""
            click.echo(f"{one.node}  {one.number}  {state}{acknowledged}  {one.size}  {one.folder}")


@command.command(short_help="本节点的密钥指纹 / the fingerprint of this node's key")
def fingerprint() -> None:
    """显示本节点的域名和密钥指纹，告诉接收包的人 / show domain and fingerprint, for whoever takes a package in."""
    with _platform():
        from django.conf import settings  # noqa: PLC0415

        from heluo.kernel.clock.public import now  # noqa: PLC0415  # needs Django
        from heluo.kernel.nodes.public import own_fingerprint  # noqa: PLC0415

        click.echo(f"{settings.NODE_DOMAIN}  {own_fingerprint(now=now())}")
