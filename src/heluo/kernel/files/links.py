"""Signed links to content: who holds one may read that content, for that purpose, until it ends.

A link's end is rounded up to a full lifetime, so that every page drawn in the meantime carries the same address and
the browser's cache works.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from django.conf import settings
from django.core import signing

from heluo.kernel.clock.public import now
from heluo.kernel.files.limits import LINK_LIFETIME
from heluo.kernel.files.models import Preview, StoredFile
from heluo.kernel.files.names import download_name

SALT = "heluo.files.content"


class Purpose(StrEnum):
    SHOW = "s"
    DOWNLOAD = "d"
    PREVIEW = "p"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says: which thing, for what, until when."""

    purpose: Purpose
    thing: str
    """Uuid of the file, or number of the preview."""
    ends_at: datetime


class BadLink(ValueError):
    """Forged, damaged, or past its end."""


def _link(purpose: Purpose, thing: str, name: str, lifetime: timedelta) -> str:
    seconds = lifetime.total_seconds()
    ends = math.ceil((now().timestamp() + seconds) / seconds) * int(seconds)
    token = signing.Signer(salt=SALT).sign(f"{purpose}.{thing}.{ends:x}")
    return f"{settings.CONTENT_URL}/{quote(token, safe=':.-_')}/{quote(name, safe='')}"


def content_link(file: StoredFile, *, download: bool = False, lifetime: timedelta = LINK_LIFETIME) -> str:
    """Address of the content on the content host, valid for one to two lifetimes. The caller checked the right.

    `download` makes the browser save it. Content that must not run in a browser is saved in any case.
    """
    purpose = Purpose.DOWNLOAD if download else Purpose.SHOW
    return _link(purpose, file.uuid.hex, download_name(file.name, file.blob.format), lifetime)


def preview_link(preview: Preview, *, lifetime: timedelta = LINK_LIFETIME) -> str:
    """Address of one preview picture on the content host."""
    return _link(Purpose.PREVIEW, str(preview.pk), f"{preview.role}-{preview.number}.webp", lifetime)


def read_link(token: str, *, at: datetime) -> Claim:
    """Take a link apart. Raises `BadLink`."""
    try:
        purpose, thing, ends = signing.Signer(salt=SALT).unsign(token).split(".")
        claim = Claim(purpose=Purpose(purpose), thing=thing, ends_at=datetime.fromtimestamp(int(ends, 16), UTC))
    except (signing.BadSignature, ValueError) as error:
        raise BadLink from error
    if claim.ends_at <= at:
        raise BadLink
    return claim
