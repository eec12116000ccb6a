"""A PostgreSQL of somebody else, at `DATABASE_URL`: the oldest one we support, where the machine has it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from heluo.site import database
from heluo.site.database import DatabaseRefused, require_supported_database
from heluo.site.postgres import Binaries, Postgres
from tests.server import with_database
from tests.site.platform import heluo

OLDEST = Binaries(Path("/usr/lib/postgresql/15"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("other-postgres"),
    pytest.mark.skipif(
        not Path(OLDEST["postgres"]).exists(),
        reason="PostgreSQL 15 IS NOT INSTALLED (apt install postgresql-15): the oldest supported version is not tried",
    ),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database on PostgreSQL 15."""
    server = Postgres(tmp_path_factory.mktemp("oldest") / "var", fsync="off", shared_buffers="64MB")
    server.binaries = OLDEST
    server.start()
    yield server.url
    server.stop()


def test_the_platform_lives_on_it_and_a_backup_of_it_can_be_restored_there(url: str, tmp_path: Path) -> None:
    assert require_supported_database(url) == 15
    data = tmp_path / "var"
    migrated = heluo(data, "migrate", timeout=180, DATABASE_URL=url)
    assert migrated.returncode == 0, migrated.stderr
    assert not (data / "database").exists()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT '河洛' AS word")
        connection.execute("CREATE DATABASE second")
    file = tmp_path / "backup.tar"
    made = heluo(data, "backup", str(file), DATABASE_URL=url)
    assert made.returncode == 0, made.stderr
    second = with_database(url, "second")
    restored = heluo(tmp_path / "var2", "restore", str(file), timeout=180, DATABASE_URL=second)
    assert restored.returncode == 0, restored.stderr
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("河洛",)


def test_an_older_one_is_refused_in_words(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_SUPPORTED", 16)
    with pytest.raises(DatabaseRefused, match=r"是 15 版，需要 16[\s\S]+version 15; 16 or later"):
        require_supported_database(url)


def test_a_wrong_password_is_told_at_once_and_not_shown(url: str) -> None:
    wrong = "postgresql://heluo:not-the-password@/heluo?" + url.partition("?")[2]
    with pytest.raises(DatabaseRefused) as refused:
        require_supported_database(wrong)
    assert "DATABASE_URL" in str(refused.value)
    assert "not-the-password" not in str(refused.value)
