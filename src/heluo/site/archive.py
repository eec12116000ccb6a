"""Backup and restore: the database, the files and, if wanted, the secrets, in one tar file.

heluo-backup.json   what this is (see `Contents`)
database.dump       pg_dump, custom format
files/<sha256>      every stored content
keys/<name>         only where the secrets were asked for
"""

import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

import psycopg

from heluo.kernel.files.storage import Storage
from heluo.site.kept_keys import kept_keys
from heluo.site.postgres import packaged_binaries

FORMAT = 1
DESCRIPTION = "heluo-backup.json"
DUMP = "database.dump"
UNKNOWN_TO_OLDER = b"SET transaction_timeout"
"""Written by every newer pg_restore, not understood before PostgreSQL 17."""
PREAMBLE_LINES = 60
EVERY = 500

Say = Callable[[str], None]


class BackupRefused(RuntimeError):
    """A backup cannot be made or taken; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    format: int
    heluo: str
    made_at: str
    files: int
    bytes: int
    keys: tuple[str, ...]
    """Names of the secrets inside."""
    keys_left_out: tuple[str, ...]
    """Names of the secrets that were there and are not inside."""


# -- backup -----------------------------------------------------------------------------------------------------------


def make_backup(
    target: Path, *, url: str, data: Path, storage: Storage, with_keys: bool, now: datetime, say: Say
) -> Contents:
    """Write a backup. The database first: every content it names is then still there, whatever is added meanwhile."""
    if target.exists():
        raise BackupRefused(f"{target} 已存在，请换一个文件名 / already exists; choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    secrets = list(kept_keys(data))
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".heluo-backup-") as folder:
        dump = Path(folder) / DUMP
        say("导出数据库 / dumping the database …")
        _dump(url, dump)
        kept = list(storage.contents())
        names = tuple(path.name for path in secrets)
        contents = Contents(
            format=FORMAT,
            heluo=version("heluo"),
            made_at=now.isoformat(),
            files=len(kept),
            bytes=sum(content.size for content in kept),
            keys=names if with_keys else (),
            keys_left_out=() if with_keys else names,
        )
        draft = Path(folder) / "backup.tar"
        with _private(draft) as file, tarfile.open(fileobj=file, mode="w") as tar:
            _add(tar, DESCRIPTION, json.dumps(asdict(contents), ensure_ascii=False, indent=2).encode())
            tar.add(dump, DUMP)
            for number, content in enumerate(kept, 1):
                entry = tarfile.TarInfo(f"files/{content.sha256}")
                entry.size = content.size
                tar.addfile(entry, _Pieces(storage.read(content.sha256)))
                if number % EVERY == 0 or number == len(kept):
                    say(f"文件 / files: {number} / {len(kept)}")
            for path in secrets if with_keys else ():
                _add(tar, f"keys/{path.name}", path.read_bytes())
        draft.rename(target)
    return contents


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file only its owner may read, on the disk when the block ends."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    tar.addfile(entry, io.BytesIO(content))


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rest = b""

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and (piece := next(self.pieces, b"")):
            self.rest += piece
        given, self.rest = self.rest[:size], self.rest[size:]
        return given


def _connection(url: str) -> tuple[list[str], dict[str, str]]:
    """Options and environment for PostgreSQL's own programs: the password is never on a command line."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()
    return ["--dbname", bare], {**os.environ, "PGPASSWORD": unquote(parts.password or ""), "LC_ALL": "C"}


