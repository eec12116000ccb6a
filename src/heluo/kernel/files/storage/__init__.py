"""Where contents are kept: a local folder, or any store that speaks S3. Both say the same few things."""

from functools import cache

from django.conf import settings

from heluo.kernel.files.storage.interface import ContentMissing, OutOfRoom, Storage, StorageTrouble
from heluo.kernel.files.storage.local import LocalStorage

__all__ = ["ContentMissing", "LocalStorage", "OutOfRoom", "Storage", "StorageTrouble", "current_storage"]


def current_storage() -> Storage:
    """The store of this installation, made once per process and setting."""
    return _storage_at(settings.STORAGE_URL, str(settings.DATA))


@cache
def _storage_at(url: str | None, data: str) -> Storage:
    if not url:
        return LocalStorage.below(data)
    from heluo.kernel.files.storage.s3 import S3Storage, parse_storage_url  # noqa: PLC0415  # 20 MB few need

    return S3Storage(parse_storage_url(url))
