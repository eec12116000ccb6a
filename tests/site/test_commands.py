"""The `heluo` command: help a person can follow, and work done whether the platform runs or not."""

import json
import re
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner

from heluo.site.command_line import COMMANDS, main
from heluo.site.demo_accounts import account_lines, accounts_file
from heluo.site.postgres import Postgres
from tests.site.platform import Platform, heluo

pytestmark = pytest.mark.xdist_group("commands")


def test_help_lists_every_command_in_both_languages() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    for name, words in COMMANDS.items():
        assert name in shown
        assert words.split(" / ")[0].split("：")[0] in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert any("一" <= character <= "鿿" for character in done.output)
    assert name in done.output


def every_command(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    """The commands below a group by their words, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join([*above, name]), command
        if isinstance(command, click.Group):
            yield from every_command(command, *above, name)


def test_lists_of_commands_are_in_both_languages() -> None:
    lists = {words: one.get_short_help_str(200) for words, one in every_command(main) if " " in words}
    assert lists
    assert [words for words, told in lists.items() if not re.search(r"[一-鿿].* / .*[a-z]", told)] == []


def test_accounts_are_shown_aligned_and_as_json(tmp_path: Path) -> None:
    accounts = [
        {"role": "教师", "username": "teacher1", "password": "one", "organisation": "河洛示例小学"},
        {"role": "省级管理员", "username": "province1", "password": "two", "organisation": "河南省教育厅"},
    ]
    accounts_file(tmp_path).parent.mkdir()
    accounts_file(tmp_path).write_text(json.dumps(accounts))
    assert account_lines(tmp_path) == [
        "教师        teacher1   one  河洛示例小学",
        "省级管理员  province1  two  河南省教育厅",
    ]
    told = CliRunner().invoke(main, ["--data", str(tmp_path), "accounts", "--json"])
    assert json.loads(told.output) == accounts


def test_a_folder_without_a_demo_says_how_to_get_one(tmp_path: Path) -> None:
    told = heluo(tmp_path / "var", "accounts")
    assert told.returncode == 1
    assert "heluo demo" in told.stderr


def test_a_command_on_an_empty_folder_says_what_to_do_and_makes_nothing(tmp_path: Path) -> None:
    told = heluo(tmp_path / "var", "token", "teacher1")
    assert told.returncode == 1
    assert "make run" in told.stderr
    assert not (tmp_path / "var" / "database").exists()


# -- with a database --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with tables, a stored file and a demo note; nothing runs on it."""
    data = tmp_path_factory.mktemp("commands") / "var"
    migrated = heluo(data, "migrate")
    assert migrated.returncode == 0, migrated.stderr
    server = Postgres(data)
    server.start()
    try:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT '河洛' AS word")
    finally:
        server.stop()
    content = data / "files" / "2c" / "f2"
    content.mkdir(parents=True, exist_ok=True)
    (content / HELLO).write_bytes(b"hello")
    return data


HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture(scope="module")
def backup(folder: Path) -> Path:
    file = folder.parent / "backup.tar"
    made = heluo(folder, "backup", str(file))
    assert made.returncode == 0, made.stderr
    assert "identifiers" not in made.stdout
    return file


def restored_word(data: Path) -> Iterator[object]:
    server = Postgres(data)
    server.start()
    try:
        with psycopg.connect(server.url) as connection:
            yield from connection.execute("SELECT word FROM kept").fetchone() or ()
    finally:
        server.stop()


@pytest.mark.slow
def test_doctor_says_what_is_missing_and_what_that_costs(folder: Path) -> None:
    told = heluo(folder, "doctor")
    assert "CLAMD_URL" in told.stdout
    assert "ADMIN_EMAIL" in told.stdout
    assert "PostgreSQL 18" in told.stdout
    assert "no worker is running" in told.stdout


@pytest.mark.slow
def test_a_token_for_nobody_is_refused(folder: Path) -> None:
    told = heluo(folder, "token", "nobody")
    assert told.returncode == 1
    assert "没有账号 nobody" in told.stderr


@pytest.mark.slow
def test_commands_use_the_database_of_the_running_platform(folder: Path) -> None:
    running = Platform(folder).wait_until_ready()
    try:
        server = running.pid_of("postgres")
        told = heluo(folder, "migrate")
        assert told.returncode == 0, told.stderr
        assert running.pid_of("postgres") == server
    finally:
        running.stop()


@pytest.mark.slow
def test_a_backup_without_keys_is_restored_and_says_what_is_lost(folder: Path, backup: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with tarfile.open(backup) as tar:
        assert not [name for name in tar.getnames() if name.startswith("keys/")]
    data = tmp_path / "second"
    restored = heluo(data, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert list(restored_word(data)) == ["河洛"]
    assert (data / "files" / "2c" / "f2" / HELLO).read_bytes() == b"hello"
    assert "django.key: " in restored.stdout
    assert "everybody signs in again" in restored.stdout


@pytest.mark.slow
def test_a_backup_with_keys_warns_and_brings_them_back(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "with-keys.tar"
    made = heluo(folder, "backup", str(file), "--with-keys")
    assert "Keep it encrypted" in made.stderr
    data = tmp_path / "second"
    restored = heluo(data, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert (data / "keys" / "django.key").read_text() == (folder / "keys" / "django.key").read_text()
    assert stat.S_IMODE((data / "keys" / "django.key").stat().st_mode) == 0o600
    assert "without these secrets" not in restored.stdout


@pytest.mark.slow
def test_a_restore_never_overwrites(folder: Path, backup: Path) -> None:
    refused = heluo(folder, "restore", str(backup))
    assert refused.returncode == 1
    assert "这里已有数据" in refused.stderr


def test_what_is_no_backup_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.tar"
    wrong.write_bytes(b"not a tar")
    refused = heluo(tmp_path / "var", "restore", str(wrong))
    assert refused.returncode == 1
    assert "不是 heluo 的备份" in refused.stderr
    assert not (tmp_path / "var" / "database").exists()


@pytest.mark.slow
def test_a_damaged_file_in_a_backup_is_found(folder: Path, backup: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(backup.read_bytes().replace(b"hello", b"jello"))
    refused = heluo(tmp_path / "second", "restore", str(damaged))
    assert refused.returncode == 1
    assert HELLO in refused.stderr
    again = heluo(tmp_path / "second", "restore", str(backup))
    assert again.returncode == 0, again.stderr


def test_a_sample_credential_is_verified_and_the_status_tells(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "sample.json"
    written = heluo(folder, "credentials", "export", "--sample", str(place))
    assert written.returncode == 0, written.stderr
    good = heluo(folder, "credentials", "verify", str(place))
    assert (good.returncode, "证书有效" in good.stdout) == (0, True), good.stderr
    place.write_text(place.read_text().replace("样例持有人", "别人"))
    altered = heluo(folder, "credentials", "verify", str(place))
    assert (altered.returncode, "The signature is wrong" in altered.stdout) == (1, True)
    place.write_text("hello")
    assert heluo(folder, "credentials", "verify", str(place)).returncode == 2
