"""The environment is parsed once and strictly, and every variable is documented."""

import json
import re
import stat
import sys
from pathlib import Path
from subprocess import run

import pytest

from heluo.site.database import database_from, without_password
from heluo.site.environment import Environment, kept_secret, read_environment
from tests.server import REPOSITORY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("STREAM_PORT", "0"),
        ("WEB_WORKERS", "0"),
        ("SECURE", "perhaps"),
        ("SECRET_KEY", "short"),
        ("METRICS_TOKEN", "short"),
        ("DATABASE_URL", "mysql://somewhere"),
        ("PUBLIC_URL", "edu.example"),
        ("CONTENT_URL", "ftp://edu.example"),
        ("ADMIN_EMAIL", "nobody"),
        ("ADMIN_EMAIL", "nobody@edu"),
        ("HARVEST_PAGE", "0"),
        ("OIDC_CLIENTS", "luoyang"),
        ("OIDC_CLIENTS", "{}"),
        ("LINK_CHECK", "perhaps"),
        ("OUTWARD_NETWORKS", "10.20.0.0/16, everything"),
    ],
)
def test_a_bad_value_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert f"环境变量 {name} " in said
    assert f"variable {name}:" in said


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "")
    monkeypatch.setenv("PORT", "8123")
    assert read_environment().resolved_public_url() == "http://localhost:8123"


def test_harvesters_have_somebody_to_write_to() -> None:
    assert Environment(node="edu.example.cn").resolved_admin_email() == "postmaster@edu.example.cn"
    assert Environment(admin_email="keeper@edu.example.cn").resolved_admin_email() == "keeper@edu.example.cn"


@pytest.mark.parametrize("port", [8000, 64_000, 65_534])
def test_platforms_on_neighbouring_ports_run_side_by_side(port: int) -> None:
    one, next_one = Environment(port=port), Environment(port=port + 1)
    ports = {one.port, one.resolved_stream_port(), next_one.port, next_one.resolved_stream_port()}
    assert len(ports) == 4
    assert max(ports) <= 65_535


def test_there_is_no_demo_behind_https_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO", raising=False)
    assert Environment(secure=False).demo
    assert not Environment(secure=True).demo
    assert Environment(secure=True, demo=True).demo


LUOYANG = {"id": "luoyang", "name": "洛阳", "server_url": "https://id.luoyang.example", "client_id": "heluo"}


def test_any_number_of_outer_sign_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_CLIENTS", json.dumps([LUOYANG, LUOYANG | {"id": "zzu"}]))
    assert [outer.id for outer in read_environment().outer_sign_ins()] == ["luoyang", "zzu"]
    monkeypatch.setenv("OIDC_CLIENT_SERVER_URL", "https://id.example/realms/one")
    monkeypatch.setenv("OIDC_CLIENT_ID", "heluo")
    first, *others = read_environment().outer_sign_ins()
    assert (first.id, first.name, first.origin) == ("outer", "统一身份认证", "https://id.example")
    assert [outer.id for outer in others] == ["luoyang", "zzu"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"id": "outer"}, "OIDC_CLIENTS"),
        ({"id": "Luo Yang"}, "OIDC_CLIENTS.0.ID"),
        ({"server_url": "id.luoyang.example"}, "OIDC_CLIENTS.0.SERVER_URL"),
        ({"client": "heluo"}, "OIDC_CLIENTS.0.CLIENT"),
    ],
)
def test_a_wrong_outer_sign_in_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], wrong: dict[str, str], named: str
) -> None:
    monkeypatch.setenv("OIDC_CLIENTS", json.dumps([LUOYANG | wrong]))
    with pytest.raises(SystemExit):
        read_environment()
    assert f"环境变量 {named} " in capsys.readouterr().err


def test_listening_everywhere_lets_people_type_this_machines_names() -> None:
    assert Environment(allowed_hosts="a.example, b.example").further_hosts() == ["a.example", "b.example"]
    everywhere = Environment(host="::", allowed_hosts="a.example").further_hosts()
    assert "a.example" in everywhere
    assert "127.0.0.1" in everywhere


def test_a_kept_secret_stays_and_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "some.key"
    first = kept_secret(path)
    assert first
    assert kept_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_variable_is_documented() -> None:
    written = (REPOSITORY / "docs" / "configuration.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", written, re.M))
    assert documented == {name.upper() for name in Environment.model_fields}


def test_the_commands_name_the_variable_too(tmp_path: Path) -> None:
    done = run(
        [sys.executable, "-m", "heluo.site.command_line", "run"],
        env={"PYTHONPATH": str(REPOSITORY / "src"), "PORT": "x", "DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "PORT" in done.stderr


# -- database addresses -----------------------------------------------------------------------------------------------


def test_an_address_with_everything() -> None:
    assert database_from("postgresql://me:p%40ss@db.example:5433/heluo?sslmode=require") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "heluo",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"sslmode": "require"},
    }


def test_an_address_of_a_socket() -> None:
    parsed = database_from("postgresql://me@/heluo?host=/run/post%20gres")
    assert (parsed["HOST"], parsed["PORT"], parsed["OPTIONS"]) == ("/run/post gres", "", {})


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(SystemExit, match="DATABASE_URL"):
        database_from("sqlite:///heluo.db")


def test_a_password_is_never_shown() -> None:
    assert without_password("postgresql://me:secret@db/heluo") == "postgresql://me:…@db/heluo"
    assert without_password("postgresql://me@db/heluo") == "postgresql://me@db/heluo"
