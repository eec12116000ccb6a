"""The database's address, whether it answers, and whether it is new enough."""

import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import psycopg

OLDEST_SUPPORTED = 15
PATIENCE = 60.0


class DatabaseRefused(RuntimeError):
    """The database of `DATABASE_URL` cannot be used; the text says why and never shows the password."""


def database_from(url: str) -> dict[str, object]:
    """Django's settings for a `postgresql://user:password@host:port/name` address; `?host=/dir` for a socket."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit("环境变量 DATABASE_URL 必须以 postgresql:// 开头 / DATABASE_URL must start with postgresql://")
    options = {
        name: unquote(value) for name, found, value in (pair.partition("=") for pair in parts.query.split("&")) if found
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or options.pop("port", "") or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def without_password(url: str) -> str:
    """The address as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":…@")).geturl()


def server_version(connection: "psycopg.Connection[tuple[object, ...]]") -> int:
    """Major version: 15 for 15.12."""
    return connection.info.server_version // 10_000


def require_supported_database(
    url: str, *, pause: Callable[[float], None] = time.sleep, say: Callable[[str], None] = lambda _: None
) -> int:
    """The server's major version. Waits a minute for a server that is still coming up; refuses one older than 15."""
    began = time.monotonic()
    shown = without_password(url)
    while True:
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                version = server_version(connection)
            break
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            if time.monotonic() - began > PATIENCE or "authentication failed" in reason or "does not exist" in reason:
                raise DatabaseRefused(
                    f"无法连接 DATABASE_URL 的数据库 {shown}。请检查地址、用户名和密码。\n"
                    f"Cannot connect to the database of DATABASE_URL, {shown}. Check address, user and password.\n"
                    f"{reason}"
                ) from None
            say(f"等待数据库 / waiting for the database: {shown}")
            pause(2)
    if version < OLDEST_SUPPORTED:
        raise DatabaseRefused(
            f"DATABASE_URL 的 PostgreSQL 是 {version} 版，需要 {OLDEST_SUPPORTED} 或更高版本。\n"
            f"The PostgreSQL of DATABASE_URL is version {version}; {OLDEST_SUPPORTED} or later is needed."
        )
    return version
