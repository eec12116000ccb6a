"""`heluo backup`"""

from pathlib import Path

import click

from heluo.kernel.clock.public import now
from heluo.kernel.files.storage import current_storage
from heluo.site.archive import BackupRefused, make_backup
from heluo.site.commands import say
from heluo.site.environment import read_environment
from heluo.site.kept_keys import losses_without
from heluo.site.premises import database_at_hand, set_up_django


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--with-keys",
    is_flag=True,
    help="连同密钥：拿到文件的人能读到一切 / include the secrets: whoever has the file reads everything.",
)
def command(file: Path, with_keys: bool) -> None:
    """把数据库和文件备份到 FILE（一个 tar 文件）。平台可以正在运行。

    Back up database and files into FILE, one tar file. The platform may be running.

    密钥默认不在备份里，请另外保存 DATA/keys。 / The secrets are not in the backup unless asked for: keep DATA/keys
    elsewhere.
    """
    environment = read_environment()
    data = environment.data.resolve()
    with database_at_hand(environment, say) as url:
        set_up_django(url)
        try:
            contents = make_backup(
                file.resolve(), url=url, data=data, storage=current_storage(), with_keys=with_keys, now=now(), say=say
            )
        except BackupRefused as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(f"{file}: {file.stat().st_size / 1024 / 1024:.1f} MiB，{contents.files} 个文件 / files")
    if with_keys:
        say(
            "注意：备份含有密钥，拿到它的人能读到所有加密的内容，并能冒充本平台。请加密保存。\n"
            "Note: the backup holds the secrets; whoever has it reads everything and may pose as this platform. "
            "Keep it encrypted."
        )
    elif contents.keys_left_out:
        say(f"密钥不在备份里，请另外保存 {data / 'keys'}。没有它们 / the secrets are not in the backup; without them:")
        for loss in losses_without(set(contents.keys_left_out)):
            say(f"  {loss}")
