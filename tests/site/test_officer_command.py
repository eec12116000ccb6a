"""The first hour of a platform without a demo, from the command line."""

import re
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from heluo.kernel.actors.enums import OFFICER_ROLES
from heluo.site.command_line import main
from heluo.site.commands.officer import ROLES
from heluo.site.postgres import Postgres
from tests.site.platform import heluo

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("officers")]
CODE = re.compile(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with tables and nobody."""
    data = tmp_path_factory.mktemp("officers") / "var"
    assert heluo(data, "migrate").returncode == 0
    return data


def create(data: Path, **wish: str):  # type: ignore[no-untyped-def]
    asked = {"name": "张敏", "username": "zhang.min", "role": "province_admin", "organisation": "410000"} | wish
    options = [part for option, value in asked.items() for part in (f"--{option}", value)]
    return heluo(data, "officer", "create", *options, PUBLIC_URL="https://edu.example.cn")


def test_every_officer_role_is_offered_in_words() -> None:
    assert set(ROLES) == OFFICER_ROLES
    shown = CliRunner().invoke(main, ["officer", "create", "--help"]).output
    assert "省级管理员" in shown


def test_the_first_hour(folder: Path) -> None:
    early = create(folder)
    assert early.returncode == 1
    assert "heluo register bureaus" in early.stderr

    assert heluo(folder, "register", "bureaus").returncode == 0
    made, again = create(folder), create(folder, organisation="河南省教育厅")
    assert made.returncode == 0, made.stderr
    assert "https://edu.example.cn/account/activate/?username=zhang.min" in made.stdout
    [code] = CODE.findall(made.stdout)
    assert code not in again.stdout
    assert "the account was there, a new code" in again.stdout

    for wish, words in (
        ({"name": "李工"}, "已有人使用"),
        ({"username": "li.gong", "role": "county_officer"}, "不能设"),
        ({"username": "li.gong", "organisation": "九天揽月厅"}, "没有叫“九天揽月厅”的单位"),
        ({"username": "Li Gong"}, "不可用"),
        ({"username": "li.gong", "role": "teacher"}, "teacher"),
    ):
        refused = create(folder, **wish)
        assert refused.returncode != 0, wish
        assert words in refused.stderr, refused.stderr
        assert "Traceback" not in refused.stderr

    reset = heluo(folder, "officer", "reset", "zhang.min")
    assert reset.returncode == 0, reset.stderr
    assert CODE.search(reset.stdout)
    nobody = heluo(folder, "officer", "reset", "nobody")
    assert nobody.returncode == 1
    assert "没有账号 nobody" in nobody.stderr


def test_a_restore_without_keys_counts_the_second_factors_nobody_can_check(folder: Path, tmp_path: Path) -> None:
    server = Postgres(folder)
    server.start()
    try:
        with psycopg.connect(server.url) as connection:
            connection.execute(
                "INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
                """ SELECT id, 'totp', '{"secret": "k1:sealed"}', now() FROM people_account"""
            )
    finally:
        server.stop()
    backup = tmp_path / "backup.tar"
    assert heluo(folder, "backup", str(backup)).returncode == 0
    restored = heluo(tmp_path / "second", "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert "second factors that cannot be checked: 1" in restored.stdout
    refused = heluo(tmp_path / "second", "register", "rotate-keys")
    assert refused.returncode == 1
    assert "k1" in refused.stderr
