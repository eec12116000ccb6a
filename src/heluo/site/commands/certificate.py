"""`heluo certificate`"""

import re
from datetime import UTC, datetime

import click

from heluo.site.certificates import make_certificate
from heluo.site.environment import read_environment

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:.]{2,45}")


@click.command()
@click.argument("names", nargs=-1, required=True)
def command(names: tuple[str, ...]) -> None:
    """为教学点的盒子签发自己的证书，NAMES 是手机访问它用的域名或地址，如 box.lan 10.0.0.1。

    Make the box a certificate of its own for the NAMES and addresses under which phones find it. Run it again before it
    ends, or with other names: the authority stays, and phones need not be set up again.
    """
    for name in names:
        if not NAME.fullmatch(name):
            raise click.ClickException(f"{name}：不是域名或地址 / is no name or address")
    environment = read_environment()
    folder = environment.data.absolute() / "keys"
    place, key, authority = make_certificate(folder, list(names), node=environment.node, now=datetime.now(UTC))
    click.echo(f"TLS_CERTIFICATE={place}\nTLS_KEY={key}")
    click.echo(f"手机要安装的证书 / for phones to install: {authority}")
