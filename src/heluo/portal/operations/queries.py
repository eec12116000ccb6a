"""What the platform takes up, as its operators see it."""

import shutil
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum

from heluo.kernel.files.limits import LEAST_FREE_BYTES
from heluo.kernel.files.models import Blob
from heluo.kernel.files.public import check_storage
from heluo.kernel.files.storage import StorageTrouble


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the database and of the stored contents, and how many contents there are."""

    database: int
    contents: int
    content_count: int


def sizes() -> Sizes:
    """Two queries; the second reads every content's row, so it is not asked again and again by a live page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        database = int(cursor.fetchone()[0])
    counted = Blob.objects.aggregate(bytes=Sum("size"), count=Count("pk"))
    return Sizes(database=database, contents=counted["bytes"] or 0, content_count=counted["count"])


@dataclass(frozen=True, slots=True)
class Store:
    """Whether the file store takes and gives back a byte, and the bytes free where it is a folder on this machine."""

    works: bool
    free: int | None

    @property
    def is_scarce(self) -> bool:
        return self.free is not None and self.free < LEAST_FREE_BYTES


def store() -> Store:
    """The file store, tried, as `/healthz` tries it."""
    try:
        check_storage()
    except (StorageTrouble, OSError):
        return Store(works=False, free=None)
    return Store(works=True, free=shutil.disk_usage(settings.DATA).free if settings.STORAGE_URL is None else None)
