"""`heluo oneroster`"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import refused, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand

if TYPE_CHECKING:  # models may be imported only once Django is set up
    from heluo.gateways.oneroster.models import RosterClient
    from heluo.kernel.organisations.models import Organisation

SCOPES = ("roster", "core", "demographics")


@click.group()
def command() -> None:
    """名册接口（OneRoster 1.2）：哪些程序可以读取哪个单位的名册。

    The roster service (OneRoster 1.2): which programs may read the register below which organisation.
    """


@command.group()
def client() -> None:
    """接入方 / clients."""


@contextmanager
def _refusals_said() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise refused(refusal) from None


@client.command(short_help="登记一个接入方 / let a program in")
@click.argument("name")
@click.option("--organisation", required=True, help="学校标识码、区划代码或机构编号 / school code, region code or id.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=("roster",),
    show_default=True,
    help="可以多次给出 / may be given several times.",
)
def add(name: str, organisation: str, scopes: tuple[str, ...]) -> None:
    """允许程序 NAME 读取一个单位及其下级的名册，并打印密钥。密钥只显示这一次。

    Let the program NAME read the register of an organisation and of all below it, and print its secret. It is shown
    this once only.
    """
    with platform_at_hand(read_environment(), say), _refusals_said():
        from heluo.gateways.oneroster.public import Permission, Scope, add_client  # noqa: PLC0415  # needs Django
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        known = {"roster": Scope.ROSTER, "core": Scope.CORE, "demographics": Scope.DEMOGRAPHICS}
        made = add_client(
            by=platform_actor("heluo oneroster client add", [Permission.CONNECT]),
            name=name,
            organisation=organisation_called(organisation),
            scopes=[known[scope] for scope in dict.fromkeys(scopes)],
            now=now(),
        )
    click.echo(f"client_id={made.client.client_id}\nclient_secret={made.secret}")


@client.command(name="list")
def listed() -> None:
    """列出全部接入方 / list all clients."""
    with platform_at_hand(read_environment(), say):
        from heluo.gateways.oneroster.public import clients  # noqa: PLC0415  # needs Django

        lines = [_line(one) for one in clients()]
    click.echo("\n".join(lines) if lines else "没有接入方 / no clients")


@client.command()
@click.argument("client_id")
def revoke(client_id: str) -> None:
    """永久停用一个接入方，它的令牌立即失效 / stop a client for good; its tokens end at once."""
    with platform_at_hand(read_environment(), say), _refusals_said():
        from heluo.gateways.oneroster.public import Permission, clients, revoke_client  # noqa: PLC0415  # needs Django
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
        from heluo.kernel.clock.public import now  # noqa: PLC0415

        found = clients().filter(client_id=client_id).first()
        if found is None:
            raise click.ClickException(f"没有接入方 {client_id} / there is no client {client_id}")
        by = platform_actor("heluo oneroster client revoke", [Permission.CONNECT])
        revoke_client(by=by, client=found, now=now())
    click.echo(f"已停用 / revoked: {found.name}")


def organisation_called(text: str) -> "Organisation":
    """By the code of a school, the code of a bureau's region, or the platform's id."""
    from heluo.kernel.actors.errors import NotFound  # noqa: PLC0415  # needs Django, like the rest here
    from heluo.kernel.clock.public import local_day, now  # noqa: PLC0415
    from heluo.kernel.organisations.models import Organisation  # noqa: PLC0415
    from heluo.kernel.organisations.public import bureau_of, school_with_code  # noqa: PLC0415

    try:
        if len(text) == 10:
            return school_with_code(text)
        if len(text) == 6:
            return bureau_of(text, on=local_day(now()))
        return Organisation.objects.get(uuid=UUID(text))
    except (NotFound, Organisation.DoesNotExist, ValueError):
        raise click.ClickException(f"没有单位 {text} / there is no organisation {text}") from None


def _line(one: "RosterClient") -> str:
    state = f"停用于 {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "使用中"
    return f"{one.client_id}  {one.name}  {one.organisation.name}  {state}"
