"""A PostgreSQL of the benchmark's own, in a temporary folder, with every table of the house."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from heluo.site.postgres import Postgres

REPOSITORY = Path(__file__).resolve().parent.parent


@contextmanager
def own_database(**settings: str) -> Iterator[str]:
    """Start a server, migrate, set Django up, give its address; stop it and take everything away at the end.

    `settings` go to the server as they are: `fsync="off"` where writing is not what is measured.
    """
    data = Path(tempfile.mkdtemp(prefix="heluo-bench-"))
    postgres = Postgres(data, **settings)
    try:
        postgres.start()
        os.environ |= {
            "DATA": str(data),
            "DATABASE_URL": postgres.url,
            "DJANGO_SETTINGS_MODULE": "heluo.site.settings",
        }
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
        subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", "migrate", "--verbosity", "0"],
            cwd=REPOSITORY,
            env=environment,
            check=True,
        )
        django.setup()
        yield postgres.url
        from django.db import connection  # noqa: PLC0415  # needs the settings

        connection.close()
    finally:
        postgres.stop()
        shutil.rmtree(postgres.home, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
