"""What must be there before the first page: tables, the cache's table and, on a new folder, the demo."""

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import house_apps
from heluo.kernel.clock.public import now
from heluo.site.supervisor.conductor import say_aloud

Say = Callable[[str], None]
LOCK_NUMBER = int.from_bytes(hashlib.sha256(b"heluo.site.preparation").digest()[:7])
SMALL = "small"
DEMO_BUILDING = "building"
DEMO_BUILT = "built"


@contextmanager
def alone() -> Iterator[None]:
    """One preparation at a time on one database, however many nodes start on it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])


def pending_migrations() -> int:
    """How many migrations the database has not had yet."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(say: Say) -> int:
    """Bring the tables up to date; the number of migrations applied. Quick when there is nothing to do."""
    pending = pending_migrations()
    if pending:
        say(f"更新数据表 / bringing the tables up to date: {pending} …")
        call_command("migrate", verbosity=0, interactive=False)
    if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        call_command("createcachetable", verbosity=0)
    return pending


def demo_note(data: Path) -> Path:
    """Where a data folder remembers that its demo was begun and finished."""
    return data / "run" / "demo"


def demo_is_wanted(data: Path) -> bool:
    """Whether the demo was begun and not finished, or may be begun because there is nobody yet."""
    note = demo_note(data)
    if note.exists():
        return note.read_text().strip() != DEMO_BUILT
    return not get_user_model().objects.exists()


def build_demo(*, size: str, data: Path, say: Say) -> None:
    """Each app's share of the demo, in the order of the floors. Safe to repeat.

    A large demo begins with the small one. What is interrupted leaves nothing half done: of the small one no app's
    share, of a large one no county's; it goes on after the last that was finished.
    """
    note = demo_note(data)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(DEMO_BUILDING)
    _build_shares(SMALL, say, together=True)
    if size != SMALL:
        _build_shares(size, say, together=False)
    note.write_text(DEMO_BUILT)


def _build_shares(size: str, say: Say, *, together: bool) -> None:
    """`together`: each app's share in one transaction."""
    for app in house_apps():
        name = f"{app.name}.demo"
        if find_spec(name) is None:
            continue
        began = time.monotonic()
        say(f"演示数据 / demo: {app.manifest.title} …")
        with transaction.atomic() if together else nullcontext():
            import_module(name).build(size=size, say=lambda line: say(f"  {line}"), now=now())
        say(f"  {time.monotonic() - began:.1f} s")


def main() -> None:
    django.setup()
    with alone():
        migrate(say_aloud)
        if settings.ENVIRONMENT.demo and demo_is_wanted(settings.DATA):
            try:
                build_demo(size=SMALL, data=settings.DATA, say=say_aloud)
            except Refusal as refusal:
                sys.exit(f"演示数据没有建成 / the demo could not be built: {refusal}")


if __name__ == "__main__":
    main()
