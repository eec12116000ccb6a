"""The content host: a second origin that serves what people uploaded, and nothing else.

It knows no session and sets no cookie, so a page, picture or package that runs script there finds nothing to steal. On
the site's own host its addresses do not exist, and the site's do not exist here. Answers follow RFC 9110: conditional
requests (section 13) before ranges (section 14).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import get_language_from_request, override

from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.clock.public import now
from heluo.kernel.files.archives import Entry, Unreadable, unpacked
from heluo.kernel.files.enums import FileKind
from heluo.kernel.files.errors import StorageAway
from heluo.kernel.files.hosts import is_content_host
from heluo.kernel.files.kinds import Format
from heluo.kernel.files.links import INSIDE, PLAYER, BadLink, Claim, Purpose, read_link
from heluo.kernel.files.models import Blob, Preview, StoredFile
from heluo.kernel.files.names import content_disposition, download_name
from heluo.kernel.files.playing import (
    COURSEWARE,
    STATIC,
    asset,
    courseware_played,
    entry_at,
    media_type_of,
    player,
    require_readable,
)
from heluo.kernel.files.ranges import ByteRange, Unsatisfiable, asked_range
from heluo.kernel.files.recognition import HEAD, charset_of
from heluo.kernel.files.storage import ContentMissing, StorageTrouble, current_storage

log = structlog.get_logger(__name__)
Next = Callable[[HttpRequest], HttpResponseBase]
METHODS = ("GET", "HEAD")
PREVIEW_TYPE = "image/webp"
IN_ONE_GO = 4 * 1024 * 1024
"""Bytes handed to the server at once, which then needs no thread of ours to send them, however slow the reader."""

SANDBOXED = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
"""For everything a browser shows by itself: no script, no form, an origin of its own."""
FOR_PDF = "default-src 'none'; object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'"
"""Chromium's PDF viewer does not start in a sandboxed document; the viewer itself runs no script of ours or theirs."""


