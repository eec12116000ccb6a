"""Whether the parts work, found out by using them."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import DatabaseError, connection

from heluo.kernel.files.limits import LEAST_FREE_BYTES
from heluo.kernel.files.storage import StorageTrouble, current_storage
from heluo.kernel.jobs.public import worker_alive


@dataclass(frozen=True, slots=True)
class State:
    """One part: whether it works and, if not, why."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All parts at one moment."""

    parts: Mapping[str, State]

    @classmethod
    def now(cls) -> "Health":
        database = database_state()
        worker = worker_state() if database.ok else State(ok=False, detail="unknown without the database")
        return cls({"database": database, "worker": worker, "storage": storage_state()})

    @property
    def ok(self) -> bool:
        return all(state.ok for state in self.parts.values())

    def as_json(self, *, with_details: bool) -> dict[str, object]:
        """Details may name hosts and folders, so not everybody gets them."""
        parts = {name: asdict(state) if with_details else {"ok": state.ok} for name, state in self.parts.items()}
        return {"status": "ok" if self.ok else "failing", **parts}


def database_state() -> State:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return State(ok=False, detail="no answer")
    return State(ok=True)


def worker_state() -> State:
    return State(ok=True) if worker_alive() else State(ok=False, detail="no worker has given a sign of life")


def storage_state() -> State:
    """The store takes and gives back a byte and, where it is a folder, is not nearly full."""
    try:
        current_storage().check()
    except (StorageTrouble, OSError) as trouble:
        return State(ok=False, detail=str(trouble))
    if settings.STORAGE_URL is None:
        free = shutil.disk_usage(settings.DATA).free
        if free < LEAST_FREE_BYTES:
            return State(ok=False, detail=f"only {free // 1024 // 1024} MiB free")
    return State(ok=True)
