"""`heluo tenant`"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import refused, say
from heluo.site.commands.oneroster import organisation_called
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand


@click.group()
def command() -> None:
    """虚拟平台：没有服务器的单位在自己的网址下有自己的门户，也能带着全部内容搬走、搬回。

    Virtual platforms: portals of organisations without servers; they move to a node of their own, and back.
    """


@contextmanager
def _at_work() -> Iterator[None]:
    with platform_at_hand(read_environment(), say):
        try:
            yield
        except Refusal as refusal:
            raise refused(refusal) from None


@command.command(name="open", short_help="开通一个虚拟平台 / open one")
@click.argument("label")
@click.option("--organisation", required=True, help="学校标识码、区划代码或机构编号 / school code, region code or id.")
@click.option("--name", required=True, help="名称 / what it is called.")
def opened(label: str, organisation: str, name: str) -> None:
    """在 LABEL.域名 开通一个虚拟平台，打印它的网址。

    Open a virtual platform at LABEL below the platform's domain, and print its address.
    """
    with _at_work():
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415  # needs Django
        from heluo.kernel.clock.public import now  # noqa: PLC0415
        from heluo.kernel.tenants.public import Permission, open_tenant  # noqa: PLC0415

        by = platform_actor("heluo tenant", [Permission.GRANT])
        made = open_tenant(by=by, organisation=organisation_called(organisation), label=label, name=name, now=now())
        click.echo(made.address)


@command.command(name="list")
def listed() -> None:
    """列出全部虚拟平台 / list them all."""
    with _at_work():
        from heluo.kernel.tenants.public import Tenant  # noqa: PLC0415  # needs Django

        found = Tenant.objects.select_related("organisation")
        lines = [f"{one.label}  {one.address}  {one.name}  {one.organisation.name}  {one.state}" for one in found]
    click.echo("\n".join(lines) if lines else "没有虚拟平台 / no virtual platforms")


@command.command(name="export", short_help="导出到一个文件 / write one to a file")
@click.argument("label")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def exported(label: str, target: Path) -> None:
    """把 LABEL 的设置、首页、新闻和文件写进 TARGET。

    Write settings, home page, news and files of LABEL to TARGET.
    """
    with _at_work():
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415  # needs Django
        from heluo.kernel.clock.public import now  # noqa: PLC0415
        from heluo.kernel.tenants.public import Permission, Tenant, export_tenant  # noqa: PLC0415

        found = Tenant.objects.filter(label=label).first()
        if found is None:
            raise click.ClickException(f"没有虚拟平台 {label} / there is no virtual platform {label}")
        draft = target.with_name(f"{target.name}.part")
        with draft.open("wb") as file:
            export_tenant(by=platform_actor("heluo tenant", [Permission.GRANT]), tenant=found, target=file, now=now())
        draft.rename(target)
    click.echo(f"已导出 / exported: {target}")


@command.command(name="import", short_help="从文件导入 / take one in")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def imported(source: Path) -> None:
    """导入 SOURCE：全部，或什么也不导入；编号都不变。

    Take SOURCE in: all of it, or nothing; every identifier stays.
    """
    with _at_work():
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415  # needs Django
        from heluo.kernel.clock.public import now  # noqa: PLC0415
        from heluo.kernel.files.access import Permission as FilePermission  # noqa: PLC0415
        from heluo.kernel.tenants.public import Permission, import_tenant  # noqa: PLC0415

        by = platform_actor("heluo tenant", [Permission.GRANT, FilePermission.UPLOAD])
        with source.open("rb") as file:
            made = import_tenant(by=by, source=file, now=now())
        click.echo(made.address)
