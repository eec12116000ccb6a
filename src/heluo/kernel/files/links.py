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
from heluo.kernel.files.hosts import courseware_origin
from heluo.kernel.files.limits import LINK_LIFETIME
from heluo.kernel.files.models import Preview, StoredFile
from heluo.kernel.files.names import download_name

SALT = "heluo.files.content"
PLAYER, INSIDE = "play", "p"
"""First parts of addresses on the content host: the player page of a package, and what is inside one."""


class Purpose(StrEnum):
    SHOW = "s"
    DOWNLOAD = "d"
    PREVIEW = "p"
    PLAY = "k"
    """All that is inside a courseware package, each by its path."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says: which thing, for what, until when."""

    purpose: Purpose
    thing: str
    """Uuid of the file, or number of the preview."""
    ends_at: datetime


class BadLink(ValueError):
    """Forged, damaged, or past its end."""


def _token(purpose: Purpose, thing: str, lifetime: timedelta) -> str:
    seconds = lifetime.total_seconds()
    ends = math.ceil((now().timestamp() + seconds) / seconds) * int(seconds)
    return quote(signing.Signer(salt=SALT).sign(f"{purpose}.{thing}.{ends:x}"), safe=":.-_")


def _link(purpose: Purpose, thing: str, name: str, lifetime: timedelta) -> str:
    return f"{settings.CONTENT_URL}/{_token(purpose, thing, lifetime)}/{quote(name, safe='')}"


def content_link(file: StoredFile, *, download: bool = False, lifetime: timedelta = LINK_LIFETIME) -> str:
    """Address of the content on the content host, valid for one to two lifetimes. The caller checked the right.

    `download` makes the browser save it. Content that must not run in a browser is saved in any case.
    """
    purpose = Purpose.DOWNLOAD if download else Purpose.SHOW
    return _link(purpose, file.uuid.hex, download_name(file.name, file.blob.format), lifetime)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a courseware package is played: an origin that knows no cookies, its player page, and what is inside."""

    origin: str
    player: str
    inside: str
    """Address that the paths of the package follow; ends with a slash."""


def courseware_stage(file: StoredFile, *, lifetime: timedelta = LINK_LIFETIME) -> Stage:
    """Where to play a courseware package, for one to two lifetimes. The caller checked the right."""
    origin, token = courseware_origin(file.sha256), _token(Purpose.PLAY, file.uuid.hex, lifetime)
    return Stage(origin=origin, player=f"{origin}/{PLAYER}/{token}/", inside=f"{origin}/{INSIDE}/{token}/")


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