class ContentHost:
    """Answer everything asked of the content host here, before sessions, cookies and pages come into play."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_content_host(request.get_host()):
            return self.get_response(request)
        with override(get_language_from_request(request)):
            try:
                response = _answer(request)
            except Refusal as refusal:
                response = HttpResponse(str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8")
                response["Content-Security-Policy"] = SANDBOXED
                response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response


Pieces = Callable[[int, int], Iterator[bytes]]
"""Bytes of a content from a first to a last one, both included."""


@dataclass(frozen=True, slots=True)
class Served:
    """One content as it will be answered with."""

    tag: str
    size: int
    media_type: str
    disposition: str
    policy: str
    made_at: datetime
    pieces: Pieces
    ends_at: datetime
    is_courseware: bool = False
    """Inside a package: read by what else is inside it, and by nobody elsewhere."""


def _answer(request: HttpRequest) -> HttpResponseBase:
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    first, slash, rest = request.path_info.removeprefix("/").partition("/")
    if not slash:
        raise NotFound
    if first == STATIC:
        return asset(request, rest)
    if first == PLAYER:
        return player(request, _claimed(rest.partition("/")[0]))
    served = _inside(request, rest) if first == INSIDE else _served(_claimed(first))
    response = answered(request, served)
    if served.is_courseware:
        response["Content-Security-Policy"] = f"{served.policy}; frame-ancestors 'self' {settings.PUBLIC_URL}"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
    response["Content-Security-Policy"] = f"{served.policy}; frame-ancestors {settings.PUBLIC_URL}"
    # The site embeds content from another site in the browser's sense; the signed address is what guards it.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Access-Control-Allow-Origin"] = settings.PUBLIC_URL
    response["Access-Control-Expose-Headers"] = "Content-Length, Content-Range"
    return response


def answered(request: HttpRequest, served: Served) -> HttpResponseBase:
    """A content, or the part of it that is asked for; whoever sends it on adds what a browser may do with it."""
    etag = f'"{served.tag}"'
    modified = int(served.made_at.timestamp())
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        response = _content(request, served, etag=etag, modified=modified)
    seconds = max(0, int((served.ends_at - now()).total_seconds()))
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified)
    response["Cache-Control"] = f"private, max-age={seconds}, immutable"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = served.disposition
    return response


def _claimed(token: str) -> Claim:
    try:
        return read_link(token, at=now())
    except BadLink:
        raise NotFound from None


def _served(claim: Claim) -> Served:
    if claim.purpose == Purpose.PLAY:
        raise NotFound
    return _preview(claim) if claim.purpose == Purpose.PREVIEW else _file(claim)


def _inside(request: HttpRequest, rest: str) -> Served:
    """A file inside a courseware package."""
    token, _slash, path = rest.partition("/")
    claim = _claimed(token)
    file = courseware_played(request, claim)
    entry = entry_at(file, path)
    return Served(
        tag=f"{file.sha256[:16]}-{entry.offset:x}-{entry.crc:08x}",
        size=entry.size,
        media_type=media_type_of(entry.path),
        disposition="inline",
        policy=COURSEWARE,
        made_at=file.blob.made_at,
        pieces=partial(_entry_pieces, file.sha256, entry),
        ends_at=claim.ends_at,
        is_courseware=True,
    )


def _file(claim: Claim) -> Served:
    file = StoredFile.objects.select_related("blob").filter(uuid=claim.thing).first()
    if file is None:
        raise NotFound
    blob = file.blob
    require_readable(blob, file.name)
    form = blob.format
    is_shown = form.inline and claim.purpose == Purpose.SHOW
    return Served(
        tag=blob.sha256,
        size=blob.size,
        media_type=_typed(blob, form),
        disposition=content_disposition(download_name(file.name, form), download=not is_shown),
        policy=FOR_PDF if is_shown and form.kind == FileKind.PDF else SANDBOXED,
        made_at=blob.made_at,
        pieces=partial(pieces_of, blob.sha256),
        ends_at=claim.ends_at,
    )


def _preview(claim: Claim) -> Served:
    preview = Preview.objects.select_related("blob").filter(pk=claim.thing).first()
    if preview is None:
        raise NotFound
    require_readable(preview.blob, "")
    return Served(
        tag=preview.sha256,
        size=preview.size,
        media_type=PREVIEW_TYPE,
        disposition="inline",
        policy=SANDBOXED,
        made_at=preview.blob.made_at,
        pieces=partial(pieces_of, preview.sha256),
        ends_at=claim.ends_at,
    )


def _typed(blob: Blob, form: Format) -> str:
    """The type with its charset, where it is text: old Chinese files are GB 18030, and say so nowhere."""
    if form.kind != FileKind.TEXT:
        return form.media_type
    head = b"".join(pieces_of(blob.sha256, 0, min(HEAD, blob.size) - 1))
    return f"{form.media_type}; charset={charset_of(head)}"


def _content(request: HttpRequest, served: Served, *, etag: str, modified: int) -> HttpResponseBase:
    """The whole (200), one part (206), or the refusal of a part that does not exist (416)."""
    asked = None
    header = request.headers.get("Range", "")
    # RFC 9110, 14.2: a Range field means something in a GET only.
    if header and request.method == "GET" and _range_still_holds(request, etag, modified):
        try:
            asked = asked_range(header, served.size)
        except Unsatisfiable:
            refused = HttpResponse(status=416)
            refused["Content-Range"] = f"bytes */{served.size}"
            return refused
    if asked and asked.last == served.size - 1:
        # A player asks for "from here to the end" and reads as it plays. It gets the next piece and asks again (RFC
        # 9110, 15.3.7: the client sees from Content-Range whether more requests are needed); a stream instead would
        # hold a thread of the server for as long as the film lasts.
        asked = ByteRange(asked.first, min(asked.last, asked.first + IN_ONE_GO - 1))
    first, last = (asked.first, asked.last) if asked else (0, served.size - 1)
    status = 206 if asked else 200
    response: HttpResponseBase
    if request.method == "HEAD" or not served.size:
        response = HttpResponse(status=status, content_type=served.media_type)
    elif last - first < IN_ONE_GO:
        response = HttpResponse(b"".join(served.pieces(first, last)), status=status, content_type=served.media_type)
    else:
        response = StreamingHttpResponse(served.pieces(first, last), status=status, content_type=served.media_type)
    response["Content-Length"] = str(last - first + 1)
    if asked:
        response["Content-Range"] = asked.content_range(served.size)
    return response


def _range_still_holds(request: HttpRequest, etag: str, modified: int) -> bool:
    """If-Range (RFC 9110, 13.1.5): a strong tag or an exact date; anything else means the whole content."""
    condition = request.headers.get("If-Range", "").strip()
    return not condition or condition in {etag, http_date(modified)}


def pieces_of(sha256: str, first: int, last: int) -> Iterator[bytes]:
    try:
        return current_storage().read(sha256, first, last)
    except ContentMissing:
        raise NotFound from None
    except StorageTrouble as trouble:
        log.warning("storage_away", trouble=str(trouble))
        raise StorageAway from trouble


def _entry_pieces(sha256: str, entry: Entry, first: int, last: int) -> Iterator[bytes]:
    try:
        yield from unpacked(partial(pieces_of, sha256), entry, first, last)
    except Unreadable:
        raise NotFound from None
