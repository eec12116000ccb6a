"""`heluo officer`"""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.clock.public import local_day, now
from heluo.site.commands import refused, say
from heluo.site.environment import Environment, read_environment
from heluo.site.premises import platform_at_hand

if TYPE_CHECKING:  # models need Django, and Django needs the database's address first
    from heluo.kernel.people.models import Account

ROLES = {
    Role.PROVINCE_ADMIN: "省级管理员 / province",
    Role.OPERATOR: "运维人员 / operator, at the province",
    Role.CITY_OFFICER: "市级管理员 / city",
    Role.COUNTY_OFFICER: "县级管理员 / county",
    Role.SCHOOL_ADMIN: "学校管理员 / school",
}


@click.group()
def command() -> None:
    """管理人员：开通第一个账号，重置被锁在门外的账号。

    Officers: make the first account, reset one whose holder is locked out.
    """


@command.command(short_help="开通一名管理人员的账号 / make an officer's account")
@click.option("--name", prompt="姓名 / name", help="姓名 / name of the person.")
@click.option("--username", prompt="用户名 / username", help="用户名 / what they sign in with, e.g. zhang.min.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in ROLES]),
    prompt="岗位 / role",
    help="；".join(f"{role.value} {words}" for role, words in ROLES.items()),
)
@click.option(
    "--organisation",
    prompt="单位全称或代码 / organisation, name or code",
    help="单位全称、标识码；主管部门也可用区划代码，如 410000 / its full name or code; for a bureau its region's.",
)
def create(name: str, username: str, role: str, organisation: str) -> None:
    """登记一名管理人员并开通账号，打印一次性激活码。可重复执行：还没激活的账号只换发新码。

    Register an officer with an account and print a one-time activation code. Safe to repeat: an account that was not
    activated yet gets a new code and nothing else.

    \b
    heluo officer create --name 张敏 --username zhang.min --role province_admin --organisation 410000
    """
    environment = read_environment()
    with platform_at_hand(environment, say):
        from heluo.kernel.access.public import create_officer  # noqa: PLC0415  # needs Django
        from heluo.kernel.organisations.models import Organisation  # noqa: PLC0415
        from heluo.kernel.organisations.public import organisation_called  # noqa: PLC0415

        if not Organisation.objects.exists():
            raise click.ClickException(
                "还没有任何单位。请先执行 heluo register bureaus。\n"
                "There is no organisation yet. Run `heluo register bureaus` first."
            )
        by, at = the_machine(), now()
        try:
            place = organisation_called(by, organisation, on=local_day(at))
            made = create_officer(by=by, name=name, username=username, role=Role(role), organisation=place, now=at)
        except Refusal as refusal:
            raise refused(refusal) from None
        done = "已开通 / account made" if made.is_new else "账号已在，换发新码 / the account was there, a new code"
        click.echo(f"{done}: {made.account.person.name}，{ROLES[Role(role)]}，{place.name}")
        show_code(environment, made.account, made.code)


@command.command(short_help="重置登录方式 / reset how one signs in")
@click.argument("username")
def reset(username: str) -> None:
    """重置账号 USERNAME 的登录方式：旧密码、两步验证、已登录的设备、令牌全部失效，打印一次性激活码。

    Reset how USERNAME signs in: password, second factors, sessions and tokens end; prints a one-time activation code.
    For somebody locked out, or when a device was lost. Ask first who is asking.
    """
    environment = read_environment()
    with platform_at_hand(environment, say):
        from heluo.kernel.access.public import reset_sign_in  # noqa: PLC0415  # needs Django
        from heluo.kernel.people.models import Account  # noqa: PLC0415

        account = Account.objects.select_related("person").filter(username=username).first()
        if account is None:
            raise click.ClickException(f"没有账号 {username} / there is no account {username}")
        try:
            done = reset_sign_in(by=the_machine(), account=account, now=now())
        except Refusal as refusal:
            raise refused(refusal) from None
        click.echo(
            f"已重置 / reset: {account.person.name}。失效 / ended: 两步验证 / second factors {done.second_factors}，"
            f"登录的设备 / sessions {done.sessions}，令牌 / tokens {done.tokens}"
        )
        show_code(environment, account, done.code)


def the_machine() -> Actor:
    """Whoever may run commands here. Django must be set up."""
    from heluo.kernel.access.public import Permission as AccessPermission  # noqa: PLC0415  # needs Django
    from heluo.kernel.organisations.access import Permission as OrganisationPermission  # noqa: PLC0415
    from heluo.kernel.people.access import Permission  # noqa: PLC0415

    may = [Permission.APPOINT, Permission.ACTIVATE, OrganisationPermission.VIEW, AccessPermission.RESET]
    return platform_actor("heluo officer", may)


def show_code(environment: Environment, account: "Account", code: str) -> None:
    """Where to go and what to type there. The address does not hold the code: addresses stay in histories and logs."""
    from django.urls import reverse  # noqa: PLC0415  # needs Django

    where = (
        f"{environment.resolved_public_url()}{reverse('access:activate')}?{urlencode({'username': account.username})}"
    )
    click.echo(f"激活网页 / page:  {where}")
    click.echo(f"激活码 / code:    {'-'.join(code[start : start + 4] for start in range(0, len(code), 4))}")
    say(
        "激活码只显示这一次，14 天内有效，用一次即失效。请当面或电话交给本人，不要与网址放在同一条消息里。\n"
        "The code is shown this once, lasts 14 days and works once. Hand it over in person or by phone, "
        "not in one message with the address."
    )