def _dump(url: str, target: Path) -> None:
    options, environment = _connection(url)
    done = subprocess.run(
        [
            packaged_binaries()["pg_dump"],
            *options,
            *("--format=custom", "--no-owner", "--no-privileges", "--exclude-table-data=site_cache"),
            *("--file", str(target)),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupRefused(f"pg_dump: {done.stderr.strip()}")


# -- restore ----------------------------------------------------------------------------------------------------------


def read_contents(source: Path) -> Contents:
    """What a backup holds, from its first entry. Raises `BackupRefused` for anything that is none."""
    try:
        with tarfile.open(source, "r:") as tar:
            first = tar.next()
            file = tar.extractfile(first) if first is not None and first.name == DESCRIPTION else None
            raw = json.loads(file.read()) if file is not None else {}
            contents = Contents(**{**raw, "keys": tuple(raw["keys"]), "keys_left_out": tuple(raw["keys_left_out"])})
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError):
        raise BackupRefused(f"{source} 不是 heluo 的备份 / is no backup of heluo") from None
    if contents.format != FORMAT:
        raise BackupRefused(
            f"{source} 的格式是 {contents.format}，这个版本只认得 {FORMAT}；请用 heluo {contents.heluo} / "
            f"has format {contents.format}, this release knows {FORMAT}; use heluo {contents.heluo}"
        )
    return contents


def require_empty_database(url: str) -> None:
    """Refuse to restore over anything."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if found and found[0]:
        raise BackupRefused(
            "这里已有数据；恢复只写入空文件夹（--data）或空数据库（DATABASE_URL）。\n"
            "There is data here already; restore writes into an empty folder (--data) or database (DATABASE_URL) only."
        )


def restore_database(source: Path, *, url: str, say: Say) -> None:
    """Put the dump into an empty database, whole or not at all."""
    say("恢复数据库 / restoring the database …")
    with tempfile.TemporaryDirectory(prefix="heluo-restore-") as folder:
        dump = Path(folder) / DUMP
        with tarfile.open(source, "r:") as tar, dump.open("wb") as file:
            entry = tar.extractfile(DUMP)
            assert entry is not None
            while piece := entry.read(1024 * 1024):
                file.write(piece)
        _load(url, dump)


def _load(url: str, dump: Path) -> None:
    """pg_restore writes SQL, psql runs it in one transaction."""
    options, environment = _connection(url)
    binaries = packaged_binaries()
    with (
        tempfile.TemporaryFile() as trouble,
        subprocess.Popen(
            [binaries["pg_restore"], "--no-owner", "--no-privileges", "--file=-", str(dump)],
            stdout=subprocess.PIPE,
            stderr=trouble,
        ) as reader,
        subprocess.Popen(
            [binaries["psql"], *options, "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=trouble,
        ) as writer,
    ):
        assert reader.stdout is not None
        assert writer.stdin is not None
        try:
            for number, line in enumerate(reader.stdout):
                if number > PREAMBLE_LINES or not line.startswith(UNKNOWN_TO_OLDER):
                    writer.stdin.write(line)
            writer.stdin.close()
        except BrokenPipeError:
            reader.kill()
        if writer.wait() or reader.wait():
            trouble.seek(0)
            raise BackupRefused(f"psql: {trouble.read().decode(errors='replace').strip()[-800:]}")


def restore_files(source: Path, *, storage: Storage, incoming: Path, say: Say) -> int:
    """Put every content back into the store, each checked against its name. How many."""
    incoming.mkdir(parents=True, exist_ok=True, mode=0o750)
    count = 0
    with tarfile.open(source, "r:") as tar:
        for entry in tar:
            matched = re.fullmatch(r"files/([0-9a-f]{64})", entry.name)
            file = tar.extractfile(entry) if matched and entry.isreg() else None
            if matched is None or file is None:
                continue
            sha256 = matched[1]
            draft = incoming / f"restore-{sha256}"
            digest = hashlib.sha256()
            with draft.open("wb") as target:
                while piece := file.read(1024 * 1024):
                    digest.update(piece)
                    target.write(piece)
            if digest.hexdigest() != sha256:
                draft.unlink()
                raise BackupRefused(f"备份里的文件 {sha256} 已损坏 / the file {sha256} in the backup is damaged")
            storage.put(sha256, draft)
            draft.unlink()
            count += 1
            if count % EVERY == 0:
                say(f"文件 / files: {count}")
    return count


def restore_keys(source: Path, *, data: Path) -> list[str]:
    """Put the secrets of the backup into the data folder, where it has none of that name yet. Which."""
    folder = data / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    restored = []
    with tarfile.open(source, "r:") as tar:
        for entry in tar:
            matched = re.fullmatch(r"keys/([A-Za-z0-9][A-Za-z0-9._-]*)", entry.name)
            file = tar.extractfile(entry) if matched and entry.isreg() else None
            if matched is None or file is None or (folder / matched[1]).exists():
                continue
            with _private(folder / matched[1]) as target:
                target.write(file.read())
            restored.append(matched[1])
    return restored
