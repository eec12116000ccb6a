"""Courseware on the content host: the player page, the house's own scripts for it, and files inside packages.

A package is a program of a stranger. It runs on an origin that knows no cookie and no session, best one of its own;
its policy lets it load what is inside it and nothing else, reach no other machine, send no form, open no window and
leave its frame by no way. It tells its player page how far the learner is, and that page tells the site's, in messages.
"""

import mimetypes
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.files.archives import Entry, Unreadable, Unsafe, stored_index
from heluo.kernel.files.enums import FileKind, ScanState
from heluo.kernel.files.errors import FileInfected, FileNotChecked, StorageAway
from heluo.kernel.files.hosts import courseware_origin
from heluo.kernel.files.links import Claim, Purpose
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.files.storage import ContentMissing, StorageTrouble
from heluo.kernel.pages.bundle import built_file

STATIC = "static"
ASSET = re.compile(r"app/(?:[A-Za-z0-9][A-Za-z0-9._-]*/)*[A-Za-z0-9][A-Za-z0-9._-]*")
ASSET_AGE = 365 * 24 * 3600
COURSEWARE = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "frame-src 'self' blob:; worker-src blob:; manifest-src 'none'; base-uri 'self'; form-action 'none'; "
    "sandbox allow-scripts allow-same-origin allow-forms allow-modals"
)
"""`allow-same-origin` is the content host's own: lessons find their interface in the frame above (SCORM RTE, 3.3)."""
TYPES = {
    ".css": "text/css",
    ".htm": "text/html",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".mjs": "text/javascript",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".otf": "font/otf",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".vtt": "text/vtt",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
    ".xml": "text/xml",
}
"""By the end of a path, first of all: what a machine's own table says differs from one to the next. No charset: old
pages name theirs themselves."""
BASE, RESOURCES = "$IMS-CC-FILEBASE$", "web_resources"
"""What pages of a cartridge write for its root, and the folder that most of them mean by it."""
ANYTHING = "application/octet-stream"


def media_type_of(path: str) -> str:
    """The type of a file inside a package. A browser guesses nothing (`nosniff`), so that this decides."""
    dot = path.rfind(".")
    ending = path[dot:].lower() if dot > path.rfind("/") else ""
    return TYPES.get(ending) or (mimetypes.types_map.get(ending) if ending else "") or ANYTHING


def require_readable(blob: Blob, name: str) -> None:
    """Refuse to serve what is infected or still to be scanned."""
    if blob.scan_state == ScanState.INFECTED:
        raise FileInfected(name=name)
    if not blob.is_readable:
        raise FileNotChecked(name=name)


def courseware_played(request: HttpRequest, claim: Claim) -> StoredFile:
    """The package a link is for, on its own origin and inside a frame only. Raises `NotFound` for everything else."""
    file = StoredFile.objects.select_related("blob").filter(uuid=claim.thing).first()
    if claim.purpose != Purpose.PLAY or file is None or file.kind != FileKind.COURSEWARE:
        raise NotFound
    if request.get_host() != courseware_origin(file.sha256).partition("://")[2]:
        raise NotFound
    if request.headers.get("Sec-Fetch-Dest") == "document":
        # In a window of its own it would look like a page of this house.
        raise NotFound
    require_readable(file.blob, file.name)
    return file


def entry_at(file: StoredFile, path: str) -> Entry:
    """A file inside a package by its path; where nothing is called so, one that differs in capitals only."""
    try:
        index = stored_index(file.sha256, file.size)
    except (Unsafe, Unreadable, ContentMissing):
        raise NotFound from None
    except StorageTrouble as trouble:
        raise StorageAway from trouble
    if BASE in path:
        # Common Cartridge 1.1 and later, 4.4: pages name what lies beside them from the root, wherever they lie.
        rest = path.rpartition(BASE)[2].lstrip("/")
        path = rest if rest in index else f"{RESOURCES}/{rest}"
    found = index.get(path)
    if found is None:
        folded = path.casefold()
        found = next((entry for entry in index.values() if entry.path.casefold() == folded), None)
    if found is None:
        raise NotFound
    return found


def player(request: HttpRequest, claim: Claim) -> HttpResponseBase:
    """The page that loads a package and speaks for it."""
    courseware_played(request, claim)
    response = HttpResponse(render_to_string("files/player.html", {"site": settings.PUBLIC_URL}))
    response["Content-Security-Policy"] = f"{COURSEWARE}; frame-ancestors {settings.PUBLIC_URL}"
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def asset(request: HttpRequest, name: str) -> HttpResponseBase:
    """A script or style of the built front end, which the player page needs on its own origin."""
    if not ASSET.fullmatch(name) or ".." in name:
        raise NotFound
    relative = name.removeprefix("app/")
    place = built_file(relative)
    if not place.is_file() or relative == "entries.json":
        raise NotFound
    compressed = place.with_name(f"{place.name}.br")
    takes = "br" in request.headers.get("Accept-Encoding", "") and compressed.is_file()
    response = HttpResponse((compressed if takes else place).read_bytes(), content_type=media_type_of(relative))
    if takes:
        response["Content-Encoding"] = "br"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = f"public, max-age={ASSET_AGE}, immutable"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
