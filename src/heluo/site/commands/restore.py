"""`heluo restore`"""

from pathlib import Path

import click

from heluo.kernel.files.storage import current_storage
from heluo.site.archive import (
    BackupRefused,
    read_contents,
    require_empty_database,
    restore_database,
    restore_files,
    restore_keys,
)
from heluo.site.commands import say
from heluo.site.environment import read_environment
from heluo.site.kept_keys import kept_keys, losses_without
from heluo.site.premises import database_at_hand, set_up_django
from heluo.site.preparation import alone, migrate


def identifiers_without_key() -> int:
    """How many numbers of people are sealed under a key that is not here. Django must be set up."""
    from heluo.kernel.people.crypto.keyring import load_ring  # noqa: PLC0415  # needs Django
    from heluo.kernel.people.models import Identifier  # noqa: PLC0415  # needs Django

    ring = load_ring()
    return Identifier.objects.exclude(key_id__in=ring.keys if ring else ()).count()


def second_factors_unchecked() -> int:
    """How many authenticator apps and sets of recovery codes are sealed under a key that is not here."""
    from heluo.kernel.access.public import second_factors_without_key  # noqa: PLC0415  # needs Django

    return second_factors_without_key()


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """把备份 FILE 恢复到一个空的数据文件夹（或 DATABASE_URL 的空数据库）。

    Restore the backup FILE into an empty data folder (or the empty database of DATABASE_URL).

    \b
    heluo --data var2 restore backup.tar
    密钥不在备份里时，先把原来的 keys 文件夹放进新的数据文件夹。
    Where the secrets are not in the backup, put the former `keys` folder into the new data folder first.
    """
    environment = read_environment()
    data = environment.data.resolve()
    try:
        contents = read_contents(file)
        with database_at_hand(environment, say, may_create=True) as url:
            require_empty_database(url)
            restored = restore_keys(file, data=data)
            # Django makes the secrets it does not find, so what is missing must be known before it is set up.
            missing = set(contents.keys_left_out) - {path.name for path in kept_keys(data)}
            set_up_django(url)
            files = restore_files(file, storage=current_storage(), incoming=data / "files" / "incoming", say=say)
            restore_database(file, url=url, say=say)
            with alone():
                migrate(say)
            unreadable, unchecked = identifiers_without_key(), second_factors_unchecked()
    except BackupRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"已恢复 {contents.made_at} 的备份 / restored: {files} 个文件 / files, {len(restored)} 个密钥 / secrets")
    if missing:
        click.echo("缺少密钥，因此 / without these secrets:")
        for loss in losses_without(missing):
            click.echo(f"  {loss}")
        if unreadable:
            click.echo(f"  无法读取的号码 / numbers that cannot be read: {unreadable}")
        if unchecked:
            click.echo(f"  无法核对的两步验证 / second factors that cannot be checked: {unchecked}")
        click.echo(f"找到后放进 {data / 'keys'} 再启动即可 / once found, put them there and start again.")
