"""`heluo register`"""

import click

from heluo.kernel.actors.errors import Refusal
from heluo.site.commands import refused, say
from heluo.site.environment import read_environment
from heluo.site.premises import platform_at_hand


@click.group()
def command() -> None:
    """登记：设立教育主管部门，更换证件号码的密钥。

    The register: found the education bureaus, change the keys of identifiers.
    """


@command.command(short_help="为每个行政区划设立主管部门 / found the bureau of every region")
def bureaus() -> None:
    """为每个行政区划设立教育主管部门；已有的不会重复。正式使用的第一步。

    Found the bureau of every region. Safe to repeat; the first step of real use (the demo does it by itself).
    """
    with platform_at_hand(read_environment(), say):
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415  # needs Django
        from heluo.kernel.clock.public import now  # noqa: PLC0415
        from heluo.kernel.organisations.access import Permission  # noqa: PLC0415
        from heluo.kernel.organisations.public import found_bureaus  # noqa: PLC0415

        made = found_bureaus(by=platform_actor("heluo register bureaus", [Permission.FOUND]), now=now())
    click.echo(f"新设立 {made} 个 / founded: {made}")


@command.command(name="rotate-keys", short_help="更换证件号密钥 / seal all identifiers under a new key")
def rotate_keys() -> None:
    """用新密钥重新加密全部证件号码和两步验证的密钥；中断后再运行一次即可继续。

    Seal all identifiers and the secrets of second factors under a new key. If it is interrupted, run it again: it goes
    on where it stopped.
    """
    with platform_at_hand(read_environment(), say):
        from heluo.kernel.access.public import rotate_keys as rotate  # noqa: PLC0415  # needs Django
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
        from heluo.kernel.clock.public import now  # noqa: PLC0415
        from heluo.kernel.people.access import Permission  # noqa: PLC0415

        try:
            done = rotate(by=platform_actor("heluo register rotate-keys", [Permission.ROTATE_KEYS]), say=say, now=now())
        except Refusal as refusal:
            raise refused(refusal) from None
    click.echo(
        f"已重新加密 {done.identifiers} 个号码、{done.second_factors} 个两步验证密钥，密钥 {done.key_id} / "
        f"sealed anew: {done.identifiers} numbers, {done.second_factors} second factors, key {done.key_id}"
    )
